"""The questions that went wrong: why, and the places in the articles that were cited and meant."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from enum import StrEnum

from eval.evidence import cites_right_sentence
from eval.excerpts import Piece, excerpt
from eval.judged import Blame, Judged, blame, is_right
from eval.metrics import distinct, is_valid_citation
from eval.values import EvalSet, Passage, Row
from rag.values import Article, Status

ARTICLES_SHOWN = 3
RETRIEVED_SHOWN = 5
# Answers are other people's text: one of a megabyte shall not make the report unreadable.
ANSWER_SHOWN = 2_000


class Fault(StrEnum):
    """What is wrong with the outcome of a question, the gravest first."""

    ERROR = "error"
    INVALID = "invalid citation"
    NOT_REFUSED = "not refused"
    WRONG_SENTENCE = "wrong sentence"
    WRONG_ANSWER = "wrong answer"
    REFUSED = "wrongly refused"


@dataclass(frozen=True, slots=True)
class Excerpt:
    """The parts of an article around what was cited and what gold names."""

    doc_id: str
    title: str
    outlet: str
    date: str
    pieces: tuple[Piece, ...]
    wrong_quotes: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Failure:
    """One question that went wrong; ``retrieved`` pairs an article's name with its relevance.

    ``blame`` is None where nothing but the citation is wrong, and for an error.
    """

    id: str
    kind: str
    question: str
    history: tuple[tuple[str, str], ...]
    fault: Fault
    blame: Blame | None
    answerable: bool
    gold_answers: tuple[str, ...]
    status: Status
    answer: str
    short_answer: str
    confidence: float
    excerpts: tuple[Excerpt, ...]
    retrieved: tuple[tuple[str, bool], ...]


def fault_of(judged: Judged) -> Fault | None:
    """What is wrong with an outcome; None where it is right, or where there is no gold."""
    if not all(is_valid_citation(citation, judged.texts) for citation in judged.cited):
        return Fault.INVALID
    if judged.gold is None or is_right(judged):
        return None
    if not judged.answerable:
        return Fault.NOT_REFUSED if judged.answered else None
    if not judged.answered:
        return Fault.REFUSED
    by_evidence = judged.gold.evidence and judged.cited
    if by_evidence and not cites_right_sentence(judged.cited, judged.evidence):
        return Fault.WRONG_SENTENCE
    return Fault.WRONG_ANSWER


def failure_of(judged: Judged, fault: Fault, articles: Mapping[str, Article]) -> Failure:
    """Everything that is shown of one failure; ``articles`` by id tell titles."""
    gold, row = judged.gold, judged.row
    evidence = gold.evidence if gold else ()
    names = list(dict.fromkeys(p.doc_id for p in (*judged.cited, *evidence)))[:ARTICLES_SHOWN]
    ranked = distinct(name for name, _ in row.retrieved)[:RETRIEVED_SHOWN]
    return Failure(
        id=judged.question.id,
        kind=gold.kind if gold else "",
        question=judged.question.text,
        history=tuple((turn.question, turn.answer) for turn in judged.question.history),
        fault=fault,
        blame=None if fault is Fault.INVALID else blame(judged),
        answerable=judged.answerable,
        gold_answers=gold.answers if gold else (),
        status=row.status,
        answer=shortened(row.answer),
        short_answer=shortened(row.short_answer),
        confidence=row.confidence,
        excerpts=tuple(_excerpt(name, judged, articles) for name in names),
        retrieved=tuple((_title(n, articles), judged.relevant.get(n, 0) > 0) for n in ranked),
    )


def error_failures(eval_set: EvalSet, rows: Mapping[str, Row]) -> list[Failure]:
    """The questions that ended in an error, with its reason as the answer."""
    return [
        Failure(
            id=question.id,
            kind=gold.kind if gold else "",
            question=question.text,
            history=tuple((turn.question, turn.answer) for turn in question.history),
            fault=Fault.ERROR,
            blame=None,
            answerable=gold is not None and gold.answerable,
            gold_answers=gold.answers if gold else (),
            status=Status.ERROR,
            answer=shortened(rows[question.id].answer),
            short_answer="",
            confidence=0.0,
            excerpts=(),
            retrieved=(),
        )
        for question in eval_set.questions
        if question.id in rows and rows[question.id].status is Status.ERROR
        for gold in [eval_set.gold.get(question.id)]
    ]


def shortened(text: str) -> str:
    """``text``, cut after ``ANSWER_SHOWN`` characters."""
    return text if len(text) <= ANSWER_SHOWN else text[:ANSWER_SHOWN] + " …"


def _excerpt(name: str, judged: Judged, articles: Mapping[str, Article]) -> Excerpt:
    article = articles.get(name)
    evidence = judged.gold.evidence if judged.gold else ()
    wrong = [c for c in _within(name, judged.cited) if not is_valid_citation(c, judged.texts)]
    return Excerpt(
        doc_id=name,
        title=_title(name, articles),
        outlet=article.outlet if article else "",
        date=article.date if article else "",
        pieces=excerpt(
            judged.texts.get(name, ""),
            [(c.start, c.end) for c in _within(name, judged.cited)],
            [(p.start, p.end) for p in _within(name, evidence)],
        ),
        wrong_quotes=tuple(shortened(citation.text) for citation in wrong),
    )


def _within(name: str, passages: Sequence[Passage]) -> list[Passage]:
    return [passage for passage in passages if passage.doc_id == name]


def _title(name: str, articles: Mapping[str, Article]) -> str:
    article = articles.get(name)
    return article.title if article and article.title else name
