"""What confidence is worth: the curves of a report. ``eval.set_statistics`` sums them up."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np


@dataclass(frozen=True, slots=True)
class CurvePoint:
    """Answering only the most confident share ``coverage`` of questions, ``risk`` are wrong."""

    coverage: float
    risk: float


@dataclass(frozen=True, slots=True)
class ReliabilityBin:
    """The questions whose confidence lies in ``[low, high)``; means are None in an empty bin."""

    low: float
    high: float
    count: int
    mean_confidence: float | None
    mean_outcome: float | None


def risk_coverage_curve(
    confidences: Sequence[float], correct: Sequence[bool]
) -> tuple[CurvePoint, ...]:
    """For ``i = 1..n`` the point ``(i / n, errors among the i most confident / i)``.

    Equal confidences share their errors evenly, so that no order is favoured. Source: El-Yaniv
    and Wiener, On the Foundations of Noise-free Selective Classification, 2010.
    """
    errors: dict[float, list[bool]] = {}
    for confidence, right in zip(confidences, correct, strict=True):
        errors.setdefault(confidence, []).append(not right)
    points: list[CurvePoint] = []
    wrong = 0.0
    for confidence in sorted(errors, reverse=True):
        tied = errors[confidence]
        for _ in tied:
            wrong += sum(tied) / len(tied)
            taken = len(points) + 1
            points.append(CurvePoint(taken / len(confidences), wrong / taken))
    return tuple(points)


def reliability_bins(
    confidences: Sequence[float], outcomes: Sequence[bool], bins: int = 10
) -> tuple[ReliabilityBin, ...]:
    """The bins of a reliability diagram: mean confidence beside the share that came true.

    Equal widths, half open, ``[i / bins, (i + 1) / bins)``, the last one closed. Source:
    Niculescu-Mizil and Caruana, Predicting Good Probabilities with Supervised Learning, 2005.
    """
    # Not linspace, whose 0.30000000000000004 puts 0.3 into the bin below; nor floor(value * bins).
    edges = np.arange(bins + 1) / bins
    values, hits = np.asarray(confidences, dtype=float), np.asarray(outcomes, dtype=float)
    places = np.searchsorted(edges[1:-1], values, side="right")
    found = []
    for place in range(bins):
        inside = places == place
        count = int(inside.sum())
        found.append(
            ReliabilityBin(
                low=float(edges[place]),
                high=float(edges[place + 1]),
                count=count,
                mean_confidence=float(values[inside].mean()) if count else None,
                mean_outcome=float(hits[inside].mean()) if count else None,
            )
        )
    return tuple(found)
