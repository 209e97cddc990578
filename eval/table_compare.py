"""A comparison of two runs on the terminal."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING

from eval.comparing import Comparison, Flip, MeasureDelta, Outcome, RunAnswer
from eval.table import UNTOLD, ends, resampling_note, shown
from rag.printing import displayable

if TYPE_CHECKING:
    from rich.console import Console
    from rich.text import Text

# What is shown of a long answer, and of many flips; --json has everything.
LONGEST_CELL = 240
MOST_FLIPS = 20
STYLES = {Outcome.RIGHT: "green", Outcome.REFUSED: "yellow", Outcome.WRONG: "red"}
UNANSWERABLE = "not in the articles"


def print_comparison(comparison: Comparison, console: Console) -> None:
    """What was left out first, then the measures, then the questions that flipped."""
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
    from rich.table import Table

    table = Table("measure", title="B less A")
    for column in ("A", "B", "B - A", "95 % interval", "p", "p (Holm)", "B higher/equal/lower"):
        table.add_column(column, justify="right")
    for one in deltas:
        value = one.delta.value
        table.add_row(
            one.name,
            shown(one.name, one.first),
            shown(one.name, one.second),
            shown(one.name, value),
            ends(one.name, one.delta),
            _p(one.p),
            _p(one.p_holm),
            f"{one.higher}/{one.equal}/{one.lower}",
        )
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
