"""The relevance of articles as TREC and BEIR write it: ``query-id``, ``corpus-id``, ``score``."""

from __future__ import annotations

from collections.abc import Container, Iterator
from pathlib import Path

from eval.jsonlines import read_text
from eval.values import BadRow

COLUMNS = 3
_HEADER = "query-id"

Relevant = dict[str, dict[str, int]]


def read_relevant(
    folder: Path, questions: Container[str], texts: Container[str], problems: list[BadRow]
) -> Relevant:
    """Grades above zero, by question and article, of ``qrels/*.tsv`` in ``folder``.

    A line that cannot be used is left out and named: one of another shape, of a question or an
    article that is not there, or of a pair that was graded before.
    """
    relevant: Relevant = {}
    graded: set[tuple[str, str]] = set()
    for path in sorted(folder.glob("qrels/*.tsv")):
        for line, columns in _lines(path):
            reason = _wrong(columns, questions, texts, graded)
            if reason:
                problems.append(BadRow(path.name, line, reason))
                continue
            question, article, score = columns
            graded.add((question, article))
            if int(score) > 0:
                relevant.setdefault(question, {})[article] = int(score)
    return relevant


def _lines(path: Path) -> Iterator[tuple[int, list[str]]]:
    for line, text in enumerate(read_text(path).splitlines(), start=1):
        columns = text.rstrip("\r").split("\t")
        if text.strip() and not (line == 1 and columns[0] == _HEADER):
            yield line, columns


def _wrong(
    columns: list[str],
    questions: Container[str],
    texts: Container[str],
    graded: Container[tuple[str, str]],
) -> str:
    """Why a line cannot be used; empty where it can."""
    if len(columns) != COLUMNS or not columns[2].lstrip("-").isdecimal():
        return "not query-id, corpus-id and a whole-number score"
    question, article, score = columns
    if question not in questions:
        return f"no question {question!r}"
    if int(score) > 0 and article not in texts:
        return f"no article {article!r}"
    if (question, article) in graded:
        return f"article {article!r} is graded twice for question {question!r}"
    return ""
