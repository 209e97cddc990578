"""What went wrong at an endpoint, in words that help, and without the key in them."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING
from urllib.parse import quote

from rag.config import KEY_VARIABLE
from rag.errors import LanguageModelError

if TYPE_CHECKING:
    from openai import APIStatusError

# Endpoints repeat parts of a key as well ("sk-ab...yz"): a run of so many of its characters is
# taken out. Shorter ones are in ordinary words.
REDACTED_RUN = 6
REDACTED = "[key]"
# Of what an endpoint says of an error, a reader needs the first sentence.
TOLD_CHARACTERS = 200

DOCTOR = "Type: footnote doctor"

_CONTEXT = re.compile(r"context|too long|too many tokens|maximum.{0,20}length", re.IGNORECASE)
_UNPRINTABLE = re.compile(r"[\x00-\x1f\x7f-\x9f]+")


def redact(text: str, key: str) -> str:
    """``text`` without ``key``, as it is or as part of an address, and without long parts of it."""
    for secret in {key, quote(key, safe="")} - {""}:
        text = text.replace(secret, REDACTED)
    if len(key) <= REDACTED_RUN:
        return text
    runs = {key[i : i + REDACTED_RUN] for i in range(len(key) - REDACTED_RUN + 1)}
    hidden = [False] * len(text)
    for start in range(len(text) - REDACTED_RUN + 1):
        if text[start : start + REDACTED_RUN] in runs:
            hidden[start : start + REDACTED_RUN] = [True] * REDACTED_RUN
    if not any(hidden):
        return text
    told = "".join("\0" if gone else char for char, gone in zip(text, hidden, strict=True))
    return re.sub("\0+", REDACTED, told)


def explain(error: BaseException, url: str, model: str, key: str) -> LanguageModelError:
    """The error of a request for ``model`` at ``url`` as ours; ``key`` is in none of its words."""
    import openai

    if isinstance(error, LanguageModelError):
        return error
    if isinstance(error, openai.APIStatusError):
        return _of_status(error, url, model, key)
    if isinstance(error, TimeoutError | openai.APITimeoutError):
        return LanguageModelError(
            f"The endpoint {url} did not answer in time.",
            "Raise llm_seconds, or choose a smaller model.",
        )
    if isinstance(error, openai.APIConnectionError):
        return _of_connection(error, url, key)
    if isinstance(error, openai.APIError):  # an error that came inside a stream
        return LanguageModelError(
            f"The endpoint {url} broke off with an error: {told(str(error), key)}", DOCTOR
        )
    # Neither a status nor a lost connection: what came could not be read.
    return LanguageModelError(
        f"What the endpoint {url} sent is not what an OpenAI-compatible one sends "
        f"({type(error).__name__}).",
        "Check llm_url: it mostly ends in /v1.",
    )


def told(text: str, key: str) -> str:
    """What an endpoint says, short, on one line, without the key."""
    line = " ".join(_UNPRINTABLE.sub(" ", redact(text, key)).split())
    return line if len(line) <= TOLD_CHARACTERS else line[:TOLD_CHARACTERS].rstrip() + "…"


def _of_status(error: APIStatusError, url: str, model: str, key: str) -> LanguageModelError:
    status = error.status_code
    said = told(message_of(error), key)
    if status in (401, 403):
        # What it says of the key is left out: it repeats it.
        wrong = "refuses the key" if key else "wants a key"
        return LanguageModelError(
            f"The endpoint {url} {wrong} (status {status}).",
            f"Type: export {KEY_VARIABLE}=... with the key of that endpoint.",
        )
    if status == 404:
        return LanguageModelError(
            f"The endpoint {url} has no model {model!r}, or is no OpenAI-compatible one "
            f"(status 404: {said}).",
            f"{DOCTOR} (it lists the models there), and check llm_url: it mostly ends in /v1.",
        )
    if status == 429:
        return LanguageModelError(
            f"The endpoint {url} takes no more requests at present (status 429).",
            "Ask again later.",
        )
    if status in (400, 413, 422) and _CONTEXT.search(message_of(error)):
        return LanguageModelError(
            f"The quotes do not fit the context of {model} (status {status}: {said}).",
            "Lower llm_evidence_tokens, or serve the model with a larger context.",
        )
    if 300 <= status < 400:
        return LanguageModelError(
            f"The endpoint {url} sends us elsewhere, and we do not follow (status {status}).",
            "Set llm_url to the address that it sends to, if you trust it.",
        )
    return LanguageModelError(f"The endpoint {url} answered with status {status}: {said}", DOCTOR)


def message_of(error: APIStatusError) -> str:
    """What an endpoint says of an error, wherever in the body it says so."""
    body = error.body
    if isinstance(body, dict):
        inner = body.get("error", body)
        text = inner.get("message", inner) if isinstance(inner, dict) else inner
        return str(text)
    return str(body or error.message)


def _of_connection(error: BaseException, url: str, key: str) -> LanguageModelError:
    cause = error.__cause__ or error
    while cause.__cause__ or cause.__context__:
        cause = cause.__cause__ or cause.__context__ or cause
    detail = told(str(cause) or type(cause).__name__, key)
    return LanguageModelError(
        f"The endpoint {url} cannot be reached, or was lost ({detail}).",
        "Check that it runs, and that llm_url is its address.",
    )
