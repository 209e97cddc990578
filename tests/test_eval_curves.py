"""The curves by hand, and their agreement with the numbers that sum them up."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from eval.curves import CurvePoint, reliability_bins, risk_coverage_curve
from eval.metrics import area_under_risk_coverage, expected_calibration_error

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
def test_the_mean_risk_is_the_area_under_the_curve(pairs: list[tuple[float, bool]]) -> None:
    confidences, correct = [c for c, _ in pairs], [right for _, right in pairs]
    points = risk_coverage_curve(confidences, correct)
    area = area_under_risk_coverage(confidences, correct)
    if area is None:
        assert not points
    else:
        assert sum(point.risk for point in points) / len(points) == pytest.approx(area)
        assert points[-1].risk == pytest.approx(correct.count(False) / len(correct))


@given(PAIRS, st.integers(1, 12))
def test_the_weighted_gaps_are_the_calibration_error(
    pairs: list[tuple[float, bool]], bins: int
) -> None:
    confidences, outcomes = [c for c, _ in pairs], [hit for _, hit in pairs]
    found = reliability_bins(confidences, outcomes, bins)
    assert sum(one.count for one in found) == len(pairs)
    gaps = [
        one.count * abs(one.mean_outcome - one.mean_confidence)
        for one in found
        if one.mean_outcome is not None and one.mean_confidence is not None
    ]
    if pairs:
        error = expected_calibration_error(confidences, outcomes, bins)
        assert sum(gaps) / len(pairs) == pytest.approx(error)


@pytest.mark.parametrize("place", range(11))
def test_every_tenth_opens_its_own_bin(place: int) -> None:
    found = reliability_bins([place / 10], [True])
    assert [one.count for one in found].index(1) == min(place, 9)
    # Were 0.3 counted in the bin of 0.29, the two gaps of 0.7 and 0.29 would offset each other.
    pair = [place / 10, max(0.0, place / 10 - 0.01)]
    gaps = [1 - pair[0], pair[1]] if 0 < place < 10 else [abs(1 - pair[0] - pair[1])]
    assert expected_calibration_error(pair, [True, False]) == pytest.approx(sum(gaps) / 2)
