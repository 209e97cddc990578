"""A comparison of two runs on the terminal."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING

from eval.comparing import Comparison, Flip, MeasureDelta, Outcome, RunAnswer
from eval.presenting import UNTOLD, resampling_note, shown
from eval.table import ends, table_of
from rag.printing import displayable

if TYPE_CHECKING:
    from rich.console import Console
    from rich.text import Text

# What is shown of a long answer, and of many flips; --json has everything.
LONGEST_CELL = 240
MOST_FLIPS = 20
STYLES = {Outcome.RIGHT: "green", Outcome.REFUSED: "yellow", Outcome.WRONG: "red"}
# A narrower terminal is spared some columns; --json has them.
WIDE = 112
COLUMNS = ("A", "B", "B - A", "95 % interval", "Holm p")
WIDE_ONLY = ("McNemar p", "B +/=/-")
UNANSWERABLE = "not in the articles"


def print_comparison(comparison: Comparison, console: Console) -> None:
    """What was left out first, then the measures, then the questions that flipped.

    ``B +/=/-`` counts the questions on which B's value is higher, equal and lower.
    """
    console.print(
        f"{comparison.name}: {comparison.paired} of {comparison.questions} questions paired; "
        f"A is {comparison.first}, B is {comparison.second}",
        markup=False,
    )
    for note in comparison.notes:
        console.print(f"  {note}", markup=False)
    console.print(
        f"B does better on {comparison.wins} questions, worse on {comparison.losses}, "
        f"and the same on {comparison.ties}."
    )
    _print_measures(comparison.measures, console)
    if comparison.flips:
        _print_flips(comparison.flips, console)


def _print_measures(deltas: Sequence[MeasureDelta], console: Console) -> None:
    wide = console.width >= WIDE
    columns = (*COLUMNS, *(WIDE_ONLY if wide else ()))
    table = table_of("measure", (), (one.name for one in deltas), title="B less A")
    for column in columns:
        table.add_column(column, justify="right", no_wrap=True)
    for one in deltas:
        numbers = [shown(one.name, value) for value in (one.first, one.second, one.delta.value)]
        more = (_p(one.p), f"{one.higher}/{one.equal}/{one.lower}") if wide else ()
        table.add_row(one.name, *numbers, ends(one.name, one.delta), _p(one.p_holm), *more)
    for figures in table.columns[1:]:
        # A name may be folded, but half of a figure is another figure.
        figures.min_width = max(map(len, map(str, figures.cells)), default=0)
    table.caption = resampling_note(one.delta for one in deltas)
    console.print(table)


def _print_flips(flips: Sequence[Flip], console: Console) -> None:
    from rich.table import Table

    lost = sum(not flip.won for flip in flips)
    table = Table(
        title=f"Questions that flipped: {lost} lost, {len(flips) - lost} won", show_lines=True
    )
    for column in ("question", "gold", "A", "B"):
        table.add_column(column, overflow="fold", ratio=1)
    for flip in flips[:MOST_FLIPS]:
        gold = " | ".join(flip.gold) or UNANSWERABLE
        said = _said(flip.first), _said(flip.second)
        table.add_row(_cell(f"{flip.question} ({flip.id})"), _cell(gold), *said)
    console.print(table)
    if len(flips) > MOST_FLIPS:
        console.print(f"{len(flips) - MOST_FLIPS} more are in the output of --json.")


def _cell(text: str) -> Text:
    """Other people's text, never markup, cut where it is long."""
    from rich.text import Text

    plain = displayable(text)
    return Text(plain if len(plain) <= LONGEST_CELL else f"{plain[:LONGEST_CELL]} ...")


def _said(answer: RunAnswer) -> Text:
    from rich.text import Text

    said = Text(answer.outcome.value, STYLES[answer.outcome])
    return said.append_text(_cell(f": {answer.text}")) if answer.text else said


def _p(value: float | None) -> str:
    return UNTOLD if value is None else f"{value:.3g}"
