"""Measures of a whole set, by name: what the confidence is worth, and how long an answer takes.

They are no sums over questions, unlike ``eval.measures``. The confidence of a row claims that the
articles hold the answer: ``answerability`` is that event, over all questions with gold. That the
answer given is right is another, ``correctness``, over the answers given.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass

from eval import set_statistics as statistics
from eval.judged import Judged, is_right
from eval.set_statistics import Statistic

REFUSED = float("-inf")
"""The rank of a refusal among confidences: behind every answer."""


@dataclass(frozen=True, slots=True)
class Outcomes:
    """One value for each question, in order: what became of it, and with what confidence.

    ``known`` questions have gold; ``answered`` ones are among them. ``right`` is of answers;
    ``milliseconds`` is None where a row tells no time.
    """

    known: tuple[bool, ...]
    answered: tuple[bool, ...]
    answerable: tuple[bool, ...]
    right: tuple[bool, ...]
    confidence: tuple[float, ...]
    milliseconds: tuple[float | None, ...]

    @property
    def ranks(self) -> tuple[float, ...]:
        """Confidences, with those of refusals behind all."""
        pairs = zip(self.confidence, self.answered, strict=True)
        return tuple(confidence if answered else REFUSED for confidence, answered in pairs)

    @property
    def correct(self) -> tuple[bool, ...]:
        """Whether a question was rightly answered, or rightly refused."""
        return tuple(
            right if answered else not answerable
            for right, answered, answerable in zip(
                self.right, self.answered, self.answerable, strict=True
            )
        )


def outcomes(judged: Sequence[Judged]) -> Outcomes:
    """What ``SET_MEASURES`` are made of."""
    return Outcomes(
        known=tuple(one.gold is not None for one in judged),
        answered=tuple(one.gold is not None and one.answered for one in judged),
        answerable=tuple(one.answerable for one in judged),
        right=tuple(is_right(one) for one in judged),
        confidence=tuple(one.row.confidence for one in judged),
        milliseconds=tuple(one.row.timing_ms.get("total") for one in judged),
    )


def _answerability_auroc(found: Outcomes) -> Statistic:
    """How well confidence tells answerable questions from others, answered or refused."""
    return statistics.auroc(found.confidence, found.answerable, found.known)


def _answerability_ece(found: Outcomes) -> Statistic:
    """How far confidence is from the share of questions that are answerable."""
    return statistics.expected_calibration_error(found.confidence, found.answerable, found.known)


def _correctness_auroc(found: Outcomes) -> Statistic:
    """How well confidence tells right answers from wrong ones, of the answers given."""
    return statistics.auroc(found.confidence, found.right, found.answered)


def _correctness_ece(found: Outcomes) -> Statistic:
    """How far confidence is from the share of the answers given that are right."""
    return statistics.expected_calibration_error(found.confidence, found.right, found.answered)


def _aurc(found: Outcomes) -> Statistic:
    """The mean risk over all coverages, of all questions: answers surest first, then refusals.

    A refusal is an error where the question was answerable, and right where it was not, so that
    answering little gains nothing. Source: El-Yaniv and Wiener, On the Foundations of Noise-free
    Selective Classification, 2010, where coverage is over all inputs.
    """
    return statistics.area_under_risk_coverage(found.ranks, found.correct, found.known)


def _coverage_at_95(found: Outcomes) -> Statistic:
    """The share of the answerable questions that can be answered with 95 % of answers right."""
    return statistics.coverage_at_accuracy(
        found.confidence, found.right, found.answered, found.answerable
    )


def _median_ms(found: Outcomes) -> Statistic:
    """The median time of an answer in milliseconds, of the rows that tell one."""
    times = [0.0 if one is None else one for one in found.milliseconds]
    return statistics.median(times, [one is not None for one in found.milliseconds])


SET_MEASURES: Mapping[str, Callable[[Outcomes], Statistic]] = {
    "answerability_auroc": _answerability_auroc,
    "answerability_ece": _answerability_ece,
    "correctness_auroc": _correctness_auroc,
    "correctness_ece": _correctness_ece,
    "aurc": _aurc,
    "coverage_at_95": _coverage_at_95,
    "median_ms": _median_ms,
}
