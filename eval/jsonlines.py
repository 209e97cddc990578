"""Reading JSON lines so that a bad line is named and the rest is kept."""

from __future__ import annotations

import json
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any, TypeVar

from eval.values import BadRow, Passage, SetError
from rag.values import Turn

T = TypeVar("T")


class RowError(ValueError):
    """Why a row cannot be used, in words for its author."""


def read_json_lines(path: Path, problems: list[BadRow]) -> Iterator[tuple[int, dict[str, Any]]]:
    """Each JSON object of ``path`` with its line number, from 1; blank lines are passed over.

    Lines that are no JSON object are added to ``problems``. Raises ``SetError`` when the file
    cannot be read.
    """
    for number, line in enumerate(read_text(path).split("\n"), start=1):
        if not line.strip():
            continue
        try:
            value = json.loads(line)
        except ValueError as error:
            problems.append(BadRow(path.name, number, f"not JSON: {error}"))
            continue
        if isinstance(value, dict):
            yield number, value
        else:
            problems.append(BadRow(path.name, number, "not a JSON object"))


def parse_json_lines(
    path: Path, parse: Callable[[dict[str, Any]], T], problems: list[BadRow]
) -> Iterator[tuple[int, T]]:
    """Each row of ``path`` as ``parse`` makes it; its ``RowError`` becomes a ``BadRow``."""
    for number, value in read_json_lines(path, problems):
        try:
            yield number, parse(value)
        except RowError as error:
            problems.append(BadRow(path.name, number, str(error)))


def read_text(path: Path) -> str:
    """The file's text (UTF-8, line ends untouched), or ``SetError``."""
    try:
        return path.read_bytes().decode("utf-8-sig")
    except OSError as error:
        raise SetError(
            f"{path} cannot be read: {error.strerror}.", "Give the path of a readable file."
        ) from error
    except UnicodeDecodeError as error:
        raise SetError(f"{path} is not UTF-8 text ({error}).", "Save it as UTF-8.") from error


def required_text(row: dict[str, Any], key: str) -> str:
    """The non-blank string at ``key``, or ``RowError``."""
    value = row.get(key)
    if not isinstance(value, str) or not value.strip():
        raise RowError(f"{key!r} must be a text that is not blank, not {value!r}")
    return value


def whole_number(row: dict[str, Any], key: str) -> int:
    """The integer at ``key``, or ``RowError``."""
    value = row.get(key)
    if not isinstance(value, int) or isinstance(value, bool):
        raise RowError(f"{key!r} must be a whole number, not {value!r}")
    return value


def list_of(row: dict[str, Any], key: str, kind: type | tuple[type, ...]) -> list[Any]:
    """The list at ``key`` (empty where it is absent) with items of ``kind``, or ``RowError``."""
    value = row.get(key, [])
    if not isinstance(value, list) or not all(isinstance(item, kind) for item in value):
        raise RowError(f"{key!r} is not a list of the right kind of items: {value!r}")
    return value


def passage_of(item: dict[str, Any], text_key: str) -> Passage:
    """A passage from its JSON object, whose words are under ``text_key``; or ``RowError``."""
    return Passage(
        doc_id=required_text(item, "doc_id"),
        start=whole_number(item, "start"),
        end=whole_number(item, "end"),
        text=required_text(item, text_key),
    )


def turn_of(item: str | dict[str, Any]) -> Turn:
    """An earlier turn: a question alone, or an object with its answer too; or ``RowError``."""
    if isinstance(item, str):
        return Turn(item)
    return Turn(required_text(item, "question"), str(item.get("answer") or ""))
