"""The sets of conversations: their gold, what follow-ups are understood as, and their gates."""

from __future__ import annotations

import json
from collections import Counter
from pathlib import Path

import pytest

from eval import load_set, run, score
from eval.command import CONVERSATIONS, SEED_CONVERSATIONS
from eval.controls import gold_oracle
from eval.gate import failures, read_thresholds
from eval.values import Question
from rag.conversation import standalone
from rag.lexical import words
from rag.phrases import is_function_word
from rag.small_talk import small_talk

SETS = (CONVERSATIONS, SEED_CONVERSATIONS)
KINDS = {"opening", "topic", "follow-up", "absent", "absent-follow-up", "small-talk"}
SHORTEST, LONGEST = 3, 5


def accepted(folder: Path) -> dict[str, list[str]]:
    """The standalone forms of each question that are as good as one another."""
    rows = map(json.loads, (folder / "queries.jsonl").read_text(encoding="utf-8").splitlines())
    return {row["_id"]: row["metadata"]["standalone"] for row in rows}


def content(text: str) -> Counter[str]:
    """What tells two rewrites apart: order, articles and pronouns do not."""
    return Counter(
        word.stem
        for word in words(text)
        if not is_function_word(word.surface) and word.surface != "s"
    )


def understood(question: Question) -> str:
    return standalone(question.text, question.history)


def is_accepted(question: Question, forms: list[str]) -> bool:
    return any(content(understood(question)) == content(form) for form in forms)


def share(values: list[bool]) -> float:
    return sum(values) / len(values)


@pytest.mark.parametrize("folder", SETS)
def test_every_row_and_offset_holds(folder: Path) -> None:
    loaded = load_set(folder)
    assert loaded.problems == ()
    assert {gold.kind for gold in loaded.gold.values()} <= KINDS
    for gold in loaded.gold.values():
        assert bool(gold.answers) == bool(gold.evidence) == gold.answerable
        for passage in gold.evidence:
            assert loaded.texts[passage.doc_id][passage.start : passage.end] == passage.text


def test_there_are_enough_conversations_of_each_kind() -> None:
    loaded = load_set(CONVERSATIONS)
    turns = Counter(question.unit for question in loaded.questions)
    assert len(turns) >= 30
    assert all(SHORTEST <= count <= LONGEST for count in turns.values())
    counts = Counter((q.cluster, loaded.gold[q.id].kind) for q in loaded.questions)
    assert set(counts) == {(half, kind) for half in ("dev", "test") for kind in KINDS}


@pytest.mark.parametrize("folder", SETS)
def test_the_history_is_the_conversation(folder: Path) -> None:
    forms = accepted(folder)
    earlier: dict[str, list[str]] = {}
    for question in load_set(folder).questions:
        asked = earlier.setdefault(question.unit, [])
        assert [turn.question for turn in question.history] == asked
        asked.append(forms[question.id][0])


@pytest.mark.parametrize("folder", SETS)
def test_a_question_that_stands_alone_is_left_alone(folder: Path) -> None:
    forms = accepted(folder)
    alone = [q for q in load_set(folder).questions if forms[q.id] == [q.text]]
    assert len(alone) > len(forms) / 4
    assert [q.text for q in alone if not small_talk(q.text) and understood(q) != q.text] == []


@pytest.mark.parametrize(("half", "least"), [("dev", 0.69), ("test", 0.76)])
def test_follow_ups_are_understood(half: str, least: float) -> None:
    forms = accepted(CONVERSATIONS)
    asked = [q for q in load_set(CONVERSATIONS).questions if q.cluster == half]
    follow_ups = [q for q in asked if q.text not in forms[q.id]]
    assert share([is_accepted(q, forms[q.id]) for q in follow_ups]) >= least


def test_small_talk_is_known() -> None:
    loaded = load_set(CONVERSATIONS)
    for question in loaded.questions:
        assert (small_talk(question.text) is not None) == (
            loaded.gold[question.id].kind == "small-talk"
        )


@pytest.mark.parametrize("folder", SETS)
def test_the_gate_can_be_passed(folder: Path, tmp_path: Path) -> None:
    loaded = load_set(folder)
    scores = score(loaded, run(loaded, gold_oracle(loaded), tmp_path / "rows.jsonl").rows)
    thresholds = read_thresholds(folder, scores.measures)
    assert "right_sentence_cited" in thresholds.at_least
    assert failures(scores, thresholds) == []
