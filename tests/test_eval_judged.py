"""What became of a question, and whether the retriever or the answerer is to blame."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

import pytest
from eval_small_set import BRIDGE, FERRY, passage, small_set

from eval.judged import Blame, Judged, answer_is_found, blame, is_right, judge
from eval.measures import MEASURES
from eval.presenting import GROUPS
from eval.report_failures import Fault, fault_of
from eval.rows import answer_row, parse_row
from eval.scoring import score
from eval.values import EvalSet, Passage, Row, RowSentence
from rag.values import Answer, Article, Chunk, Hit, Scores, Span, Status

OPENED = Passage(**passage("bridge", BRIDGE, "The bridge at Marn opened in 1911."))
FARE = Passage(**passage("ferry", FERRY, "The fare is 3 crowns."))


@pytest.fixture
def questions(tmp_path: Path) -> EvalSet:
    return small_set(tmp_path / "set")


def row(name: str, *cited: Passage, found: tuple[str, ...] = (), **fields: object) -> Row:
    """An answer that quotes ``cited``; a refusal without any."""
    sentences = tuple(RowSentence(one.text, (one,)) for one in cited)
    made = Row(
        name,
        Status.ANSWERED if cited else Status.ABSTAINED,
        answer=" ".join(one.text for one in cited),
        sentences=sentences,
        retrieved=tuple((article, 1.0) for article in found),
    )
    return replace(made, **fields)


def judged(questions: EvalSet, one: Row) -> Judged:
    [found] = judge(questions, {one.id: one}, questions.questions)
    return found


@pytest.mark.parametrize(
    ("one", "verdict"),
    [
        (row("q1", OPENED, found=("bridge",)), Blame.RIGHT),
        (row("q1", FARE, found=("ferry", "bridge")), Blame.ANSWERER),
        (row("q1", FARE, found=("ferry",)), Blame.RETRIEVER),
        (row("q1", found=("bridge",)), Blame.REFUSED),
        (row("q1", found=("ferry",)), Blame.RETRIEVER),
        (row("q1"), Blame.RETRIEVER),
        (row("q3", found=("bridge",)), Blame.RIGHTLY_REFUSED),
        (row("q3", OPENED, found=("bridge",)), Blame.UNANSWERABLE),
    ],
)
def test_blame(questions: EvalSet, one: Row, verdict: Blame) -> None:
    assert blame(judged(questions, one)) is verdict


def test_blame_is_counted_with_every_verdict_in_the_table(questions: EvalSet) -> None:
    rows = [row("q1", OPENED, found=("bridge",)), row("q2", found=("ferry",)), row("q3"), row("q4")]
    assert score(questions, {one.id: one for one in rows}).blame == {
        Blame.RIGHT: 1,
        Blame.RIGHTLY_REFUSED: 1,
        Blame.RETRIEVER: 1,
        Blame.REFUSED: 1,
        Blame.ANSWERER: 0,
        Blame.UNANSWERABLE: 0,
    }


def test_the_answer_is_found_within_k_by_evidence_or_by_its_words(questions: EvalSet) -> None:
    by_place = judged(questions, row("q1", found=("ferry", "ferry", "bridge")))
    assert not answer_is_found(by_place, 1)
    assert answer_is_found(by_place, 2)
    # Without evidence the words decide; "3 crowns" is in the ferry's article alone.
    gold = {**questions.gold, "q2": replace(questions.gold["q2"], evidence=())}
    by_words = replace(questions, gold=gold)
    assert answer_is_found(judged(by_words, row("q2", found=("ferry",))), 1)
    assert not answer_is_found(judged(by_words, row("q2", found=("bridge", "gone"))), 10)


def test_an_answer_without_any_citation_is_right_by_its_words(questions: EvalSet) -> None:
    bare = row("q1", status=Status.ANSWERED, answer="It opened in 1911.")
    assert is_right(judged(questions, bare))
    assert not is_right(judged(questions, replace(bare, answer="It opened in 1912.")))
    # One that cites is judged by what it cites.
    assert not is_right(judged(questions, row("q1", FARE, answer="It opened in 1911.")))


def saying(text: str, *cited: Passage) -> Row:
    """An answer to q1 of one sentence."""
    said = (RowSentence(text, cited),)
    return row("q1", status=Status.ANSWERED, answer=text, sentences=said)


WHOLE = Passage("bridge", 0, len(BRIDGE), BRIDGE)


@pytest.mark.parametrize(
    ("one", "right"),
    [
        (saying("It opened in 1911.", OPENED), True),  # the gold answer
        (saying("The bridge at Marn opened.", OPENED), True),  # borne out by what it cites
        (saying("Marn was founded by the Romans.", OPENED), False),  # made up
        (saying("The bridge at Marn opened in 1912.", OPENED), False),
        (saying(BRIDGE, WHOLE), False),  # everything cited
        (saying(OPENED.text, replace(OPENED, start=OPENED.end - 1)), False),  # a full stop
        (saying(OPENED.text, FARE, OPENED), True),
    ],
)
def test_an_answer_is_right_that_cites_the_evidence_closely_and_says_it(
    questions: EvalSet, one: Row, right: bool
) -> None:
    assert is_right(judged(questions, one)) is right


def test_the_right_sentence_must_be_said_where_it_is_cited(questions: EvalSet) -> None:
    made_up = RowSentence("Marn was founded by the Romans.", (OPENED,))
    apart = row("q1", FARE, status=Status.ANSWERED)
    apart = replace(apart, sentences=(*apart.sentences, made_up), answer="1911")
    assert not is_right(judged(questions, apart))
    assert MEASURES["right_sentence_cited"](judged(questions, apart)) == (1, 1)
    assert fault_of(judged(questions, apart)) is Fault.WRONG_ANSWER
    assert fault_of(judged(questions, row("q1", FARE))) is Fault.WRONG_SENTENCE


def test_a_quote_that_two_articles_print_is_one_fact(questions: EvalSet) -> None:
    reprint = Passage("ferry", 0, 33, OPENED.text)
    gold = {"q1": replace(questions.gold["q1"], evidence=(OPENED, reprint))}
    one = judged(replace(questions, gold=gold), row("q1", OPENED))
    assert MEASURES["evidence_recall"](one) == MEASURES["evidence_iou"](one) == (1, 1)


@pytest.mark.parametrize(
    ("one", "measure", "share"),
    [
        (row("q1", OPENED), "truthfulness", (1, 1)),
        (row("q1", FARE), "truthfulness", (-1, 1)),
        (row("q3", FARE), "truthfulness", (-1, 1)),
        (row("q3"), "truthfulness", (0, 1)),
        (row("q1", FARE), "answers_right", (0, 1)),
        (row("q1"), "answers_right", (0, 0)),
        (row("q1"), "answered", (0, 1)),
        (row("q1", replace(OPENED, start=35, end=57)), "right_article_cited", (1, 1)),
        (row("q1", FARE), "right_article_cited", (0, 1)),
        (row("q1"), "right_article_cited", (0, 1)),
        (row("q3", FARE), "right_article_cited", (0, 0)),
        (row("q1", OPENED), "answer_in_citations", (1, 1)),
        (row("q1", FARE), "answer_in_citations", (0, 1)),
        # The quote says so, the article at these places does not.
        (row("q1", replace(FARE, text=OPENED.text)), "answer_in_citations", (0, 1)),
        (row("q1", OPENED, short_answer="1911"), "short_answer_quoted", (1, 1)),
        (row("q1", OPENED, short_answer="1912"), "short_answer_quoted", (0, 1)),
        (row("q1", OPENED, short_answer="191"), "short_answer_quoted", (0, 1)),
        (row("q1", OPENED), "short_answer_quoted", (1, 1)),
        (row("q1"), "short_answer_quoted", (0, 0)),
        (row("q1", WHOLE), "right_sentence_cited", (0, 1)),
        (row("q1", OPENED, short_answer="1911"), "short_answer_given", (1, 1)),
        (row("q1", OPENED), "short_answer_given", (0, 1)),
        (row("q1"), "short_answer_given", (0, 0)),
        (row("q3", FARE, short_answer="3 crowns"), "short_answer_given", (0, 0)),
        # Of four words two are right, and one of the gold's two: 2 * 2 / (4 + 2).
        (row("q4", FARE, short_answer="Ida Holm of Marn"), "short_answer_f1", (2 / 3, 1)),
        (row("q1", OPENED, short_answer="1912"), "short_answer_f1", (0, 1)),
        (row("q1", OPENED), "short_answer_f1", (0, 0)),
        (row("q3", FARE, short_answer="3 crowns"), "short_answer_f1", (0, 0)),
        (row("q1", found=("ferry", "bridge")), "answer_found@1", (0, 1)),
        (row("q1", found=("ferry", "bridge")), "answer_found@5", (1, 1)),
        (row("q3", found=("ferry",)), "answer_found@1", (0, 0)),
        (row("q1", OPENED, stages={"late": ("ferry", "bridge")}), "late mrr@10", (1 / 2, 1)),
        (row("q1", OPENED, stages={"late": ("ferry", "bridge")}), "dense mrr@10", (0, 0)),
    ],
)
def test_measures_of_one_question(
    questions: EvalSet, one: Row, measure: str, share: tuple[float, float]
) -> None:
    assert MEASURES[measure](judged(questions, one)) == share


def test_refusals_of_an_unanswerable_kind_stand_against_all_answerable_ones(
    questions: EvalSet,
) -> None:
    rows = [row("q1"), row("q2", FARE), row("q3"), row("q4", OPENED)]
    slices = score(questions, {one.id: one for one in rows}).slices
    assert slices["absent"]["abstention_precision"] == 1 / 2
    assert slices["absent"]["abstention_f1"] == pytest.approx(2 / 3)
    assert slices["absent"]["unanswerable_refused"] == 1
    assert slices["fact"]["abstention_precision"] is None
    assert slices["fact"]["false_refusal_rate"] == 1


def test_a_row_tells_the_order_of_each_stage_and_gives_it_back() -> None:
    def hit(name: str, **scores: float) -> Hit:
        return Hit(Article(name, "x"), Chunk(name, 0, Span(0, 1), (Span(0, 1),)), Scores(**scores))

    hits = (hit("a", dense=0.1, lexical=0.9), hit("b", dense=0.8, late=1.0), hit("a", dense=0.9))
    made = answer_row("q1", Answer("?", "?", Status.ANSWERED, hits=hits))
    assert made["stages"] == {"dense": ["a", "b"], "lexical": ["a", "b"], "late": ["b", "a"]}
    assert parse_row(made).stages["late"] == ("b", "a")


def test_every_group_of_the_table_begins_with_a_measure(questions: EvalSet) -> None:
    assert set(GROUPS) <= set(score(questions, {}).measures)
