"""The gate before everything that is served: the page, its queue, the HTTP API, uploads, MCP.

ASGI middleware. It asks for the password, turns away what other web sites send, and names
browsers, so that each has conversations of its own. Programs give the password as
``Authorization: Bearer PASSWORD``.
"""

from __future__ import annotations

import json
import secrets
from http import cookies
from typing import TYPE_CHECKING
from urllib.parse import parse_qs

from ui.access import (
    LOOPBACK,
    READER_COOKIE,
    SESSION_COOKIE,
    SESSION_SECONDS,
    Password,
    Rules,
    Sessions,
)
from ui.login import login_html

if TYPE_CHECKING:
    from starlette.types import ASGIApp, Message, Receive, Scope, Send

READER_SECONDS = 365 * 24 * 3600
LOGIN = "/footnote/login"
LOGOUT = "/footnote/logout"
# Gradio asks this of its own server before it is up; it tells nothing of the articles.
_OPEN = frozenset({"/gradio_api/startup-events", "/favicon.ico"})
# Gradio's own ways to put files on this machine. Nothing here needs them: uploads have a route of
# their own, into the articles' folder.
_CLOSED = ("/gradio_api/upload", "/gradio_api/vibe-", "/gradio_api/process_recording")
_SAFE_METHODS = frozenset({"GET", "HEAD", "OPTIONS"})
# Of a browser that says where a request comes from (Sec-Fetch-Site).
_OWN_REQUESTS = frozenset({"", "same-origin", "none"})
_LONGEST_FORM = 4096


class Gate:
    """Lets pass who may; the rest get a login page, or a typed refusal where they are programs."""

    def __init__(self, app: ASGIApp, rules: Rules, sessions: Sessions | None = None) -> None:
        self._app = app
        self._rules = rules
        self._sessions = sessions or Sessions()
        self._password = Password(rules.password)

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Judge one request."""
        if scope["type"] not in ("http", "websocket"):
            await self._app(scope, receive, send)
            return
        scope = self._without_prefix(scope)
        request = _Request(scope)
        refusal = self._refusal(request)
        if refusal:
            await _answer_json(send, 403, *refusal)
        elif request.path == LOGIN and self._rules.password:
            await self._login(request, receive, send)
        elif request.path == LOGOUT:
            await _redirect(send, self._at("/"), _cookie(SESSION_COOKIE, "", 0, self._at("/")))
        elif request.path in _OPEN or self._may(request):
            await self._app(scope, receive, self._naming(request, send))
        elif request.wants_page:
            asked = request.query("c")
            await _redirect(send, self._at(LOGIN) + (f"?c={asked}" if asked.isalnum() else ""))
        else:
            wrong, mend = "A password is needed.", "Send it as Authorization: Bearer PASSWORD."
            await _answer_json(send, 401, wrong, mend, (b"www-authenticate", b"Bearer"))

    # --- who may

    def _may(self, request: _Request) -> bool:
        if not self._rules.password:
            return True
        if self._sessions.holds(request.cookies.get(SESSION_COOKIE, "")):
            return True
        kind, _, given = request.header("authorization").partition(" ")
        if kind.lower() != "bearer" or self._password.must_wait(request.client):
            return False
        return self._password.is_right(given, request.client)

    def _refusal(self, request: _Request) -> tuple[str, str] | None:
        """Why a request is not even looked at: it is another web site's."""
        if not self._rules.any_host and request.is_from_elsewhere:
            return (
                "This chat is for the machine it runs on.",
                "Set FOOTNOTE_PASSWORD, or say --no-password, to serve it under other names.",
            )
        if request.method not in _SAFE_METHODS and (
            request.header("sec-fetch-site") not in _OWN_REQUESTS
        ):
            return "Another web site sent this.", "Open the chat itself."
        if request.path.startswith(_CLOSED):
            return "Nothing is uploaded this way.", "Use the chat's Articles tab."
        return None

    # --- login

    async def _login(self, request: _Request, receive: Receive, send: Send) -> None:
        asked = request.query("c")
        asked = asked if asked.isalnum() else ""
        if request.method != "POST":
            await _answer_page(send, 200, login_html(self._at(LOGIN), asked))
            return
        if self._password.must_wait(request.client):
            told = "Too many wrong passwords. Wait a minute, then try again."
            await _answer_page(send, 429, login_html(self._at(LOGIN), asked, told))
            return
        form = parse_qs((await _body(receive)).decode("utf-8", "replace"))
        if not self._password.is_right(form.get("password", [""])[0], request.client):
            told = "That is not the password."
            await _answer_page(send, 401, login_html(self._at(LOGIN), asked, told))
            return
        token = self._sessions.begin()
        cookie = _cookie(
            SESSION_COOKIE, token, SESSION_SECONDS, self._at("/"), secure=request.is_secure
        )
        await _redirect(send, self._at("/") + (f"?c={asked}" if asked else ""), cookie)

    def _naming(self, request: _Request, send: Send) -> Send:
        """``send``, giving a browser that opens the page a name of its own."""
        if not self._rules.private or not request.wants_page:
            return send
        if request.cookies.get(READER_COOKIE):
            return send
        cookie = _cookie(
            READER_COOKIE,
            secrets.token_urlsafe(32),
            READER_SECONDS,
            self._at("/"),
            secure=request.is_secure,
        )

        async def send_named(message: Message) -> None:
            if message["type"] == "http.response.start":
                message["headers"] = [*message.get("headers", []), cookie]
            await send(message)

        return send_named

    # --- the path that a proxy puts before ours

    def _at(self, path: str) -> str:
        return f"{self._rules.root_path}{path}"

    def _without_prefix(self, scope: Scope) -> Scope:
        """A proxy may or may not take its prefix off: from here on it is off."""
        prefix = self._rules.root_path
        path = scope["path"]
        if not prefix or not (path == prefix or path.startswith(f"{prefix}/")):
            return scope
        rest = path[len(prefix) :] or "/"
        return {**scope, "path": rest, "raw_path": rest.encode()}


