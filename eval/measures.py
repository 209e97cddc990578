"""What is measured of each question, by name: the metrics applied to a row and its gold."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, replace

from eval import metrics
from eval.metrics import LEFT_OUT, Share
from eval.values import EvalSet, Gold, Passage, Question, Row
from rag.values import Status

CUTOFFS = (1, 5, 10)
RANKING_DEPTH = 10


@dataclass(frozen=True, slots=True)
class Judged:
    """One question with its gold, its row and its articles: what every measure is made of."""

    question: Question
    gold: Gold | None
    row: Row
    relevant: Mapping[str, int]
    texts: Mapping[str, str]

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


def judge(
    eval_set: EvalSet, rows: Mapping[str, Row], questions: Sequence[Question]
) -> list[Judged]:
    """The questions that have a row without error, in order, with articles by one name each.

    Articles of equal text are one article: an index stores them once, under any of their names.
    """
    first: dict[str, str] = {}
    one_name = {name: first.setdefault(text, name) for name, text in eval_set.texts.items()}
    return [
        Judged(
            question=question,
            gold=_renamed_gold(eval_set.gold.get(question.id), one_name),
            row=_renamed_row(rows[question.id], one_name),
            relevant={
                one_name.get(name, name): grade
                for name, grade in eval_set.relevant.get(question.id, {}).items()
            },
            texts=eval_set.texts,
        )
        for question in questions
        if question.id in rows and rows[question.id].status is not Status.ERROR
    ]


def is_right(judged: Judged) -> bool:
    """Whether an answerable question was answered with the right sentence cited.

    Where gold has no evidence, a gold answer must stand in the answer instead.
    """
    if judged.gold is None or not judged.answerable or not judged.answered:
        return False
    if judged.gold.evidence:
        return metrics.cites_right_sentence(judged.cited, judged.gold.evidence)
    return metrics.contains_answer(judged.row.answer, judged.gold.answers)


def _right_sentence_cited(judged: Judged) -> Share:
    """Of the answerable questions with evidence, those answered citing a sentence of it."""
    if judged.gold is None or not judged.answerable or not judged.gold.evidence:
        return LEFT_OUT
    return (float(metrics.cites_right_sentence(judged.cited, judged.gold.evidence)), 1.0)


def _answer_contained(judged: Judged) -> Share:
    """Of the answerable questions with gold answers, those whose answer contains one."""
    if judged.gold is None or not judged.answerable or not judged.gold.answers:
        return LEFT_OUT
    held = judged.answered and metrics.contains_answer(judged.row.answer, judged.gold.answers)
    return (float(held), 1.0)


def _short_answer(measure: Callable[[str, Sequence[str]], float]) -> Callable[[Judged], Share]:
    """The mean of ``measure`` over all questions with gold answers and all unanswerable ones."""

    def share(judged: Judged) -> Share:
        if judged.gold is None or (judged.answerable and not judged.gold.answers):
            return LEFT_OUT
        answers = judged.gold.answers if judged.answerable else ()
        return (measure(judged.prediction, answers), 1.0)

    return share


def _short_answer_given(judged: Judged) -> Share:
    """Of the answerable questions with gold answers that were answered, those with a phrase."""
    if judged.gold is None or not judged.answerable or not judged.gold.answers:
        return LEFT_OUT
    return (float(bool(judged.row.short_answer)), 1.0) if judged.answered else LEFT_OUT


def _short_answer_f1(judged: Judged) -> Share:
    """The mean F1 of the phrases that were given for answerable questions."""
    given = judged.answered and judged.row.short_answer
    if judged.gold is None or not judged.answerable or not judged.gold.answers or not given:
        return LEFT_OUT
    return (metrics.token_f1(judged.row.short_answer, judged.gold.answers), 1.0)


def _abstention(measure: Callable[[bool, bool], Share]) -> Callable[[Judged], Share]:
    """``measure`` of refused and answerable, over the questions with gold."""
    return lambda judged: (
        measure(not judged.answered, judged.answerable) if judged.gold else LEFT_OUT
    )


def _citation_validity(judged: Judged) -> Share:
    return metrics.citation_validity(judged.cited, judged.texts)


def _sentences_cited(judged: Judged) -> Share:
    """Of the sentences of answers, those with a citation; an answer without any counts as one."""
    if not judged.answered:
        return LEFT_OUT
    cited = sum(bool(sentence.citations) for sentence in judged.row.sentences)
    return (float(cited), float(max(1, len(judged.row.sentences))))


def _evidence(measure: Callable[..., Share]) -> Callable[[Judged], Share]:
    """``measure`` over answered questions that have evidence."""
    return lambda judged: (
        measure(judged.cited, judged.gold.evidence) if judged.gold and judged.answered else LEFT_OUT
    )


def _answer_words(judged: Judged) -> Share:
    """Mean words of an answer: pasting whole passages shows here."""
    return (float(len(judged.row.answer.split())), 1.0) if judged.answered else LEFT_OUT


def _retrieval(
    measure: Callable[[Sequence[str], Mapping[str, int], int], float], k: int
) -> Callable[[Judged], Share]:
    """The mean of ``measure`` at ``k`` over the questions that have a relevant article."""

    def share(judged: Judged) -> Share:
        if not judged.relevant:
            return LEFT_OUT
        return (measure([name for name, _ in judged.row.retrieved], judged.relevant, k), 1.0)

    return share


MEASURES: Mapping[str, Callable[[Judged], Share]] = {
    "right_sentence_cited": _right_sentence_cited,
    "answer_contained": _answer_contained,
    "exact_match": _short_answer(metrics.exact_match),
    "f1": _short_answer(metrics.token_f1),
    "short_answer_given": _short_answer_given,
    "short_answer_f1": _short_answer_f1,
    "unanswerable_refused": _abstention(metrics.abstention_recall),
    "abstention_precision": _abstention(metrics.abstention_precision),
    "abstention_f1": _abstention(metrics.abstention_f1),
    "false_refusal_rate": _abstention(metrics.false_refusal_rate),
    "citation_validity": _citation_validity,
    "sentences_cited": _sentences_cited,
    "evidence_precision": _evidence(metrics.evidence_precision),
    "evidence_recall": _evidence(metrics.evidence_recall),
    "answer_words": _answer_words,
    **{f"hit@{k}": _retrieval(metrics.hit_at_k, k) for k in CUTOFFS},
    f"mrr@{RANKING_DEPTH}": _retrieval(metrics.reciprocal_rank, RANKING_DEPTH),
    f"ndcg@{RANKING_DEPTH}": _retrieval(metrics.ndcg, RANKING_DEPTH),
}


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
    )


def _renamed(passage: Passage, one_name: Mapping[str, str]) -> Passage:
    return replace(passage, doc_id=one_name.get(passage.doc_id, passage.doc_id))
