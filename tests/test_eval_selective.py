"""Coverage at a target accuracy, truthfulness, and latency apart from the cold start."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from eval.curves import coverage_at_accuracy
from eval.latency import Latency, latencies
from eval.metrics import truthfulness
from eval.values import Row
from rag.values import Status


def test_coverage_by_hand() -> None:
    # Surest first: right, right, wrong, right. Right of the first n: 1, 1, 2/3, 3/4.
    confidences, correct = [0.9, 0.4, 0.8, 0.6], [True, True, True, False]
    assert coverage_at_accuracy(confidences, correct, 1.0) == 2 / 4
    assert coverage_at_accuracy(confidences, correct, 0.75) == 1
    assert coverage_at_accuracy(confidences, correct, 0.8) == 2 / 4
    assert coverage_at_accuracy([0.9, 0.8], [False, True], 0.95) == 0
    assert coverage_at_accuracy([], []) is None


def test_exactly_the_accuracy_is_enough() -> None:
    confidences = [1 - i / 100 for i in range(20)]
    assert coverage_at_accuracy(confidences, [True] * 19 + [False]) == 1


def test_equal_confidences_are_given_or_withheld_together() -> None:
    assert coverage_at_accuracy([0.5, 0.5], [True, False], 1.0) == 0
    assert coverage_at_accuracy([0.5, 0.5], [False, True], 1.0) == 0
    assert coverage_at_accuracy([0.9, 0.5, 0.5], [True, True, False], 1.0) == 1 / 3


@given(
    st.lists(st.tuples(st.sampled_from([0.1, 0.3, 0.7, 0.9]), st.booleans()), min_size=1),
    st.sampled_from([0.5, 0.8, 0.95, 1.0]),
)
def test_coverage_is_the_best_threshold_there_is(
    answers: list[tuple[float, bool]], accuracy: float
) -> None:
    found = coverage_at_accuracy([c for c, _ in answers], [r for _, r in answers], accuracy)
    best = 0.0
    for threshold in {confidence for confidence, _ in answers}:
        given_right = [right for confidence, right in answers if confidence >= threshold]
        if sum(given_right) >= round(accuracy * len(given_right), 9):
            best = max(best, len(given_right) / len(answers))
    assert found == pytest.approx(best)


def test_truthfulness_is_one_nought_and_minus_one() -> None:
    assert truthfulness(answered=True, right=True) == (1, 1)
    assert truthfulness(answered=False, right=False) == (0, 1)
    assert truthfulness(answered=True, right=False) == (-1, 1)


def row(name: str, status: Status = Status.ANSWERED, **timing: float) -> Row:
    return Row(name, status, timing_ms=timing)


def test_the_first_question_is_apart_and_errors_are_left_out() -> None:
    rows = [
        row("e", Status.ERROR, total=9000.0),
        row("a", load=400.0, total=500.0),
        *(row(f"q{i}", total=float(i)) for i in range(1, 102)),
    ]
    found = latencies(rows)
    assert found["total"] == Latency(cold=500, median=51, p95=96)
    assert found["load"] == Latency(cold=400, median=None, p95=None)


def test_a_stage_that_the_first_question_has_not() -> None:
    assert latencies([row("a"), row("b", read=2.0), row("c", read=4.0)]) == {
        "read": Latency(None, 3, pytest.approx(3.9))
    }
    assert latencies([]) == {}
