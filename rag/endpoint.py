"""Any OpenAI-compatible endpoint as a language model: one request, bounded in every way.

The client is OpenAI's own library, kept on a short leash: it reads no variable of the environment
that is not ours, sends no telemetry in its headers, follows no redirect, and retries only as said
here. The key is read from the environment when a request is made, and held nowhere.
"""

from __future__ import annotations

import asyncio
import os
from collections.abc import AsyncIterator, Iterator
from contextlib import closing
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any
from urllib.parse import urlsplit

from rag.background import read_task
from rag.config import KEY_VARIABLE
from rag.endpoint_errors import explain, message_of, redact
from rag.errors import LanguageModelError
from rag.language_model import Limits, Piece, Prompt

if TYPE_CHECKING:
    from openai import APIStatusError, AsyncOpenAI

# A request that failed for a moment (429, 5xx, a connection refused) is made once more, and not
# when the endpoint asks to wait longer than a reader would.
ATTEMPTS = 2
LONGEST_PAUSE = 5.0
SHORTEST_PAUSE = 0.5
PASSING_STATUSES = frozenset({408, 409, 429, 500, 502, 503, 504})
CONNECT_SECONDS = 10.0
# Of a stream of a few hundred tokens, each in an event of some hundred bytes: what is longer is
# no answer.
LARGEST_REPLY_BYTES = 8 << 20

# Without a key the library refuses to start, and endpoints that want none ignore it.
NO_KEY = "none"
_LOOPBACK = frozenset({"localhost", "127.0.0.1", "::1"})
# What a request may carry. The library would add the system, the versions and the organisation.
_HEADERS = frozenset(
    {"host", "accept", "accept-encoding", "connection", "content-type", "content-length"}
)


class Secret:
    """A text that no print, log or comparison shows."""

    __slots__ = ("text",)

    def __init__(self, text: str) -> None:
        self.text = text

    def __repr__(self) -> str:
        return "Secret(...)"


@dataclass(frozen=True, slots=True)
class Endpoint:
    """The model ``name`` at ``url``.

    ``own_key`` is that of a server of our own, which serves ``file``; without it the key comes
    from the environment.
    """

    name: str
    url: str
    own_key: Secret | None = None
    file: Path | None = None

    @property
    def identity(self) -> str:
        """Its name, and its address or file: a server of our own has another port each time."""
        return f"{self.name} at {self.file or self.url}"

    @property
    def key(self) -> str:
        """The key that requests carry; empty for none."""
        return self.own_key.text if self.own_key else os.environ.get(KEY_VARIABLE, "").strip()

    def stream(self, prompt: Prompt, limits: Limits) -> Iterator[Piece]:
        """See ``LanguageModel.stream``."""
        key = self.key
        written = 0
        finish = ""
        request = read_task(lambda: _request(self, key, prompt, limits), limits.seconds, Piece())
        try:
            with closing(request) as pieces:
                for piece in pieces:
                    written += len(piece.text)
                    finish = finish or piece.finish
                    yield piece
                    if written > limits.characters:
                        yield Piece(finish="length")
                        return
        except Exception as error:  # noqa: BLE001 - whatever came, it is no answer
            raise explain(error, self.url, self.name, key) from None
        if not finish:
            raise LanguageModelError(
                f"What the endpoint {self.url} sent broke off, or is not what an "
                "OpenAI-compatible one sends.",
                "Check llm_url: it mostly ends in /v1.",
            )

    def models(self, seconds: float) -> list[str]:
        """The names of the models that the endpoint has; raises ``LanguageModelError``."""
        key = self.key
        try:
            return sorted(read_task(lambda: _list_models(self, key), seconds))
        except Exception as error:  # noqa: BLE001 - whatever came, it is no answer
            raise explain(error, self.url, self.name, key) from None


async def _list_models(endpoint: Endpoint, key: str) -> AsyncIterator[str]:
    async with _client(endpoint.url, key) as client:
        found = await client.models.list()
        for model in found.data or ():
            if isinstance(model.id, str):
                yield redact(model.id, key)


async def _request(
    endpoint: Endpoint, key: str, prompt: Prompt, limits: Limits
) -> AsyncIterator[Piece]:
    async with _client(endpoint.url, key) as client:
        stream = await _opened(client, _parameters(endpoint.name, prompt, limits))
        async with stream:
            async for event in stream:
                piece = _piece(event, key)
                if piece != Piece():
                    yield piece


