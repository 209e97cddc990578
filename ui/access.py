"""Who may use the served chat: the rules, the sessions of those who gave the password."""

from __future__ import annotations

import hashlib
import hmac
import secrets
import time
from collections import deque
from collections.abc import Mapping
from dataclasses import dataclass

from rag.config import Config
from rag.errors import FootnoteError

SESSION_SECONDS = 12 * 3600
SESSION_COOKIE = "footnote_session"
READER_COOKIE = "footnote_reader"
# Wrong passwords of one address within a minute before it has to wait.
ATTEMPTS = 10
ATTEMPTS_SECONDS = 60.0
# Addresses whose wrong passwords are remembered; beyond, the oldest are forgotten.
ADDRESSES = 1000
LOOPBACK = frozenset({"127.0.0.1", "localhost", "::1", "[::1]"})
OWNER_OF_THIS_MACHINE = "local"


@dataclass(frozen=True, slots=True)
class Rules:
    """Who may use the chat.

    ``private``: each browser has conversations of its own; without it the chat is one person's,
    on one machine. ``any_host``: the chat answers under whatever name it is called.
    """

    password: str = ""
    root_path: str = ""
    private: bool = False
    any_host: bool = False


def rules_for(config: Config, *, no_password: bool = False) -> Rules:
    """The rules a configuration asks for.

    Raises ``FootnoteError`` where others could reach the chat without a password, unless that
    was said to be meant.
    """
    local = config.host in LOOPBACK
    if not local and not config.password and not no_password:
        raise FootnoteError(
            f"Everyone who can reach {config.host} could read the articles: there is no password.",
            "Set FOOTNOTE_PASSWORD, or say --no-password.",
        )
    shared = not local or bool(config.password) or no_password
    return Rules(config.password, config.root_path, private=shared, any_host=shared)


def owner_of(jar: Mapping[str, str], rules: Rules) -> str:
    """Whose conversations a request is about, by its cookies; empty for nobody's."""
    if not rules.private:
        return OWNER_OF_THIS_MACHINE
    reader = jar.get(READER_COOKIE, "")
    return hashlib.sha256(reader.encode()).hexdigest()[:32] if reader else ""


class Sessions:
    """Tokens of those who gave the password: signed, so that none need be kept.

    The key is made at start: a restart, like a new password, ends every session.
    """

    def __init__(self, seconds: float = SESSION_SECONDS) -> None:
        self._key = secrets.token_bytes(32)
        self._seconds = seconds

    def begin(self) -> str:
        """A new token."""
        ends = str(int(time.time() + self._seconds))
        return f"{ends}.{self._signature(ends)}"

    def holds(self, token: str) -> bool:
        """Whether a token is ours and has not ended."""
        ends, _, signature = token.partition(".")
        if not hmac.compare_digest(signature.encode(), self._signature(ends).encode()):
            return False
        return time.time() < int(ends)

    def _signature(self, ends: str) -> str:
        return hmac.new(self._key, ends.encode(), hashlib.sha256).hexdigest()


class Password:
    """The one password, and how often an address has been wrong about it."""

    def __init__(self, password: str) -> None:
        self._digest = hashlib.sha256(password.encode()).digest()
        self._wrong: dict[str, deque[float]] = {}

    def is_right(self, given: str, client: str) -> bool:
        """Compare in constant time, digests so that not even the length shows."""
        digest = hashlib.sha256(given.encode("utf-8", "surrogatepass")).digest()
        if hmac.compare_digest(digest, self._digest):
            return True
        while len(self._wrong) >= ADDRESSES:
            self._wrong.pop(next(iter(self._wrong)))
        self._wrong.setdefault(client, deque(maxlen=ATTEMPTS)).append(time.monotonic())
        return False

    def must_wait(self, client: str) -> bool:
        """Whether an address was wrong too often just now, and is not to be listened to."""
        wrong = self._wrong.get(client, ())
        recent = [when for when in wrong if time.monotonic() - when < ATTEMPTS_SECONDS]
        return len(recent) >= ATTEMPTS
