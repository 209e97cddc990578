"""What a reader hands on for each article of a file, and the error for a file that holds none."""

from __future__ import annotations

from dataclasses import dataclass

from rag.metadata import Metadata, front_matter
from rag.metadata_guesses import guess


class UnreadableError(Exception):
    """A file holds no article that can be read; ``reason`` tells the reader why."""

    def __init__(self, reason: str) -> None:
        super().__init__(reason)
        self.reason = reason


@dataclass(frozen=True, slots=True)
class Extracted:
    """One article of a file. ``id`` is the row's own; ``place`` tells rows apart that have none."""

    text: str
    metadata: Metadata
    id: str = ""
    place: str = ""


@dataclass(frozen=True, slots=True)
class RowProblem:
    """A row that was left out: where, "line 3", and why."""

    where: str
    reason: str


@dataclass(frozen=True, slots=True)
class Extraction:
    """The articles of a file in its order, and the rows that could not be read."""

    articles: tuple[Extracted, ...]
    problems: tuple[RowProblem, ...] = ()


def complete(stated: Metadata, text: str) -> Metadata:
    """What the source states, then what its front matter does, then what can safely be guessed."""
    front, span = front_matter(text)
    known = stated.or_else(front)
    return known.or_else(guess(text, span.end if span else 0, known.url))
