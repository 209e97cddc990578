"""Anybody's bot can be run: one that returns an ``Answer``, a dict, a text, or something else."""

from __future__ import annotations

import json
import textwrap
from collections.abc import Callable
from pathlib import Path

import pytest
from eval_small_set import BRIDGE, FERRY, passage, small_set, write_set

import eval as package
from eval import run, score
from eval.quickstart import quickstart_of
from eval.replies import reply_row
from eval.scoring import Scores
from eval.values import EvalSet
from rag.values import Answer, Status


@pytest.fixture
def questions(tmp_path: Path) -> EvalSet:
    return small_set(tmp_path / "set")


def scored(questions: EvalSet, bot: Callable, tmp_path: Path) -> Scores:
    return score(questions, run(questions, bot, tmp_path / "rows.jsonl").out)


def test_the_example_of_the_package_runs(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.chdir(tmp_path)
    write_set(tmp_path / "my-set")
    example = (package.__doc__ or "").partition("::\n")[2].partition("\n\nAsked again")[0]
    exec(textwrap.dedent(example), {})
    assert capsys.readouterr().out == f"{1 / 3} 1.0\n1 0\n"


def test_a_bot_of_plain_text_is_measured_by_its_words(questions: EvalSet, tmp_path: Path) -> None:
    def bot(question: str) -> str:
        return {
            "When did the bridge open?": "It opened in 1911. Many came.",
            "What is the fare?": "Nobody knows.",
        }.get(question, "")

    scores = scored(questions, bot, tmp_path)
    assert scores.errors == 0
    assert scores.value("answer_contained") == 1 / 3
    assert scores.value("unanswerable_refused") == 1
    assert scores.value("truthfulness") == 0, "one right, one wrong, two refused"
    assert scores.value("sentences_cited") == scores.value("citation_recall") == 0
    assert scores.value("citation_validity") is None


def test_a_bot_of_dicts_has_its_citations_checked(questions: EvalSet, tmp_path: Path) -> None:
    told = passage("ferry", FERRY, "The fare is 3 crowns.")
    right = {**told, "quote": told["text"]}

    def bot(question: str, history: object = ()) -> dict:
        if "fare" not in question:
            return {"status": "abstained"}
        cited = [right, {**right, "quote": "The fare is 4 crowns."}]
        return {"sentences": [{"text": "The fare is 3 crowns.", "citations": cited}]}

    scores = scored(questions, bot, tmp_path)
    assert scores.errors == 0
    assert scores.value("answered") == 1 / 4
    assert scores.value("answers_right") == 1
    assert scores.value("citation_validity") == 1 / 2
    row = json.loads((tmp_path / "rows.jsonl").read_text().splitlines()[1])
    assert row["answer"] == "The fare is 3 crowns."
    assert row["timing_ms"]["total"] >= 0


def test_the_quickstart_is_a_bot_like_any_other(questions: EvalSet, tmp_path: Path) -> None:
    baseline = quickstart_of(questions)
    try:
        scores = scored(questions, baseline.ask, tmp_path)
    finally:
        baseline.close()
    assert scores.value("answer_found@10") == 1
    assert scores.value("unanswerable_refused") == 0
    assert scores.value("citation_recall") == 1, "it pastes what it cites"


@pytest.mark.parametrize(
    ("reply", "reason"),
    [
        (7, "TypeError: the answerer must return an Answer, a dict in the format of a row"),
        ({"status": "fine"}, "'status' must be abstained, answered or error"),
        ({"sentences": "It opened."}, "'sentences' is not a list"),
        ({"answer": "x", "sentences": [{"text": "x", "citations": [{}]}]}, "'doc_id' must be"),
        ({"answer": "x", "confidence": "high"}, "'confidence' must be a number"),
    ],
)
def test_a_reply_that_cannot_be_read_is_an_error_with_its_reason(
    questions: EvalSet, tmp_path: Path, reply: object, reason: str
) -> None:
    report = run(questions, lambda _: reply, tmp_path / "rows.jsonl")
    assert {row.status for row in report.rows.values()} == {Status.ERROR}
    assert reason in report.rows["q1"].answer


@pytest.mark.parametrize("reply", [None, "", "  \n", {}, {"answer": ""}, {"sentences": []}])
def test_nothing_said_is_a_refusal(reply: object) -> None:
    row = reply_row("q1", reply)
    assert (row["_id"], row["status"], row["answer"]) == ("q1", "abstained", "")


def test_a_text_is_parted_into_sentences_without_citations() -> None:
    row = reply_row("q1", BRIDGE)
    assert [one["text"] for one in row["sentences"]] == [
        "The bridge at Marn opened in 1911.",
        "It cost 40,000 crowns.",
        "Its builder was Ida Holm.",
    ]
    assert all(one["citations"] == [] for one in row["sentences"])


def test_what_a_dict_says_of_itself_counts_and_the_questions_name_is_kept() -> None:
    row = reply_row("q1", {"_id": "q9", "status": "abstained", "answer": "No idea.", "model": "m"})
    assert (row["_id"], row["status"], row["answer"], row["model"]) == (
        "q1",
        "abstained",
        "No idea.",
        "m",
    )


def test_an_answer_is_the_row_that_it_always_was() -> None:
    answer = Answer("?", "?", Status.ANSWERED, confidence=0.5)
    assert reply_row("q1", answer)["confidence"] == 0.5
