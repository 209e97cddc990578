"""Answerers that know the gold or know nothing: what a metric gives them tells what it is worth.

``controls`` makes them from the rows of a run, without asking anything again. Those that need an
engine, or changed articles, are in ``eval.control_runs``.
"""

from __future__ import annotations

import random
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import replace
from functools import lru_cache

from eval.metrics import contains_answer
from eval.rows import answer_row, parse_row
from eval.running import Answerer
from eval.scoring import Scores, score
from eval.values import EvalSet, Gold, Passage, Question, Row, RowSentence
from rag.lexical import words
from rag.phrases import is_function_word
from rag.sentences import split_sentences
from rag.values import (
    Answer,
    AnswerSentence,
    Citation,
    RankedArticle,
    Reason,
    Span,
    Status,
    Turn,
)

ALWAYS_REFUSE = "always refuse"
NEVER_REFUSE = "never refuse"
TOP_SENTENCE = "copy the top sentence"
ORACLE = "gold oracle"
SHUFFLED = "shuffled citations"


def controls(eval_set: EvalSet, rows: Mapping[str, Row]) -> dict[str, Scores]:
    """The scores of each control that can be told from the rows of a run, by its name.

    Questions without a row, and rows of status ``error``, stay as they are.
    """
    return {name: score(eval_set, made) for name, made in control_rows(eval_set, rows).items()}


def control_rows(eval_set: EvalSet, rows: Mapping[str, Row]) -> dict[str, dict[str, Row]]:
    """The rows of each control, by its name; their retrieved articles are the run's."""
    asked = [
        (question, rows[question.id])
        for question in eval_set.questions
        if question.id in rows and rows[question.id].status is not Status.ERROR
    ]
    left = {name: row for name, row in rows.items() if row.status is Status.ERROR}
    copied = {question.id: _copied(question, row, eval_set.texts) for question, row in asked}
    answered = {question.id: row for question, row in asked if row.status is Status.ANSWERED}
    return {
        ALWAYS_REFUSE: left | {question.id: _refused(row) for question, row in asked},
        NEVER_REFUSE: left | copied | answered,
        TOP_SENTENCE: left | copied,
        ORACLE: left | {q.id: _by_gold(q, row, eval_set.gold.get(q.id)) for q, row in asked},
        SHUFFLED: {**rows, **dict(_shuffled(answered))},
    }


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
        return _quoted(question, known[question, tuple(history)])

    return answer


def _quoted(question: str, gold: Gold) -> Answer:
    if not gold.answerable:
        return always_refuse(question)
    names = dict.fromkeys(passage.doc_id for passage in gold.evidence)
    told = "\n".join(passage.text for passage in gold.evidence)
    return Answer(
        question,
        question,
        Status.ANSWERED,
        sentences=tuple(_sentence(n, p) for n, p in enumerate(gold.evidence, start=1)),
        short_answer=next((a for a in gold.answers if contains_answer(told, [a])), ""),
        confidence=1.0,
        retrieved=tuple(RankedArticle(name, "", 1.0) for name in names),
    )


def _sentence(number: int, passage: Passage) -> AnswerSentence:
    citation = Citation(
        number, passage.doc_id, "", "", "", "", passage.start, passage.end, passage.text
    )
    return AnswerSentence(passage.text, (citation,))


def _by_gold(question: Question, row: Row, gold: Gold | None) -> Row:
    if gold is None:
        return _refused(row)
    return parse_row(answer_row(question.id, _quoted(question.text, gold)))


def _refused(row: Row) -> Row:
    return replace(row, status=Status.ABSTAINED, answer="", short_answer="", sentences=())


def _copied(question: Question, row: Row, texts: Mapping[str, str]) -> Row:
    """The best article's sentence that shares most words with the question, quoted and cited."""
    names = [name for name, _ in row.retrieved if texts.get(name, "").strip()]
    if not names:
        return _refused(row)
    name = names[0]
    asked = _content(question.text)
    span, _ = max(_sentences(texts[name]), key=lambda sentence: len(asked & sentence[1]))
    quote = span.of(texts[name])
    cited = RowSentence(quote, (Passage(name, span.start, span.end, quote),))
    return replace(row, status=Status.ANSWERED, answer=quote, short_answer="", sentences=(cited,))


@lru_cache(maxsize=2000)
def _sentences(text: str) -> list[tuple[Span, frozenset[str]]]:
    return [(span, _content(span.of(text))) for span in split_sentences(text)]


def _content(text: str) -> frozenset[str]:
    return frozenset(word.stem for word in words(text) if not is_function_word(word.surface))


def _shuffled(answered: Mapping[str, Row]) -> Iterator[tuple[str, Row]]:
    """Each answer with the citations of another question's answer, none of them its own.

    An answer for which no other has other citations alone is left out. Always the same shuffle.
    """
    names = [name for name, row in answered.items() if row.citations]
    random.Random(0).shuffle(names)
    for place, name in enumerate(names):
        own = set(answered[name].citations)
        others = (answered[other] for other in names[place + 1 :] + names[:place])
        donor = next((row for row in others if not own & set(row.citations)), None)
        if donor is not None:
            yield name, _citing(answered[name], donor)


def _citing(row: Row, donor: Row) -> Row:
    groups = [sentence.citations for sentence in donor.sentences if sentence.citations]
    sentences = tuple(
        replace(sentence, citations=groups[place % len(groups)] if sentence.citations else ())
        for place, sentence in enumerate(row.sentences)
    )
    return replace(row, sentences=sentences)
