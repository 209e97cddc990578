"""A report on a run, or on two: everything that its pages show, as values."""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import asdict, dataclass, field, replace
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

from eval.curves import CurvePoint, ReliabilityBin, reliability_bins, risk_coverage_curve
from eval.measures import Judged, is_right, judge
from eval.report_comparison import Comparison, compare_judged
from eval.report_failures import Failure, Fault, error_failures, failure_of, fault_of
from eval.report_slices import Slicing, slicings
from eval.rows import read_rows
from eval.running import read_manifest
from eval.scoring import Scores, score
from eval.values import EvalSet
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

    ``curve`` is risk against coverage over the answered questions, ``bins`` the reliability of
    the confidence that the articles hold the answer. ``faults`` counts every failure, of which
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
    """A run, or two with their comparison. ``controls`` are scores of stand-in answerers."""

    set_name: str
    made: str
    run: RunView
    controls: Mapping[str, Scores] = field(default_factory=dict)
    other: RunView | None = None
    comparison: Comparison | None = None

    def as_dict(self) -> dict[str, Any]:
        """Everything, ready for ``json.dumps``."""
        return {
            "format": REPORT_FORMAT,
            "set": self.set_name,
            "made": self.made,
            "run": _view_as_dict(self.run),
            "controls": {name: scores.as_dict() for name, scores in self.controls.items()},
            "other": _view_as_dict(self.other) if self.other else None,
            "comparison": asdict(self.comparison) if self.comparison else None,
        }


def collect(
    eval_set: EvalSet,
    file: str | Path,
    other: str | Path | None = None,
    controls: Mapping[str, Scores] | None = None,
    failures_shown: int = FAILURES_SHOWN,
) -> Report:
    """The report on the rows in ``file``, beside those in ``other``.

    ``failures_shown`` limits the failures of each fault. Raises ``SetError`` when a file cannot
    be read.
    """
    articles = _articles(eval_set)
    files = [Path(path) for path in (file, other) if path is not None]
    views = [
        _view(eval_set, path, name, articles, failures_shown)
        for path, name in zip(files, _names(files), strict=True)
    ]
    report = Report(
        set_name=eval_set.name,
        made=datetime.now(UTC).isoformat(timespec="seconds"),
        run=views[0][1],
        controls=controls or {},
    )
    if other is None:
        return report
    (judged, _), (other_judged, other_run) = views
    return replace(report, other=other_run, comparison=compare_judged(judged, other_judged))


def _names(files: Sequence[Path]) -> list[str]:
    """What the files are called on the page: with their folders where they are namesakes."""
    names = [path.name for path in files]
    if len(set(names)) == len(names):
        return names
    return [f"{path.absolute().parent.name}/{path.name}" for path in files]


def _view(
    eval_set: EvalSet, file: Path, name: str, articles: Mapping[str, Article], shown: int
) -> tuple[list[Judged], RunView]:
    rows, _ = read_rows(file)
    judged = judge(eval_set, rows, eval_set.questions)
    faults = [(fault, one) for one in judged if (fault := fault_of(one)) is not None]
    errors = error_failures(eval_set, rows)
    counts = Counter([Fault.ERROR] * len(errors) + [fault for fault, _ in faults])
    known = [one for one in judged if one.gold is not None]
    answered = [one for one in known if one.answered]
    curve = risk_coverage_curve(
        [one.row.confidence for one in answered], [is_right(one) for one in answered]
    )
    view = RunView(
        file=name,
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
    return judged, view


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
