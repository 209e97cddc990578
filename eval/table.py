"""The scores as a table on the terminal."""

from __future__ import annotations

from typing import TYPE_CHECKING

from eval.intervals import Interval
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
            measures.add_row(name, _shown(name, interval.value), _ends(name, interval))
    console.print(measures)
    kinds = Table("kind", title="By kind of question")
    for column in ("questions", *SLICE_COLUMNS.values()):
        kinds.add_column(column, justify="right")
    for kind, values in scores.slices.items():
        cells = [_shown(column, values[column]) for column in SLICE_COLUMNS]
        kinds.add_row(kind, f"{values['questions']:.0f}", *cells)
    if scores.slices:
        console.print(kinds)


def _shown(name: str, value: float | None) -> str:
    return UNTOLD if value is None else FORMATS.get(name, "{:.3f}").format(value)


def _ends(name: str, interval: Interval) -> str:
    if interval.low is None:
        return ""
    return f"{_shown(name, interval.low)} .. {_shown(name, interval.high)}"
