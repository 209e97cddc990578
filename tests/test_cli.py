"""The command line as a user or a script meets it, over a real index."""

from __future__ import annotations

import io
import json
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from rag.cli import main

SEEDS = Path(__file__).resolve().parent.parent / "seeds"
ANSWERABLE = "What do the contracts signed by Rostec's military export subsidiary exceed?"
UNANSWERABLE = "Which vineyard won the Bordeaux tasting?"
ARTICLE = (
    "The harbour of Elmsworth reopened on Monday after repairs.\n\n"
    "The repairs of the harbour cost 31 million euros, said mayor Dana Whitlock.\n"
)


@pytest.fixture(scope="module")
def indexed(tmp_path_factory: pytest.TempPathFactory) -> list[str]:
    """The options of a command over ``seeds/``, indexed once."""
    index = tmp_path_factory.mktemp("cli") / "index"
    options = ["--articles", str(SEEDS), "--index", str(index)]
    assert main(["sync", *options]) == 0
    return options


@pytest.fixture
def run(capsys: pytest.CaptureFixture[str]) -> Callable[..., tuple[int, str, str]]:
    """Runs ``footnote`` in this process; gives exit code, standard output and error."""

    def run_footnote(*arguments: str) -> tuple[int, str, str]:
        capsys.readouterr()
        code = main(arguments)
        captured = capsys.readouterr()
        return code, captured.out, captured.err

    return run_footnote


def give_stdin(monkeypatch: pytest.MonkeyPatch, data: bytes) -> None:
    monkeypatch.setattr(sys, "stdin", io.TextIOWrapper(io.BytesIO(data), encoding="utf-8"))


def test_json_of_an_answer_holds_its_evidence(run: Any, indexed: list[str]) -> None:
    code, out, _ = run("ask", ANSWERABLE, "--json", *indexed)
    answer = json.loads(out)
    text = next(SEEDS.iterdir()).read_bytes().decode("utf-8")
    assert code == 0
    assert answer["status"] == "answered"
    assert answer["answer"] == " ".join(sentence["text"] for sentence in answer["sentences"])
    assert "$45 billion" in answer["answer"]
    for sentence in answer["sentences"]:
        assert sentence["citations"]
        for citation in sentence["citations"]:
            assert text[citation["start"] : citation["end"]] == citation["quote"]
    assert answer["retrieved"][0]["doc_id"] == answer["sentences"][0]["citations"][0]["doc_id"]
    assert answer["hits"][0]["scores"].keys() == {"dense", "sentence", "lexical", "late", "total"}
    assert answer["timing_ms"]["total"] > 0
    assert answer["fingerprint"]


def test_plain_output_has_marks_sources_and_no_escape_codes(run: Any, indexed: list[str]) -> None:
    code, out, _ = run("ask", ANSWERABLE, *indexed)
    assert code == 0
    assert "[1]" in out.splitlines()[0]
    assert "$45 billion" in out
    assert "Sources" in out
    assert "\x1b" not in out


def test_an_abstention_has_its_own_exit_code_and_says_so(run: Any, indexed: list[str]) -> None:
    code, out, _ = run("ask", UNANSWERABLE, *indexed)
    assert code == 3
    assert out.strip()
    code, out, _ = run("ask", UNANSWERABLE, "--json", *indexed)
    answer = json.loads(out)
    assert code == 3
    assert answer["status"] == "abstained"
    assert answer["reason"]
    assert answer["message"]
    assert answer["retrieved"]


def test_unquoted_words_make_one_question(run: Any, indexed: list[str]) -> None:
    joined = json.loads(run("ask", ANSWERABLE, "--json", *indexed)[1])
    apart = json.loads(run("ask", *ANSWERABLE.split(), "--json", *indexed)[1])
    assert apart["question"] == joined["question"]
    assert apart["sentences"] == joined["sentences"]


