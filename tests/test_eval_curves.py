"""The curves by hand."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from eval.curves import (
    CurvePoint,
    reliability_bins,
    risk_coverage_curve,
)

# Few distinct values, some of them on the edges of bins, so that ties are common.
CONFIDENCES = st.one_of(st.sampled_from([0.0, 0.1, 0.3, 0.5, 0.7, 1.0]), st.floats(0, 1))
PAIRS = st.lists(st.tuples(CONFIDENCES, st.booleans()), max_size=40)


def test_the_curve_by_hand() -> None:
    points = risk_coverage_curve([0.2, 0.9, 0.6], [False, True, False])
    assert points == (CurvePoint(1 / 3, 0.0), CurvePoint(2 / 3, 1 / 2), CurvePoint(1.0, 2 / 3))


def test_ties_share_their_errors_whatever_the_order() -> None:
    first = risk_coverage_curve([0.5, 0.5, 0.9], [True, False, True])
    assert first == risk_coverage_curve([0.9, 0.5, 0.5], [True, False, True])
    assert [point.risk for point in first] == pytest.approx([0, 0.5 / 2, 1 / 3])


def test_the_bins_by_hand() -> None:
    low, middle, high = reliability_bins([0.1, 0.5, 0.6, 1.0], [True, False, True, True], bins=3)
    assert (low.low, low.high, low.count) == (0.0, pytest.approx(1 / 3), 1)
    assert (low.mean_confidence, low.mean_outcome) == (0.1, 1.0)
    assert (middle.count, middle.mean_confidence, middle.mean_outcome) == (2, 0.55, 0.5)
    assert (high.count, high.mean_confidence, high.mean_outcome) == (1, 1.0, 1.0)


def test_a_confidence_on_an_edge_is_in_the_bin_above_and_one_in_the_last() -> None:
    counts = [found.count for found in reliability_bins([0.0, 0.3, 1.0], [True] * 3)]
    assert counts == [1, 0, 0, 1, 0, 0, 0, 0, 0, 1]


def test_nothing_makes_no_points_and_empty_bins() -> None:
    assert risk_coverage_curve([], []) == ()
    assert all(
        (found.count, found.mean_confidence, found.mean_outcome) == (0, None, None)
        for found in reliability_bins([], [])
    )


@given(PAIRS)
def test_the_curve_ends_at_the_risk_of_all_answers(pairs: list[tuple[float, bool]]) -> None:
    correct = [right for _, right in pairs]
    points = risk_coverage_curve([confidence for confidence, _ in pairs], correct)
    assert len(points) == len(pairs)
    if points:
        assert points[-1].coverage == 1
        assert points[-1].risk == pytest.approx(correct.count(False) / len(correct))


@given(PAIRS, st.integers(1, 12))
def test_every_question_is_in_one_bin(pairs: list[tuple[float, bool]], bins: int) -> None:
    found = reliability_bins([c for c, _ in pairs], [hit for _, hit in pairs], bins)
    assert sum(one.count for one in found) == len(pairs)
