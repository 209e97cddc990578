"""How long answers took, by stage, the first answers apart: they wait for models to load."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass

import numpy as np

from eval.values import Row
from rag.values import Status

TAIL_PERCENT = 95


@dataclass(frozen=True, slots=True)
class Latency:
    """Milliseconds of one stage: of the first question (``cold``), and of the warm ones.

    ``median`` and ``p95`` are None where no other question has the stage, ``cold`` where the
    first has not.
    """

    cold: float | None
    median: float | None
    p95: float | None


def latencies(rows: Iterable[Row]) -> dict[str, Latency]:
    """By stage, in the order in which stages first appear; rows in the order they were asked.

    Rows of status ``error`` are left out. Percentiles are interpolated linearly. A run that was
    interrupted and continued has started cold more than once: the first answer of every session
    is left out of the warm ones.
    """
    times: dict[str, list[float]] = {}
    cold: dict[str, float] = {}
    for place, row in enumerate(row for row in rows if row.status is not Status.ERROR):
        for stage, milliseconds in row.timing_ms.items():
            times.setdefault(stage, [])
            if place == 0:
                cold[stage] = milliseconds
            elif not row.first_of_session:
                times[stage].append(milliseconds)
    return {stage: _latency(cold.get(stage), warm) for stage, warm in times.items()}


def _latency(cold: float | None, warm: list[float]) -> Latency:
    if not warm:
        return Latency(cold, None, None)
    median, p95 = np.percentile(warm, [50, TAIL_PERCENT])
    return Latency(cold, float(median), float(p95))
