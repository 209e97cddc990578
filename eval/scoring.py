"""From rows and gold to a table: pure arithmetic, nothing is asked again.

Questions that have no row, and rows of status ``error``, are counted first and then left out of
the metrics: a failed call is neither a wrong answer nor a refusal.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import asdict, dataclass, field
from pathlib import Path
from typing import Any

from eval import metrics
from eval.intervals import Interval, Resampler
from eval.judged import Blame, Judged, blame, judge
from eval.latency import Latency, latencies
from eval.measures import MEASURES
from eval.rows import read_rows
from eval.set_measures import SET_MEASURES, outcomes
from eval.values import BadRow, EvalSet, Row

# Within questions that are all answerable, or all not, every refusal is wrong, or right: these
# are told against the questions of the other sort.
AGAINST_ANSWERABLE = ("abstention_precision", "abstention_f1")


@dataclass(frozen=True, slots=True)
class Scores:
    """The table of a run. ``slices`` has the ratio measures by kind of question.

    ``asked`` counts the questions that have a row, ``missing`` those without one, ``errors``
    the rows of status ``error``; the measures are over ``asked - errors`` questions. ``blame``
    counts what became of those that have gold; ``latency`` has milliseconds by stage.
    """

    name: str
    questions: int
    asked: int
    missing: int
    errors: int
    problems: tuple[BadRow, ...]
    measures: Mapping[str, Interval]
    slices: Mapping[str, Mapping[str, float | None]]
    blame: Mapping[Blame, int] = field(default_factory=dict)
    latency: Mapping[str, Latency] = field(default_factory=dict)

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
            "blame": {verdict.value: count for verdict, count in self.blame.items()},
            "latency": {stage: asdict(latency) for stage, latency in self.latency.items()},
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
    names = {question.id for question in questions}
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
        blame=_blame(judged),
        latency=latencies(row for row in found.values() if row.id in names),
    )


def _measures(judged: Sequence[Judged]) -> dict[str, Interval]:
    resampler = Resampler([one.question.unit for one in judged])
    measures = {
        name: resampler.interval([share(one) for one in judged]) for name, share in MEASURES.items()
    }
    found = outcomes(judged)
    return measures | {name: resampler.statistic(of(found)) for name, of in SET_MEASURES.items()}


def beside_answerable(members: Sequence[Judged], judged: Sequence[Judged]) -> list[Judged]:
    """The questions over which ``AGAINST_ANSWERABLE`` of a slice ``members`` is told.

    To those that are unanswerable all answerable ones of ``judged`` are added; a slice without
    any unanswerable one has none.
    """
    if all(one.answerable for one in members):
        return []
    if any(one.answerable for one in members):
        return list(members)
    return [*members, *(one for one in judged if one.answerable)]


def _slices(judged: Sequence[Judged]) -> dict[str, dict[str, float | None]]:
    kinds: dict[str, list[Judged]] = {}
    for one in judged:
        if one.gold is not None:
            kinds.setdefault(one.gold.kind, []).append(one)
    slices: dict[str, dict[str, float | None]] = {}
    for kind, members in kinds.items():
        slices[kind] = {"questions": float(len(members)), **_ratios(members, MEASURES)}
        slices[kind].update(_ratios(beside_answerable(members, judged), AGAINST_ANSWERABLE))
    return slices


def _ratios(judged: Sequence[Judged], names: Iterable[str]) -> dict[str, float | None]:
    return {name: metrics.ratio(MEASURES[name](one) for one in judged) for name in names}


def _blame(judged: Sequence[Judged]) -> dict[Blame, int]:
    """Every verdict with its count, also those of none, in the order of ``Blame``."""
    counts = Counter(blame(one) for one in judged if one.gold is not None)
    return {verdict: counts[verdict] for verdict in Blame}