class _Request:
    """What the gate looks at."""

    def __init__(self, scope: Scope) -> None:
        self.path: str = scope["path"]
        self.method: str = scope.get("method", "GET")
        self.client: str = (scope.get("client") or ("",))[0]
        self._scope = scope
        self._headers = {name.decode().lower(): value for name, value in scope["headers"]}
        jar = cookies.SimpleCookie()
        try:
            jar.load(self.header("cookie"))
        except cookies.CookieError:
            jar.clear()
        self.cookies = {name: morsel.value for name, morsel in jar.items()}

    def header(self, name: str) -> str:
        return self._headers.get(name, b"").decode("latin-1")

    def query(self, name: str) -> str:
        fields = parse_qs(self._scope.get("query_string", b"").decode("latin-1"))
        return fields.get(name, [""])[0]

    @property
    def host(self) -> str:
        """The name that the chat was called by, without the port."""
        name = self.header("host")
        return name if name.endswith("]") else name.rpartition(":")[0] or name

    @property
    def is_from_elsewhere(self) -> bool:
        """Whether it came through a proxy or by a name that is not this machine's own.

        A name that leads to this machine may belong to anyone (DNS rebinding).
        """
        forwarded = ("forwarded", "x-forwarded-for", "x-forwarded-host")
        return self.host not in LOOPBACK or any(self.header(name) for name in forwarded)

    @property
    def is_secure(self) -> bool:
        return "https" in (self._scope.get("scheme"), self.header("x-forwarded-proto"))

    @property
    def wants_page(self) -> bool:
        """Whether a person's browser asks for a page, and not a program for data."""
        return self.method in ("GET", "HEAD") and (
            "text/html" in self.header("accept") or self.path == "/"
        )


Header = tuple[bytes, bytes]


def _cookie(name: str, value: str, seconds: int, path: str, *, secure: bool = False) -> Header:
    # Lax, so that a link from elsewhere still opens the chat; what changes anything is a POST,
    # with which it is not sent.
    attributes = f"Path={path}; Max-Age={seconds}; HttpOnly; SameSite=Lax"
    return b"set-cookie", f"{name}={value}; {attributes}{'; Secure' if secure else ''}".encode()


async def _body(receive: Receive) -> bytes:
    data, more = b"", True
    while more and len(data) < _LONGEST_FORM:
        message = await receive()
        data += message.get("body", b"")
        more = message.get("more_body", False)
    return data


async def _redirect(send: Send, address: str, *headers: Header) -> None:
    await _answer(send, 303, b"", (b"location", address.encode()), *headers)


async def _answer_page(send: Send, status: int, page: str) -> None:
    await _answer(send, status, page.encode(), (b"content-type", b"text/html; charset=utf-8"))


async def _answer_json(send: Send, status: int, wrong: str, mend: str, *headers: Header) -> None:
    body = json.dumps({"status": "error", "message": wrong, "mend": mend}).encode()
    await _answer(send, status, body, (b"content-type", b"application/json"), *headers)


async def _answer(send: Send, status: int, body: bytes, *headers: Header) -> None:
    own = [(b"content-length", str(len(body)).encode()), (b"cache-control", b"no-store")]
    await send({"type": "http.response.start", "status": status, "headers": [*headers, *own]})
    await send({"type": "http.response.body", "body": body})
