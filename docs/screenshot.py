"""Takes the README's picture: a cited answer, and its article open at the quoted words.

Run it with ``make screenshot``. It needs Chromium, and shows the real engine over ``seeds/``.
"""

from __future__ import annotations

import shutil
import sys
import tempfile
from pathlib import Path

from playwright.sync_api import Page, sync_playwright

from rag.engine import QueryEngine
from ui.app import build_page
from ui.chat import Collection
from ui.serving import start

REPOSITORY = Path(__file__).resolve().parent.parent
PICTURE = REPOSITORY / "docs" / "chat.png"
QUESTIONS = ("How much are the contracts worth?", "Who won the chess championship?")
WINDOW = {"width": 1280, "height": 800}
FLAGS = ["--no-sandbox", "--disable-gpu", "--no-first-run", "--disable-background-networking"]


def main() -> int:
    executable = shutil.which("chromium")
    if executable is None:
        print("chromium is not installed. Type: sudo apt install chromium", file=sys.stderr)
        return 1
    with tempfile.TemporaryDirectory() as index, sync_playwright() as playwright:
        engine = QueryEngine.from_articles(REPOSITORY / "seeds", index=index)
        served = build_page(engine, Collection("seeds"))
        browser = playwright.chromium.launch(executable_path=executable, args=FLAGS)
        page = browser.new_page(viewport=WINDOW, device_scale_factor=2)
        page.goto(start(served, "127.0.0.1", 0))
        take(page)
        browser.close()
        served.close(verbose=False)
        engine.close()
    print(f"{PICTURE.relative_to(REPOSITORY)} is new")
    return 0


def take(page: Page) -> None:
    """Ask, open the first footnote, and take the picture."""
    box = page.get_by_role("textbox", name="Question")
    for asked, question in enumerate(QUESTIONS, start=1):
        box.fill(question)
        box.press("Enter")
        page.wait_for_function(
            f"document.querySelectorAll('.fn-question').length === {asked}"
            " && !document.querySelector('.fn-pending')"
        )
    page.locator("a.fn-mark").first.click()
    page.locator("#footnote-panel mark").wait_for()
    page.mouse.move(0, 0)
    page.wait_for_timeout(500)  # the scroll bars fade
    page.screenshot(path=PICTURE)


if __name__ == "__main__":
    sys.exit(main())
