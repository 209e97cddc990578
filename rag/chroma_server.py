"""Speaking with a Chroma server: every call bounded in time, every failure in two parts.

Takes half a second to import: import it late.
"""

from __future__ import annotations

import os
import time
from collections.abc import Callable
from dataclasses import dataclass
from typing import TypeVar
from urllib.parse import urlsplit

import httpx
from chromadb.api import ClientAPI
from chromadb.api.client import Client
from chromadb.api.fastapi import FastAPI
from chromadb.api.models.Collection import Collection
from chromadb.config import DEFAULT_DATABASE, DEFAULT_TENANT, Settings, System
from chromadb.errors import ChromaError, NotFoundError

from rag.chroma import EF_SEARCH
from rag.config import CHROMA_TOKEN_VARIABLE
from rag.errors import ArticleIndexError, ConfigError

# Chroma's own client waits for ever. A query takes milliseconds; storing a batch, seconds.
ANSWER_SECONDS = 30.0
CONNECT_SECONDS = 5.0
# How long a server that is being restarted is waited for.
RESTART_SECONDS = 10.0
PAUSE_SECONDS = 0.2
_REFUSALS = (401, 403)
# What proxies say of a server that is not there.
_ABSENT = (502, 503, 504)
_LOOPBACK = ("127.0.0.1", "localhost", "::1")

Result = TypeVar("Result")


class _AbsentError(Exception):
    """A proxy answered in place of the server."""


@dataclass(frozen=True, slots=True)
class Patience:
    """Seconds for an answer, and for a server to come back."""

    answer: float = ANSWER_SECONDS
    restart: float = RESTART_SECONDS


class _BoundedClient(Client):
    """Chroma's client over the connection that we made.

    Its own constructor makes another one, which waits for ever and asks at once.
    """

    def __init__(self, server: FastAPI) -> None:
        self._server = server
        self.tenant, self.database = DEFAULT_TENANT, DEFAULT_DATABASE
        self._closed = True  # nothing shared with other clients that would have to be released


class ChromaServer:
    """A server at an address like ``http://host:port``; connects when it is first asked.

    The token, if there is one in the environment, is sent with every request as ``Authorization``
    and ``X-Chroma-Token``, and no message holds it. Every method raises ``ArticleIndexError``
    when the server does not answer, refuses, or cannot be reached for ``patience.restart``.
    """

    def __init__(self, address: str, patience: Patience | None = None) -> None:
        """Raises ``ConfigError`` for a token that would travel unencrypted over a network."""
        self.address = address
        self._patience = patience or Patience()
        self._headers = _headers(address)
        self._client: ClientAPI | None = None
        self._session: httpx.Client | None = None

    def ask(self, call: Callable[[ClientAPI], Result]) -> Result:
        """What ``call`` returns; it is made again when the server went away, so it must bear that.

        Raises ``NotFoundError`` as Chroma does, and nothing else but ``ArticleIndexError``.
        """
        deadline = time.monotonic() + self._patience.restart
        while True:
            try:
                return call(self._connected())
            except NotFoundError:
                raise
            except ArticleIndexError:
                self.close()
                raise
            except httpx.TimeoutException as error:
                self.close()
                raise self._silent(error) from None
            except (httpx.TransportError, _AbsentError) as error:
                self.close()
                if time.monotonic() >= deadline:
                    raise self._unreachable(error) from None
                time.sleep(PAUSE_SECONDS)
            except Exception as error:  # noqa: BLE001 - Chroma raises bare ones for odd replies
                self.close()
                raise self._odd(error) from None

    def close(self) -> None:
        """Let go of the connection; the next call makes another."""
        if self._session is not None:
            self._session.close()
        self._client = self._session = None

    def version(self) -> str:
        """The version that the server tells."""
        return str(self.ask(lambda client: client.get_version()))

    def _connected(self) -> ClientAPI:
        if self._client is None:
            self._client = self._connect()
        return self._client

    def _connect(self) -> ClientAPI:
        parts = urlsplit(self.address)
        tls = parts.scheme == "https"
        settings = Settings(
            anonymized_telemetry=False,
            chroma_api_impl="chromadb.api.fastapi.FastAPI",
            chroma_server_host=parts.hostname,
            chroma_server_http_port=parts.port or (443 if tls else 80),
            chroma_server_ssl_enabled=tls,
            chroma_server_headers=dict(self._headers),
        )
        system = System(settings)
        server = system.instance(FastAPI)
        # Chroma offers no setting for either.
        self.close()
        self._session = server._session
        server._session.timeout = httpx.Timeout(self._patience.answer, connect=CONNECT_SECONDS)
        server._session.event_hooks = {"response": [self._look]}
        system.start()
        server.get_database(DEFAULT_DATABASE, DEFAULT_TENANT)
        return _BoundedClient(server)

    def _look(self, response: httpx.Response) -> None:
        if response.status_code in _REFUSALS:
            raise ArticleIndexError(
                f"The Chroma server at {self.address} refused access ({response.status_code}).",
                f"Set its token in the environment variable {CHROMA_TOKEN_VARIABLE}.",
            )
        if response.status_code in _ABSENT:
            raise _AbsentError(f"a proxy answered {response.status_code}")

    def _silent(self, error: Exception) -> ArticleIndexError:
        if isinstance(error, httpx.ConnectTimeout):
            return self._unreachable(error)
        return ArticleIndexError(
            f"The Chroma server at {self.address} did not answer within"
            f" {self._patience.answer:g} s.",
            "Look whether it is overloaded, then ask again.",
        )

    def _unreachable(self, error: Exception) -> ArticleIndexError:
        return ArticleIndexError(
            f"The Chroma server at {self.address} cannot be reached: {_told(error)}.",
            "Start it, or leave --chroma out: the same articles are then searched without it.",
        )

    def _odd(self, error: Exception) -> ArticleIndexError:
        return ArticleIndexError(
            f"The Chroma server at {self.address} did not do what was asked: {_told(error)}.",
            "Look at its log, and whether a Chroma of version 1.5 or newer listens there.",
        )


