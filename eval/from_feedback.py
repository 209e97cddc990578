"""Test questions from what readers thought of answers: the lines of the chat's feedback file.

A confirmed answer becomes an answerable question with its quotes as evidence, a confirmed refusal
an unanswerable one. Where a reader disagreed, the comment is taken for the right answer, and the
row is of kind ``contested``: its owner is to read it. Without a comment nothing is known.
"""

from __future__ import annotations

from collections.abc import Iterable
from pathlib import Path
from typing import Any

from eval.drafting import Draft
from eval.handwritten import SEPARATOR
from eval.jsonlines import read_json_lines
from eval.values import BadRow, SetError

CONFIRMED, REFUSED, CONTESTED = "confirmed", "refused", "contested"
# What a spreadsheet would take for a formula.
_FORMULA = ("=", "+", "-", "@")


def drafts_from_feedback(path: Path) -> tuple[tuple[Draft, ...], int]:
    """The questions, each once by what was said of it last, and how many lines told too little.

    Raises ``SetError`` when the file cannot be read or no line of it makes a question.
    """
    problems: list[BadRow] = []
    rows = [row for _, row in read_json_lines(path, problems)]
    last = {str(row.get("understood") or "").casefold(): row for row in rows}
    drafts = tuple(draft for row in last.values() if (draft := _draft(row)))
    if not drafts:
        raise SetError(
            f"No question could be made from {path}.",
            "Rate answers in the chat first: Helpful, or Not helpful with a comment.",
        )
    return drafts, len(last) - len(drafts) + len(problems)


def _draft(row: dict[str, Any]) -> Draft | None:
    question, rating, status = (_cell(row.get(key)) for key in ("understood", "rating", "status"))
    comment = _cell(row.get("comment"))
    if not question:
        return None
    if rating == "up" and status == "abstained":
        return Draft(question, REFUSED)
    if rating == "up" and status == "answered":
        citations = [c for c in row.get("citations") or () if isinstance(c, dict)]
        quotes = [str(c.get("quote") or "") for c in citations]
        evidence = SEPARATOR.join(_distinct(q for q in quotes if q and SEPARATOR not in q))
        answer = _cell(row.get("short_answer")) or _cell(row.get("answer"))
        doc_id = str(citations[0].get("doc_id") or "") if citations else ""
        return Draft(question, CONFIRMED, doc_id, (answer,), evidence) if answer else None
    return Draft(question, CONTESTED, "", (comment,)) if rating == "down" and comment else None


def _cell(value: object) -> str:
    """A text as one cell holds it; empty for what a CSV would take for something else."""
    text = " ".join(value.split()) if isinstance(value, str) else ""
    return "" if SEPARATOR in text or text.startswith(_FORMULA) else text


def _distinct(texts: Iterable[str]) -> list[str]:
    return list(dict.fromkeys(texts))
