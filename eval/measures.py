"""What is measured of each question, by name: the metrics applied to a row and its gold."""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping, Sequence

from eval import citations, evidence, metrics
from eval.judged import Judged, answer_is_found, is_right, judge
from eval.metrics import LEFT_OUT, Share
from eval.rows import STAGES
from eval.support import supports

__all__ = ["MEASURES", "Judged", "is_right", "judge"]

CUTOFFS = (1, 5, 10)
RANKING_DEPTH = 10


def _answered(judged: Judged) -> Share:
    """Coverage: of the questions with gold, those answered.

    Source: El-Yaniv and Wiener, Noise-free Selective Classification, 2010.
    """
    return (float(judged.answered), 1.0) if judged.gold else LEFT_OUT


def _truthfulness(judged: Judged) -> Share:
    """The mean of ``metrics.truthfulness`` over the questions with gold."""
    return metrics.truthfulness(judged.answered, is_right(judged)) if judged.gold else LEFT_OUT


def _answers_right(judged: Judged) -> Share:
    """Selective accuracy: of the answers given, those that are right (``is_right``).

    Source: one less the selective risk of El-Yaniv and Wiener 2010, at the run's own coverage.
    """
    return (float(is_right(judged)), 1.0) if judged.gold and judged.answered else LEFT_OUT


def _right_sentence_cited(judged: Judged) -> Share:
    """Of the answerable questions with evidence, those answered citing a sentence of it."""
    if judged.gold is None or not judged.answerable or not judged.gold.evidence:
        return LEFT_OUT
    return (float(evidence.cites_right_sentence(judged.cited, judged.evidence)), 1.0)


def _right_article_cited(judged: Judged) -> Share:
    """Of the answerable questions with evidence, those answered citing an article of it."""
    if judged.gold is None or not judged.answerable or not judged.gold.evidence:
        return LEFT_OUT
    return (float(citations.cites_right_article(judged.cited, judged.gold.evidence)), 1.0)


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


def _short_answer_quoted(judged: Judged) -> Share:
    """Of the answers, those whose phrase, if they give one, stands in one of their sentences."""
    if not judged.answered:
        return LEFT_OUT
    phrase, said = judged.row.short_answer, "\n".join(s.text for s in judged.row.sentences)
    # As it stands, too: normalised, "wide-body" is one word, of which "wide" is no part.
    verbatim = re.search(rf"(?<!\w){re.escape(phrase)}(?!\w)", said)
    quoted = not phrase or verbatim or metrics.contains_answer(said, [phrase])
    return (float(bool(quoted)), 1.0)


def _abstention(measure: Callable[[bool, bool], Share]) -> Callable[[Judged], Share]:
    """``measure`` of refused and answerable, over the questions with gold."""
    return lambda judged: (
        measure(not judged.answered, judged.answerable) if judged.gold else LEFT_OUT
    )


def _of_citations(measure: Callable[..., Share]) -> Callable[[Judged], Share]:
    """``measure`` over the citations of an answer and the articles."""
    return lambda judged: measure(judged.cited, judged.texts)


def _supported(measure: Callable[..., Share]) -> Callable[[Judged], Share]:
    """``measure`` of an answer's sentences and their citations, by ``eval.support``."""
    return lambda judged: (
        measure(judged.row.sentences, judged.texts, supports) if judged.answered else LEFT_OUT
    )


def _sentences_cited(judged: Judged) -> Share:
    """Of the sentences of answers, those with a citation; an answer without any counts as one."""
    if not judged.answered:
        return LEFT_OUT
    cited = sum(bool(sentence.citations) for sentence in judged.row.sentences)
    return (float(cited), float(max(1, len(judged.row.sentences))))


def _evidence(measure: Callable[..., Share]) -> Callable[[Judged], Share]:
    """``measure`` over answered questions that have evidence."""
    return lambda judged: (
        measure(judged.cited, judged.evidence) if judged.gold and judged.answered else LEFT_OUT
    )


