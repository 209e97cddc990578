import json
from pathlib import Path

import pytest
from eval_small_set import write_set

from eval import load_set, run, score
from eval.controls import always_refuse, gold_oracle
from eval.quickstart import quickstart_of
from rag.cli import main


@pytest.fixture
def folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A set, with the working directory (and so any index) in ``tmp_path``."""
    monkeypatch.chdir(tmp_path)
    return write_set(tmp_path / "set")


@pytest.fixture
def gold_rows(folder: Path, tmp_path: Path) -> str:
    loaded = load_set(folder)
    return str(run(loaded, gold_oracle(loaded), tmp_path / "gold.jsonl").out)


def test_score_prints_a_table(
    folder: Path, gold_rows: str, capsys: pytest.CaptureFixture[str]
) -> None:
    assert main(["eval", "score", str(folder), gold_rows]) == 0
    printed = capsys.readouterr().out
    assert "4 of 4 questions asked, 0 missing, 0 errors, 0 bad rows" in printed
    assert "right_sentence_cited" in printed
    assert "follow-up" in printed


def test_score_as_json(folder: Path, gold_rows: str, capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["eval", "score", str(folder), gold_rows, "--cluster", "dev", "--json"]) == 0
    value = json.loads(capsys.readouterr().out)
    assert (value["set"], value["questions"]) == ("set (dev)", 2)


def test_gate_passes_and_fails_with_its_reason(
    folder: Path, gold_rows: str, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    assert main(["eval", "gate", str(folder), gold_rows]) == 0
    assert "The gate of set passes." in capsys.readouterr().out
    refusing = run(load_set(folder), always_refuse, tmp_path / "refusing.jsonl").out
    assert main(["eval", "gate", str(folder), str(refusing)]) == 1
    printed = capsys.readouterr()
    assert "gate: citation_validity: none counted; at least 100.0% of citations" in printed.err
    assert main(["eval", "gate", str(folder), str(refusing), "--json"]) == 1
    assert json.loads(capsys.readouterr().out)["passed"] is False


@pytest.mark.parametrize(
    ("arguments", "code"),
    [
        (["score", "gone", "rows.jsonl"], 1),
        (["score", "set", "gone.jsonl"], 1),
        (["gate", "set", "gone.jsonl"], 1),
        (["run", "set"], 2),
        (["run", "set", "--out", "x", "--limit", "0"], 2),
        ([], 2),
    ],
)
def test_mistakes_are_told_without_a_traceback(
    folder: Path, arguments: list[str], code: int, capsys: pytest.CaptureFixture[str]
) -> None:
    assert main(["eval", *arguments]) == code
    error = capsys.readouterr().err
    assert error
    assert "Traceback" not in error


def test_run_asks_the_engine_and_goes_on(
    folder: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    command = ["eval", "run", str(folder), "--out", "rows.jsonl", "--json"]
    assert main([*command, "--limit", "1"]) == 0
    assert json.loads(capsys.readouterr().out)["rows"] == 1
    assert main(command) == 0
    summary = json.loads(capsys.readouterr().out)
    assert (summary["rows"], summary["kept"]) == (4, 1)
    assert summary["scores"]["measures"]["citation_validity"]["value"] in (1.0, None)
    assert summary["scores"]["measures"]["hit@10"]["value"] == 1
    assert len((tmp_path / "rows.jsonl").read_text(encoding="utf-8").splitlines()) == 4
    manifest = json.loads((tmp_path / "rows.jsonl.manifest.json").read_text(encoding="utf-8"))
    assert manifest["identity"]["fingerprint"]


def test_the_quickstart_is_an_answerer_like_any_other(folder: Path, tmp_path: Path) -> None:
    loaded = load_set(folder)
    baseline = quickstart_of(loaded)
    try:
        scores = score(loaded, run(loaded, baseline.ask, tmp_path / "rows.jsonl").rows)
    finally:
        baseline.close()
    assert scores.errors == 0
    assert scores.value("hit@10") == 1
    assert scores.value("unanswerable_refused") == 0
    assert scores.value("citation_validity") == 1


def test_intervals_over_too_few_clusters_are_marked(
    folder: Path, gold_rows: str, capsys: pytest.CaptureFixture[str]
) -> None:
    assert main(["eval", "score", str(folder), gold_rows]) == 0
    printed = capsys.readouterr().out
    assert "1.000 .. 1.000 *" in printed
    assert "fewer than 10 clusters count" in printed
