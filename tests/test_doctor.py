"""The doctor finds what is wrong, says what to type, and changes nothing."""

from __future__ import annotations

import json
import os
import socket
from dataclasses import replace
from pathlib import Path
from typing import TYPE_CHECKING

import pytest

from rag.cli import main
from rag.config import Config
from rag.doctor import Check, State, changes_since_sync, examine

if TYPE_CHECKING:
    from rag.embedding import Embedder

ARTICLE = "The harbour of Elmsworth reopened on Monday after repairs.\n"


@pytest.fixture
def config(tmp_path: Path, embedder: Embedder) -> Config:
    """A folder of two articles, indexed, and a port that was free a moment ago."""
    from rag.syncing import sync

    news = tmp_path / "news"
    news.mkdir()
    (news / "harbour.txt").write_text(ARTICLE)
    (news / "bridge.txt").write_text("The bridge of Elmsworth stays closed until spring.\n")
    with socket.create_server(("127.0.0.1", 0)) as server:
        port = server.getsockname()[1]
    config = Config(articles=news, index=tmp_path / "index", port=port)
    sync(config, embedder)
    return config


def by_name(config: Config) -> dict[str, Check]:
    return {check.name: check for check in examine(config)}


def test_a_healthy_installation_has_nothing_to_mend(config: Config) -> None:
    checks = examine(config)
    assert {check.state for check in checks} == {State.OK}, checks
    assert not any(check.mend for check in checks)
    names = [check.name for check in checks]
    assert names == [
        "python", "packages", "model", "articles", "index", "freshness", "disk", "port",
    ]  # fmt: skip


def test_changes_of_the_folder_are_counted_by_kind(config: Config) -> None:
    assert changes_since_sync(config) == ""
    (config.articles / "new.txt").write_text("A third article appears here.\n")
    os.utime(config.articles / "harbour.txt", ns=(1, 1))
    (config.articles / "bridge.txt").unlink()
    check = by_name(config)["freshness"]
    assert check.state is State.WARN
    assert "1 new, 1 changed, 1 removed" in check.found
    assert "footnote sync" in check.mend


def test_an_index_of_another_build_fails_with_the_command_that_mends_it(config: Config) -> None:
    check = by_name(replace(config, chunk_tokens=128))["index"]
    assert check.state is State.FAIL
    assert "footnote sync --rebuild" in check.mend


def test_a_damaged_index_fails_and_is_left_alone(config: Config) -> None:
    catalog = config.index_path / "catalog.sqlite3"
    for extra in config.index_path.glob("catalog.sqlite3-*"):
        extra.unlink()
    catalog.write_bytes(b"no database " * 1000)
    check = by_name(config)["index"]
    assert check.state is State.FAIL
    assert "--rebuild" in check.mend
    assert catalog.read_bytes() == b"no database " * 1000


def test_a_missing_index_and_a_missing_folder_are_told_apart(tmp_path: Path) -> None:
    checks = by_name(Config(articles=tmp_path / "nowhere", index=tmp_path / "index"))
    assert checks["articles"].state is State.FAIL
    assert checks["index"].state is State.WARN
    assert not (tmp_path / "index").exists()


def test_a_port_in_use_is_a_warning(config: Config) -> None:
    with socket.create_server(("127.0.0.1", 0)) as server:
        taken = replace(config, port=server.getsockname()[1])
        check = by_name(taken)["port"]
    assert check.state is State.WARN
    assert "--port" in check.mend


def test_a_missing_model_fails(config: Config) -> None:
    check = by_name(replace(config, embedder="no-such-model"))["model"]
    assert check.state is State.FAIL
    assert "no-such-model" in check.found


def test_the_exit_code_tells_a_failure(
    config: Config, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    common = ["--index", str(config.index_path), "--json"]
    assert main(["doctor", "--articles", str(config.articles), *common]) == 0
    capsys.readouterr()
    assert main(["doctor", "--articles", str(tmp_path / "nowhere"), *common]) == 1
    told = json.loads(capsys.readouterr().out)
    assert told["status"] == "fail"
    assert {check["state"] for check in told["checks"]} >= {"ok", "fail"}
