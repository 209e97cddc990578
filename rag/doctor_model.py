"""What ``footnote doctor`` finds of the language model: it asks for a few words, and tells."""

from __future__ import annotations

import time
from collections.abc import Iterator

from rag.config import KEY_VARIABLE, Config
from rag.endpoint import Endpoint
from rag.endpoint_errors import told
from rag.errors import LanguageModelError
from rag.health import Check, State
from rag.language_model import Limits, Prompt
from rag.open_model import ADDRESSES, is_local, open_endpoint

NAME = "llm"
TRIED = Limits(seconds=30.0, tokens=16)
PROMPT = Prompt("Answer in one word.", "Say: ready")
# A reader waits so long for the first words; a draft of fifty tokens takes a few times as long.
SLOW_SECONDS = 10.0
LIST_SECONDS = 10.0
MOST_LISTED = 12


def check_model(config: Config) -> Iterator[Check]:
    """Nothing where no model is set; raises ``FootnoteError`` for a setting that does not hold."""
    if not config.llm and config.llm_url:
        listed = _models(Endpoint("", config.llm_url))
        found = f"llm_url is set, and no model: nothing drafts.{listed}"
        yield Check(NAME, State.WARN, found, "Set llm, or add --llm MODEL.")
    if config.llm:
        yield _tried(config, open_endpoint(config))


def _tried(config: Config, endpoint: Endpoint) -> Check:
    began = time.monotonic()
    try:
        said = "".join(piece.text for piece in endpoint.stream(PROMPT, TRIED))
    except LanguageModelError as error:
        listed = "" if is_local(config) else _models(endpoint)
        mend = error.mend if listed else _addresses(error.mend, config)
        return Check(NAME, State.FAIL, f"{error.wrong}{listed}", mend)
    seconds = time.monotonic() - began
    if not said.strip():
        return Check(
            NAME,
            State.FAIL,
            f"{endpoint.name} answers with nothing.",
            "Choose a model for chat: a base model or an embedder writes no answers.",
        )
    found = f"{endpoint.name} answers in {seconds:.1f} s"
    if seconds > SLOW_SECONDS:
        return Check(NAME, State.WARN, f"{found}: slow.", "Choose a smaller model.")
    return Check(NAME, State.OK, found)


def _models(endpoint: Endpoint) -> str:
    """The models there are, as another sentence; empty where the endpoint does not tell."""
    try:
        names = endpoint.models(LIST_SECONDS)
    except LanguageModelError:
        return ""
    if endpoint.name in names or not names:
        return ""
    more = f" and {len(names) - MOST_LISTED} more" if len(names) > MOST_LISTED else ""
    listed = ", ".join(told(name, endpoint.key) for name in names[:MOST_LISTED])
    return f" It has {listed}{more}."


def _addresses(mend: str, config: Config) -> str:
    if is_local(config) or KEY_VARIABLE in mend:
        return mend
    return f"{mend} The usual addresses are {ADDRESSES}."