def _parameters(model: str, prompt: Prompt, limits: Limits) -> dict[str, Any]:
    return {
        "model": model,
        "messages": [
            {"role": "system", "content": prompt.system},
            {"role": "user", "content": prompt.user},
        ],
        "stream": True,
        "stream_options": {"include_usage": True},
        "temperature": 0,
        "max_tokens": limits.tokens,
    }


async def _opened(client: AsyncOpenAI, parameters: dict[str, Any]) -> Any:
    """The stream of a request, after at most ``ATTEMPTS`` and after dropping what is refused."""
    import openai

    failed = 0
    while True:
        try:
            return await client.chat.completions.create(**parameters)
        except openai.APIStatusError as error:
            if error.status_code in (400, 422) and _drop_refused(parameters, message_of(error)):
                continue
            failed += 1
            pause = _pause(error)
            if error.status_code not in PASSING_STATUSES or failed == ATTEMPTS or pause is None:
                raise
        except openai.APIConnectionError as error:
            failed += 1
            pause = SHORTEST_PAUSE
            if isinstance(error, openai.APITimeoutError) or failed == ATTEMPTS:
                raise
        await asyncio.sleep(pause)


def _drop_refused(parameters: dict[str, Any], message: str) -> bool:
    """Take out the optional parameter that an endpoint refuses; False if it refuses none.

    Newer models of OpenAI take no temperature, and want the limit under another name; some
    endpoints count no tokens of a stream.
    """
    if "max_tokens" in message and "max_tokens" in parameters:
        parameters["max_completion_tokens"] = parameters.pop("max_tokens")
        return True
    for name in ("temperature", "stream_options"):
        if name in message and name in parameters:
            del parameters[name]
            return True
    return False


def _pause(error: APIStatusError) -> float | None:
    """Seconds to wait before the next attempt, as the endpoint asks; None if that is too long."""
    asked = error.response.headers.get("retry-after", "")
    try:
        seconds = float(asked)
    except ValueError:  # a date, or nothing
        return None if asked else SHORTEST_PAUSE
    return max(SHORTEST_PAUSE, seconds) if seconds <= LONGEST_PAUSE else None


def _piece(event: Any, key: str) -> Piece:
    """One event, of which nothing is known to be as it should: the library checks no types."""
    choices = getattr(event, "choices", None)
    choice = choices[0] if isinstance(choices, list) and choices else None
    content = getattr(getattr(choice, "delta", None), "content", None)
    finish = getattr(choice, "finish_reason", None)
    usage = getattr(event, "usage", None)
    return Piece(
        text=redact(content, key) if isinstance(content, str) else "",
        finish=finish if isinstance(finish, str) else "",
        prompt_tokens=_count(usage, "prompt_tokens"),
        completion_tokens=_count(usage, "completion_tokens"),
    )


def _count(usage: Any, name: str) -> int:
    value = getattr(usage, name, 0)
    return value if isinstance(value, int) and value > 0 else 0


def _client(url: str, key: str) -> AsyncOpenAI:
    """A client for one request; the environment's variables of its library change nothing."""
    import httpx
    from openai import AsyncOpenAI

    async def strip(request: httpx.Request) -> None:
        for name in [name for name in request.headers if name.lower() not in _HEADERS]:
            del request.headers[name]
        request.headers["Authorization"] = f"Bearer {key or NO_KEY}"
        request.headers["User-Agent"] = "footnote"

    async def bound(response: httpx.Response) -> None:
        response.stream = _bounded(response.stream)

    timeout = httpx.Timeout(None, connect=CONNECT_SECONDS)
    return AsyncOpenAI(
        api_key=key or NO_KEY,
        admin_api_key="",
        organization="",
        project="",
        webhook_secret="",
        base_url=url,
        max_retries=0,
        timeout=timeout,
        http_client=httpx.AsyncClient(
            timeout=timeout,
            follow_redirects=False,
            # A proxy is for the outside: this machine is reached without one.
            trust_env=urlsplit(url).hostname not in _LOOPBACK,
            event_hooks={"request": [strip], "response": [bound]},
            headers={"Accept-Encoding": "identity"},
        ),
    )


def _bounded(stream: Any) -> Any:
    """The bytes of a reply, as far as ``LARGEST_REPLY_BYTES``."""
    import httpx

    class Bounded(httpx.AsyncByteStream):
        async def __aiter__(self) -> AsyncIterator[bytes]:
            read = 0
            async for data in stream:
                read += len(data)
                if read > LARGEST_REPLY_BYTES:
                    raise ValueError("the reply does not end")
                yield data

        async def aclose(self) -> None:
            await stream.aclose()

    return Bounded()
