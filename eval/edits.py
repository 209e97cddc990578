"""Edits of a text that keep account of where its other characters went."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass


@dataclass(frozen=True, slots=True, order=True)
class Edit:
    """The characters ``[start, end)`` of a text become ``new``."""

    start: int
    end: int
    new: str = ""


def apply_edits(text: str, edits: Sequence[Edit]) -> str:
    """The edited text; ``edits`` must be sorted and disjoint."""
    parts, place = [], 0
    for edit in edits:
        parts += [text[place : edit.start], edit.new]
        place = edit.end
    return "".join([*parts, text[place:]])


def moved(offset: int, edits: Sequence[Edit]) -> int | None:
    """Where the offset lies in the edited text; None inside of what was replaced."""
    shift = 0
    for edit in edits:
        if offset <= edit.start:
            break
        if offset < edit.end:
            return None
        shift += len(edit.new) - (edit.end - edit.start)
    return offset + shift


def removals(spans: Iterable[tuple[int, int]]) -> list[Edit]:
    """Edits that remove the spans, those that overlap or touch as one."""
    edits: list[Edit] = []
    for start, end in sorted(spans):
        if edits and start <= edits[-1].end:
            edits[-1] = Edit(edits[-1].start, max(end, edits[-1].end))
        else:
            edits.append(Edit(start, end))
    return edits
