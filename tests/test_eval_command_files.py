"""Which articles a command takes, whose rows it writes over, and how it says to go on."""

from __future__ import annotations

import argparse
import json
import shutil
from pathlib import Path

import pytest
from eval_small_set import BRIDGE, FERRY, write_set

from eval import command, load_set, run
from eval.controls import gold_oracle
from rag.cli import main
from rag.config import Config

QUESTIONS = "question,answer,evidence\nWhen did it open?,1911,The bridge at Marn opened in 1911.\n"


@pytest.fixture
def folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A working directory with questions, and articles that only the settings name."""
    monkeypatch.chdir(tmp_path)
    (tmp_path / "news").mkdir()
    for name, text in (("bridge", BRIDGE), ("ferry", FERRY)):
        (tmp_path / "news" / f"{name}.txt").write_text(text, encoding="utf-8")
    (tmp_path / "mine.csv").write_text(QUESTIONS, encoding="utf-8")
    loaded = load_set("mine.csv", "news")
    run(loaded, gold_oracle(loaded), "rows.jsonl")
    return tmp_path


def scored(capsys: pytest.CaptureFixture[str], *options: str) -> dict:
    assert main(["eval", "score", "mine.csv", "rows.jsonl", "--json", *options]) == 0
    return json.loads(capsys.readouterr().out)


@pytest.mark.parametrize("way", ["environment", "file", "option"])
def test_questions_alone_are_over_the_articles_of_the_settings(
    way: str, folder: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    if way == "environment":
        monkeypatch.setenv("FOOTNOTE_ARTICLES", "news")
    if way == "file":
        (folder / "footnote.toml").write_text('articles = "news"\n', encoding="utf-8")
    found = scored(capsys, *(["--articles", "news"] if way == "option" else []))
    assert found["measures"]["right_sentence_cited"]["value"] == 1


def test_the_articles_of_the_settings_are_told_and_missing_ones_too(
    folder: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    assert main(["eval", "score", "mine.csv", "rows.jsonl"]) == 1
    assert "Name its articles with --articles" in " ".join(capsys.readouterr().err.split())
    monkeypatch.setenv("FOOTNOTE_ARTICLES", "gone")
    assert main(["eval", "score", "mine.csv", "rows.jsonl"]) == 1
    assert "gone" in capsys.readouterr().err
    monkeypatch.setenv("FOOTNOTE_ARTICLES", "news")
    assert main(["eval", "score", "mine.csv", "rows.jsonl"]) == 0
    assert "The articles are those in news, by the settings." in capsys.readouterr().err


def test_the_articles_of_the_settings_are_not_those_of_a_set_with_its_own(
    folder: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    loaded = load_set(write_set(folder / "set"))
    run(loaded, gold_oracle(loaded), "own.jsonl")
    monkeypatch.setenv("FOOTNOTE_ARTICLES", "news")
    assert main(["eval", "score", "set", "own.jsonl", "--json"]) == 0
    assert json.loads(capsys.readouterr().out)["measures"]["right_sentence_cited"]["value"] == 1


def test_the_gate_writes_over_no_rows_but_its_own(
    folder: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    loaded = load_set(write_set(folder / "set"))
    rows = run(loaded, gold_oracle(loaded), "reports/set.jsonl").out
    before = rows.read_bytes()
    main(["eval", "gate", "set"])
    assert rows.read_bytes() == before
    gated = Path("reports/set-gate.jsonl")
    first = gated.read_bytes()
    with (folder / "set" / "queries.jsonl").open("a", encoding="utf-8") as file:
        file.write('{"_id": "q5", "text": "Who sails the ferry?"}\n')
    main(["eval", "gate", "set"])
    changed = gated.read_bytes()
    assert (first.count(b"\n"), changed.count(b"\n")) == (4, 5), "a set that grew is run anew"
    shutil.copytree(folder / "set", folder / "other" / "set")
    capsys.readouterr()
    assert main(["eval", "gate", "other/set"]) == 1
    told = " ".join(capsys.readouterr().err.split())
    assert "reports/set-gate.jsonl holds rows of" in told
    assert "footnote eval gate SET FILE" in told
    assert gated.read_bytes() == changed


class Interrupted(argparse.Namespace):
    """Arguments of a command whose reader types Ctrl-C as soon as it begins."""

    json = False

    @property
    def set(self) -> Path:
        raise KeyboardInterrupt


@pytest.mark.parametrize(
    ("name", "fresh", "told"),
    [
        ("run", False, "type the same command again to go on."),
        ("run", True, "type the same command again without --fresh to go on."),
        ("score", False, ""),
    ],
)
def test_an_interrupted_command_says_how_to_go_on(
    name: str, fresh: bool, told: str, capsys: pytest.CaptureFixture[str]
) -> None:
    with pytest.raises(KeyboardInterrupt):
        command.run(Config(), Interrupted(eval_command=name, fresh=fresh))
    err = " ".join(capsys.readouterr().err.split())
    assert (told in err) if told else (err == "")
