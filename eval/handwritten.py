"""Questions as a user writes them: one row each, over a folder of articles.

Columns of the CSV (or keys of the JSONL): ``question`` (required); ``answer`` or ``answers``
(in a CSV several are parted by ``|``); ``evidence``, exact words of an article (offsets are
looked up here; in a CSV several are parted by ``|``); ``article``, the one that they stand in, by
its id, file name or title (without it every article with the words bears the answer out, which few
words make too many); ``answerable`` (yes or no; without it a
question with an answer or evidence is answerable); ``history``, the questions asked before this
one, oldest first (parted by ``|``; in JSONL also ``{"question", "answer"}``); ``kind``, ``id`` and
``cluster``. Columns of other names are the user's own, unless they look like a slip.
"""

from __future__ import annotations

import csv
import io
import re
from collections.abc import Callable, Iterable, Iterator, Mapping
from difflib import get_close_matches
from pathlib import Path
from typing import Any

from eval.article_names import ARTICLE_COLUMN, ArticleNames
from eval.jsonlines import (
    RowError,
    list_of,
    read_json_lines,
    read_text,
    required_text,
    turn_of,
)
from eval.values import (
    KIND_ANSWERABLE,
    KIND_UNANSWERABLE,
    BadRow,
    Gold,
    Passage,
    Question,
    SetError,
)
from rag.values import Turn

HAND_WRITTEN_SUFFIXES = (".csv", ".jsonl")
SEPARATOR = "|"
# Spreadsheets of some countries write semicolons; the separator of answers parts no columns.
DELIMITERS = ",;\t"
# A shorter name may be a word of its own: "ida" is no slip of "id".
SHORTEST_SLIP = 4
YES = ("yes", "true", "1")
NO = ("no", "false", "0")
COLUMNS = (
    "question",
    "answer",
    "answers",
    "evidence",
    ARTICLE_COLUMN,
    "answerable",
    "history",
    "kind",
    "id",
    "_id",
    "cluster",
)


def read_hand_written(
    path: Path,
    texts: Mapping[str, str],
    problems: list[BadRow],
    titles: Callable[[], Mapping[str, str]] = dict,
) -> tuple[dict[str, Question], dict[str, Gold]]:
    """The questions and gold of ``path`` by id; the id of a row without one is its line.

    ``titles`` gives the articles' titles by id; it is called where a row names its article.
    Raises ``SetError`` when the file is not UTF-8 text, or when a CSV has no usable header.
    """
    questions: dict[str, Question] = {}
    gold: dict[str, Gold] = {}
    articles = ArticleNames(texts, titles)
    rows = _json_rows if path.suffix.lower() == ".jsonl" else _csv_rows
    for line, row in rows(path, problems):
        name = str(row.get("id") or row.get("_id") or f"line-{line}")
        try:
            if name in questions:
                raise RowError(f"id {name!r} is there twice")
            question, right = _question(name, row), _gold(row, articles.named_in(row))
        except RowError as error:
            problems.append(BadRow(path.name, line, str(error)))
            continue
        questions[name] = question
        gold[name] = right
    return questions, gold


def _json_rows(path: Path, problems: list[BadRow]) -> Iterator[tuple[int, dict[str, Any]]]:
    for line, row in read_json_lines(path, problems):
        slip = _slip(row)
        if slip:
            problems.append(BadRow(path.name, line, slip))
        else:
            yield line, row


def _csv_rows(path: Path, problems: list[BadRow]) -> Iterator[tuple[int, dict[str, Any]]]:
    """Each row with the line that it begins on: a cell may have several lines."""
    text = read_text(path)
    header = text.lstrip().partition("\n")[0]
    delimiter = max(DELIMITERS, key=header.count)
    reader = csv.reader(io.StringIO(text, newline=""), delimiter=delimiter, strict=True)
    names: list[str] | None = None
    begins = 1
    try:
        for cells in reader:
            line, begins = begins, reader.line_num + 1
            if not any(cell.strip() for cell in cells):
                continue
            if names is None:
                names = _columns(path, cells)
            elif any(cell.strip() for cell in cells[len(names) :]):
                problems.append(BadRow(path.name, line, "more cells than columns"))
            else:
                pairs = zip(names, cells, strict=False)
                yield line, {name: cell for name, cell in pairs if name and cell.strip()}
    except csv.Error as error:
        raise SetError(
            f"{path}, line {begins} is not CSV: {error}.", "Close its quotation marks."
        ) from error
    if names is None:
        raise SetError(f"{path} is empty.", f"Begin it with a header: {_header()}")


