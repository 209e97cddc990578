"""The real server over the real engine and a small newsroom, for tests of what it serves."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any

from chat_page import event_loops_closed
from newsroom import write_newsroom

from rag.config import Config

if TYPE_CHECKING:
    import gradio as gr

    from rag.engine import QueryEngine
    from ui.service import Service


@dataclass
class Served:
    """A server that runs, what it runs over, and where."""

    address: str
    engine: QueryEngine
    config: Config
    service: Service
    page: gr.Blocks


@contextmanager
def served(folder: Path, *, no_password: bool = False, **settings: Any) -> Iterator[Served]:
    """Write the newsroom into ``folder/news``, index it, and serve it until the end."""
    from rag.engine import QueryEngine
    from ui.app import build_page
    from ui.chat import Collection
    from ui.service import build_service
    from ui.serving import start

    news = folder / "news"
    if not news.exists():
        write_newsroom(news)
    config = Config(articles=news, index=folder / "index", **settings)
    engine = QueryEngine.open(config)
    engine.sync()
    with event_loops_closed():
        service = build_service(config, engine, no_password=no_password)
        page = build_page(engine, Collection("news"), service)
        address = start(page, "127.0.0.1", 0, service)
    try:
        yield Served(address, engine, config, service, page)
    finally:
        page.close(verbose=False)
        engine.close()
