"""Markdown that shows other people's words and does nothing: code spans, and tables of cells.

Words of articles, questions and files stand in code spans: nothing in one is a link, an image,
markup, or a mention of a person, and it cannot end the cell of a table.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence

from eval.report_parts import UNTOLD
from rag.printing import displayable

LONGEST_CODE = 160
# The two characters that end a code span or a cell, by ones that look alike.
_LOOK_ALIKE = str.maketrans({"`": "ʼ", "|": "¦"})


def code(text: str) -> str:
    """``text`` on one line in a code span; shortened when it is long."""
    line = displayable(text).translate(_LOOK_ALIKE)
    if len(line) > LONGEST_CODE:
        line = line[: LONGEST_CODE - 1] + "…"
    return f"`{line}`" if line else UNTOLD


def markdown_table(head: Sequence[str], lines: Iterable[Sequence[str]]) -> str:
    """A table whose first column is text and whose others are figures."""
    rows = [head, ("---", *("---:" for _ in head[1:])), *lines]
    return "\n".join(f"| {' | '.join(row)} |" for row in rows)
