"""``footnote chat``: sync the articles, then serve the web chat until Ctrl-C."""

from __future__ import annotations

import argparse
import sys
import threading
from contextlib import closing
from dataclasses import replace
from typing import TYPE_CHECKING
from urllib.parse import urlsplit

from rag import printing
from rag.config import Config
from rag.doctor import is_indexed
from rag.errors import SourceError
from rag.options import add_language_model
from rag.serialising import sync_report_to_dict
from ui.access import LOOPBACK
from ui.memory import limit_arenas

if TYPE_CHECKING:
    import gradio as gr

    from rag.engine import QueryEngine
    from rag.values import SyncReport

NAME = "chat"
HELP = "serve the web chat on this machine"


def configure(parser: argparse.ArgumentParser) -> None:
    """Add the command's options. Host and port are checked with the other settings."""
    parser.add_argument("--host", help="address to listen on (default: 127.0.0.1)")
    parser.add_argument("--port", help="port to listen on, 0 for any free one (default: 7860)")
    parser.add_argument("--root-path", metavar="PATH", help="path that a proxy puts before ours")
    parser.add_argument(
        "--no-password",
        action="store_true",
        help="serve others without FOOTNOTE_PASSWORD: whoever reaches the chat reads the articles",
    )
    parser.add_argument(
        "--no-sync", action="store_true", help="serve the index as it is, without a sync"
    )
    add_language_model(parser)


def run(config: Config, args: argparse.Namespace) -> int:
    """Sync, serve, and return 0 after Ctrl-C.

    Raises ``FootnoteError`` for what the user can mend: no articles, a port in use.
    """
    from ui.access import rules_for

    limit_arenas()
    rules_for(config, no_password=args.no_password)  # before a long sync, not after
    from rag.engine import QueryEngine

    with closing(QueryEngine.open(config)) as engine:
        _ = engine.pipeline.language_model  # one that cannot be had is told before the page is up
        report = None if args.no_sync else _sync(engine, quiet=args.json)
        page, address = _start(engine, config, report, no_password=args.no_password)
        _announce(engine, address, report, as_json=args.json)
        try:
            threading.Event().wait()
        except KeyboardInterrupt:
            printing.note("Stopped.")
        finally:
            page.close(verbose=False)
    return 0


def _sync(engine: QueryEngine, *, quiet: bool) -> SyncReport | None:
    """Bring the index up to date under a progress bar, and tell what changed, or why not."""
    try:
        with printing.stage_bars() as move:
            report = engine.sync(on_progress=move)
    except SourceError as error:  # the folder is gone, or most of it: the index still answers
        if not is_indexed(engine.config):
            raise
        printing.print_error(error)
        return None
    if not quiet:
        printing.print_report(report)
    return report


def _start(
    engine: QueryEngine, config: Config, report: SyncReport | None, *, no_password: bool
) -> tuple[gr.Blocks, str]:
    """The served page and its address."""
    # Gradio takes seconds to import: only once there is something to serve.
    from ui.app import build_page
    from ui.chat import Collection
    from ui.service import build_service
    from ui.serving import start

    service = build_service(config, engine, no_password=no_password)

    collection = Collection(
        folder=str(config.articles),
        host=config.host,
        model=remote_model(config),
        problems=report.problems if report else (),
        examples=_examples(engine, config),
    )
    page = build_page(engine, collection, service)
    return page, start(page, config.host, config.port, service)


def _examples(engine: QueryEngine, config: Config) -> tuple[str, ...]:
    """Questions to begin with. They are tried out on quoted answers: no model is asked for them."""
    from rag.engine import QueryEngine
    from ui.examples import example_questions

    articles = engine.articles()
    if not config.llm:
        return example_questions(engine, articles)
    with closing(QueryEngine.open(replace(config, llm=""))) as quoting:
        return example_questions(quoting, articles)


def remote_model(config: Config) -> str:
    """The machine that a language model's quotes and questions go to; empty where they stay."""
    host = urlsplit(config.llm_url).hostname or "" if config.llm else ""
    return "" if host in LOOPBACK else host


def _announce(
    engine: QueryEngine, address: str, report: SyncReport | None, *, as_json: bool
) -> None:
    """One clear line, flushed: who reads it may be a program that waits for the address."""
    count = len(engine.articles())
    if as_json:
        synced = sync_report_to_dict(report) if report else None
        printing.print_json(
            {"status": "serving", "address": address, "articles": count, "sync": synced}
        )
        sys.stdout.flush()
        return
    noun = "article" if count == 1 else "articles"
    print(f"Footnote is reading {count:,} {noun}: {address}", flush=True)
    printing.note("Press Ctrl-C to stop.")
