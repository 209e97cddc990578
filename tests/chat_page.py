"""A page of the web chat in a real browser, for tests: what a reader does, and what is seen."""

from __future__ import annotations

import asyncio
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from typing import TYPE_CHECKING
from urllib.parse import urlsplit

from ui.links import read_article_link

if TYPE_CHECKING:
    from playwright.sync_api import Browser, Page, Route

    from rag.engine import QueryEngine

WAIT = 30_000  # milliseconds: the bound of a wait that normally takes a fraction of a second


class _RecordingPolicy(asyncio.DefaultEventLoopPolicy):
    """Remembers the event loops that one thread makes."""

    def __init__(self) -> None:
        super().__init__()
        self._thread = threading.get_ident()
        self.made: list[asyncio.AbstractEventLoop] = []

    def new_event_loop(self) -> asyncio.AbstractEventLoop:
        loop = super().new_event_loop()
        if threading.get_ident() == self._thread:
            self.made.append(loop)
        return loop


@contextmanager
def event_loops_closed() -> Iterator[None]:
    """Closes the event loops that gradio leaves open while a page is built and served.

    It makes one for each of its locks, which needs none; left to the garbage collector they
    fail whichever test runs then.
    """
    before = asyncio.get_event_loop_policy()
    policy = _RecordingPolicy()
    asyncio.set_event_loop_policy(policy)
    try:
        yield
    finally:
        asyncio.set_event_loop_policy(before)
        for loop in policy.made:
            loop.close()


@dataclass
class Chat:
    """A page of the chat, and every address outside this machine that it asked for."""

    page: Page
    outside: list[str] = field(default_factory=list)
    errors: list[str] = field(default_factory=list)

    def ask(self, question: str) -> None:
        """Type a question, press Enter, and wait for the outcome."""
        asked = self.page.locator(".fn-question").count()
        box = self.page.get_by_role("textbox", name="Question")
        box.fill(question)
        box.press("Enter")
        self.page.wait_for_function(
            "asked => document.querySelectorAll('.fn-question').length === asked + 1"
            " && !document.querySelector('.fn-pending')",
            arg=asked,
            timeout=WAIT,
        )

    def open_mark(self) -> str:
        """Follow the last answer's first footnote; returns its link."""
        mark = self.page.locator(".fn-answer").last.locator("a.fn-mark").first
        link = mark.get_attribute("href") or ""
        mark.click()
        self.page.locator("#footnote-panel mark").wait_for(timeout=WAIT)
        return link

    def guard(self, route: Route) -> None:
        if urlsplit(route.request.url).hostname == "127.0.0.1":
            route.continue_()
        else:
            self.outside.append(route.request.url)
            route.abort()


def opened(browser: Browser, address: str, **options: object) -> Iterator[Chat]:
    context = browser.new_context(**{"viewport": {"width": 1280, "height": 800}, **options})
    context.set_default_timeout(WAIT)
    chat = Chat(context.new_page())
    context.route("**/*", chat.guard)
    chat.page.on("pageerror", lambda error: chat.errors.append(str(error)))
    chat.page.on(
        "console", lambda said: chat.errors.append(said.text) if said.type == "error" else None
    )
    chat.page.goto(address)
    chat.page.get_by_role("textbox", name="Question").wait_for()
    yield chat
    context.close()
    assert chat.outside == []
    assert chat.errors == [], chat.errors


def assert_quoted_in_place(chat: Chat, engine: QueryEngine, link: str) -> None:
    """The panel marks the link's span, no more and no less, within sight."""
    target = read_article_link(link)
    assert target is not None
    assert target.span is not None
    article = engine.article(target.article_id)
    mark = chat.page.locator("#footnote-panel mark")
    assert mark.evaluate("mark => mark.textContent") == target.span.of(article.text)
    before = """mark => {
      const range = document.createRange();
      range.setStart(mark.closest('.fn-text'), 0);
      range.setEndBefore(mark);
      return range.toString();
    }"""
    assert mark.evaluate(before) == article.text[: target.span.start]
    seen = """mark => {
      const box = mark.getBoundingClientRect();
      const x = box.left + box.width / 2;
      return mark.contains(document.elementFromPoint(mark.getClientRects()[0].left + 3,
        mark.getClientRects()[0].top + 5)) && box.top >= 0 && box.bottom <= innerHeight && x > 0;
    }"""
    chat.page.wait_for_function(f"({seen})(document.querySelector('#footnote-panel mark'))")


def luminance(colour: str) -> float:
    """Relative luminance of a computed ``rgb(r, g, b)`` colour (WCAG 2.2)."""
    channels = [int(c) / 255 for c in colour[colour.index("(") + 1 : -1].split(",")[:3]]
    linear = [c / 12.92 if c <= 0.04045 else ((c + 0.055) / 1.055) ** 2.4 for c in channels]
    return 0.2126 * linear[0] + 0.7152 * linear[1] + 0.0722 * linear[2]


def contrast(chat: Chat, selector: str, ground: str) -> float:
    style = "(e, name) => getComputedStyle(e)[name]"
    ink = chat.page.locator(selector).first.evaluate(style, "color")
    paper = chat.page.locator(ground).first.evaluate(style, "backgroundColor")
    light, dark = sorted((luminance(ink), luminance(paper)), reverse=True)
    return (light + 0.05) / (dark + 0.05)
