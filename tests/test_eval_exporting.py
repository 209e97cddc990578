"""Each format has the shape that its own tool reads, and tells what the rows told."""

from __future__ import annotations

import json
import math
from pathlib import Path
from typing import Any

import pytest
from eval_small_set import BRIDGE, FERRY, small_set, write_set

from eval import load_set, run, score
from eval.command_sets import FORMATS as OFFERED
from eval.controls import gold_oracle
from eval.exporting import FORMATS, NOT_STATED, export
from eval.values import EvalSet, Passage, Row, RowSentence, SetError
from rag.cli import main
from rag.values import Status

COST = "It cost 40,000 crowns."


def cite(doc_id: str, text: str, words: str) -> Passage:
    start = text.index(words)
    return Passage(doc_id, start, start + len(words), words)


OPENED = cite("bridge", BRIDGE, "The bridge at Marn opened in 1911.")
COSTS = cite("bridge", BRIDGE, COST)
FARE = cite("ferry", FERRY, "The fare is 3 crowns.")
ROWS = {
    row.id: row
    for row in (
        Row(
            "q1",
            Status.ANSWERED,
            "It opened [4] in 1911. It cost 40,000 crowns.",
            short_answer="1911",
            sentences=(
                RowSentence("It opened [4] in 1911.", (OPENED,)),
                RowSentence(COST, (COSTS, OPENED, COSTS)),
            ),
            confidence=0.75,
            retrieved=(("bridge", 2.5), ("bridge-again", 2.0), ("ferry", 1.5)),
        ),
        Row(
            "q2",
            Status.ANSWERED,
            FARE.text,
            sentences=(RowSentence(FARE.text, (FARE,)),),
            confidence=0.5,
            retrieved=(("ferry", 1.0), ("bridge", 1.0)),
        ),
        Row("q3", Status.ABSTAINED, "The articles do not say who painted it.", confidence=0.125),
        Row("q4", Status.ERROR, "broke"),
    )
}


@pytest.fixture
def loaded(tmp_path: Path) -> EvalSet:
    return small_set(tmp_path / "set")


def exported(loaded: EvalSet, form: str, tmp_path: Path) -> list[str]:
    paths = export(loaded, ROWS, form, tmp_path / "out" / "run.txt")
    return [path.read_text(encoding="utf-8") for path in paths]


def test_squad(loaded: EvalSet, tmp_path: Path) -> None:
    predictions, unanswered = map(json.loads, exported(loaded, "squad", tmp_path))
    # Without a phrase the whole answer counts; a refusal is empty; an error is no refusal.
    assert predictions == {"q1": "1911", "q2": FARE.text, "q3": ""}
    assert unanswered == {"q1": 0.25, "q2": 0.5, "q3": 0.875}
    assert (tmp_path / "out" / "run.na_prob.txt").exists()


def test_trec(loaded: EvalSet, tmp_path: Path) -> None:
    ranking, qrels = exported(loaded, "trec", tmp_path)
    # Articles of equal text are one; equal scores, which trec_eval would sort by name, are 1/rank.
    assert ranking.splitlines() == [
        "q1 Q0 bridge 1 2.500000 footnote",
        "q1 Q0 ferry 2 1.500000 footnote",
        "q2 Q0 ferry 1 1.000000 footnote",
        "q2 Q0 bridge 2 0.500000 footnote",
    ]
    assert qrels.splitlines() == ["q1 0 bridge 1", "q2 0 ferry 1"]


def test_another_reader_of_the_trec_files_finds_our_figures(
    loaded: EvalSet, tmp_path: Path
) -> None:
    """Read back by the columns, sorted as trec_eval does, MRR@10 is what the table says."""
    ranking, qrels = (
        [line.split() for line in t.splitlines()] for t in exported(loaded, "trec", tmp_path)
    )
    total = 0.0
    for query in {line[0] for line in qrels}:
        wanted = {line[2] for line in qrels if line[0] == query}
        found = sorted(((float(r[4]), r[2]) for r in ranking if r[0] == query), reverse=True)
        ranks = [rank for rank, (_, name) in enumerate(found, start=1) if name in wanted]
        total += 1 / ranks[0]
    assert math.isclose(total / 2, score(loaded, ROWS).value("mrr@10") or 0)


