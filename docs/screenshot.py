"""Takes the README's pictures anew: what a reader of the chat sees, and nothing made up.

Run it with ``make screenshot``. It needs Chromium. All show the real engine: over ``seeds/``, and
the three kinds of no over the eval's own collection, whose outlets disagree at times.
"""

from __future__ import annotations

import shutil
import sys
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

from playwright.sync_api import Browser, Page, sync_playwright

from rag.engine import QueryEngine
from ui.app import build_page
from ui.chat import Collection
from ui.service import Service, build_service
from ui.serving import start

REPOSITORY = Path(__file__).resolve().parent.parent
PICTURES = REPOSITORY / "docs"
COLLECTION = REPOSITORY / "eval" / "sets" / "marrowey" / "articles"
DESK = {"width": 1280, "height": 800}
PHONE = {"width": 390, "height": 844}
FLAGS = ["--no-sandbox", "--disable-gpu", "--no-first-run", "--disable-background-networking"]
QUESTION = "How much are the contracts worth?"
REFUSED = (
    "What is the capital of Mongolia?",
    "How tall is Kofi Lindmark?",
    "What transfer fee did Vestrand FC pay for Kofi Lindmark?",
)


def main() -> int:
    executable = shutil.which("chromium")
    if executable is None:
        print("chromium is not installed. Type: sudo apt install chromium", file=sys.stderr)
        return 1
    with tempfile.TemporaryDirectory() as index, sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=executable, args=FLAGS)
        engine = QueryEngine.from_articles(REPOSITORY / "seeds", index=Path(index) / "index")
        with served(engine, "seeds", build_service(engine.config, engine)) as address:
            for name, scheme in (("chat.png", "light"), ("chat-dark.png", "dark")):
                with opened(browser, address, DESK, color_scheme=scheme) as page:
                    ask(page, QUESTION)
                    page.locator("a.fn-mark").first.click()
                    page.locator("#footnote-panel mark").wait_for()
                    take(page, name)
            with opened(browser, address, DESK) as page:
                ask(page, QUESTION)
                page.get_by_role("link", name="Why this answer?").first.click()
                page.locator(".fn-account").wait_for()
                take(page, "chat-why.png")
            with opened(browser, address, PHONE, has_touch=True) as page:
                ask(page, QUESTION)
                page.locator("a.fn-mark").first.tap()
                page.locator("#footnote-panel mark").wait_for()
                take(page, "chat-phone.png")
        engine.close()
        take_refusals(browser, Path(index) / "marrowey")
        browser.close()
    return 0


def take_refusals(browser: Browser, index: Path) -> None:
    """The three kinds of no under one another."""
    engine = QueryEngine.from_articles(COLLECTION, index=index)
    with (
        served(engine, "marrowey", build_service(engine.config, engine)) as address,
        opened(browser, address, {"width": 1280, "height": 1560}) as page,
    ):
        ask(page, *REFUSED)
        take(page, "chat-no.png")
    engine.close()


@contextmanager
def served(engine: Any, name: str, service: Service | None = None) -> Iterator[str]:
    """The address of the chat over ``engine``."""
    page = build_page(engine, Collection(name), service)
    try:
        yield start(page, "127.0.0.1", 0, service)
    finally:
        page.close(verbose=False)


@contextmanager
def opened(browser: Browser, address: str, size: dict[str, int], **options: Any) -> Iterator[Page]:
    """A new page of the chat."""
    context = browser.new_context(viewport=size, device_scale_factor=1.25, **options)
    page = context.new_page()
    page.goto(address)
    yield page
    context.close()


def ask(page: Page, *questions: str) -> None:
    """Ask one after the other, each once the last is answered."""
    box = page.get_by_role("textbox", name="Question")
    for asked, question in enumerate(questions, start=1):
        box.fill(question)
        box.press("Enter")
        page.wait_for_function(
            f"document.querySelectorAll('.fn-question').length === {asked}"
            " && !document.querySelector('.fn-pending')"
        )


def take(page: Page, name: str) -> None:
    page.mouse.move(0, 0)
    page.wait_for_timeout(600)  # the scroll bars fade
    page.screenshot(path=PICTURES / name)
    print(f"docs/{name} is new")


if __name__ == "__main__":
    sys.exit(main())
