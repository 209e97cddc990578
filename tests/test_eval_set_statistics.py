"""Statistics of a whole set: by hand, and in every resample as in a set written out question by
question."""

from __future__ import annotations

import random
from collections.abc import Sequence
from statistics import fmean
from statistics import median as middle

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from sklearn.metrics import roc_auc_score

from eval import metrics
from eval.curves import reliability_bins, risk_coverage_curve
from eval.set_statistics import (
    Statistic,
    area_under_risk_coverage,
    auroc,
    coverage_at_accuracy,
    expected_calibration_error,
    median,
)

# Few distinct values, some of them on the edges of bins, so that ties are common.
CONFIDENCES = st.sampled_from([0.0, 0.1, 0.3, 0.5, 0.7, 0.95, 1.0])
QUESTIONS = st.lists(
    st.tuples(CONFIDENCES, st.booleans(), st.booleans(), st.booleans(), st.integers(0, 3)),
    min_size=1,
    max_size=12,
)


def coverage(
    confidences: Sequence[float], right: Sequence[bool], accuracy: float = 0.95
) -> float | None:
    """Of questions that are all answerable and answered."""
    all_of = [True] * len(right)
    return coverage_at_accuracy(confidences, right, all_of, all_of, accuracy).value


def area(confidences: Sequence[float], right: Sequence[bool]) -> float | None:
    return area_under_risk_coverage(confidences, right, [True] * len(right)).value


def calibration_error(confidences: Sequence[float], outcomes: Sequence[bool]) -> float | None:
    return expected_calibration_error(confidences, outcomes, [True] * len(outcomes)).value


def test_coverage_by_hand() -> None:
    # Surest first: right, right, wrong, right. Right of the first n: 1, 1, 2/3, 3/4.
    confidences, correct = [0.9, 0.4, 0.8, 0.6], [True, True, True, False]
    assert coverage(confidences, correct, 1.0) == 2 / 4
    assert coverage(confidences, correct, 0.75) == 1
    assert coverage(confidences, correct, 0.8) == 2 / 4
    assert coverage([0.9, 0.8], [False, True]) == 0


def test_exactly_the_accuracy_is_enough() -> None:
    confidences = [1 - i / 100 for i in range(20)]
    assert coverage(confidences, [True] * 19 + [False]) == 1


def test_equal_confidences_are_given_or_withheld_together() -> None:
    assert coverage([0.5, 0.5], [True, False], 1.0) == 0
    assert coverage([0.5, 0.5], [False, True], 1.0) == 0
    assert coverage([0.9, 0.5, 0.5], [True, True, False], 1.0) == 1 / 3


def test_coverage_is_of_all_answerable_questions() -> None:
    """One sure and right answer, 3 refusals of answerable questions and one of another."""
    given_one = [True, False, False, False, False]
    answerable = [True, True, True, True, False]
    found = coverage_at_accuracy([0.9] * 5, given_one, given_one, answerable)
    assert found.value == 1 / 4
    # Nothing given covers nothing, and of nothing answerable no share can be told.
    assert coverage_at_accuracy([0.9], [False], [False], [True]).value == 0
    assert coverage_at_accuracy([0.9], [False], [True], [False]).value is None


def test_an_answer_to_an_unanswerable_question_is_wrong_and_covers_nothing() -> None:
    # Right, wrong, right: 2 of 3 are right, and they are all the answerable questions.
    found = coverage_at_accuracy([0.9, 0.8, 0.7], [True, False, True], [True] * 3,
                                 [True, False, True], 0.6)  # fmt: skip
    assert found.value == 1
    strict = coverage_at_accuracy([0.9, 0.8, 0.7], [True, False, True], [True] * 3,
                                  [True, False, True], 0.7)  # fmt: skip
    assert strict.value == 1 / 2


@given(QUESTIONS, st.sampled_from([0.5, 0.8, 0.95, 1.0]))
def test_coverage_is_the_best_threshold_there_is(
    asked: list[tuple[float, bool, bool, bool, int]], accuracy: float
) -> None:
    rows = [(c, r and a and g, g, a) for c, r, g, a, _ in asked]
    found = coverage_at_accuracy(*zip(*rows, strict=True), accuracy).value
    wanted = sum(a for *_, a in rows)
    best = 0.0
    for threshold in {confidence for confidence, *_ in rows}:
        taken = [(r, a) for c, r, g, a in rows if g and c >= threshold]
        if sum(r for r, _ in taken) >= round(accuracy * len(taken), 9):
            best = max(best, sum(a for _, a in taken) / max(1, wanted))
    assert found == (pytest.approx(best) if wanted else None)


def test_the_area_by_hand() -> None:
    # Most confident first: right, wrong, right. Risks 0, 1/2, 1/3.
    assert area([0.5, 0.9, 0.7], [True, True, False]) == pytest.approx((0 + 1 / 2 + 1 / 3) / 3)
    # Ties share: each of the two carries half an error, whatever their order.
    for correct in ([True, False], [False, True]):
        assert area([0.5, 0.5], correct) == pytest.approx(0.5)
    assert area([], []) is None


