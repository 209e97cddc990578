"""What selective answering is worth on whole runs, truthfulness, and latency without cold start."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

import pytest
from eval_small_set import small_set

from eval.intervals import CLUSTER
from eval.judged import judge
from eval.latency import Latency, latencies
from eval.metrics import truthfulness
from eval.scoring import score
from eval.set_measures import SET_MEASURES, outcomes
from eval.values import EvalSet, Gold, Question, Row, RowSentence
from rag.values import Status


@pytest.fixture
def questions(tmp_path: Path) -> EvalSet:
    """q1, q2 and q4 are answerable, q3 is not."""
    return small_set(tmp_path / "set")


def right(questions: EvalSet, name: str, confidence: float) -> Row:
    [passage] = questions.gold[name].evidence
    said = RowSentence(passage.text, (passage,))
    return Row(name, Status.ANSWERED, passage.text, "", (said,), confidence)


def wrong(name: str, confidence: float) -> Row:
    return Row(name, Status.ANSWERED, "Nobody knows.", confidence=confidence)


def refused(name: str, confidence: float = 0.0) -> Row:
    return Row(name, Status.ABSTAINED, confidence=confidence)


def measured(questions: EvalSet, *rows: Row) -> dict[str, float | None]:
    judged = judge(questions, {row.id: row for row in rows}, questions.questions)
    return {name: of(outcomes(judged)).value for name, of in SET_MEASURES.items()}


def test_one_answer_of_many_covers_little(questions: EvalSet) -> None:
    found = measured(
        questions, right(questions, "q1", 0.9), refused("q2", 0.99), refused("q3"), refused("q4")
    )
    assert found["coverage_at_95"] == 1 / 3
    # Behind the right answer three refusals share their two errors, whatever their confidence.
    risks = (0 / 1, (2 / 3) / 2, (4 / 3) / 3, 2 / 4)
    assert found["aurc"] == pytest.approx(sum(risks) / 4)


def test_refusing_everything_covers_nothing_and_is_wrong_where_it_should_answer(
    questions: EvalSet,
) -> None:
    found = measured(questions, *map(refused, ("q1", "q2", "q3", "q4")))
    assert found["coverage_at_95"] == 0
    assert found["aurc"] == pytest.approx(3 / 4)
    assert found["correctness_ece"] is found["correctness_auroc"] is None


def test_answering_all_that_is_answerable_covers_all_without_risk(questions: EvalSet) -> None:
    rows = [right(questions, name, 0.5) for name in ("q1", "q2", "q4")]
    found = measured(questions, *rows, refused("q3", 0.9))
    assert (found["coverage_at_95"], found["aurc"]) == (1, 0)


def test_confidence_is_held_to_two_events_apart(questions: EvalSet) -> None:
    found = measured(
        questions, right(questions, "q1", 0.9), wrong("q2", 1.0), refused("q3", 0.2), wrong("q4", 1)
    )
    # Answerable are q1, q2 and q4: gaps of .1, 0 and .2 in bins of 1, 2 and 1, but .9 and 1.0 and
    # 1.0 share a bin, |3 - 2.9|. Right is q1 alone of the three answers: |1 - 2.9|.
    assert found["answerability_ece"] == pytest.approx((0.1 + 0.2) / 4)
    assert found["correctness_ece"] == pytest.approx(1.9 / 3)
    assert found["answerability_auroc"] == 1
    assert found["correctness_auroc"] == 0


def test_measures_of_the_whole_set_have_intervals_that_hold_them() -> None:
    """Also the calibration error, which every resample makes greater than it is."""
    names = [f"q{i}" for i in range(60)]
    asked = tuple(Question(name, "Where?", unit=f"u{i // 2}") for i, name in enumerate(names))
    gold = {name: Gold(i % 3 > 0, "any", ("Marn",)) for i, name in enumerate(names)}
    rows = {
        name: Row(name, Status.ANSWERED, "Marn" if i % 4 else "Osk", confidence=0.02 + i % 30 / 30)
        for i, name in enumerate(names)
    }
    rows = {name: replace(row, timing_ms={"total": float(len(name))}) for name, row in rows.items()}
    scores = score(EvalSet("made", Path("made"), asked, gold, {}, {}), rows)
    for name in SET_MEASURES:
        one = scores.measures[name]
        assert one.unit == CLUSTER, name
        assert one.low <= one.value <= one.high, name
    assert scores.measures["answerability_ece"].low > 0


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
