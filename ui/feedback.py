"""What readers think of answers: one JSON line each, which ``footnote eval init`` reads."""

from __future__ import annotations

import json
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

from rag.serialising import citation_to_dict
from rag.values import Answer
from ui.conversations import ConversationError, Kept
from ui.files import append_line

FEEDBACK_FILE = "feedback.jsonl"
RATINGS = ("up", "down")
COMMENT_CHARACTERS = 2_000


def add_feedback(path: Path, kept: Kept, place: int, rating: str, comment: str) -> None:
    """Append what a reader thinks of the answer at ``place``.

    Raises ``ConversationError`` when there is no such answer or the file cannot be written.
    """
    if rating not in RATINGS or not 0 <= place < len(kept.answers):
        raise ConversationError("There is no such answer to rate.", "Open the conversation again.")
    row = feedback_row(kept.answers[place], rating, comment)
    row["conversation"], row["place"] = kept.id, place
    try:
        append_line(path, json.dumps(row, ensure_ascii=True))
    except OSError as error:
        raise ConversationError(
            f"What you think could not be saved: {error.strerror or error}.",
            f"Mind free disk space and the permissions of {path.parent}.",
        ) from error


def feedback_row(answer: Answer, rating: str, comment: str) -> dict[str, Any]:
    """One line: ``understood`` is the question as it stands alone, quotes are with offsets."""
    return {
        "time": datetime.now(UTC).isoformat(timespec="seconds"),
        "rating": rating,
        "comment": " ".join(comment.split())[:COMMENT_CHARACTERS],
        "question": answer.question,
        "understood": answer.understood,
        "status": answer.status.value,
        "reason": answer.reason.value if answer.reason else None,
        "answer": answer.text,
        "short_answer": answer.short_answer,
        "confidence": round(float(answer.confidence), 6),
        "citations": [citation_to_dict(citation) for citation in answer.citations],
        "fingerprint": answer.fingerprint,
    }
