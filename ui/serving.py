"""Serving the chat's page on this machine: address, port, headers, and nothing from outside."""

from __future__ import annotations

import errno
import os
import socket
from importlib.resources import as_file, files
from typing import TYPE_CHECKING, Any

import gradio as gr

from rag.errors import FootnoteError
from ui.access import Rules
from ui.app import QUESTIONS_UNDER_WAY, asset
from ui.evaluation import REPORT_ADDRESS, serve_report
from ui.gate import Gate

if TYPE_CHECKING:
    from starlette.types import ASGIApp, Message, Receive, Scope, Send

    from ui.service import Service

STYLES = (
    "footnote.css",
    "messages.css",
    "panel.css",
    "asking.css",
    "phone.css",
    "keeping.css",
    "library.css",
)

# Pages whose conversation the server holds; Gradio keeps each, also when it is closed, until there
# are more: then the one used longest ago goes, and a question asked there begins a conversation.
PAGES_KEPT = 200

# What the page may load: its own server, and what it makes itself. Gradio's page starts from
# inline scripts and compiles templates, so those two stay allowed; an address outside does not,
# whatever an article manages to put on the page.
CONTENT_SECURITY_POLICY = "; ".join(
    (
        "default-src 'self'",
        "script-src 'self' 'unsafe-inline' 'unsafe-eval'",
        "style-src 'self' 'unsafe-inline'",
        "img-src 'self' data: blob:",
        "font-src 'self' data:",
        "connect-src 'self'",
        "worker-src 'self' blob:",
        "object-src 'none'",
        "base-uri 'self'",
        "form-action 'self'",
        "frame-ancestors 'self'",
    )
)
_HEADERS = (
    (b"content-security-policy", CONTENT_SECURITY_POLICY.encode()),
    (b"referrer-policy", b"no-referrer"),
    (b"x-content-type-options", b"nosniff"),
)
_LOOPBACK_NAMES = ("127.0.0.1", "localhost", "::1")


class SecurityHeaders:
    """ASGI middleware that adds the page's security headers to every response."""

    def __init__(self, app: ASGIApp) -> None:
        self._app = app

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Pass the request on, and add the headers to what comes back."""

        async def send_with_headers(message: Message) -> None:
            if message["type"] == "http.response.start":
                message["headers"] = [*message.get("headers", []), *_HEADERS]
            await send(message)

        await self._app(scope, receive, send_with_headers)


def start(page: gr.Blocks, host: str, port: int, service: Service | None = None) -> str:
    """Serve ``page`` in the background and return its address; port 0 takes any free one.

    ``service`` brings its rules and routes; without it the chat is for this machine alone.

    Raises ``FootnoteError`` when nothing can listen there. ``page.close()`` ends it.
    """
    from starlette.middleware import Middleware
    from starlette.routing import Route

    port = _free_port(host, port)
    _keep_loopback_off_proxies()
    rules = service.rules if service else Rules()
    routes = service.routes if service else []
    lifespan = {"lifespan": service.lifespan} if service and service.lifespan else {}
    options: dict[str, Any] = {
        "theme": _theme(),
        "head": "".join(f"<style>{asset(name)}</style>" for name in STYLES),
        "root_path": rules.root_path,
        "state_session_capacity": PAGES_KEPT,
        "max_file_size": 1,  # what is uploaded goes its own way, see ui.routes
        "app_kwargs": {
            "middleware": [Middleware(SecurityHeaders), Middleware(Gate, rules=rules)],
            "routes": [Route(REPORT_ADDRESS, serve_report), *routes],
            **lifespan,
        },
    }
    with as_file(files("ui") / "assets" / "favicon.svg") as favicon:
        page.queue(default_concurrency_limit=QUESTIONS_UNDER_WAY).launch(
            server_name=host,
            server_port=port,
            share=False,
            quiet=True,
            prevent_thread_lock=True,
            inbrowser=False,
            footer_links=[],
            run_history=False,
            ssr_mode=False,
            mcp_server=False,
            pwa=False,
            enable_monitoring=False,
            favicon_path=str(favicon),
            **options,
        )
    shown = "127.0.0.1" if host in ("0.0.0.0", "::") else host  # noqa: S104 compared, not bound
    return f"http://[{shown}]:{port}" if ":" in shown else f"http://{shown}:{port}"


def _free_port(host: str, port: int) -> int:
    """``port`` if it can be listened on, or any free one for 0."""
    family = socket.AF_INET6 if ":" in host else socket.AF_INET
    try:
        with socket.socket(family, socket.SOCK_STREAM) as probe:
            probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
            probe.bind((host, port))
            return int(probe.getsockname()[1])
    except OSError as error:
        if error.errno == errno.EADDRINUSE:
            raise FootnoteError(
                f"Port {port} is in use by another program, perhaps another chat.",
                f"Add --port {port + 1 if port < 65535 else 0}, or set FOOTNOTE_PORT to it.",
            ) from error
        raise FootnoteError(
            f"The chat cannot listen on {host}, port {port}: {error.strerror or error}.",
            "Choose another address with --host (127.0.0.1 is this machine) or --port.",
        ) from error


def _keep_loopback_off_proxies() -> None:
    """Exempt this machine from an HTTP proxy: Gradio asks its own server whether it is up."""
    for name in ("NO_PROXY", "no_proxy"):
        listed = [part for part in os.environ.get(name, "").split(",") if part]
        missing = [part for part in _LOOPBACK_NAMES if part not in listed]
        os.environ[name] = ",".join([*listed, *missing])


def _theme() -> gr.themes.Base:
    """Gradio's base with fonts of the reader's system: none is loaded."""
    return gr.themes.Base(
        primary_hue="blue",
        neutral_hue="stone",
        radius_size="sm",
        font=["system-ui", "sans-serif"],
        font_mono=["ui-monospace", "monospace"],
    )
