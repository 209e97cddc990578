"""Keeping, the Articles tab and serving in a real browser, over the real server and engine."""

from __future__ import annotations

import http.client
import json
import threading
from collections.abc import Iterator
from contextlib import closing
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from typing import TYPE_CHECKING
from urllib.parse import urlsplit

import pytest
from chat_page import Chat, opened
from kept_answers import MARKUP
from newsroom import write_newsroom
from served import Served, served

if TYPE_CHECKING:
    from playwright.sync_api import Browser

pytestmark = [
    pytest.mark.browser,
    pytest.mark.filterwarnings("ignore:'future.no_silent_downcasting' is deprecated"),
    pytest.mark.filterwarnings("ignore:The copy keyword is deprecated"),
]

QUESTION = "How long is the Kestrel Bridge?"
HOSTILE_QUESTION = "How many visitors did the orchid market draw?"
HOSTILE_NAME = "<img src=x onerror=hacked=5> \u202egnp.txt"


@pytest.fixture(scope="module")
def server(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Served]:
    folder = tmp_path_factory.mktemp("kept")
    news = write_newsroom(folder / "news")
    text = f"The orchid market drew 4,200 visitors {MARKUP}.\n\n{'=' * 5_000}"
    row = {"_id": f"a {MARKUP}", "title": MARKUP, "text": text, "outlet": MARKUP}
    (news / "corpus.jsonl").write_text(json.dumps(row) + "\n")
    (news / HOSTILE_NAME).write_text("It rained in Marrow on Monday.")
    (news / "broken.pdf").write_bytes(b"%PDF-1.4 broken")
    (news / "dam-again.txt").write_text((news / "dam-courier.txt").read_text())
    with served(folder) as server:
        yield server


@pytest.fixture
def chat(browser: Browser, server: Served) -> Iterator[Chat]:
    yield from opened(browser, server.address, viewport={"width": 1440, "height": 900})


def articles(chat: Chat) -> None:
    chat.page.get_by_role("tab", name="Articles").click()
    chat.page.locator(".lib-list").wait_for()


def test_a_reload_loses_nothing_and_a_conversation_can_be_managed(
    chat: Chat, server: Served, tmp_path: Path
) -> None:
    chat.ask(QUESTION)
    chat.page.wait_for_function("location.search.startsWith('?c=')")
    before = chat.page.locator(".fn-answer").inner_text()
    chat.page.reload()
    chat.page.locator(".fn-answer a.fn-mark").first.wait_for()
    assert chat.page.locator(".fn-answer").inner_text() == before
    chat.open_mark()
    # A second page begins anew, and does not mix with the first.
    other = chat.page.context.new_page()
    other.goto(server.address)
    other.get_by_role("link", name=QUESTION).first.wait_for()
    assert other.locator(".fn-answer").count() == 0
    other.close()
    # Rate it, with a comment.
    chat.page.locator("a[href='#keep-down-0']").click()
    chat.page.locator("#kept-comment").fill("It is 600 metres.")
    chat.page.get_by_role("button", name="Send").click()
    chat.page.locator("a[href='#keep-down-0'][aria-pressed='true']").wait_for()
    rows = (server.config.conversations_path / "feedback.jsonl").read_text().splitlines()
    assert json.loads(rows[-1])["comment"] == "It is 600 metres."
    # Export it, the whole and this answer.
    for form, held in (("Markdown", "612 metres"), ("HTML", "612 metres"), ("JSON", '"start"')):
        chat.page.locator("a[href='#keep-export-0']").click()
        with chat.page.expect_download() as download:
            chat.page.locator(".kept-sheet a").get_by_text(form).last.click()
        assert held in Path(download.value.path()).read_text()
        chat.page.keyboard.press("Escape")
    # Rename, search, delete, undo.
    line = chat.page.locator(".kept li").first
    line.hover()
    line.get_by_role("button", name="Rename").click()
    chat.page.get_by_label("Title").fill("The bridge")
    chat.page.keyboard.press("Enter")
    chat.page.locator(".kept-title").get_by_text("The bridge").wait_for()
    search = chat.page.get_by_role("textbox", name="Search conversations")
    search.press_sequentially("zebra")
    chat.page.get_by_text("None holds these words").wait_for()
    search.press("Control+a")
    search.press("Delete")
    line.hover()
    line.get_by_role("button", name="Delete").click()
    chat.page.get_by_role("button", name="Undo").click()
    chat.page.locator(".kept-title").get_by_text("The bridge").wait_for()


