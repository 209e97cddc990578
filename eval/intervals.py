"""Confidence intervals and tests for ratios of sums, and for statistics of a whole set.

Questions on one article or one fact are alike, so whole clusters are resampled, not questions
(Field and Welsh, Bootstrapping clustered data, 2007). Percentile intervals, fixed seed. Where too
few clusters count for that, the questions are resampled, and the interval says so.
"""

from __future__ import annotations

import math
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from functools import cached_property

import numpy as np
import numpy.typing as npt

from eval.metrics import Share, ratio
from eval.set_statistics import Floats, Statistic

# At 2,000 the ends of a 95 % interval move by a few thousandths from seed to seed.
RESAMPLES = 2000
LEVEL = 0.95
# With two clusters a resample has three outcomes, and the ends fall on the same one: 0.625 ..
# 0.625. From 5 to 30 clusters are called few by Cameron, Gelbach and Miller, Bootstrap-based
# improvements for inference with clustered errors, 2008.
FEWEST_CLUSTERS = 10
CLUSTER, QUESTION = "cluster", "question"
Bools = npt.NDArray[np.bool_]
# Numbers of an array of resamples by questions that are held at once: 32 MiB.
MOST_COUNTS = 4 * 2**20


@dataclass(frozen=True, slots=True)
class Interval:
    """A value with the ends of its interval; None where it cannot be told.

    ``unit`` is what was resampled, ``"cluster"`` or ``"question"``; empty without an interval.
    """

    value: float | None
    low: float | None = None
    high: float | None = None
    unit: str = ""


class Resampler:
    """Bootstrap over ``units``: one label for each question, equal labels drawn together.

    Two measures given to one resampler see the same draws, which is what pairs them.
    """

    def __init__(
        self,
        units: Sequence[str],
        resamples: int = RESAMPLES,
        level: float = LEVEL,
        seed: int = 0,
    ) -> None:
        self._tails = [50 * (1 - level), 100 - 50 * (1 - level)]
        self._resamples, self._seed = resamples, seed
        _, self._places = np.unique(np.asarray(units, dtype=str), return_inverse=True)

    def interval(self, shares: Sequence[Share]) -> Interval:
        """The ratio of ``shares`` (one for each question) and its interval.

        Without two questions that count there is a value but no interval.
        """
        return self._percentiles(
            ratio(shares), [self._counted(shares)], lambda draws: draws.ratios(shares)
        )

    def difference(self, first: Sequence[Share], second: Sequence[Share]) -> Interval:
        """``ratio(first) - ratio(second)`` over the same questions, paired, and its interval."""
        return self._percentiles(
            _less(ratio(first), ratio(second)),
            [self._counted(first), self._counted(second)],
            lambda draws: draws.ratios(first) - draws.ratios(second),
        )

    def statistic(self, statistic: Statistic) -> Interval:
        """A statistic of all questions, and its interval.

        The draws of one that resampling raises are lowered by as much as their mean exceeds the
        value: the bootstrap's estimate of bias (Efron and Tibshirani, An Introduction to the
        Bootstrap, 1993, chapter 10). None is lowered below 0.
        """
        value = statistic.value

        def spread(draws: _Draws) -> Floats:
            found = draws.statistic(statistic)
            if value is None or not statistic.upward or np.isnan(found).all():
                return found
            return np.maximum(found - np.nanmean(found) + value, 0.0)

        return self._percentiles(value, [statistic.counted], spread)

    def statistic_difference(self, first: Statistic, second: Statistic) -> Interval:
        """``first - second`` over the same questions, paired, and its interval."""
        return self._percentiles(
            _less(first.value, second.value),
            [first.counted, second.counted],
            lambda draws: draws.statistic(first) - draws.statistic(second),
        )

    def _percentiles(
        self, value: float | None, counted: list[Bools], spread: Callable[[_Draws], Floats]
    ) -> Interval:
        """The interval of what ``spread`` tells of draws; ``counted`` marks what has a part."""
        if value is None or min(int(mask.sum()) for mask in counted) < 2:
            return Interval(value)
        clusters = min(len(np.unique(self._places[mask])) for mask in counted)
        enough = clusters >= FEWEST_CLUSTERS
        values = spread(self._clusters if enough else self._questions)
        if np.isnan(values).all():
            return Interval(value)
        low, high = np.nanpercentile(values, self._tails)
        return Interval(value, float(low), float(high), CLUSTER if enough else QUESTION)

    def _counted(self, shares: Sequence[Share]) -> Bools:
        """The questions that have a denominator."""
        if len(shares) != len(self._places):
            raise ValueError(f"{len(shares)} shares for {len(self._places)} questions")
        return np.asarray([denominator > 0 for _, denominator in shares], dtype=bool)

    @cached_property
    def _clusters(self) -> _Draws:
        return _Draws(self._places, self._resamples, self._seed)

    @cached_property
    def _questions(self) -> _Draws:
        return _Draws(np.arange(len(self._places)), self._resamples, self._seed)


