"""Questions as a user writes them: one row each, over a folder of articles.

Columns of the CSV (or keys of the JSONL): ``question`` (required); ``answer`` or ``answers``
(in a CSV several are parted by ``|``); ``evidence``, exact words of an article (offsets are
looked up here; in a CSV several are parted by ``|``); ``answerable`` (yes or no; without it a
question with an answer or evidence is answerable); ``kind``, ``id`` and ``cluster``.
"""

from __future__ import annotations

import csv
import io
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Any

from eval.jsonlines import RowError, read_json_lines, read_text, required_text
from eval.values import BadRow, Gold, Passage, Question

HAND_WRITTEN_SUFFIXES = (".csv", ".jsonl")
SEPARATOR = "|"
YES = ("yes", "true", "1")
NO = ("no", "false", "0")


def read_hand_written(
    path: Path, texts: Mapping[str, str], problems: list[BadRow]
) -> tuple[dict[str, Question], dict[str, Gold]]:
    """The questions and gold of ``path`` by id; the id of a row without one is its line."""
    questions: dict[str, Question] = {}
    gold: dict[str, Gold] = {}
    for line, row in _rows(path, problems):
        name = str(row.get("id") or row.get("_id") or f"line-{line}")
        try:
            if name in questions:
                raise RowError(f"id {name!r} is there twice")
            text = required_text(row, "question")
            right = _gold(row, texts)
        except RowError as error:
            problems.append(BadRow(path.name, line, str(error)))
            continue
        cluster = str(row.get("cluster") or "")
        questions[name] = Question(name, text, cluster=cluster, unit=cluster or name)
        gold[name] = right
    return questions, gold


def _rows(path: Path, problems: list[BadRow]) -> Iterator[tuple[int, dict[str, Any]]]:
    if path.suffix.lower() == ".jsonl":
        yield from read_json_lines(path, problems)
        return
    reader = csv.DictReader(io.StringIO(read_text(path), newline=""))
    for row in reader:
        if None in row:
            problems.append(BadRow(path.name, reader.line_num, "more cells than columns"))
        else:
            yield reader.line_num, {k.strip().lower(): v for k, v in row.items() if k and v}


def _gold(row: dict[str, Any], texts: Mapping[str, str]) -> Gold:
    answers = _several(row, "answers") or _several(row, "answer")
    quotes = _several(row, "evidence")
    answerable = _answerable(row.get("answerable"), bool(answers or quotes))
    if not answerable and (answers or quotes):
        raise RowError("an unanswerable question has an answer or evidence")
    if answerable and not (answers or quotes):
        raise RowError("an answerable question needs an answer or evidence")
    kind = str(row.get("kind") or ("answerable" if answerable else "unanswerable"))
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
    """Every place where the words stand: each bears the answer out as well as the others."""
    found = []
    for doc_id, text in texts.items():
        start = text.find(quote)
        while start >= 0:
            found.append(Passage(doc_id, start, start + len(quote), quote))
            start = text.find(quote, start + len(quote))
    if not found:
        raise RowError(f"no article has the evidence {quote!r}")
    return found