def test_articles_are_uploaded_found_opened_and_removed(
    chat: Chat, server: Served, tmp_path: Path
) -> None:
    news = server.config.articles
    articles(chat)
    listing = chat.page.locator("#footnote-library")
    listing.get_by_text("it is damaged").wait_for()
    listing.get_by_text("The same text as").first.wait_for()
    harvest = tmp_path / "harvest.txt"
    harvest.write_text("Harvest home\n\nThe harvest of Marrowey was 812 tonnes, farmers said.")
    (tmp_path / "tool.exe").write_bytes(b"MZ")
    files = chat.page.locator("#footnote-shelf input[type=file]")
    files.set_input_files([harvest, tmp_path / "tool.exe"])
    shelf = chat.page.locator("#footnote-shelf .lib-news")
    shelf.get_by_text("New").wait_for()
    assert all("400" in error for error in chat.errors)  # the one that was not taken
    chat.errors.clear()
    assert "tool.exe" in shelf.inner_text()
    assert (news / "harvest.txt").read_text() == harvest.read_text()
    assert not list(news.glob("*.exe"))
    search = chat.page.get_by_role("textbox", name="Search articles")
    search.press_sequentially("harvest")
    chat.page.get_by_text("1 found").wait_for()
    listing.locator(".lib-title").first.click()
    listing.get_by_text("812 tonnes").wait_for()
    listing.get_by_role("button", name="← All articles").click()
    # What a sync would change is shown before it is done.
    (news / "late.txt").write_text("Late news. The lighthouse of Orrin was lit again on Friday.")
    chat.page.get_by_role("button", name="See what changed").click()
    shelf.get_by_text("late.txt").wait_for()
    (news / "late.txt").unlink()
    # Asked first, then removed.
    listing.locator(".lib-remove").first.click()
    listing.get_by_role("button", name="Keep it").click()
    assert (news / "harvest.txt").exists()
    listing.locator(".lib-remove").first.click()
    listing.get_by_role("button", name="Delete the file").click()
    shelf.get_by_text("Removed").wait_for()
    assert not (news / "harvest.txt").exists()
    search.press("Control+a")
    search.press_sequentially("corpus.jsonl")
    chat.page.get_by_text("1 found").wait_for()
    listing.locator(".lib-remove").first.click()
    listing.get_by_text("cannot be removed here").wait_for()


def test_a_hostile_article_is_inert_in_lists_sources_and_exports(
    browser: Browser, chat: Chat, tmp_path: Path
) -> None:
    dialogs: list[str] = []
    chat.page.on("dialog", lambda dialog: (dialogs.append(dialog.message), dialog.dismiss()))
    chat.ask(HOSTILE_QUESTION)
    chat.page.locator("a[href='#keep-export-0']").click()
    with chat.page.expect_download() as download:
        chat.page.locator(".kept-sheet a").get_by_text("HTML").last.click()
    articles(chat)
    chat.page.locator(".lib-title").get_by_text("<img src=x").first.click()
    chat.page.locator("#footnote-library .fn-text").wait_for()
    ours = ("#footnote-messages", "#footnote-panel", "#footnote-library", "#footnote-kept")
    for element in ("img", "script", "iframe", "[onerror]", '[href^="javascript"]'):
        for part in ours:
            assert chat.page.locator(f"{part} {element}").count() == 0, (part, element)
    assert chat.page.evaluate("typeof window.hacked") == "undefined"
    saved = tmp_path / "saved.html"
    download.value.save_as(saved)
    asked: list[str] = []
    page = browser.new_page()
    page.on("request", lambda request: asked.append(request.url))
    page.goto(saved.as_uri())
    assert "4,200 visitors <img src=x" in page.locator("body").inner_text()
    assert page.locator("img, script, iframe, [onerror]").count() == 0
    assert page.evaluate("typeof window.hacked") == "undefined"
    assert asked == [saved.as_uri()]
    assert dialogs == []
    page.close()


class Proxy(BaseHTTPRequestHandler):
    """A reverse proxy that serves another server under ``/news``."""

    protocol_version = "HTTP/1.0"
    target = ""

    def forward(self) -> None:
        if not self.path.startswith("/news"):
            self.send_error(404)
            return
        length = int(self.headers.get("Content-Length") or 0)
        host = urlsplit(self.target).netloc
        headers = {**dict(self.headers), "X-Forwarded-Host": self.headers["Host"]}
        path = self.path.removeprefix("/news") or "/"
        with closing(http.client.HTTPConnection(host)) as connection:  # also where a browser leaves
            connection.request(self.command, path, self.rfile.read(length), headers)
            with connection.getresponse() as response:
                self.send_response(response.status)
                for name, value in response.getheaders():
                    if name.lower() not in ("transfer-encoding", "connection"):
                        self.send_header(name, value)
                self.end_headers()
                while data := response.read1(65536):
                    self.wfile.write(data)
                    self.wfile.flush()

    do_GET = do_POST = do_HEAD = forward  # noqa: N815

    def log_message(self, *_: object) -> None:
        pass


@pytest.fixture
def proxied(tmp_path: Path) -> Iterator[str]:
    """The chat under a path, behind a proxy, with a password."""
    with served(tmp_path, root_path="/news", password="correct horse") as server:
        Proxy.target = server.address
        proxy = ThreadingHTTPServer(("127.0.0.1", 0), Proxy)
        proxy.daemon_threads = True
        thread = threading.Thread(target=proxy.serve_forever)
        thread.start()
        yield f"http://127.0.0.1:{proxy.server_port}/news/"
        proxy.shutdown()
        thread.join()
        proxy.server_close()


def test_behind_a_proxy_two_browsers_log_in_and_do_not_mix(browser: Browser, proxied: str) -> None:
    pages = []
    for _ in range(2):
        context = browser.new_context(viewport={"width": 1440, "height": 900})
        page = context.new_page()
        page.goto(proxied)
        page.get_by_label("Password").fill("wrong horse")
        page.get_by_role("button", name="Open").click()
        page.get_by_text("That is not the password").wait_for()
        page.get_by_label("Password").fill("correct horse")
        page.get_by_role("button", name="Open").click()
        page.get_by_role("textbox", name="Question").wait_for()
        assert urlsplit(page.url).path.startswith("/news")
        pages.append(page)
    one = Chat(pages[0])
    one.ask(QUESTION)
    assert "612 metres" in one.page.locator(".fn-answer").inner_text()
    pages[1].reload()
    pages[1].get_by_text("Your conversations appear here").wait_for()
    pages[1].get_by_role("tab", name="Articles").click()
    pages[1].locator(".lib-list").wait_for()
    for page in pages:
        page.context.close()
