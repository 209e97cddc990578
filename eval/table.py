"""The scores as tables on the terminal."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import TYPE_CHECKING

from eval.intervals import Interval
from eval.latency import Latency
from eval.presenting import (
    SLICE_COLUMNS,
    UNTOLD,
    by_stage,
    grouped,
    interval_mark,
    resampling_note,
    shown,
)
from eval.scoring import Scores
from rag.printing import displayable

if TYPE_CHECKING:
    from rich.console import Console
    from rich.table import Table

# From here on the measures stand in two columns.
WIDE = 112
LONGEST_NAME = 24


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
        console.print(_kinds(scores))
    _print_beside([_stages(scores), _blame(scores), _latency(scores)], console)


def table_of(
    first: str, columns: Iterable[str], names: Iterable[str] = (), title: str = ""
) -> Table:
    """A table of narrow columns: their heads have a line for each word.

    ``names`` will stand in its first column: one that is not too long is kept in one piece.
    """
    from rich import box
    from rich.table import Table

    table = Table(
        title=title or None, box=box.SIMPLE_HEAD, title_justify="left", padding=(0, 1, 0, 0)
    )
    widest = max((len(name) for name in names), default=0)
    table.add_column(first, overflow="fold", min_width=min(widest, LONGEST_NAME), vertical="bottom")
    for column in columns:
        table.add_column("\n".join(column.split(" ")), justify="right", no_wrap=True)
    return table


def ends(name: str, interval: Interval) -> str:
    """The interval's ends, marked where single questions were resampled; empty without any."""
    if interval.low is None:
        return ""
    low, high = shown(name, interval.low), shown(name, interval.high)
    return f"{low} .. {high}{interval_mark(interval)}"


def _print_measures(scores: Scores, console: Console) -> None:
    groups = list(grouped(scores).items())
    half = sum(len(measures) for _, measures in groups) / 2
    left, right = [], []
    for group in groups:
        taken = sum(len(measures) for _, measures in left)
        (left if console.width < WIDE or taken < half else right).append(group)
    _print_beside([_measures(dict(part)) for part in (left, right)], console)
    if note := resampling_note(scores.measures.values()):
        console.print(f"  {note}")


def _measures(groups: Mapping[str, Mapping[str, Interval]]) -> Table:
    table = table_of("measure", ("value", "95\u00a0%\u00a0interval"))
    for group, measures in groups.items():
        table.add_row(f"[bold]{group}", "", "")
        for name, interval in measures.items():
            table.add_row(f"  {name}", shown(name, interval.value), ends(name, interval))
    return table


def _kinds(scores: Scores) -> Table:
    from rich.text import Text

    table = table_of("kind of question", ("asked", *SLICE_COLUMNS.values()), scores.slices)
    for kind, values in scores.slices.items():
        cells = [shown(column, values[column]) for column in SLICE_COLUMNS]
        table.add_row(Text(displayable(kind)), f"{values['questions']:.0f}", *cells)
    return table


def _stages(scores: Scores) -> Table:
    stages = by_stage(scores)
    table = table_of("ranked by", next(iter(stages.values()), {}))
    for stage, measures in stages.items():
        table.add_row(stage, *(shown(name, one.value) for name, one in measures.items()))
    return table


def _blame(scores: Scores) -> Table:
    table = table_of("what became of them", ("questions",))
    for verdict, count in scores.blame.items() if any(scores.blame.values()) else ():
        table.add_row(verdict.value, str(count))
    return table


def _latency(scores: Scores) -> Table:
    table = table_of("milliseconds", ("first", "median", "p95"))
    for stage, latency in scores.latency.items():
        table.add_row(stage, *milliseconds(latency))
    return table


def milliseconds(latency: Latency, untold: str = UNTOLD) -> list[str]:
    """Of the first question, the median of the others and their 95th percentile."""
    times = (latency.cold, latency.median, latency.p95)
    return [untold if time is None else f"{time:,.1f}" for time in times]


def _print_beside(tables: Iterable[Table], console: Console) -> None:
    """Those that hold anything, as many in a line as there is room for."""
    from rich.columns import Columns

    console.print(Columns([table for table in tables if table.row_count], padding=(0, 3)))
