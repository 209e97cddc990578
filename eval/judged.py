"""One question with its gold and its row, under one name for each article, and its verdict."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from enum import StrEnum
from functools import lru_cache

from eval import metrics
from eval.citations import cited_words
from eval.evidence import Alternatives, alternatives, cites_right_sentence
from eval.support import supports
from eval.values import EvalSet, Gold, Passage, Question, Row, RowSentence
from rag.values import Status

CONTEXT_ARTICLES = 10
"""So many of the best articles count as found, where a miss is blamed on retriever or answerer."""


@dataclass(frozen=True, slots=True)
class Judged:
    """One question with its gold, its row and its articles: what every measure is made of.

    ``evidence`` is the gold evidence fact by fact, each with the passages that tell it.
    """

    question: Question
    gold: Gold | None
    row: Row
    relevant: Mapping[str, int]
    texts: Mapping[str, str]
    evidence: tuple[Alternatives, ...] = ()

    @property
    def answered(self) -> bool:
        """By the typed status alone."""
        return self.row.status is Status.ANSWERED

    @property
    def answerable(self) -> bool:
        """Whether gold says that the articles hold the answer."""
        return self.gold is not None and self.gold.answerable

    @property
    def cited(self) -> tuple[Passage, ...]:
        """The citations of an answer; a row that abstains has none that count."""
        return self.row.citations if self.answered else ()

    @property
    def prediction(self) -> str:
        """The short answer; the whole answer where there is none; empty for a refusal.

        Without the second step an answer to an unanswerable question that offers no short
        answer would pass for a refusal in exact match and F1.
        """
        return (self.row.short_answer or self.row.answer) if self.answered else ""


class Blame(StrEnum):
    """What became of a question, and through whom."""

    RIGHT = "right"
    RIGHTLY_REFUSED = "rightly refused"
    RETRIEVER = "missed by the retriever"  # the answer is in none of the articles it found
    REFUSED = "wrongly refused"  # though an article that was found holds the answer
    ANSWERER = "wrongly answered"  # as well
    UNANSWERABLE = "answered, and unanswerable"


def judge(
    eval_set: EvalSet, rows: Mapping[str, Row], questions: Sequence[Question]
) -> list[Judged]:
    """The questions that have a row without error, in order, with articles by one name each.

    Articles of equal text are one article: an index stores them once, under any of their names.
    """
    first: dict[str, str] = {}
    one_name = {name: first.setdefault(text, name) for name, text in eval_set.texts.items()}
    return [
        _judged(eval_set, question, rows[question.id], one_name)
        for question in questions
        if question.id in rows and rows[question.id].status is not Status.ERROR
    ]


def _judged(eval_set: EvalSet, question: Question, row: Row, one_name: Mapping[str, str]) -> Judged:
    gold = _renamed_gold(eval_set.gold.get(question.id), one_name)
    return Judged(
        question=question,
        gold=gold,
        row=_renamed_row(row, one_name),
        relevant={
            one_name.get(name, name): grade
            for name, grade in eval_set.relevant.get(question.id, {}).items()
        },
        texts=eval_set.texts,
        evidence=alternatives(gold.evidence, eval_set.texts) if gold else (),
    )


def is_right(judged: Judged) -> bool:
    """Whether an answerable question was answered with the right sentence cited, and said.

    One sentence of the answer must cite gold evidence (``eval.evidence`` says how closely), and
    must contain a gold answer or be borne out by what it cites: words that were made up do not
    become right by the citation behind them. Where gold has no evidence, or the answer no
    citation at all, a gold answer must stand in the answer instead.
    """
    if judged.gold is None or not judged.answerable or not judged.answered:
        return False
    if judged.gold.evidence and judged.cited:
        return any(_tells_evidence(judged, sentence) for sentence in judged.row.sentences)
    return metrics.contains_answer(judged.row.answer, judged.gold.answers)


def _tells_evidence(judged: Judged, sentence: RowSentence) -> bool:
    if judged.gold is None or not cites_right_sentence(sentence.citations, judged.evidence):
        return False
    quotes = [cited_words(citation, judged.texts) for citation in sentence.citations]
    told = metrics.contains_answer(sentence.text, judged.gold.answers)
    return told or supports(quotes, sentence.text)


def answer_is_found(judged: Judged, k: int) -> bool:
    """Whether one of the ``k`` best distinct articles holds gold evidence or a gold answer."""
    if judged.gold is None:
        return False
    holders = {passage.doc_id for passage in judged.gold.evidence}
    wanted = [metrics.normalise(answer) for answer in judged.gold.answers]
    best = metrics.distinct(name for name, _ in judged.row.retrieved)[:k]
    return any(
        name in holders
        or any(a and f" {a} " in _normalised(judged.texts.get(name, "")) for a in wanted)
        for name in best
    )


def blame(judged: Judged) -> Blame:
    """What became of a question with gold, and which part to mend if it was missed."""
    if not judged.answerable:
        return Blame.UNANSWERABLE if judged.answered else Blame.RIGHTLY_REFUSED
    if is_right(judged):
        return Blame.RIGHT
    if not answer_is_found(judged, CONTEXT_ARTICLES):
        return Blame.RETRIEVER
    return Blame.ANSWERER if judged.answered else Blame.REFUSED


@lru_cache(maxsize=2000)
def _normalised(text: str) -> str:
    """A whole article as ``contains_answer`` compares it; it is retrieved for many questions."""
    return f" {metrics.normalise(text)} "


def _renamed_gold(gold: Gold | None, one_name: Mapping[str, str]) -> Gold | None:
    if gold is None:
        return None
    return replace(gold, evidence=tuple(_renamed(passage, one_name) for passage in gold.evidence))


def _renamed_row(row: Row, one_name: Mapping[str, str]) -> Row:
    return replace(
        row,
        sentences=tuple(
            replace(s, citations=tuple(_renamed(c, one_name) for c in s.citations))
            for s in row.sentences
        ),
        retrieved=tuple((one_name.get(name, name), value) for name, value in row.retrieved),
        stages={
            stage: tuple(one_name.get(name, name) for name in names)
            for stage, names in row.stages.items()
        },
    )


def _renamed(passage: Passage, one_name: Mapping[str, str]) -> Passage:
    return replace(passage, doc_id=one_name.get(passage.doc_id, passage.doc_id))
