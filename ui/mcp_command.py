"""``footnote mcp``: the engine as an MCP server on standard input and output."""

from __future__ import annotations

import argparse
import sys
from contextlib import closing, redirect_stdout

from rag import printing
from rag.config import Config

NAME = "mcp"
HELP = "serve ask, search and read_article to another program by MCP"


def configure(parser: argparse.ArgumentParser) -> None:
    """Add the command's options."""
    parser.add_argument(
        "--no-sync", action="store_true", help="serve the index as it is, without a sync"
    )


def run(config: Config, args: argparse.Namespace) -> int:
    """Sync, then serve until the program at the other end closes standard input.

    Standard output is the protocol's: whatever else is printed goes to standard error.
    """
    import anyio

    from rag.engine import QueryEngine
    from ui.mcp_server import build_mcp
    from ui.tools import Tools
    from ui.waiting import QUESTIONS_AT_ONCE, Line

    with closing(QueryEngine.open(config)) as engine:
        if not args.no_sync:
            with redirect_stdout(sys.stderr), printing.stage_bars() as move:
                report = engine.sync(on_progress=move)
            for problem in report.problems:
                printing.note(f"{problem.source} was left out: {problem.reason}")
        server = build_mcp(Tools(engine, Line(QUESTIONS_AT_ONCE)))
        anyio.run(server.run_stdio_async)
    return 0
