"""The curves by hand, and the numbers that sum them up."""

from __future__ import annotations

import random

import pytest
from hypothesis import given
from hypothesis import strategies as st

from eval.curves import (
    CurvePoint,
    area_under_risk_coverage,
    expected_calibration_error,
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


def test_the_area_by_hand() -> None:
    # Most confident first: right, wrong, right. Risks 0, 1/2, 1/3.
    area = area_under_risk_coverage([0.5, 0.9, 0.7], [True, True, False])
    assert area == pytest.approx((0 + 1 / 2 + 1 / 3) / 3)
    # Ties share: each of the two carries half an error, whatever their order.
    for correct in ([True, False], [False, True]):
        assert area_under_risk_coverage([0.5, 0.5], correct) == pytest.approx(0.5)
    assert area_under_risk_coverage([], []) is None


def test_the_calibration_error_by_hand() -> None:
    # One bin holds .9 and .9 with one hit (gap .4), another .1 without (gap .1).
    error = expected_calibration_error([0.9, 0.9, 0.1], [True, False, False])
    assert error == pytest.approx((2 * 0.4 + 1 * 0.1) / 3)
    assert expected_calibration_error([1.0, 0.0], [True, False]) == 0
    assert expected_calibration_error([], []) is None


def test_calibration_bins_agree_with_scikit_learn() -> None:
    from sklearn.calibration import calibration_curve

    source = random.Random(3)
    confidences = [source.random() for _ in range(500)]
    outcomes = [source.random() < c for c in confidences]
    observed, predicted = calibration_curve(outcomes, confidences, n_bins=10)
    sizes = [sum(int(c * 10) == i for c in confidences) for i in range(10)]
    expected = sum(n / 500 * abs(o - p) for n, o, p in zip(sizes, observed, predicted, strict=True))
    assert expected_calibration_error(confidences, outcomes) == pytest.approx(expected)


@pytest.mark.parametrize("place", range(11))
def test_every_tenth_opens_its_own_bin(place: int) -> None:
    found = reliability_bins([place / 10], [True])
    assert [one.count for one in found].index(1) == min(place, 9)
    # Were 0.3 counted in the bin of 0.29, the two gaps of 0.7 and 0.29 would offset each other.
    pair = [place / 10, max(0.0, place / 10 - 0.01)]
    gaps = [1 - pair[0], pair[1]] if 0 < place < 10 else [abs(1 - pair[0] - pair[1])]
    assert expected_calibration_error(pair, [True, False]) == pytest.approx(sum(gaps) / 2)
