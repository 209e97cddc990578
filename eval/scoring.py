"""From rows and gold to a table: pure arithmetic, nothing is asked again.

Questions that have no row, and rows of status ``error``, are counted first and then left out of
the metrics: a failed call is neither a wrong answer nor a refusal.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import asdict, dataclass
from pathlib import Path
from statistics import median
from typing import Any

from eval import metrics
from eval.intervals import Interval, Resampler
from eval.measures import MEASURES, Judged, is_right, judge
from eval.rows import read_rows
from eval.values import BadRow, EvalSet, Row


@dataclass(frozen=True, slots=True)
class Scores:
    """The table of a run. ``slices`` has the ratio measures by kind of question.

    ``asked`` counts the questions that have a row, ``missing`` those without one, ``errors``
    the rows of status ``error``; the measures are over ``asked - errors`` questions.
    """

    name: str
    questions: int
    asked: int
    missing: int
    errors: int
    problems: tuple[BadRow, ...]
    measures: Mapping[str, Interval]
    slices: Mapping[str, Mapping[str, float | None]]

    def value(self, measure: str) -> float | None:
        """The value of a measure, None where the set does not tell it."""
        return self.measures[measure].value

    def as_dict(self) -> dict[str, Any]:
        """Everything, ready for ``json.dumps``."""
        return {
            "set": self.name,
            "questions": self.questions,
            "asked": self.asked,
            "missing": self.missing,
            "errors": self.errors,
            "problems": [str(problem) for problem in self.problems],
            "measures": {name: asdict(interval) for name, interval in self.measures.items()},
            "slices": {kind: dict(values) for kind, values in self.slices.items()},
        }


def score(
    eval_set: EvalSet, rows: str | Path | Mapping[str, Row], cluster: str | None = None
) -> Scores:
    """The scores of ``rows`` (a file, or rows by question) against the gold of ``eval_set``.

    ``cluster`` scores only the questions of that cluster, for sets with halves. Raises
    ``SetError`` when the file cannot be read.
    """
    found, bad = read_rows(rows) if isinstance(rows, str | Path) else (rows, ())
    questions = [q for q in eval_set.questions if cluster is None or q.cluster == cluster]
    judged = judge(eval_set, found, questions)
    asked = sum(question.id in found for question in questions)
    return Scores(
        name=eval_set.name if cluster is None else f"{eval_set.name} ({cluster})",
        questions=len(questions),
        asked=asked,
        missing=len(questions) - asked,
        errors=asked - len(judged),
        problems=(*eval_set.problems, *bad),
        measures=_measures(judged),
        slices=_slices(judged),
    )


def _measures(judged: Sequence[Judged]) -> dict[str, Interval]:
    resampler = Resampler([one.question.unit for one in judged])
    measures = {
        name: resampler.interval([share(one) for one in judged]) for name, share in MEASURES.items()
    }
    known = [one for one in judged if one.gold is not None]
    answered = [one for one in known if one.answered]
    confidences = [one.row.confidence for one in known]
    answerable = [one.answerable for one in known]
    measures["confidence_auroc"] = Interval(metrics.auroc(confidences, answerable))
    measures["confidence_ece"] = Interval(
        metrics.expected_calibration_error(confidences, answerable)
    )
    measures["aurc"] = Interval(
        metrics.area_under_risk_coverage(
            [one.row.confidence for one in answered], [is_right(one) for one in answered]
        )
    )
    times = [one.row.timing_ms["total"] for one in judged if "total" in one.row.timing_ms]
    measures["median_ms"] = Interval(median(times) if times else None)
    return measures


def _slices(judged: Sequence[Judged]) -> dict[str, dict[str, float | None]]:
    kinds: dict[str, list[Judged]] = {}
    for one in judged:
        if one.gold is not None:
            kinds.setdefault(one.gold.kind, []).append(one)
    return {
        kind: {
            "questions": float(len(members)),
            **{
                name: metrics.ratio(share(one) for one in members)
                for name, share in MEASURES.items()
            },
        }
        for kind, members in kinds.items()
    }
