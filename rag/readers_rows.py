"""Readers of collections: JSON Lines as BEIR writes them, and CSV. A bad row is left out alone."""

from __future__ import annotations

import csv
import io
import json
from collections.abc import Iterator, Mapping

from rag.decoding import decode
from rag.extracted import Extracted, Extraction, RowProblem, UnreadableError, complete
from rag.metadata import from_fields

# A file of the wrong kind has only bad rows; its reader need not see each of them.
MAX_ROW_PROBLEMS = 50
_TEXT_KEYS = ("text", "body", "content")
_ID_KEYS = ("_id", "id")
_DELIMITERS = ",;\t|"
# JSON's own names of its types, for those who write the rows.
_TYPE_NAMES = {dict: "an object", list: "a list", str: "a string", bool: "a boolean"}


class _BadRowError(Exception):
    """A row holds no article; the message tells why."""


class _Rows:
    """Collects the articles and problems of a file's rows, and sees that ids are unique."""

    def __init__(self, unit: str) -> None:
        self._unit = unit
        self._articles: list[Extracted] = []
        self._problems: list[RowProblem] = []
        self._left_out = 0
        self._places: dict[str, int] = {}

    def add(self, number: int, values: Mapping[str, object]) -> None:
        """Take a row's article, or note what is wrong with it."""
        try:
            article = _article(values, str(number))
        except _BadRowError as error:
            self.refuse(number, str(error))
            return
        first = self._places.setdefault(article.id, number) if article.id else number
        if first != number:
            self.refuse(number, f"its id {article.id!r} is that of {self._unit} {first}")
        else:
            self._articles.append(article)

    def refuse(self, number: int, reason: str) -> None:
        """Note a row that is left out."""
        self._left_out += 1
        if self._left_out <= MAX_ROW_PROBLEMS:
            self._problems.append(RowProblem(f"{self._unit} {number}", reason))

    def extraction(self) -> Extraction:
        """What was collected; raises ``UnreadableError`` if there was no row at all."""
        if not self._articles and not self._problems:
            raise UnreadableError("it has no rows")
        more = self._left_out - len(self._problems)
        if more:
            self._problems.append(RowProblem(f"{more} more {self._unit}s", "they are bad as well"))
        return Extraction(tuple(self._articles), tuple(self._problems))


def read_jsonl(data: bytes) -> Extraction:
    """One article a line: ``text``, and if it has them ``_id``, ``title``, ``metadata``."""
    rows = _Rows("line")
    # Not splitlines: JSON strings may hold U+2028 and other line ends as they are.
    for number, line in enumerate(io.StringIO(decode(data), newline="\n"), 1):
        if not line.strip():
            continue
        try:
            values = json.loads(line.strip())
        except json.JSONDecodeError as error:
            rows.refuse(number, f"it is not valid JSON ({error.msg.removesuffix(' at')})")
        except (RecursionError, ValueError):  # nested or numbers beyond what Python parses
            rows.refuse(number, "its JSON is nested too deeply or holds an endless number")
        else:
            if isinstance(values, dict):
                rows.add(number, values)
            else:
                rows.refuse(number, f"it is {_type_name(values)}, not an object")
    return rows.extraction()


def read_csv(data: bytes) -> Extraction:
    """One article a row, by a header with a ``text``, ``body`` or ``content`` column.

    Rows are numbered as a spreadsheet does: the header is row 1.
    """
    text = decode(data)
    # Python's own limit is 128 KiB a field, less than a long article. It can only be set for the
    # whole process, so it is raised and never lowered again under another reader.
    csv.field_size_limit(max(csv.field_size_limit(), len(text)))
    parsed = _csv_rows(text)
    header = next(parsed)
    if isinstance(header, str):
        raise UnreadableError(f"its header cannot be read ({header})")
    names = [name.strip().casefold() for name in header]
    if not set(names) & set(_TEXT_KEYS):
        raise UnreadableError("it has no column called text, body or content")
    rows = _Rows("row")
    for number, row in enumerate(parsed, 2):
        if isinstance(row, str):
            rows.refuse(number, f"it is not valid CSV ({row})")
        elif len(row) == len(names):
            # Of two columns of one name the first counts.
            rows.add(number, dict(zip(reversed(names), reversed(row), strict=True)))
        elif row:
            rows.refuse(number, f"it has {len(row)} fields where the header has {len(names)}")
    return rows.extraction()


def _csv_rows(text: str) -> Iterator[list[str] | str]:
    """The rows, or in place of one what is wrong with it."""
    header = text.lstrip().partition("\n")[0]
    delimiter = max(_DELIMITERS, key=header.count)
    rows = csv.reader(io.StringIO(text, newline=""), delimiter=delimiter, strict=True)
    while True:
        try:
            row = next(rows)
        except StopIteration:
            return
        except csv.Error as error:
            yield str(error)
        else:
            yield row


def _article(values: Mapping[str, object], place: str) -> Extracted:
    text = _text(values)
    row_id = next((_id(values[key]) for key in _ID_KEYS if key in values), "")
    nested = values.get("metadata")
    fields = {**nested, **values} if isinstance(nested, Mapping) else dict(values)
    metadata = from_fields({k: v for k, v in fields.items() if not isinstance(v, Mapping)})
    _refuse_half_characters(row_id, text)
    return Extracted(text, complete(metadata, text), row_id, place)


def _text(values: Mapping[str, object]) -> str:
    key = next((key for key in _TEXT_KEYS if key in values), "")
    if not key:
        raise _BadRowError("it has no text")
    text = values[key]
    if not isinstance(text, str):
        raise _BadRowError(f"its {key} is {_type_name(text)}, not a string")
    if not text.strip():
        raise _BadRowError(f"its {key} is empty")
    if "\0" in text:
        raise _BadRowError(f"its {key} holds a NUL character")
    return text


def _id(value: object) -> str:
    if isinstance(value, str):
        return value.strip()
    if isinstance(value, int) and not isinstance(value, bool):
        return str(value)
    if value is None:
        return ""
    raise _BadRowError(f"its id is {_type_name(value)}, not a string")


def _refuse_half_characters(*texts: str) -> None:
    """JSON can write half of a surrogate pair, which no file and no database can hold."""
    try:
        for text in texts:
            text.encode()
    except UnicodeEncodeError:
        raise _BadRowError("it holds half of a character (a lone surrogate)") from None


def _type_name(value: object) -> str:
    return _TYPE_NAMES.get(type(value), "null" if value is None else "a number")