def test_a_question_is_read_from_standard_input(
    run: Any, indexed: list[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    give_stdin(monkeypatch, ANSWERABLE.encode() + b"\n")
    code, out, _ = run("ask", "-", "--json", *indexed)
    assert code == 0
    assert json.loads(out)["question"] == ANSWERABLE


def test_an_article_is_read_from_standard_input(
    run: Any, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(tmp_path)
    give_stdin(monkeypatch, ARTICLE.encode())
    code, out, _ = run(
        "ask", "--articles", "-", "--json", "What did the repairs of the harbour cost?"
    )
    answer = json.loads(out)
    citation = answer["sentences"][0]["citations"][0]
    assert code == 0
    assert "31 million euros" in answer["answer"]
    assert ARTICLE[citation["start"] : citation["end"]] == citation["quote"]
    assert list(tmp_path.iterdir()) == []  # nothing is left behind


def test_search_shows_why_each_passage_ranked(run: Any, indexed: list[str]) -> None:
    code, out, _ = run("search", "helicopter", "--limit", "2", *indexed)
    assert code == 0
    for part in ("dense", "sentence", "lexical", "late"):
        assert part in out
    hits = json.loads(run("search", "helicopter", "--json", "--limit", "2", *indexed)[1])["hits"]
    assert 1 <= len(hits) <= 2
    totals = [hit["scores"]["total"] for hit in hits]
    assert totals == sorted(totals, reverse=True)


def test_sync_reports_by_kind_and_costs_nothing_twice(run: Any, tmp_path: Path) -> None:
    news = tmp_path / "My News"
    news.mkdir()
    (news / "harbour.txt").write_text(ARTICLE)
    (news / "broken.pdf").write_bytes(b"%PDF-1.7 and no more")
    options = ["--articles", str(news), "--index", str(tmp_path / "index")]
    code, out, _ = run("sync", *options)
    assert code == 0
    assert "1 added" in out
    assert "broken.pdf: " in out
    report = json.loads(run("sync", "--json", *options)[1])
    assert report["unchanged"] == 1
    assert report["embedded_chunks"] == 0
    (news / "harbour.txt").unlink()
    (news / "broken.pdf").unlink()
    code, _, err = run("sync", *options)
    assert code == 1
    assert "--allow-empty" in err
    report = json.loads(run("sync", "--allow-empty", "--json", *options)[1])
    assert report["removed"] == ["harbour.txt"]


def test_ask_makes_a_missing_index_first(run: Any, tmp_path: Path) -> None:
    (tmp_path / "harbour.txt").write_text(ARTICLE)
    options = ["--articles", str(tmp_path / "harbour.txt"), "--index", str(tmp_path / "index")]
    code, out, _ = run("ask", "What did the repairs of the harbour cost?", "--json", *options)
    assert code == 0
    assert "31 million euros" in json.loads(out)["answer"]


def test_another_chunk_size_is_refused_with_the_command_that_mends_it(
    run: Any, indexed: list[str], tmp_path: Path
) -> None:
    settings = tmp_path / "footnote.toml"
    settings.write_text("chunk_tokens = 128\n")
    code, out, err = run("ask", ANSWERABLE, "--config", str(settings), *indexed)
    assert code == 1
    assert not out
    assert "footnote sync --rebuild" in err


@pytest.mark.parametrize(
    ("arguments", "told"),
    [
        (["ask", "Why?", "--articles", "nowhere"], "nowhere"),
        (["ask", "", "--articles", str(SEEDS)], "question"),
        (["sync", "--config", "nowhere.toml"], "nowhere.toml"),
        (["sync", "--embedder", "no-such-model", "--articles", str(SEEDS)], "no-such-model"),
        (["ask", "-", "--articles", "-"], "Standard input"),
    ],
)
def test_an_error_is_what_is_wrong_and_what_to_type(
    run: Any,
    arguments: list[str],
    told: str,
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.chdir(tmp_path)
    code, out, err = run(*arguments)
    assert code == 1
    assert not out
    assert told in err
    assert len(err.strip().splitlines()) == 2
    code, out, _ = run(*arguments, "--json")
    assert code == 1
    assert json.loads(out).keys() == {"status", "message", "mend"}


def test_an_unknown_command_lists_the_valid_ones(run: Any) -> None:
    code, _, err = run("aks", "Why?")
    assert code == 2
    assert "Did you mean ask?" in err
    assert "ask, backup, chat, doctor, eval, mcp, restore, search, sync or verify" in err


@pytest.mark.parametrize(
    "arguments", [[], ["ask"], ["search", "x", "--limit", "0"], ["ask", "--no"]]
)
def test_wrong_usage_has_its_own_exit_code(run: Any, arguments: list[str]) -> None:
    code, out, err = run(*arguments)
    assert code == 2
    assert not out
    assert "usage: footnote" in err


def test_help_lists_every_command_and_the_exit_codes(run: Any) -> None:
    code, out, _ = run("--help")
    assert code == 0
    for name in ("sync", "ask", "search", "doctor", "chat", "eval"):
        assert f"\n    {name} " in out
    assert "3 the articles do not hold the answer" in out
    assert run("ask", "--help")[0] == 0


def test_an_interruption_is_quiet_and_has_its_own_exit_code(
    run: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    class Interrupted(io.BytesIO):
        def read(self, _size: int | None = -1, /) -> bytes:
            raise KeyboardInterrupt

    monkeypatch.setattr(sys, "stdin", io.TextIOWrapper(Interrupted()))
    assert run("ask", "-", "--articles", str(SEEDS)) == (130, "", "")


def test_a_closed_pipe_and_the_installed_command_are_quiet(indexed: list[str]) -> None:
    program = Path(sys.executable).with_name("footnote")
    asking = [str(program), "ask", ANSWERABLE, *indexed]
    done = subprocess.run(
        ["bash", "-c", '"$@" | true; echo "${PIPESTATUS[0]}"', "bash", *asking],
        capture_output=True,
        text=True,
        check=True,
    )
    assert done.stdout.strip() == "141"
    assert done.stderr == ""
