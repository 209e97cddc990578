"""What the chat's server has besides the page: the HTTP API, uploads, exports and MCP."""

from __future__ import annotations

import json
import logging
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager
from typing import TYPE_CHECKING, Any

from starlette.concurrency import run_in_threadpool
from starlette.requests import ClientDisconnect, Request
from starlette.responses import JSONResponse, PlainTextResponse, Response
from starlette.routing import BaseRoute, Route

from rag.errors import FootnoteError, QuestionError
from ui.articles import Library
from ui.conversations import ConversationError
from ui.exporting import MEDIA_TYPES, export, file_name
from ui.keeping import Keeper
from ui.mcp_server import build_mcp
from ui.tools import Tools

if TYPE_CHECKING:
    from mcp.server import MCPServer

UPLOAD = "/footnote/upload"
EXPORT = "/footnote/export/{conversation}.{form}"
API = "/footnote/api"
MCP = "/mcp"
# A browser sends this header to another site only after asking it, and we do not allow it.
UPLOAD_HEADER = "x-footnote"
_LONGEST_BODY = 256 * 1024
_SANDBOX = {
    "content-security-policy": "sandbox; default-src 'none'; style-src 'unsafe-inline'",
    "cache-control": "no-store",
}

_log = logging.getLogger(__name__)


def api_routes(tools: Tools) -> list[BaseRoute]:
    """``POST /footnote/api/ask`` and ``search``, ``GET /footnote/api/article``: plain JSON."""

    async def ask(request: Request) -> Response:
        body = await _body(request)
        question, history = body.get("question", ""), body.get("history") or ()
        return await _told(lambda: tools.ask(question, history, body.get("filters")))

    async def search(request: Request) -> Response:
        body = await _body(request)
        question, limit = body.get("question", ""), body.get("limit", 10)
        return await _told(lambda: tools.search(question, limit, body.get("filters")))

    async def article(request: Request) -> Response:
        doc_id, start = request.query_params.get("doc_id", ""), request.query_params.get("start")
        return await _told(
            lambda: tools.read_article(doc_id, int(start) if (start or "").isdecimal() else 0)
        )

    return [
        Route(f"{API}/ask", _guarded(ask), methods=["POST"]),
        Route(f"{API}/search", _guarded(search), methods=["POST"]),
        Route(f"{API}/article", _guarded(article)),
    ]


def export_route(keeper: Keeper) -> Route:
    """``GET /footnote/export/ID.md?place=0``: a conversation of the asking browser as a file."""

    def serve(request: Request) -> Response:
        form = request.path_params["form"]
        place = request.query_params.get("place", "")
        store = keeper.store(request.cookies)
        try:
            if store is None or form not in MEDIA_TYPES:
                raise KeyError(form)
            kept = store.load(request.path_params["conversation"])
            at = int(place) if place.isdecimal() else None
            text, name = export(kept, form, at), file_name(kept, form, at)
        except (ConversationError, KeyError, IndexError):
            return PlainTextResponse("There is no such conversation.", status_code=404)
        headers = {**_SANDBOX, "content-disposition": f'attachment; filename="{name}"'}
        return Response(
            text.encode("utf-8", "replace"),
            media_type=f"{MEDIA_TYPES[form]}; charset=utf-8",
            headers=headers,
        )

    return Route(EXPORT, serve)


def upload_route(library: Library) -> Route:
    """``POST /footnote/upload?name=NAME`` with the file's bytes as the body."""

    async def take(request: Request) -> Response:
        if UPLOAD_HEADER not in request.headers:
            return _error(QuestionError("This is no upload of ours.", "Use the Articles tab."))
        with library.upload(request.query_params.get("name", "")) as file:
            async for data in request.stream():
                await run_in_threadpool(file.write, data)
            return JSONResponse({"status": "uploaded", "name": file.keep()})

    return Route(UPLOAD, _guarded(take), methods=["POST"])


def mcp_route(tools: Tools) -> tuple[BaseRoute, Callable[[Any], Any]]:
    """The MCP server's route, and the lifespan that it needs the application to have.

    It keeps no sessions, so that any proxy will do; hosts and origins are the gate's business.
    """
    from mcp.server.transport_security import TransportSecuritySettings

    server: MCPServer[Any] = build_mcp(tools)
    application = server.streamable_http_app(
        streamable_http_path=MCP,
        stateless_http=True,
        json_response=True,
        transport_security=TransportSecuritySettings(enable_dns_rebinding_protection=False),
    )

    @asynccontextmanager
    async def running(_application: Any) -> AsyncIterator[None]:
        async with server.session_manager.run():
            yield

    return application.routes[0], running


def _guarded(handle: Callable[[Request], Any]) -> Callable[[Request], Any]:
    """``handle``, its errors as typed JSON, without a traceback."""

    async def guarded(request: Request) -> Response:
        try:
            response: Response = await handle(request)
        except FootnoteError as error:
            return _error(error)
        except ClientDisconnect:
            return Response(status_code=400)
        return response

    return guarded


async def _told(act: Callable[[], dict[str, Any]]) -> Response:
    try:
        return JSONResponse(await run_in_threadpool(act))
    except FootnoteError:
        raise
    except Exception:  # noqa: BLE001 a program gets a typed answer all the same
        _log.exception("A request of the HTTP API failed")
        own = FootnoteError("Footnote met an error of its own.", "Its terminal tells more.")
        return _error(own, status=500)


def _error(error: FootnoteError, status: int = 400) -> Response:
    told = {"status": "error", "message": error.wrong, "mend": error.mend}
    return JSONResponse(told, status_code=status)


async def _body(request: Request) -> dict[str, Any]:
    data = b""
    async for part in request.stream():
        data += part
        if len(data) > _LONGEST_BODY:
            raise QuestionError("The request is very long.", "Send a question and few turns.")
    try:
        values = json.loads(data)
    except (ValueError, RecursionError):
        values = None
    if not isinstance(values, dict):
        raise QuestionError("The request is no JSON object.", 'Send {"question": "..."}.')
    return values
