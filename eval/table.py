"""The scores as tables on the terminal."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from typing import TYPE_CHECKING

from eval.intervals import FEWEST_CLUSTERS, QUESTION, Interval
from eval.latency import Latency
from eval.scoring import Scores

if TYPE_CHECKING:
    from rich.console import Console

# Measures that are no share of 1, and their formats.
FORMATS = {"answer_words": "{:.1f}", "median_ms": "{:.0f}", "aurc": "{:.3f}"}
SLICE_COLUMNS = {
    "right_sentence_cited": "cited right",
    "answer_contained": "answer in it",
    "false_refusal_rate": "wrongly refused",
    "unanswerable_refused": "rightly refused",
    "abstention_f1": "F1",
}
# The first measure of each group; the measures stand in the order of ``eval.measures``.
GROUPS = {
    "answered": "Answers",
    "unanswerable_refused": "Refusals",
    "citation_validity": "Citations",
    "answer_found@1": "Retrieval",
    "confidence_auroc": "Confidence and time",
}
UNTOLD = "-"
BY_QUESTION = "*"
BY_QUESTION_NOTE = f"{BY_QUESTION} questions resampled: fewer than {FEWEST_CLUSTERS} clusters count"


def print_scores(scores: Scores, console: Console) -> None:
    """Counts of what failed first, then the measures with intervals, kinds, blame and times."""
    answered = scores.measures.get("answered", Interval(None)).value
    console.print(
        f"{scores.name}: {scores.asked} of {scores.questions} questions asked, "
        f"{scores.missing} missing, {scores.errors} errors, {len(scores.problems)} bad rows"
        + ("" if answered is None else f"; {answered:.1%} answered"),
        markup=False,
    )
    for problem in scores.problems:
        console.print(f"  left out: {problem}", markup=False)
    _print_measures(scores, console)
    if scores.slices:
        _print_kinds(scores, console)
    if any(scores.blame.values()):
        _print_blame(scores, console)
    if scores.latency:
        _print_latency(scores, console)


def _print_measures(scores: Scores, console: Console) -> None:
    from rich.table import Table

    table = Table("measure", title="Measures")
    table.add_column("value", justify="right")
    table.add_column("95 % interval", justify="right")
    for group, names in _grouped(scores):
        table.add_row(f"[bold]{group}", "", "")
        for name in names:
            interval = scores.measures[name]
            table.add_row(f"  {name}", shown(name, interval.value), ends(name, interval))
        table.add_section()
    table.caption = resampling_note(scores.measures.values())
    console.print(table)


def _grouped(scores: Scores) -> Iterator[tuple[str, list[str]]]:
    """The measures that the set tells, by group; groups without any are left out."""
    groups: dict[str, list[str]] = {}
    group = next(iter(GROUPS.values()))
    for name, interval in scores.measures.items():
        group = GROUPS.get(name, group)
        if interval.value is not None:
            groups.setdefault(group, []).append(name)
    yield from groups.items()


def _print_kinds(scores: Scores, console: Console) -> None:
    from rich.table import Table

    table = Table(title="By kind of question")
    table.add_column("kind", no_wrap=True)
    for column in ("questions", *SLICE_COLUMNS.values()):
        table.add_column(column, justify="right")
    for kind, values in scores.slices.items():
        cells = [shown(column, values[column]) for column in SLICE_COLUMNS]
        table.add_row(kind, f"{values['questions']:.0f}", *cells)
    console.print(table)


def _print_blame(scores: Scores, console: Console) -> None:
    from rich.table import Table

    table = Table("what became of a question", title="Who is to blame")
    table.add_column("questions", justify="right")
    for verdict, count in scores.blame.items():
        table.add_row(verdict.value, str(count))
    console.print(table)


def _print_latency(scores: Scores, console: Console) -> None:
    from rich.table import Table

    table = Table("stage", title="Milliseconds")
    for column in ("first question", "median", "95th percentile"):
        table.add_column(column, justify="right")
    for stage, latency in scores.latency.items():
        table.add_row(stage, *_milliseconds(latency))
    console.print(table)


def _milliseconds(latency: Latency) -> Iterator[str]:
    for value in (latency.cold, latency.median, latency.p95):
        yield UNTOLD if value is None else f"{value:.1f}"


def shown(name: str, value: float | None) -> str:
    """The value of a measure in its format."""
    return UNTOLD if value is None else FORMATS.get(name, "{:.3f}").format(value)


def ends(name: str, interval: Interval) -> str:
    """The interval's ends, marked where single questions were resampled; empty without any."""
    if interval.low is None:
        return ""
    low, high = shown(name, interval.low), shown(name, interval.high)
    return f"{low} .. {high}{interval_mark(interval)}"


def interval_mark(interval: Interval) -> str:
    """The mark of an interval that resamples questions; else empty."""
    return f" {BY_QUESTION}" if interval.unit == QUESTION else ""


def resampling_note(intervals: Iterable[Interval]) -> str | None:
    """What the mark means, where an interval bears it."""
    return BY_QUESTION_NOTE if any(one.unit == QUESTION for one in intervals) else None
