"""Which citations are of the gold evidence, by hand; what tells the same is one fact."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from eval.evidence import (
    alternatives,
    cites,
    cites_right_sentence,
    evidence_iou,
    evidence_precision,
    evidence_recall,
    overlap,
)
from eval.metrics import LEFT_OUT
from eval.values import Passage

TEXT = "The ferry sails by day. The fare is 3 dollars. The boats are old and slow."
TEXTS = {"a": TEXT, "b": f"From our partners: {TEXT}", "c": TEXT.upper()}
SAILS, FARE, OLD = (
    "The ferry sails by day.",
    "The fare is 3 dollars.",
    "The boats are old and slow.",
)


def cite(words: str, doc_id: str = "a") -> Passage:
    start = TEXTS[doc_id].index(words)
    return Passage(doc_id, start, start + len(words), words)


def test_overlap_is_shared_over_all_characters() -> None:
    assert overlap(Passage("a", 0, 10, ""), Passage("a", 5, 20, "")) == 5 / 20
    assert overlap(Passage("a", 0, 10, ""), Passage("a", 10, 20, "")) == 0
    assert overlap(Passage("a", 0, 10, ""), Passage("b", 0, 10, "")) == 0


@pytest.mark.parametrize(
    ("start", "end", "right"),
    [
        (10, 20, True),
        (10, 15, True),  # half of it: 5 / 10
        (10, 14, False),
        (10, 30, True),  # as much again: 10 / 20
        (10, 31, False),
        (19, 20, False),  # one character of it
        (0, 100, False),  # everything
    ],
)
def test_a_citation_covers_the_evidence_closely(start: int, end: int, right: bool) -> None:
    gold = (Passage("a", 10, 20, ""),)
    assert cites([Passage("a", start, end, "")], gold) is right


def test_a_sentence_is_right_for_the_phrase_in_it_and_each_for_a_passage_of_several() -> None:
    [phrase] = alternatives([cite("3 dollars")], TEXTS)
    assert phrase == (cite("3 dollars"), cite(FARE))
    assert cites([cite("3 dollars")], phrase)
    assert cites([cite(FARE)], phrase)
    assert not cites([cite(f"{SAILS} {FARE} {OLD}")], phrase)
    [several] = alternatives([cite(f"{SAILS} {FARE}")], TEXTS)
    assert set(several[1:]) == {cite(SAILS), cite(FARE)}
    assert cites([cite(FARE)], several)
    assert not cites([cite(OLD)], several)


def test_evidence_by_hand() -> None:
    evidence = alternatives([cite(SAILS), cite(OLD)], TEXTS)
    citations = [cite(SAILS), cite(FARE), cite(SAILS, "b")]
    assert cites_right_sentence(citations, evidence)
    assert not cites_right_sentence(citations[1:], evidence)
    assert evidence_precision([*citations, citations[0]], evidence) == (pytest.approx(1 / 3), 1)
    assert evidence_recall(citations, evidence) == (1 / 2, 1)
    assert evidence_precision([], evidence) == LEFT_OUT
    assert evidence_recall([], evidence) == (0, 1)
    assert evidence_recall(citations, ()) == LEFT_OUT


def test_pasting_the_article_is_no_evidence_however_much_it_holds() -> None:
    evidence = alternatives([cite(FARE)], TEXTS)
    assert evidence_precision([cite(TEXT)], evidence) == (0, 1)
    assert evidence_recall([cite(TEXT)], evidence) == (0, 1)


def test_overlapping_evidence_is_one_fact_also_through_a_third() -> None:
    first, last = Passage("a", 0, 12, TEXT[:12]), Passage("a", 10, 22, TEXT[10:22])
    between = Passage("a", 11, 13, TEXT[11:13])
    assert len(alternatives([first, last], TEXTS)) == 1
    apart = replace_end(first, 10)
    assert len(alternatives([apart, last], TEXTS)) == 2
    assert len(alternatives([apart, last, replace_start(between, 9)], TEXTS)) == 1


def replace_end(passage: Passage, end: int) -> Passage:
    return Passage(passage.doc_id, passage.start, end, TEXT[passage.start : end])


def replace_start(passage: Passage, start: int) -> Passage:
    return Passage(passage.doc_id, start, passage.end, TEXT[start : passage.end])


def test_a_quote_in_three_articles_is_one_fact_of_which_any_citation_will_do() -> None:
    printed = [cite(FARE), cite(FARE, "b"), cite(FARE.upper(), "c")]
    evidence = alternatives([*printed, cite(OLD)], TEXTS)
    assert len(evidence) == 2
    for one in printed:
        assert evidence_recall([one, cite(OLD)], evidence) == (1, 1)
        assert evidence_iou([one, cite(OLD)], evidence) == (1, 1)
    assert evidence_recall(printed, evidence) == (1 / 2, 1)
    assert evidence_iou(printed, alternatives(printed, TEXTS)) == (1, 1)


def test_overlap_with_gold_by_character() -> None:
    gold = (Passage("a", 0, 10, ""),)
    assert evidence_iou(gold, [gold]) == (1, 1)
    # 5 characters are both, 10 + 20 - 5 either; naming them twice changes nothing.
    half = [Passage("a", 5, 25, ""), Passage("a", 5, 25, "")]
    assert evidence_iou(half, [gold]) == (5 / 25, 1)
    # Of two alternatives that are not cited, the nearer one.
    assert evidence_iou(half, [(Passage("b", 0, 90, ""), *gold)]) == (5 / 25, 1)
    assert evidence_iou([Passage("b", 0, 10, "")], [gold]) == (0, 1)
    assert evidence_iou([], [gold]) == evidence_iou(gold, []) == LEFT_OUT


@given(st.lists(st.tuples(st.integers(0, 60), st.integers(1, 14)), max_size=6))
def test_facts_divide_the_evidence_and_do_not_touch(places: list[tuple[int, int]]) -> None:
    evidence = [Passage("a", start, start + n, TEXT[start : start + n]) for start, n in places]
    facts = alternatives(evidence, {})
    assert {one for fact in facts for one in fact} == set(evidence)
    for fact in facts:
        others = [one for other in facts if other is not fact for one in other]
        assert not any(one.overlaps(other) for one in fact for other in others)
