"""Answerers that know the gold or know nothing: what a metric gives them tells what it is worth."""

from __future__ import annotations

from collections.abc import Sequence

from eval.running import Answerer
from eval.values import EvalSet, Gold, Passage
from rag.values import (
    Answer,
    AnswerSentence,
    Citation,
    RankedArticle,
    Reason,
    Status,
    Turn,
)


def always_refuse(question: str, history: Sequence[Turn] = ()) -> Answer:  # noqa: ARG001
    """Abstain from everything."""
    return Answer(
        question,
        question,
        Status.ABSTAINED,
        reason=Reason.NOT_STATED,
        message="The articles do not say.",
    )


def gold_oracle(eval_set: EvalSet) -> Answerer:
    """Quote the gold evidence of every answerable question and refuse the others."""
    known = {
        (question.text, question.history): eval_set.gold[question.id]
        for question in eval_set.questions
        if question.id in eval_set.gold
    }

    def answer(question: str, history: Sequence[Turn] = ()) -> Answer:
        gold = known[question, tuple(history)]
        if not gold.answerable:
            return always_refuse(question)
        return _quoted(question, gold)

    return answer


def _quoted(question: str, gold: Gold) -> Answer:
    names = dict.fromkeys(passage.doc_id for passage in gold.evidence)
    return Answer(
        question,
        question,
        Status.ANSWERED,
        sentences=tuple(_sentence(n, p) for n, p in enumerate(gold.evidence, start=1)),
        short_answer=gold.answers[0] if gold.answers else "",
        confidence=1.0,
        retrieved=tuple(RankedArticle(name, "", 1.0) for name in names),
    )


def _sentence(number: int, passage: Passage) -> AnswerSentence:
    citation = Citation(
        number, passage.doc_id, "", "", "", "", passage.start, passage.end, passage.text
    )
    return AnswerSentence(passage.text, (citation,))