def _columns(path: Path, cells: list[str]) -> list[str]:
    """The names of the columns, or ``SetError``: by a slip every row would mean another thing."""
    names = [cell.strip().lower() for cell in cells]
    slip = _slip(names)
    if slip:
        raise SetError(f"{path}, line 1: {slip}.", "Mend the header.")
    if "question" not in names:
        raise SetError(
            f"{path} has no column called question; its first line is {', '.join(cells)!r:.120}.",
            f"Begin it with a header: {_header()}",
        )
    twice = next((name for name in names if name and names.count(name) > 1), "")
    if twice:
        raise SetError(f"{path} has two columns called {twice}.", "Leave one; part by | instead.")
    return names


def _slip(names: Iterable[str]) -> str:
    """What is wrong with the names of columns or keys; empty when nothing is."""
    for name in names:
        near = get_close_matches(name, COLUMNS, n=1, cutoff=0.8)
        if near and name not in COLUMNS and len(name) >= SHORTEST_SLIP:
            return f"there is no column {name!r}; is it {near[0]!r}"
    return ""


def _header() -> str:
    return "question,answer,evidence,answerable,kind"


def _question(name: str, row: dict[str, Any]) -> Question:
    text = required_text(row, "question").strip()
    cluster = str(row.get("cluster") or "").strip()
    return Question(name, text, _history(row), cluster, unit=cluster or name)


def _history(row: dict[str, Any]) -> tuple[Turn, ...]:
    value = row.get("history") or []
    if isinstance(value, str):
        return tuple(Turn(part.strip()) for part in value.split(SEPARATOR) if part.strip())
    return tuple(turn_of(item) for item in list_of({"history": value}, "history", (str, dict)))


def _gold(row: dict[str, Any], texts: Mapping[str, str]) -> Gold:
    answers = _several(row, "answers") or _several(row, "answer")
    quotes = _several(row, "evidence")
    answerable = _answerable(row.get("answerable"), bool(answers or quotes))
    if not answerable and (answers or quotes):
        raise RowError("an unanswerable question has an answer or evidence")
    if answerable and not (answers or quotes):
        raise RowError("an answerable question needs an answer or evidence")
    kind = str(row.get("kind") or (KIND_ANSWERABLE if answerable else KIND_UNANSWERABLE)).strip()
    evidence = tuple(passage for quote in quotes for passage in _occurrences(quote, texts))
    return Gold(answerable, kind, tuple(answers), evidence)


def _several(row: dict[str, Any], key: str) -> list[str]:
    value = row.get(key) or []
    parts = value.split(SEPARATOR) if isinstance(value, str) else value
    if not isinstance(parts, list) or not all(isinstance(part, str) for part in parts):
        raise RowError(f"{key!r} must be a text or a list of texts, not {value!r}")
    return [part.strip() for part in parts if part.strip()]


def _answerable(value: object, default: bool) -> bool:
    if value is None or value == "":
        return default
    word = str(value).strip().lower()
    if word not in YES + NO:
        raise RowError(f"'answerable' must be yes or no, not {value!r}")
    return word in YES


def _occurrences(quote: str, texts: Mapping[str, str]) -> list[Passage]:
    """Every place where the words stand: each bears the answer out as well as the others.

    Where they stand nowhere as they are, line breaks and runs of spaces count as one space: a
    quote that was copied from a page has other ones than the file.
    """
    for pattern in (re.escape(quote), r"\s+".join(re.escape(word) for word in quote.split())):
        found = [
            Passage(doc_id, match.start(), match.end(), match.group())
            for doc_id, text in texts.items()
            for match in re.finditer(pattern, text)
        ]
        if found:
            return found
    where = f"article {next(iter(texts))!r} has not" if len(texts) == 1 else "no article has"
    raise RowError(f"{where} the evidence {quote!r}")