def test_names_with_spaces_keep_their_column(tmp_path: Path) -> None:
    folder = tmp_path / "news"
    folder.mkdir()
    (folder / "my 100% story.txt").write_text(FERRY, encoding="utf-8")
    questions = tmp_path / "mine.csv"
    questions.write_text("id,question,evidence\nq 1,What is it?,The fare is 3 crowns.\n")
    loaded = load_set(questions, folder)
    rows = {"q 1": Row("q 1", Status.ABSTAINED, retrieved=(("my 100% story.txt", 1.0),))}
    ranking, qrels = export(loaded, rows, "trec", tmp_path / "run.trec")
    assert ranking.read_text().split() == [
        "q%201",
        "Q0",
        "my%20100%25%20story.txt",
        *ranking.read_text().split()[3:],
    ]
    assert qrels.read_text() == "q%201 0 my%20100%25%20story.txt 1\n"


def test_alce(loaded: EvalSet, tmp_path: Path) -> None:
    [text] = exported(loaded, "alce", tmp_path)
    first, second, third = json.loads(text)["data"]
    # A mark of the article's own is none of ours, and ours stand before the full stop.
    assert first["output"] == "It opened (4) in 1911 [1]. It cost 40,000 crowns [2][1]."
    assert [doc["text"] for doc in first["docs"]] == [OPENED.text, COST]
    assert first["qa_pairs"][0]["short_answers"] == ["1911", "in 1911"]
    assert second["docs"] == [{"id": "ferry", "title": "ferry", "text": FARE.text}]
    assert (third["output"], third["docs"], third["qa_pairs"]) == ("", [], [])


def test_ragas(loaded: EvalSet, tmp_path: Path) -> None:
    [text] = exported(loaded, "ragas", tmp_path)
    first, second, third = map(json.loads, text.splitlines())
    assert first == {
        "user_input": "When did the bridge open?",
        "response": "It opened [4] in 1911. It cost 40,000 crowns.",
        "retrieved_contexts": [BRIDGE, FERRY],
        "reference": "1911",
        "reference_contexts": [OPENED.text],
    }
    assert second["reference"] == "3 crowns"
    assert third["reference"] == NOT_STATED


def test_earlier_questions_come_along(loaded: EvalSet, tmp_path: Path) -> None:
    rows = {"q4": Row("q4", Status.ABSTAINED)}
    [path] = export(loaded, rows, "ragas", tmp_path / "rows.jsonl")
    value: dict[str, Any] = json.loads(path.read_text(encoding="utf-8"))
    assert value["user_input"] == "What opened in 1911? Where? And who built it?"


def test_what_is_there_is_left_as_it_is(loaded: EvalSet, tmp_path: Path) -> None:
    beside = tmp_path / "pred.na_prob.json"
    beside.write_text("mine", encoding="utf-8")
    with pytest.raises(SetError, match=r"pred\.na_prob\.json is there already"):
        export(loaded, ROWS, "squad", tmp_path / "pred.json")
    assert not (tmp_path / "pred.json").exists()
    assert beside.read_text(encoding="utf-8") == "mine"
    export(loaded, ROWS, "squad", tmp_path / "pred.json", force=True)
    assert json.loads(beside.read_text(encoding="utf-8"))["q2"] == 0.5
    with pytest.raises(SetError, match="is there already"):
        export(loaded, ROWS, "alce", tmp_path, force=True)


def test_the_command_offers_every_format(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.chdir(tmp_path)
    loaded = load_set(write_set(tmp_path / "set"))
    run(loaded, gold_oracle(loaded), tmp_path / "rows.jsonl", limit=2)
    assert tuple(FORMATS) == OFFERED
    for form in OFFERED:
        command = ["eval", "export", "set", "rows.jsonl", "--format", form, "--out", f"out.{form}"]
        assert main(command) == 0
        printed = capsys.readouterr()
        assert f"Written: out.{form}" in printed.out
        assert "2 questions have no row" in printed.err
        assert main(command) == 1
        assert main([*command, "--force", "--json"]) == 0
        capsys.readouterr()