def test_the_calibration_error_by_hand() -> None:
    # One bin holds .9 and .9 with one hit (gap .4), another .1 without (gap .1).
    error = calibration_error([0.9, 0.9, 0.1], [True, False, False])
    assert error == pytest.approx((2 * 0.4 + 1 * 0.1) / 3)
    assert calibration_error([1.0, 0.0], [True, False]) == 0
    assert calibration_error([], []) is None


def test_calibration_bins_agree_with_scikit_learn() -> None:
    from sklearn.calibration import calibration_curve

    source = random.Random(3)
    confidences = [source.random() for _ in range(500)]
    outcomes = [source.random() < c for c in confidences]
    observed, predicted = calibration_curve(outcomes, confidences, n_bins=10)
    sizes = [sum(int(c * 10) == i for c in confidences) for i in range(10)]
    expected = sum(n / 500 * abs(o - p) for n, o, p in zip(sizes, observed, predicted, strict=True))
    assert calibration_error(confidences, outcomes) == pytest.approx(expected)


@pytest.mark.parametrize("place", range(11))
def test_every_tenth_opens_its_own_bin(place: int) -> None:
    found = reliability_bins([place / 10], [True])
    assert [one.count for one in found].index(1) == min(place, 9)
    # Were 0.3 counted in the bin of 0.29, the two gaps of 0.7 and 0.29 would offset each other.
    pair = [place / 10, max(0.0, place / 10 - 0.01)]
    gaps = [1 - pair[0], pair[1]] if 0 < place < 10 else [abs(1 - pair[0] - pair[1])]
    assert calibration_error(pair, [True, False]) == pytest.approx(sum(gaps) / 2)


def test_the_median_by_hand() -> None:
    assert median([9.0, 1.0, 4.0], [True] * 3).value == 4
    assert median([9.0, 1.0, 4.0, 6.0], [True] * 4).value == 5
    assert median([9.0, 1.0, 4.0], [False, True, True]).value == 2.5
    assert median([9.0], [False]).value is None


def test_auroc_by_hand() -> None:
    # Of the two pairs of a positive and a negative one is in order, and one is a tie.
    found = auroc([0.9, 0.5, 0.5, 0.1], [True, False, True, True], [True, True, True, False])
    assert found.value == (1 + 1 / 2) / 2
    assert auroc([0.9], [True], [True]).value is None


def resampled(statistic: Statistic, drawn: Sequence[int]) -> float | None:
    """In a resample that is drawn beside another, as many are."""
    counts = np.array([[1] * len(drawn), drawn], dtype=float)
    [_, found] = statistic.of(counts)
    return None if np.isnan(found) else float(found)


def written_out(values: Sequence, drawn: Sequence[int], counted: Sequence[bool]) -> list:
    """What counts, each as often as it was drawn."""
    return [v for v, n, c in zip(values, drawn, counted, strict=True) if c for _ in range(n)]


@given(QUESTIONS)
def test_a_resample_is_worth_what_its_questions_are(
    asked: list[tuple[float, bool, bool, bool, int]],
) -> None:
    """Against second implementations of each, over the questions that were drawn."""
    confidences, labels, counted, _, drawn = zip(*asked, strict=True)
    values, hits = (written_out(v, drawn, counted) for v in (confidences, labels))

    found = resampled(auroc(confidences, labels, counted), drawn)
    assert found == pytest.approx(metrics.auroc(values, hits))
    if len(set(hits)) == 2:
        assert found == pytest.approx(roc_auc_score(hits, values))

    found = resampled(area_under_risk_coverage(confidences, labels, counted), drawn)
    curve = risk_coverage_curve(values, hits)
    assert found == (pytest.approx(fmean(p.risk for p in curve)) if curve else None)

    found = resampled(expected_calibration_error(confidences, labels, counted), drawn)
    gaps = [
        one.count * abs(one.mean_outcome - one.mean_confidence)
        for one in reliability_bins(values, hits)
        if one.count
    ]
    assert found == (pytest.approx(sum(gaps) / len(values)) if gaps else None)

    found = resampled(median(confidences, counted), drawn)
    assert found == (pytest.approx(middle(values)) if values else None)


@given(QUESTIONS)
def test_the_coverage_of_a_resample_is_that_of_its_questions(
    asked: list[tuple[float, bool, bool, bool, int]],
) -> None:
    columns = [*zip(*asked, strict=True)]
    drawn = columns.pop()
    repeated = [written_out(column, drawn, [True] * len(drawn)) for column in columns]
    found = resampled(coverage_at_accuracy(*columns), drawn)
    expected = coverage_at_accuracy(*repeated).value
    assert found == (None if expected is None else pytest.approx(expected))
