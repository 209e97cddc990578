"""The controls of a run as one table on the terminal, and what they say of it."""

from __future__ import annotations

from typing import TYPE_CHECKING

from eval.control_report import Controls
from eval.presenting import CONTROL_COLUMNS, shown
from eval.table import table_of

if TYPE_CHECKING:
    from rich.console import Console

RUN = "the run"
# A narrower terminal is spared this column; the report has it.
WIDE = 90
WIDE_ONLY = ("citation_recall",)


def print_controls(name: str, controls: Controls, console: Console) -> None:
    """A line each for the run and every control, then the verdicts and what was left out."""
    lines = {RUN: controls.run, **controls.lines}
    measures = [one for one in CONTROL_COLUMNS if console.width >= WIDE or one not in WIDE_ONLY]
    heads = [CONTROL_COLUMNS[one] for one in measures]
    table = table_of("control", heads, lines, title=f"{name}: controls")
    for control, values in lines.items():
        table.add_row(control, *(shown(measure, values.get(measure)) for measure in measures))
    console.print(table)
    for verdict in controls.verdicts:
        console.print(str(verdict), markup=False)
    for control, reasons in controls.skipped.items():
        console.print(
            f"{control}: {controls.changed.get(control, 0)} questions changed", markup=False
        )
        for reason, count in reasons.items():
            console.print(f"  {count} left out: {reason}", markup=False)


def print_verdicts(controls: Controls, console: Console) -> None:
    """What does not come out as it must, or that all does; then every control by its name."""
    for verdict in controls.failing:
        console.print(f"control: {verdict}", markup=False)
    if not controls.failing:
        told = sum(verdict.holds is not None for verdict in controls.verdicts)
        console.print(f"{told} of {len(controls.verdicts)} checks on the controls hold.")
    console.print(f"The controls: {', '.join(controls.scores)}.", markup=False)
    for control, why in controls.not_run.items():
        console.print(f"{control}: {why}", markup=False)