def _answer_in_citations(judged: Judged) -> Share:
    """Of the answerable questions with gold answers, those whose cited words hold one.

    Source: the test of Karpukhin et al. (Dense Passage Retrieval, EMNLP 2020) for a retrieved
    passage, here of what is cited.
    """
    if judged.gold is None or not judged.answerable or not judged.gold.answers:
        return LEFT_OUT
    cited = " ".join(citations.cited_words(citation, judged.texts) for citation in judged.cited)
    return (float(metrics.contains_answer(cited, judged.gold.answers)), 1.0)


def _answer_found(k: int) -> Callable[[Judged], Share]:
    """Of the answerable questions, those whose answer is in one of the ``k`` best articles.

    Source: top-k accuracy of Karpukhin et al. (Dense Passage Retrieval, EMNLP 2020), where a
    passage counts that holds an answer; here also an article that holds gold evidence.
    """
    return lambda judged: (
        (float(answer_is_found(judged, k)), 1.0) if judged.answerable else LEFT_OUT
    )


def _answer_words(judged: Judged) -> Share:
    """Mean words of an answer: pasting whole passages shows here.

    Source: the length that ALCE reports beside its scores (Gao et al., EMNLP 2023).
    """
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


def _by_stage(
    stage: str, measure: Callable[[Sequence[str], Mapping[str, int], int], float], k: int
) -> Callable[[Judged], Share]:
    """The same of the articles as one stage's score alone orders them."""

    def share(judged: Judged) -> Share:
        if not judged.relevant or stage not in judged.row.stages:
            return LEFT_OUT
        return (measure(judged.row.stages[stage], judged.relevant, k), 1.0)

    return share


# Those that are told of each stage's ranking as well.
STAGE_MEASURES = {
    "hit@1": (metrics.hit_at_k, 1),
    f"mrr@{RANKING_DEPTH}": (metrics.reciprocal_rank, RANKING_DEPTH),
    f"ndcg@{RANKING_DEPTH}": (metrics.ndcg, RANKING_DEPTH),
}

MEASURES: Mapping[str, Callable[[Judged], Share]] = {
    "answered": _answered,
    "truthfulness": _truthfulness,
    "answers_right": _answers_right,
    "right_sentence_cited": _right_sentence_cited,
    "right_article_cited": _right_article_cited,
    "answer_contained": _answer_contained,
    "exact_match": _short_answer(metrics.exact_match),
    "f1": _short_answer(metrics.token_f1),
    "short_answer_given": _short_answer_given,
    "short_answer_f1": _short_answer_f1,
    "short_answer_quoted": _short_answer_quoted,
    "answer_words": _answer_words,
    "citation_validity": _of_citations(metrics.citation_validity),
    "citations_out_of_range": _of_citations(citations.citations_out_of_range),
    "sentences_cited": _sentences_cited,
    "citation_recall": _supported(citations.citation_recall),
    "citation_precision": _supported(citations.citation_precision),
    "evidence_precision": _evidence(evidence.evidence_precision),
    "evidence_recall": _evidence(evidence.evidence_recall),
    "evidence_iou": _evidence(evidence.evidence_iou),
    "answer_in_citations": _answer_in_citations,
    "unanswerable_refused": _abstention(metrics.abstention_recall),
    "abstention_precision": _abstention(metrics.abstention_precision),
    "abstention_f1": _abstention(metrics.abstention_f1),
    "false_refusal_rate": _abstention(metrics.false_refusal_rate),
    **{f"answer_found@{k}": _answer_found(k) for k in CUTOFFS},
    **{f"hit@{k}": _retrieval(metrics.hit_at_k, k) for k in CUTOFFS},
    f"mrr@{RANKING_DEPTH}": _retrieval(metrics.reciprocal_rank, RANKING_DEPTH),
    f"ndcg@{RANKING_DEPTH}": _retrieval(metrics.ndcg, RANKING_DEPTH),
    **{
        f"{stage} {name}": _by_stage(stage, measure, k)
        for stage in STAGES
        for name, (measure, k) in STAGE_MEASURES.items()
    },
}
