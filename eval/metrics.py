"""Metrics as pure functions, each with its formula and source.

Metrics of one question that are averaged return a ``Share``: a numerator and a denominator. The
metric of a set is the sum of the numerators over the sum of the denominators, so that means,
precision, recall and F1 are all of one shape, and one bootstrap serves them all. ``(0, 0)``
leaves a question out.
"""

from __future__ import annotations

import math
import re
import string
from collections import Counter
from collections.abc import Iterable, Mapping, Sequence

import numpy as np

from eval.values import Passage

Share = tuple[float, float]
LEFT_OUT: Share = (0.0, 0.0)

_ARTICLES = re.compile(r"\b(a|an|the)\b")
_PUNCTUATION = str.maketrans("", "", string.punctuation)
# SQuAD's script knows ASCII punctuation only; typeset quotes are folded to it first, so that
# "Rostec's" is the same word however its apostrophe was set.
_TYPESET_QUOTES = str.maketrans("‘’‚‛“”„‟", "''''\"\"\"\"")


def ratio(shares: Iterable[Share]) -> float | None:
    """``sum of numerators / sum of denominators``; None when nothing is counted."""
    numerators, denominators = 0.0, 0.0
    for numerator, denominator in shares:
        numerators += numerator
        denominators += denominator
    return numerators / denominators if denominators else None


def normalise(text: str) -> str:
    """Lower case, without punctuation, English articles and surplus white space.

    Source: ``normalize_answer`` of the SQuAD 2.0 evaluation script (Rajpurkar et al. 2018).
    """
    plain = text.translate(_TYPESET_QUOTES).lower().translate(_PUNCTUATION)
    return " ".join(_ARTICLES.sub(" ", plain).split())


def contains_answer(text: str, answers: Sequence[str]) -> bool:
    """Whether a gold answer stands in ``text`` as whole words, both normalised as in SQuAD.

    Whole words, unlike the usual substring test: "5" is not in "$45 billion". Source: accuracy by
    containment, as in Mallen et al., When Not to Trust Language Models, ACL 2023.
    """
    padded = f" {normalise(text)} "
    wanted = [normalise(answer) for answer in answers]
    return any(f" {answer} " in padded for answer in wanted if answer)


def exact_match(prediction: str, answers: Sequence[str]) -> float:
    """1 when the normalised prediction equals a gold answer, else 0.

    ``answers`` empty means unanswerable, where only the empty prediction is right. Source:
    ``compute_exact`` of the SQuAD 2.0 evaluation script.
    """
    return max(float(normalise(prediction) == normalise(gold)) for gold in answers or ("",))


def token_f1(prediction: str, answers: Sequence[str]) -> float:
    """Best over gold answers of ``2PR / (P + R)`` over the bags of normalised words.

    When either side has no words the score is 1 if both have none, else 0. Source:
    ``compute_f1`` of the SQuAD 2.0 evaluation script.
    """
    return max(_token_f1(normalise(prediction), normalise(gold)) for gold in answers or ("",))


def _token_f1(prediction: str, gold: str) -> float:
    predicted, wanted = prediction.split(), gold.split()
    if not predicted or not wanted:
        return float(predicted == wanted)
    same = sum((Counter(predicted) & Counter(wanted)).values())
    return 2 * same / (len(predicted) + len(wanted))


def distinct(ranked: Iterable[str]) -> list[str]:
    """The ranking with only the first place of each article: repeats fill no places."""
    return list(dict.fromkeys(ranked))


def hit_at_k(ranked: Sequence[str], relevant: Mapping[str, int], k: int) -> float:
    """1 when a relevant article is among the first ``k`` distinct ones, else 0.

    Its mean is success@k of trec_eval; top-k accuracy in Karpukhin et al., Dense Passage
    Retrieval for Open-Domain Question Answering, EMNLP 2020.
    """
    return float(any(relevant.get(name, 0) > 0 for name in distinct(ranked)[:k]))


def reciprocal_rank(ranked: Sequence[str], relevant: Mapping[str, int], k: int) -> float:
    """``1 / rank`` of the first relevant distinct article within ``k``, else 0.

    Its mean is MRR@k. Source: Voorhees, TREC-8 question answering track, 1999.
    """
    for rank, name in enumerate(distinct(ranked)[:k], start=1):
        if relevant.get(name, 0) > 0:
            return 1.0 / rank
    return 0.0


