"""Statistics of a set of questions that are no ratio of sums, told for many resamples at once.

Each is made of one value for each question, and maps counts, an array of resamples by questions
that says how often a resample has each question, to one value for each resample: not a number
where it cannot be told. A row of ones gives the statistic of the set itself.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

Floats = npt.NDArray[np.float64]
Places = npt.NDArray[np.intp]

# What is one when it is reckoned with whole numbers may miss it by a rounding.
DECIMALS = 9


@dataclass(frozen=True, slots=True)
class Statistic:
    """``of`` maps counts (resamples x questions) to values; ``counted`` marks its questions.

    ``upward``: resamples give greater values than the set itself, and an interval must allow
    for that.
    """

    counted: npt.NDArray[np.bool_]
    of: Callable[[Floats], Floats]
    upward: bool = False

    @property
    def value(self) -> float | None:
        """The statistic of the questions as they are; None where it cannot be told."""
        found = float(self.of(np.ones((1, len(self.counted))))[0])
        return None if np.isnan(found) else found


def auroc(scores: Sequence[float], positive: Sequence[bool], counted: Sequence[bool]) -> Statistic:
    """``P(score of a positive > score of a negative)``, ties counting half.

    Source: the Mann-Whitney form, Hanley and McNeil 1982.
    """
    ties = _Ties(scores, counted)
    labels = np.asarray(positive, dtype=float)

    def of(counts: Floats) -> Floats:
        positives, negatives = ties.sums(counts, labels), ties.sums(counts, 1 - labels)
        below = negatives.sum(axis=1, keepdims=True) - negatives.cumsum(axis=1)
        won = (positives * (below + negatives / 2)).sum(axis=1)
        return _divided(won, positives.sum(axis=1) * negatives.sum(axis=1))

    return Statistic(ties.counted, of)


def area_under_risk_coverage(
    confidences: Sequence[float], correct: Sequence[bool], counted: Sequence[bool]
) -> Statistic:
    """The mean risk of ``eval.curves.risk_coverage_curve``; lower is better.

    Within a group of ``m`` equal confidences with ``e`` errors, behind ``M`` questions with ``E``,
    the risks ``(E + e j / m) / (M + j)``, ``j = 1..m``, sum up to
    ``e + (E - e M / m) (H(M + m) - H(M))`` with the harmonic numbers ``H``. Source: Geifman and
    El-Yaniv, Selective Classification for Deep Neural Networks, 2017.
    """
    ties = _Ties(confidences, counted)
    wrong = 1 - np.asarray(correct, dtype=float)

    def of(counts: Floats) -> Floats:
        size, errors = ties.sums(counts), ties.sums(counts, wrong)
        behind, errors_before = size.cumsum(axis=1), errors.cumsum(axis=1) - errors
        before = behind - size
        most = int(behind.max(initial=0))
        harmonic = np.concatenate([[0.0], np.cumsum(1 / np.arange(1, most + 1))])
        steps = harmonic[behind.astype(np.intp)] - harmonic[before.astype(np.intp)]
        share = np.divide(errors, size, out=np.zeros_like(errors), where=size > 0)
        risks = errors + (errors_before - share * before) * steps
        return _divided(risks.sum(axis=1), size.sum(axis=1))

    return Statistic(ties.counted, of)


def coverage_at_accuracy(
    confidences: Sequence[float],
    right: Sequence[bool],
    given: Sequence[bool],
    answerable: Sequence[bool],
    accuracy: float = 0.95,
) -> Statistic:
    """The largest share of the answerable questions that can be answered at this accuracy.

    Answers that were ``given`` are taken surest first, those of equal confidence together, as
    long as ``accuracy`` of all that are taken are right; an answer to an unanswerable question is
    a wrong one. Refused questions are never covered. 0 where no share reaches the accuracy.
    Source: coverage at a target accuracy, Kamath, Jia and Liang, Selective Question Answering
    under Domain Shift, ACL 2020.
    """
    ties = _Ties(confidences, given)
    answers, wanted = np.asarray(right, dtype=float), np.asarray(answerable, dtype=float)

    def of(counts: Floats) -> Floats:
        taken, hits = ties.sums(counts).cumsum(axis=1), ties.sums(counts, answers).cumsum(axis=1)
        # Whole numbers of answers: 19 of 20 is .95, whatever the division says of it.
        reached = hits >= np.round(accuracy * taken, DECIMALS)
        covered = np.where(reached, ties.sums(counts, wanted).cumsum(axis=1), 0.0)
        return _divided(covered.max(axis=1, initial=0.0), counts @ wanted)

    return Statistic(np.asarray(answerable, dtype=bool), of)


def expected_calibration_error(
    confidences: Sequence[float],
    outcomes: Sequence[bool],
    counted: Sequence[bool],
    bins: int = 10,
) -> Statistic:
    """``sum over bins of (n_bin / n) * |mean outcome - mean confidence|``.

    The bins are those of ``eval.curves.reliability_bins``. Source: Guo et al., On Calibration of
    Modern Neural Networks, 2017. Chance alone makes the gaps of small bins greater, once more in
    every resample (Kumar, Liang and Ma, Verified Uncertainty Calibration, 2019).
    """
    counting = np.asarray(counted, dtype=bool)
    gaps = np.asarray(outcomes, dtype=float) - np.asarray(confidences, dtype=float)
    edges = (np.arange(bins + 1) / bins)[1:-1]
    places = np.searchsorted(edges, np.asarray(confidences, dtype=float), side="right")
    inside = (places[:, None] == np.arange(bins)) & counting[:, None]

    def of(counts: Floats) -> Floats:
        off = np.abs(counts @ np.where(inside, gaps[:, None], 0.0)).sum(axis=1)
        return _divided(off, counts @ counting.astype(float))

    return Statistic(counting, of, upward=True)


def median(values: Sequence[float], counted: Sequence[bool]) -> Statistic:
    """The middle value, or the mean of the two in the middle.

    Source: the latency of most questions, which the slowest few do not move (Dean and Barroso,
    The Tail at Scale, 2013, tell percentiles for the same reason).
    """
    ties = _Ties(values, counted)

    def of(counts: Floats) -> Floats:
        if not len(ties.values):
            return np.full(len(counts), np.nan)
        behind = ties.sums(counts).cumsum(axis=1)
        total = behind[:, -1:]
        # From the greatest value down, which is the same from either end.
        places = [(behind <= rank).sum(axis=1) for rank in ((total - 1) // 2, total // 2)]
        last = len(ties.values) - 1
        middle = sum(ties.values[np.minimum(place, last)] for place in places) / 2
        return np.where(total[:, 0] > 0, middle, np.nan)

    return Statistic(ties.counted, of)


class _Ties:
    """The questions that count, by groups of one value, the greatest first."""

    def __init__(self, values: Sequence[float], counted: Sequence[bool]) -> None:
        self.counted = np.asarray(counted, dtype=bool)
        order = np.flatnonzero(self.counted)
        found = np.asarray(values, dtype=float)
        self._order: Places = order[np.argsort(-found[order], kind="stable")]
        ranked = found[self._order]
        first = np.append(True, ranked[1:] != ranked[:-1])[: len(ranked)]
        self._starts = np.flatnonzero(first)
        self.values: Floats = ranked[self._starts]

    def sums(self, counts: Floats, weights: Floats | None = None) -> Floats:
        """Resamples x groups: how many questions each group has, or the sum of their weights."""
        if not len(self._starts):
            return np.zeros((len(counts), 0))
        ranked = counts[:, self._order]
        if weights is not None:
            ranked = ranked * weights[self._order]
        return np.asarray(np.add.reduceat(ranked, self._starts, axis=1))


def _divided(numerators: Floats, denominators: Floats) -> Floats:
    """Not a number where there is nothing to divide by."""
    empty = np.full(len(numerators), np.nan)
    return np.divide(numerators, denominators, out=empty, where=denominators > 0)