def create_collection(client: ClientAPI, name: str) -> Collection:
    """An empty collection of the kind that we search, in place of one that was left over."""
    return client.create_collection(
        name,
        configuration={"hnsw": {"space": "cosine", "ef_search": EF_SEARCH}},
        embedding_function=None,
        get_or_create=True,
    )


def has_sparse_index(server: ChromaServer, name: str) -> bool:
    """Whether the engine keeps a sparse index of its own, found out by asking for one.

    Chroma's local engine, which ``chroma run`` serves, says that it does not; its distributed
    and cloud engines say that they do. ``name`` is that of a collection made and deleted again.
    """
    from chromadb import Schema, SparseVectorIndexConfig

    schema = Schema().create_index(config=SparseVectorIndexConfig(), key="terms")

    def attempt(client: ClientAPI) -> bool:
        try:
            client.create_collection(name, schema=schema, embedding_function=None)
        except (ChromaError, ValueError):
            return False
        client.delete_collection(name)
        return True

    return server.ask(attempt)


def _headers(address: str) -> dict[str, str]:
    token = os.environ.get(CHROMA_TOKEN_VARIABLE, "")
    if not token:
        return {}
    if not (token.isascii() and token.isprintable() and " " not in token):
        raise ConfigError(
            f"The token in {CHROMA_TOKEN_VARIABLE} holds characters that no header may have.",
            "Set it to the token alone, without quotes, spaces or line breaks.",
        )
    parts = urlsplit(address)
    if parts.scheme != "https" and parts.hostname not in _LOOPBACK:
        raise ConfigError(
            f"The token in {CHROMA_TOKEN_VARIABLE} would go unencrypted to {address}.",
            "Use an address with https, or unset the token.",
        )
    return {"Authorization": f"Bearer {token}", "X-Chroma-Token": token}


def _told(error: Exception) -> str:
    """The first line of an error, short: a server's page of HTML is no message."""
    lines = str(error).strip().splitlines()
    return (lines[0][:200] if lines else type(error).__name__).rstrip(".")
