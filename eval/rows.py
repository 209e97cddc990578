"""The rows of a run: one JSON line a question, a format that others read too.

``{"_id", "status", "answer", "short_answer", "sentences": [{"text", "citations": [{"doc_id",
"start", "end", "quote"}]}], "confidence", "retrieved": [{"doc_id", "score"}],
"timing_ms": {"total", ...}}``. A row of status ``error`` has the reason as its ``answer``. A row
may have more: ``"stages": {"dense": ["doc_id", ...], "lexical", "late"}``, the articles of the
answer's hits ordered by the score of one stage alone; and ``"first_of_session": true``, on the
first answer after each start of the run.
"""

from __future__ import annotations

import json
from collections.abc import Sequence
from pathlib import Path
from typing import Any

from eval.jsonlines import RowError, list_of, parse_json_lines, passage_of, required_text
from eval.values import BadRow, Row, RowSentence
from rag.errors import choices
from rag.values import Answer, Citation, Hit, Status

# Scores beyond six decimals, and times beyond microseconds, are noise.
SCORE_DECIMALS = 6
TIME_DECIMALS = 3

# Stages whose scores a hit carries. They order what all stages together let through, the
# answer's hits, so they flatter each stage: `footnote eval bench` ranks without one in earnest.
STAGES = ("dense", "lexical", "late")
STAGE_ARTICLES = 10


def answer_row(name: str, answer: Answer) -> dict[str, Any]:
    """The row of an answer to question ``name``."""
    row = {
        "_id": name,
        "status": answer.status.value,
        "answer": answer.text,
        "short_answer": answer.short_answer,
        "sentences": [
            {"text": s.text, "citations": [_citation(c) for c in s.citations]}
            for s in answer.sentences
        ],
        "confidence": round(float(answer.confidence), SCORE_DECIMALS),
        "retrieved": [
            {"doc_id": r.article_id, "score": round(float(r.score), SCORE_DECIMALS)}
            for r in answer.retrieved
        ],
        "timing_ms": {k: round(float(v), TIME_DECIMALS) for k, v in answer.timing_ms.items()},
    }
    if answer.hits:
        row["stages"] = {stage: _by_stage(answer.hits, stage) for stage in STAGES}
    return row


def error_row(name: str, reason: str, milliseconds: float) -> dict[str, Any]:
    """The row of a question that ended in an exception."""
    return {
        "_id": name,
        "status": Status.ERROR.value,
        "answer": reason,
        "short_answer": "",
        "sentences": [],
        "confidence": 0.0,
        "retrieved": [],
        "timing_ms": {"total": round(milliseconds, TIME_DECIMALS)},
    }


def dump_row(row: dict[str, Any]) -> str:
    """The row as its line, line end included."""
    return json.dumps(row, ensure_ascii=False, allow_nan=False) + "\n"


def read_rows(path: str | Path) -> tuple[dict[str, Row], tuple[BadRow, ...]]:
    """The rows of a run by question, and the lines that are none.

    Raises ``SetError`` when the file cannot be read. Of two rows for one question the second
    is a bad row.
    """
    problems: list[BadRow] = []
    rows: dict[str, Row] = {}
    for line, row in parse_json_lines(Path(path), parse_row, problems):
        if row.id in rows:
            problems.append(BadRow(Path(path).name, line, f"_id {row.id!r} is there twice"))
        else:
            rows[row.id] = row
    return rows, tuple(problems)


def parse_row(value: dict[str, Any]) -> Row:
    """A row from its JSON object, or ``RowError``."""
    status = value.get("status")
    if status not in tuple(Status):
        raise RowError(f"'status' must be {choices(Status)}, not {status!r}")
    timing = value.get("timing_ms", {})
    if not isinstance(timing, dict):
        raise RowError(f"'timing_ms' must be an object, not {timing!r}")
    stages = value.get("stages", {})
    if not isinstance(stages, dict):
        raise RowError(f"'stages' must be an object, not {stages!r}")
    return Row(
        id=required_text(value, "_id"),
        status=Status(status),
        answer=str(value.get("answer") or ""),
        short_answer=str(value.get("short_answer") or ""),
        sentences=tuple(_sentence(item) for item in list_of(value, "sentences", dict)),
        confidence=_number(value, "confidence"),
        retrieved=tuple(
            (required_text(item, "doc_id"), _number(item, "score"))
            for item in list_of(value, "retrieved", dict)
        ),
        timing_ms={stage: _number(timing, stage) for stage in timing},
        stages={stage: tuple(list_of(stages, stage, str)) for stage in stages},
        first_of_session=value.get("first_of_session") is True,
    )


def _citation(citation: Citation) -> dict[str, Any]:
    return {
        "doc_id": citation.article_id,
        "start": citation.start,
        "end": citation.end,
        "quote": citation.quote,
    }


def _by_stage(hits: Sequence[Hit], stage: str) -> list[str]:
    ordered = sorted(hits, key=lambda hit: -getattr(hit.scores, stage))
    return list(dict.fromkeys(hit.article.id for hit in ordered))[:STAGE_ARTICLES]


def _sentence(item: dict[str, Any]) -> RowSentence:
    cited = list_of(item, "citations", dict)
    return RowSentence(str(item.get("text") or ""), tuple(passage_of(c, "quote") for c in cited))


def _number(value: dict[str, Any], key: str) -> float:
    number = value.get(key, 0.0)
    if not isinstance(number, int | float) or isinstance(number, bool):
        raise RowError(f"{key!r} must be a number, not {number!r}")
    return float(number)
