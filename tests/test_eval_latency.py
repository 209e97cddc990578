"""Times of a run that was interrupted: each of its starts is cold, not only the first."""

from __future__ import annotations

import pytest

from eval.latency import Latency, latencies
from eval.values import Row
from rag.values import Status


def row(name: str, milliseconds: float, *, first: bool = False) -> Row:
    timing = {"total": milliseconds}
    return Row(name, Status.ANSWERED, timing_ms=timing, first_of_session=first)


def test_a_later_start_is_no_warm_answer() -> None:
    rows = [row("a", 800.0, first=True), row("b", 2.0), row("c", 900.0, first=True), row("d", 4.0)]
    assert latencies(rows)["total"] == Latency(800, 3, pytest.approx(3.9))


def test_rows_of_before_starts_were_marked_have_one() -> None:
    rows = [row("a", 800.0), row("b", 2.0), row("c", 4.0)]
    assert latencies(rows)["total"] == Latency(800, 3, pytest.approx(3.9))