def ndcg(ranked: Sequence[str], relevant: Mapping[str, int], k: int) -> float:
    """``DCG@k / ideal DCG@k``, ``DCG = sum of grade / log2(rank + 1)``, distinct articles.

    Linear gain, as in trec_eval and BEIR (Jarvelin and Kekalainen 2002); 0 when nothing is
    relevant.
    """
    ideal = _dcg(sorted((g for g in relevant.values() if g > 0), reverse=True)[:k])
    found = _dcg([max(relevant.get(name, 0), 0) for name in distinct(ranked)[:k]])
    return found / ideal if ideal else 0.0


def _dcg(grades: Sequence[int]) -> float:
    return sum(grade / math.log2(rank + 1) for rank, grade in enumerate(grades, start=1))


def abstention_precision(refused: bool, answerable: bool) -> Share:
    """Of the refused questions, those that are unanswerable: ``TP / (TP + FP)``.

    "Refused" is the typed status ``abstained``, never the wording of the answer. Source of this,
    of the recall and of their F1: Wen et al., Know Your Limits: A Survey of Abstention in Large
    Language Models, TACL 2025.
    """
    return (float(refused and not answerable), float(refused))


def abstention_recall(refused: bool, answerable: bool) -> Share:
    """Of the unanswerable questions, those refused: ``TP / (TP + FN)``.

    Source: as for ``abstention_precision``.
    """
    return (float(refused and not answerable), float(not answerable))


def abstention_f1(refused: bool, answerable: bool) -> Share:
    """``2TP / (2TP + FP + FN)``: harmonic mean of abstention precision and recall.

    Source: the F measure with equal weights, van Rijsbergen, Information Retrieval, 1979.
    """
    both = float(refused and not answerable)
    return (2 * both, float(refused) + float(not answerable))


def false_refusal_rate(refused: bool, answerable: bool) -> Share:
    """Of the answerable questions, those refused: ``FP / (FP + TN)``.

    Source: the false positive rate, Fawcett, An Introduction to ROC Analysis, 2006, with refusing
    as the positive class.
    """
    return (float(refused and answerable), float(answerable))


def is_valid_citation(citation: Passage, texts: Mapping[str, str]) -> bool:
    """``article[start:end] == quote`` with offsets inside an article that exists."""
    text = texts.get(citation.doc_id, "")
    inside = 0 <= citation.start < citation.end <= len(text)
    return inside and text[citation.start : citation.end] == citation.text


def citation_validity(citations: Sequence[Passage], texts: Mapping[str, str]) -> Share:
    """Valid citations over all citations; those out of range stay in the denominator.

    No source: the literature cites whole passages, which cannot be misquoted.
    """
    return (float(sum(is_valid_citation(c, texts) for c in citations)), float(len(citations)))


def truthfulness(answered: bool, right: bool) -> Share:
    """1 for a right answer, 0 for a refusal, -1 for a wrong answer; the mean is in [-1, 1].

    Any answer to an unanswerable question is wrong; refusing one is 0 as any refusal is, so that
    refusing everything is worth 0. Source: the score of CRAG with accurate, missing and incorrect
    answers (Yang et al., Comprehensive RAG Benchmark, 2024).
    """
    return (0.0 if not answered else 1.0 if right else -1.0, 1.0)


def auroc(scores: Sequence[float], positive: Sequence[bool]) -> float | None:
    """``P(score of a positive > score of a negative)``, ties counting half; None for one class.

    Source: the Mann-Whitney form, Hanley and McNeil 1982.
    """
    values, labels = np.asarray(scores, dtype=float), np.asarray(positive, dtype=bool)
    positives, negatives = values[labels], np.sort(values[~labels])
    if not len(positives) or not len(negatives):
        return None
    below = np.searchsorted(negatives, positives, side="left")
    not_above = np.searchsorted(negatives, positives, side="right")
    return float((below + not_above).sum() / (2 * len(positives) * len(negatives)))
