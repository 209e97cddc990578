"""Everything that one server serves over one engine, put together from the configuration."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Any

from starlette.routing import BaseRoute

from rag.config import Config
from rag.engine import QueryEngine
from ui.access import Rules, rules_for
from ui.articles import Library
from ui.keeping import Keeper
from ui.routes import api_routes, export_route, mcp_route, upload_route
from ui.tools import Tools
from ui.waiting import QUESTIONS_AT_ONCE, Line


@dataclass(frozen=True)
class Service:
    """The parts that the page and its server share."""

    rules: Rules
    line: Line
    tools: Tools
    keeper: Keeper
    articles: Library
    routes: list[BaseRoute] = field(default_factory=list)
    lifespan: Callable[[Any], Any] | None = None


def build_service(config: Config, engine: QueryEngine, *, no_password: bool = False) -> Service:
    """The parts over ``engine``; raises ``FootnoteError`` where the rules forbid serving so."""
    rules = rules_for(config, no_password=no_password)
    line = Line(QUESTIONS_AT_ONCE)
    tools = Tools(engine, line)
    keeper = Keeper(config.conversations_path, rules)
    library = Library(engine, config)
    route, running = mcp_route(tools)
    routes = [*api_routes(tools), export_route(keeper), upload_route(library), route]
    return Service(rules, line, tools, keeper, library, routes, running)
