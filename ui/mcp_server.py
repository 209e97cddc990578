"""The engine as an MCP server: ``ask``, ``search`` and ``read_article`` for other programs' models.

Over standard input and output by ``footnote mcp``, and over HTTP beside the chat.
"""

from __future__ import annotations

import logging
from collections.abc import Callable
from typing import TYPE_CHECKING, Any

from rag.errors import FootnoteError
from ui.tools import Restriction, Tools

if TYPE_CHECKING:
    from mcp.server import MCPServer

NAME = "footnote"
INSTRUCTIONS = (
    "Answers questions from one collection of news articles, and only from them. Every sentence "
    "of an answer is quoted from an article: cite it by its citations (doc_id, start, end). When "
    "status is 'abstained' the articles do not hold the answer: say so, and do not fill it in."
)

_log = logging.getLogger(__name__)


def build_mcp(tools: Tools) -> MCPServer[Any]:
    """The server, ready to be run or mounted."""
    from mcp.server import MCPServer
    from mcp_types import ToolAnnotations

    server: MCPServer[Any] = MCPServer(NAME, instructions=INSTRUCTIONS, log_level="CRITICAL")
    reading = ToolAnnotations(
        read_only_hint=True, destructive_hint=False, idempotent_hint=True, open_world_hint=False
    )

    @server.tool(annotations=reading)
    def ask(
        question: str,
        history: list[dict[str, str]] | None = None,
        filters: Restriction | None = None,
    ) -> dict[str, Any]:
        """Answer a question from the articles, each sentence quoted with its footnote.

        Look at `status`: 'answered' has `sentences` with `citations` (article.text[start:end] is
        the quote); 'abstained' has a `reason` and a `message`: the articles do not say.
        `history` holds earlier turns as {"question", "answer"}, oldest first, for follow-ups.
        `filters` asks only some articles: {"since", "until", "outlets", "articles"}, dates as
        2021-03-04, 2021-03 or 2021, articles as doc_ids or parts of titles.
        """
        return _told(lambda: tools.ask(question, history or (), filters))

    @server.tool(annotations=reading)
    def search(
        question: str, limit: int = 10, filters: Restriction | None = None
    ) -> dict[str, Any]:
        """Find the passages nearest to a question, best first, with doc_id, offsets and scores.

        `filters` as for `ask`.
        """
        return _told(lambda: tools.search(question, limit, filters))

    @server.tool(annotations=reading)
    def read_article(doc_id: str, start: int = 0) -> dict[str, Any]:
        """Read an article by the doc_id of an answer or a search; go on at `next_start`."""
        return _told(lambda: tools.read_article(doc_id, start))

    return server


def _told(act: Callable[[], dict[str, Any]]) -> dict[str, Any]:
    """What ``act`` gives; its errors as MCP errors, without a traceback."""
    from mcp.server.mcpserver.exceptions import ToolError

    try:
        return act()
    except FootnoteError as error:
        raise ToolError(str(error)) from error
    except Exception as error:
        _log.exception("A tool of the MCP server failed")
        raise ToolError("Footnote met an error of its own; its own log tells more.") from error
