"""The scores as a table on the terminal."""

from __future__ import annotations

from collections.abc import Iterable
from typing import TYPE_CHECKING

from eval.intervals import FEWEST_CLUSTERS, QUESTION, Interval
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
}
UNTOLD = "-"
BY_QUESTION = "*"
BY_QUESTION_NOTE = f"{BY_QUESTION} questions resampled: fewer than {FEWEST_CLUSTERS} clusters count"


def print_scores(scores: Scores, console: Console) -> None:
    """Counts of what failed first, then the measures with intervals, then the kinds."""
    from rich.table import Table

    console.print(
        f"{scores.name}: {scores.asked} of {scores.questions} questions asked, "
        f"{scores.missing} missing, {scores.errors} errors, {len(scores.problems)} bad rows",
        markup=False,
    )
    for problem in scores.problems:
        console.print(f"  left out: {problem}", markup=False)
    measures = Table("measure", title="Measures")
    measures.add_column("value", justify="right")
    measures.add_column("95 % interval", justify="right")
    for name, interval in scores.measures.items():
        if interval.value is not None:
            measures.add_row(name, shown(name, interval.value), ends(name, interval))
    measures.caption = resampling_note(scores.measures.values())
    console.print(measures)
    kinds = Table("kind", title="By kind of question")
    for column in ("questions", *SLICE_COLUMNS.values()):
        kinds.add_column(column, justify="right")
    for kind, values in scores.slices.items():
        cells = [shown(column, values[column]) for column in SLICE_COLUMNS]
        kinds.add_row(kind, f"{values['questions']:.0f}", *cells)
    if scores.slices:
        console.print(kinds)


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
