"""What an answerer may return, and the row that each of it becomes."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from eval.rows import answer_row
from rag.sentences import split_sentences
from rag.values import Answer, Status

# An answer with everything; a dict in the row format (``eval.rows``); or only the text.
Reply = Answer | Mapping[str, Any] | str | None


def reply_row(name: str, reply: Reply) -> dict[str, Any]:
    """The row of a reply to question ``name``; raises ``TypeError`` for a reply of another kind.

    A text is an answer without citations, and a blank text, or None, a refusal. A dict may leave
    out what it does not know: without ``status`` it is an answer if it says anything, without
    ``answer`` its sentences are the answer, without ``sentences`` the answer's are, uncited.
    """
    if isinstance(reply, Answer):
        return answer_row(name, reply)
    if reply is None or isinstance(reply, str):
        return _completed(name, {"answer": reply or ""})
    if isinstance(reply, Mapping):
        return _completed(name, reply)
    raise TypeError(
        "the answerer must return an Answer, a dict in the format of a row, a text or None, "
        f"not {type(reply).__name__}"
    )


def _completed(name: str, known: Mapping[str, Any]) -> dict[str, Any]:
    said = str(known.get("answer") or "").strip()
    sentences = known.get("sentences")
    if sentences is None:
        sentences = [{"text": span.of(said), "citations": []} for span in split_sentences(said)]
    answered = bool(said or sentences)
    return {
        "status": (Status.ANSWERED if answered else Status.ABSTAINED).value,
        "short_answer": "",
        "confidence": 0.0,
        "retrieved": [],
        "timing_ms": {},
        **known,
        "_id": name,
        "answer": said or _joined(sentences),
        "sentences": sentences,
    }


def _joined(sentences: Any) -> str:
    """Their texts; sentences of another shape are left to the reading of the row to refuse."""
    if not isinstance(sentences, list):
        return ""
    return " ".join(str(one.get("text") or "") for one in sentences if isinstance(one, Mapping))
