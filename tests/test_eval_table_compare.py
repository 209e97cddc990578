"""A comparison on the terminal: no figure is cut short, on a pipe's 80 columns either."""

from __future__ import annotations

import io
from dataclasses import replace
from pathlib import Path

import pytest
from eval_small_set import small_set
from rich.console import Console

from eval import compare
from eval.controls import always_refuse, gold_oracle
from eval.intervals import QUESTION, Interval
from eval.rows import answer_row, parse_row
from eval.table_compare import print_comparison
from eval.values import EvalSet, Row

ENDS = Interval(-0.123, -0.98, 0.765, QUESTION)


def rows(loaded: EvalSet, bot) -> dict[str, Row]:
    asked = {one.id: answer_row(one.id, bot(one.text, one.history)) for one in loaded.questions}
    return {name: parse_row(row) for name, row in asked.items()}


@pytest.mark.parametrize("width", [76, 80, 120])
def test_the_table_shows_every_figure_whole(tmp_path: Path, width: int) -> None:
    loaded = small_set(tmp_path / "set")
    found = compare(loaded, rows(loaded, always_refuse), rows(loaded, gold_oracle(loaded)))
    measures = tuple(
        replace(one, first=-0.512, second=-0.635, delta=ENDS, p_holm=1.23e-05)
        for one in found.measures
    )
    text = io.StringIO()
    console = Console(file=text, width=width, highlight=False)
    print_comparison(replace(found, measures=measures), console)
    table = text.getvalue().partition("Questions that flipped")[0]
    assert "\N{HORIZONTAL ELLIPSIS}" not in table
    assert max(map(len, table.splitlines())) <= width
    for one in measures:
        [line] = [line for line in table.splitlines() if line.split()[:1] == [one.name[:24]]]
        assert "-0.980 .. 0.765 *" in line
        assert "1.23e-05" in line
