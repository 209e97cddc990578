"""Confidence intervals and tests for metrics that are ratios of sums.

Questions on one article or one fact are alike, so whole units are resampled, not questions
(Field and Welsh, Bootstrapping clustered data, 2007). Percentile intervals, fixed seed.
"""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from eval.metrics import Share, ratio

# At 2,000 the ends of a 95 % interval move by a few thousandths from seed to seed.
RESAMPLES = 2000
LEVEL = 0.95

Floats = npt.NDArray[np.float64]


@dataclass(frozen=True, slots=True)
class Interval:
    """A value with the ends of its interval; None where it cannot be told."""

    value: float | None
    low: float | None = None
    high: float | None = None


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
        labels, self._places = np.unique(np.asarray(units, dtype=str), return_inverse=True)
        self._count = len(labels)
        self._tails = [50 * (1 - level), 100 - 50 * (1 - level)]
        if self._count:
            draw = np.random.default_rng(seed).multinomial
            drawn = draw(self._count, np.full(self._count, 1 / self._count), size=resamples)
            self._draws: Floats = drawn.astype(np.float64)
        else:
            self._draws = np.empty((resamples, 0))

    def interval(self, shares: Sequence[Share]) -> Interval:
        """The ratio of ``shares`` (one for each question) and its interval.

        Without two units that count there is a value but no interval.
        """
        return self._percentiles(ratio(shares), self._ratios(shares), [shares])

    def difference(self, first: Sequence[Share], second: Sequence[Share]) -> Interval:
        """``ratio(first) - ratio(second)`` over the same questions, paired, and its interval."""
        values = ratio(first), ratio(second)
        value = None if values[0] is None or values[1] is None else values[0] - values[1]
        return self._percentiles(value, self._ratios(first) - self._ratios(second), [first, second])

    def _ratios(self, shares: Sequence[Share]) -> Floats:
        """The ratio in every resample; not a number where nothing was drawn that counts."""
        if len(shares) != len(self._places):
            raise ValueError(f"{len(shares)} shares for {len(self._places)} questions")
        pairs = np.asarray(shares, dtype=np.float64).reshape(-1, 2)
        sums = np.column_stack(
            [np.bincount(self._places, pairs[:, i], minlength=self._count) for i in (0, 1)]
        )
        totals = self._draws @ sums
        empty = np.full(len(totals), np.nan)
        np.divide(totals[:, 0], totals[:, 1], out=empty, where=totals[:, 1] > 0)
        return empty

    def _percentiles(
        self, value: float | None, ratios: Floats, groups: list[Sequence[Share]]
    ) -> Interval:
        counted = [
            len({int(p) for p, s in zip(self._places, shares, strict=True) if s[1]})
            for shares in groups
        ]
        if value is None or min(counted) < 2:
            return Interval(value)
        low, high = np.nanpercentile(ratios, self._tails)
        return Interval(value, float(low), float(high))


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
