"""An article of controls, turned writing and one endless line: inert on every surface of the chat.

What runs, or would fetch, is asserted in ``test_browser.py`` and ``test_browser_keeping.py``; the
eval's report in ``test_browser_report.py``.
"""

from __future__ import annotations

import json
import unicodedata
from collections.abc import Iterator
from pathlib import Path
from typing import TYPE_CHECKING

import pytest
from chat_page import Chat, assert_quoted_in_place, opened
from kept_answers import MARKUP
from served import Served, served

if TYPE_CHECKING:
    from playwright.sync_api import Browser, Locator

pytestmark = [
    pytest.mark.browser,
    pytest.mark.filterwarnings("ignore:'future.no_silent_downcasting' is deprecated"),
    pytest.mark.filterwarnings("ignore:The copy keyword is deprecated"),
]

TURN = "\u202e"
CONTROLS = "\x07\x1b[31m\x9b\x7f\u2066\u200f"
NAME = f"Ferrow festival {TURN}exe.egap{CONTROLS} [1] [^2] {'x' * 300} {MARKUP}"
SENTENCE = f"The Ferrow festival hired 310 violinists {TURN}ylimaf{CONTROLS} [1] [^2] on Friday."
LINE_CHARACTERS = 2_000_000
QUESTION = "How many violinists did the Ferrow festival hire?"
FILE = f"ferrow {TURN}txt.exe\x1b <img src=x onerror=hacked=1>.txt"
# Where names stand: no character there may turn the writing around or be no writing at all.
NAMES = (
    ".fn-card h3", ".fn-card .fn-meta", "#footnote-hover", ".kept-title", ".fn-chip", ".fn-titles",
    ".lib-title", ".lib-list .lib-meta", "#footnote-library h2", "#footnote-library .fn-meta",
    "select[name=outlet]",
)  # fmt: skip
SIZES = {"desk": (1440, 900), "phone": (390, 844)}


@pytest.fixture(scope="module")
def server(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Served]:
    folder = tmp_path_factory.mktemp("hostile")
    news = folder / "news"
    news.mkdir()
    text = f"{SENTENCE}\n\n{'nolinebreak' * (LINE_CHARACTERS // 11)}\n\n{'W' * 200}\n"
    named = {"title": NAME, "outlet": NAME, "author": NAME, "date": "2024-05-06"}
    (news / "corpus.jsonl").write_text(json.dumps({"_id": NAME, "text": text, **named}) + "\n")
    (news / FILE).write_text("It rained in Marrow on Monday, and the market stayed shut.")
    with served(folder) as server:
        yield server


def unseen(text: str) -> set[str]:
    """The characters of ``text`` that control something, white space aside."""
    return {c for c in text if unicodedata.category(c) in ("Cc", "Cf") and not c.isspace()}


def assert_plain_names(chat: Chat, seen: set[str]) -> None:
    for selector in NAMES:
        for name in chat.page.locator(selector).all():
            text = str(name.evaluate("e => e.textContent"))
            assert not unseen(text), (selector, text)
            seen.add(selector)
    for name in ("title", "aria-label"):
        read = f"all => all.map(one => one.getAttribute('{name}')).join('')"
        assert not unseen(chat.page.locator(f"[{name}]").evaluate_all(read)), name
    sideways = chat.page.evaluate("document.scrollingElement.scrollWidth - innerWidth")
    assert sideways <= 0


def isolated(part: Locator) -> bool:
    return str(part.evaluate("e => getComputedStyle(e).unicodeBidi")) in ("isolate", "plaintext")


@pytest.mark.parametrize("size", SIZES)
def test_controls_and_turned_writing_stay_where_they_stand(
    browser: Browser, server: Served, size: str
) -> None:
    width, height = SIZES[size]
    for chat in opened(browser, server.address, viewport={"width": width, "height": height}):
        page, seen = chat.page, set[str]()
        box = page.get_by_role("textbox", name="Question")
        box.press_sequentially("@ferrow fest")
        page.locator(".fn-titles li").first.wait_for()
        assert_plain_names(chat, seen)
        box.press("Enter")
        page.locator(".fn-chip").wait_for()
        chat.ask(f"{QUESTION} {TURN}")
        sentence = page.locator(".fn-sentence").filter(has_text="310 violinists").first
        assert isolated(sentence)
        # The fake footnotes are words; ours alone lead anywhere, and are not turned around.
        marks = sentence.locator("a")
        assert marks.all_inner_texts() == ["[1]"]
        assert isolated(marks)
        marks.hover()
        page.locator("#footnote-hover").wait_for()
        assert_plain_names(chat, seen)
        assert_quoted_in_place(chat, server.engine, chat.open_mark())
        text = page.locator("#footnote-panel .fn-text")
        assert "nolinebreak" * 1_000 in text.inner_text()
        assert isolated(text)
        assert_plain_names(chat, seen)
        if size == "phone":
            page.get_by_role("button", name="Close").click()
        page.get_by_role("tab", name="Articles").click()
        page.locator(".lib-title").filter(has_text="Ferrow").first.click()
        page.locator("#footnote-library .fn-text").wait_for()
        assert_plain_names(chat, seen)
        page.get_by_role("button", name="← All articles").click()
        page.locator(".lib-title").filter(has_text="ferrow").first.wait_for()
        assert_plain_names(chat, seen)
        assert seen >= {".fn-card h3", "#footnote-hover", ".lib-title", ".fn-titles", ".fn-chip"}
        assert page.locator("#footnote-library img, #footnote-messages img").count() == 0
        assert page.evaluate("typeof window.hacked") == "undefined"


def test_exports_bear_the_quote_and_no_control(
    browser: Browser, server: Served, tmp_path: Path
) -> None:
    texts = {}
    for chat in opened(browser, server.address, viewport={"width": 1440, "height": 900}):
        chat.ask(QUESTION)
        for form in ("Markdown", "HTML", "JSON"):
            chat.page.locator("a[href='#keep-export-0']").click()
            with chat.page.expect_download() as download:
                chat.page.locator(".kept-sheet a").get_by_text(form).last.click()
            assert not unseen(download.value.suggested_filename)
            texts[form] = Path(download.value.path()).read_text(encoding="utf-8")
            chat.page.keyboard.press("Escape")
    assert not unseen(texts["Markdown"])
    assert "[^2]" not in texts["Markdown"].replace("\\[", "")
    quotes = [
        citation
        for answer in json.loads(texts["JSON"])["answers"]
        for sentence in answer["sentences"]
        for citation in sentence["citations"]
    ]
    assert quotes
    for quote in quotes:
        article = server.engine.article(quote["doc_id"])
        assert article.text[quote["start"] : quote["end"]] == quote["quote"]
    saved = tmp_path / "saved.html"
    saved.write_text(texts["HTML"], encoding="utf-8")
    for width, height in SIZES.values():
        page = browser.new_page(viewport={"width": width, "height": height})
        page.goto(saved.as_uri())
        assert page.evaluate("document.scrollingElement.scrollWidth - innerWidth") <= 0
        assert page.locator("img, script, iframe").count() == 0
        assert isolated(page.get_by_text("310 violinists").first)
        page.close()
