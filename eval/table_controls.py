"""The controls of a run as one table on the terminal, and what they say of it."""

from __future__ import annotations

from typing import TYPE_CHECKING

from eval.control_runs import ControlsReport
from eval.table import shown

if TYPE_CHECKING:
    from rich.console import Console

RUN = "the run"
COLUMNS = {
    "answered": "answered",
    "truthfulness": "truth",
    "right_sentence_cited": "cited right",
    "unanswerable_refused": "rightly refused",
    "citation_validity": "valid",
    "citation_precision": "precision",
    "citation_recall": "recall",
    "answer_words": "words",
}


def print_controls(report: ControlsReport, console: Console) -> None:
    """A line each for the run and every control, then the verdicts and what was left out."""
    from rich.table import Table

    table = Table(title=f"{report.run.name}: controls")
    table.add_column("control", no_wrap=True)
    for column in COLUMNS.values():
        table.add_column(column, justify="right")
    for name, scores in {RUN: report.run, **report.controls}.items():
        table.add_row(name, *(shown(measure, scores.value(measure)) for measure in COLUMNS))
    console.print(table)
    for verdict in report.verdicts:
        console.print(str(verdict), markup=False)
    for control, reasons in report.skipped.items():
        console.print(
            f"{control}: {report.changed.get(control, 0)} questions changed", markup=False
        )
        for reason, count in reasons.items():
            console.print(f"  {count} left out: {reason}", markup=False)
