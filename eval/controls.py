"""Answerers that know the gold or know nothing: what a metric gives them tells what it is worth.

``controls`` makes them from the rows of a run, without asking anything again. Those that need an
engine, or changed articles, are in ``eval.control_runs``.
"""

from __future__ import annotations

import random
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import replace

from eval.best_sentence import answering_sentence, best_sentence
from eval.metrics import contains_answer
from eval.rows import answer_row, parse_row
from eval.running import Answerer
from eval.scoring import Scores, score
from eval.values import EvalSet, Gold, Passage, Question, Row, RowSentence
from rag.values import (
    Answer,
    AnswerSentence,
    Citation,
    RankedArticle,
    Reason,
    Status,
    Turn,
)

ALWAYS_REFUSE = "always refuse"
NEVER_REFUSE = "never refuse"
TOP_SENTENCE = "copy the top sentence"
EVERYTHING = "cite everything"
ORACLE = "gold oracle"
SHUFFLED = "shuffled citations"
CONTROLS = (ALWAYS_REFUSE, NEVER_REFUSE, TOP_SENTENCE, EVERYTHING, ORACLE, SHUFFLED)
"""Those that ``controls`` makes."""


def controls(eval_set: EvalSet, rows: Mapping[str, Row]) -> dict[str, Scores]:
    """The scores of each control that can be told from the rows of a run, by its name.

    Questions without a row, and rows of status ``error``, stay as they are; an answer for which
    a control has no row of its own is missing from it.
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
    cited = {name: row for name, row in answered.items() if row.citations}
    return {
        ALWAYS_REFUSE: left | {question.id: _refused(row) for question, row in asked},
        NEVER_REFUSE: left | copied | answered,
        TOP_SENTENCE: left | copied,
        EVERYTHING: left | {q.id: _pasted(row, eval_set.texts) for q, row in asked},
        ORACLE: left | {q.id: _by_gold(q, row, eval_set) for q, row in asked},
        SHUFFLED: {name: row for name, row in rows.items() if name not in cited}
        | dict(_shuffled(cited)),
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
    """Quote the gold of every answerable question and refuse the others.

    Where gold names no evidence, the sentence of a relevant article that holds a gold answer is
    quoted, and where no sentence does, the answer itself is told without a citation.
    """
    known = {
        (question.text, question.history): question
        for question in eval_set.questions
        if question.id in eval_set.gold
    }

    def answer(question: str, history: Sequence[Turn] = ()) -> Answer:
        return _quoted(known[question, tuple(history)], eval_set)

    return answer


def _quoted(question: Question, eval_set: EvalSet) -> Answer:
    gold = eval_set.gold[question.id]
    passages = _passages(question, gold, eval_set)
    sentences = [_sentence(n, p) for n, p in enumerate(passages, start=1)]
    if not passages:
        sentences = [AnswerSentence(answer, ()) for answer in gold.answers[:1]]
    if not gold.answerable or not sentences:
        return always_refuse(question.text)
    told = "\n".join(sentence.text for sentence in sentences)
    names = dict.fromkeys(passage.doc_id for passage in passages)
    return Answer(
        question.text,
        question.text,
        Status.ANSWERED,
        sentences=tuple(sentences),
        short_answer=next((a for a in gold.answers if contains_answer(told, [a])), ""),
        confidence=1.0,
        retrieved=tuple(RankedArticle(name, "", 1.0) for name in names),
    )


def _passages(question: Question, gold: Gold, eval_set: EvalSet) -> tuple[Passage, ...]:
    """What the oracle quotes: the evidence, or a sentence of the best article that answers."""
    if gold.evidence or not gold.answerable:
        return gold.evidence
    grades = eval_set.relevant.get(question.id, {})
    for name in sorted(grades, key=lambda one: -grades[one]):
        text = eval_set.texts.get(name, "")
        if grades[name] > 0 and (
            found := answering_sentence(question.text, name, text, gold.answers)
        ):
            return (found,)
    return ()


def _sentence(number: int, passage: Passage) -> AnswerSentence:
    citation = Citation(
        number, passage.doc_id, "", "", "", "", passage.start, passage.end, passage.text
    )
    return AnswerSentence(passage.text, (citation,))


def _by_gold(question: Question, row: Row, eval_set: EvalSet) -> Row:
    if question.id not in eval_set.gold:
        return _refused(row)
    return parse_row(answer_row(question.id, _quoted(question, eval_set)))


def _refused(row: Row) -> Row:
    return replace(row, status=Status.ABSTAINED, answer="", short_answer="", sentences=())


def _copied(question: Question, row: Row, texts: Mapping[str, str]) -> Row:
    """The best article's sentence that shares most words with the question, quoted and cited."""
    name = _best_article(row, texts)
    quoted = best_sentence(question.text, name, texts.get(name, ""))
    return _quoting(row, quoted) if quoted else _refused(row)


def _pasted(row: Row, texts: Mapping[str, str]) -> Row:
    """The best article from its beginning to its end, under one citation."""
    name = _best_article(row, texts)
    text = texts.get(name, "")
    return _quoting(row, Passage(name, 0, len(text), text)) if text else _refused(row)


def _best_article(row: Row, texts: Mapping[str, str]) -> str:
    """The first article found that is not blank; empty without any."""
    return next((name for name, _ in row.retrieved if texts.get(name, "").strip()), "")


def _quoting(row: Row, passage: Passage) -> Row:
    """An answer of nothing but the passage, cited."""
    cited = RowSentence(passage.text, (passage,))
    return replace(
        row, status=Status.ANSWERED, answer=passage.text, short_answer="", sentences=(cited,)
    )


def _shuffled(cited: Mapping[str, Row]) -> Iterator[tuple[str, Row]]:
    """Each answer with the citations of another question's answer, none of them its own.

    An answer for which no other has other citations alone is left out. Always the same shuffle.
    """
    names = list(cited)
    random.Random(0).shuffle(names)
    for place, name in enumerate(names):
        own = set(cited[name].citations)
        others = (cited[other] for other in names[place + 1 :] + names[:place])
        donor = next((row for row in others if not own & set(row.citations)), None)
        if donor is not None:
            yield name, _citing(cited[name], donor)


def _citing(row: Row, donor: Row) -> Row:
    groups = [sentence.citations for sentence in donor.sentences if sentence.citations]
    sentences = tuple(
        replace(sentence, citations=groups[place % len(groups)] if sentence.citations else ())
        for place, sentence in enumerate(row.sentences)
    )
    return replace(row, sentences=sentences)
