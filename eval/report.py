"""A report on a run, or on two: everything that its pages show, as values."""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import asdict, dataclass, field, replace
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

from eval.agreement import Agreement
from eval.agreement_files import read_agreements
from eval.comparing import Comparison, compare
from eval.control_report import Controls, controls_from_rows, read_controls
from eval.curves import CurvePoint, ReliabilityBin, reliability_bins, risk_coverage_curve
from eval.judged import judge
from eval.report_failures import Failure, Fault, error_failures, failure_of, fault_of
from eval.report_slices import Slicing, slicings
from eval.rows import read_rows
from eval.running import read_manifest
from eval.scoring import Scores, score
from eval.set_measures import outcomes
from eval.values import EvalSet, Row
from rag.errors import SourceError
from rag.values import Article

REPORT_FORMAT = 1
# Of each fault; together some hundred, which a browser opens at once and a reader can go through.
FAILURES_SHOWN = 50
# A line of more points looks the same.
CURVE_POINTS = 200


@dataclass(frozen=True, slots=True)
class RunView:
    """One run: its rows' file, its manifest, and what was made of its rows.

    ``curve`` is risk against coverage over all questions, refusals last, ``bins`` the reliability
    of the confidence that the articles hold the answer. ``faults`` counts every failure, of which
    ``failures`` are the first of each fault.
    """

    file: str
    manifest: Mapping[str, Any]
    scores: Scores
    curve: tuple[CurvePoint, ...]
    bins: tuple[ReliabilityBin, ...]
    slicings: tuple[Slicing, ...]
    faults: Mapping[Fault, int]
    failures: tuple[Failure, ...]


@dataclass(frozen=True, slots=True)
class Report:
    """A run and what its controls say of it; ``other`` is what it is compared with, if anything.

    Of two runs ``run`` is the second, the one in question, and ``other`` the first. ``agreements``
    are the second opinions of language models on the support of its sentences.
    """

    set_name: str
    made: str
    run: RunView
    controls: Controls
    other: RunView | None = None
    comparison: Comparison | None = None
    agreements: Mapping[str, Agreement] = field(default_factory=dict)

    def as_dict(self) -> dict[str, Any]:
        """Everything, ready for ``json.dumps``."""
        return {
            "format": REPORT_FORMAT,
            "set": self.set_name,
            "made": self.made,
            "run": _view_as_dict(self.run),
            "controls": self.controls.as_dict(),
            "agreements": {name: one.as_dict() for name, one in self.agreements.items()},
            "other": _view_as_dict(self.other) if self.other else None,
            "comparison": self.comparison.as_dict() if self.comparison else None,
        }


def collect(
    eval_set: EvalSet,
    file: str | Path,
    other: str | Path | None = None,
    failures_shown: int = FAILURES_SHOWN,
) -> Report:
    """The report on the rows in ``file``, or on those in ``other`` compared with them.

    ``failures_shown`` limits the failures of each fault. Raises ``SetError`` when a file cannot
    be read, or when the two cannot be compared.
    """
    path = Path(file if other is None else other)
    articles = _articles(eval_set)
    rows, _ = read_rows(path)
    run = _view(eval_set, path, rows, articles, failures_shown)
    report = Report(
        set_name=eval_set.name,
        made=datetime.now(UTC).isoformat(timespec="seconds"),
        run=run,
        controls=read_controls(path) or controls_from_rows(eval_set, rows, run.scores),
        agreements=read_agreements(path),
    )
    if other is None:
        return report
    comparison = compare(eval_set, file, other)
    first = _view(eval_set, Path(file), read_rows(file)[0], articles, failures_shown)
    return replace(
        report,
        run=replace(run, file=comparison.second),
        other=replace(first, file=comparison.first),
        comparison=comparison,
    )


def _view(
    eval_set: EvalSet,
    file: Path,
    rows: Mapping[str, Row],
    articles: Mapping[str, Article],
    shown: int,
) -> RunView:
    judged = judge(eval_set, rows, eval_set.questions)
    faults = [(fault, one) for one in judged if (fault := fault_of(one)) is not None]
    errors = error_failures(eval_set, rows)
    counts = Counter([Fault.ERROR] * len(errors) + [fault for fault, _ in faults])
    known = [one for one in judged if one.gold is not None]
    found = outcomes(known)
    curve = risk_coverage_curve(found.ranks, found.correct)
    return RunView(
        file=file.name,
        manifest=read_manifest(file),
        scores=score(eval_set, file),
        curve=_thinned(curve),
        bins=reliability_bins(
            [one.row.confidence for one in known], [one.answerable for one in known]
        ),
        slicings=slicings(judged, articles),
        faults={fault: counts[fault] for fault in Fault if counts[fault]},
        failures=(
            *errors[:shown],
            *(
                failure_of(one, fault, articles)
                for wanted in Fault
                for fault, one in [pair for pair in faults if pair[0] is wanted][:shown]
            ),
        ),
    )


def _articles(eval_set: EvalSet) -> dict[str, Article]:
    """The set's articles by id, for titles, outlets and dates; empty where they are not to be had.

    A set carries only their texts.
    """
    from rag.loading import list_files, read_file

    try:
        files = list_files(eval_set.articles)
    except SourceError:
        return {}
    return {article.id: article for file in files for article in read_file(file).articles}


def _thinned(curve: Sequence[CurvePoint]) -> tuple[CurvePoint, ...]:
    """At most ``CURVE_POINTS`` and the last: evenly spaced."""
    step = -(-len(curve) // CURVE_POINTS) or 1
    kept = list(curve[::step])
    return tuple(kept if not curve or kept[-1] == curve[-1] else [*kept, curve[-1]])


def _view_as_dict(view: RunView) -> dict[str, Any]:
    return {
        "file": view.file,
        "manifest": dict(view.manifest),
        "scores": view.scores.as_dict(),
        "risk_coverage": [asdict(point) for point in view.curve],
        "reliability": [asdict(found) for found in view.bins],
        "slices": [asdict(slicing) for slicing in view.slicings],
        "faults": dict(view.faults),
        "failures": [asdict(failure) for failure in view.failures],
    }