class _Draws:
    """How often each unit is in each resample; ``places`` has the unit of each question."""

    def __init__(self, places: npt.NDArray[np.intp], resamples: int, seed: int) -> None:
        self._places, self._count = places, int(places.max()) + 1
        draw = np.random.default_rng(seed).multinomial
        drawn = draw(self._count, np.full(self._count, 1 / self._count), size=resamples)
        self._drawn: Floats = drawn.astype(np.float64)

    def ratios(self, shares: Sequence[Share]) -> Floats:
        """The ratio in every resample; not a number where nothing was drawn that counts."""
        pairs = np.asarray(shares, dtype=np.float64).reshape(-1, 2)
        sums = np.column_stack(
            [np.bincount(self._places, pairs[:, i], minlength=self._count) for i in (0, 1)]
        )
        totals = self._drawn @ sums
        empty = np.full(len(totals), np.nan)
        np.divide(totals[:, 0], totals[:, 1], out=empty, where=totals[:, 1] > 0)
        return empty

    def statistic(self, statistic: Statistic) -> Floats:
        """The statistic in every resample, as many resamples at once as there is room for."""
        step = max(1, MOST_COUNTS // len(self._places))
        return np.concatenate(
            [
                statistic.of(self._drawn[start : start + step, self._places])
                for start in range(0, len(self._drawn), step)
            ]
        )


def _less(first: float | None, second: float | None) -> float | None:
    return None if first is None or second is None else first - second


def mcnemar_exact(first: Sequence[bool], second: Sequence[bool]) -> float:
    """Two-sided p that two engines are right equally often, from the questions they differ on.

    ``min(1, 2 * P(X <= min(b, c)))`` with ``X ~ Binomial(b + c, 1/2)``, ``b`` and ``c`` the
    counts of questions only the first and only the second got right. Source: McNemar 1947 in its
    exact form. 1 when they never differ.
    """
    pairs = list(zip(first, second, strict=True))
    only_first = sum(a and not b for a, b in pairs)
    only_second = sum(b and not a for a, b in pairs)
    n = only_first + only_second
    below = sum(math.comb(n, i) for i in range(min(only_first, only_second) + 1))
    return min(1.0, float(2 * below / 2**n))


def holm(p_values: Sequence[float]) -> list[float]:
    """The p values, in their order, adjusted for being many: Holm's step-down.

    Of ``m`` values in rising order, the i-th (from 1) becomes ``max over j <= i of
    min(1, (m - j + 1) * p_j)``. Those below 0.05 may be called significant together, with at most
    5 % risk that any one is not. Source: Holm, A simple sequentially rejective multiple test
    procedure, 1979.
    """
    adjusted = [0.0] * len(p_values)
    highest = 0.0
    for rank, place in enumerate(sorted(range(len(p_values)), key=lambda i: p_values[i])):
        highest = max(highest, min(1.0, (len(p_values) - rank) * p_values[place]))
        adjusted[place] = highest
    return adjusted
