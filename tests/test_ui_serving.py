"""Serving the web chat: its address, its headers, and what cannot be listened on."""

from __future__ import annotations

import os
import socket
import sys
import urllib.request
from collections.abc import Iterator, Sequence
from pathlib import Path

import pytest
from chat_page import event_loops_closed
from served import served
from soak_load import open_page

from rag.errors import FootnoteError
from rag.escaping import escape
from rag.values import Answer, Article, Filters, Partial, Status, Turn
from ui.app import build_page
from ui.chat import Chat, Collection
from ui.serving import CONTENT_SECURITY_POLICY, PAGES_KEPT, start


class Shelf:
    """A reader over articles in memory that has lost its index."""

    def __init__(self, *articles: Article) -> None:
        self._articles = {article.id: article for article in articles}

    def stream(
        self, question: str, history: Sequence[Turn] = (), filters: Filters | None = None
    ) -> Iterator[Partial | Answer]:
        raise FootnoteError(
            f"No index for {question!r}, {history}, {filters}.", "Type: footnote sync"
        )

    def article_heads(self) -> list[Article]:
        return list(self._articles.values())

    def article(self, article_id: str) -> Article:
        return self._articles[article_id]


class Clicked:
    """What Gradio hands over on a click."""

    def __init__(self, link: str) -> None:
        self.link = link


@pytest.fixture(autouse=True)
def event_loop_for_gradio() -> Iterator[None]:
    with event_loops_closed():
        yield


def test_a_page_is_served_with_headers_that_keep_it_on_this_machine(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    # Were the loopback not exempt from proxies, starting would already fail here.
    monkeypatch.setenv("HTTP_PROXY", "http://203.0.113.9:1")
    monkeypatch.setenv("NO_PROXY", "intranet.example")
    monkeypatch.delenv("no_proxy", raising=False)
    page = build_page(Shelf(), Collection("news"))
    address = start(page, "127.0.0.1", 0)
    try:
        assert address.startswith("http://127.0.0.1:")
        with urllib.request.urlopen(address) as response:
            html = response.read().decode()
            assert response.headers["Content-Security-Policy"] == CONTENT_SECURITY_POLICY
            assert response.headers["Referrer-Policy"] == "no-referrer"
        assert "<title>Footnote</title>" in html or '"title":"Footnote"' in html
        assert "http:" not in CONTENT_SECURITY_POLICY
        assert os.environ["NO_PROXY"].startswith("intranet.example,")
    finally:
        page.close(verbose=False)


@pytest.mark.filterwarnings("ignore:'future.no_silent_downcasting' is deprecated")
@pytest.mark.filterwarnings("ignore:The copy keyword is deprecated")
def test_the_memory_of_pages_has_a_bound(tmp_path: Path) -> None:
    with served(tmp_path) as site, open_page(site.address) as page:
        kept = site.page.state_holder
        assert kept.capacity == PAGES_KEPT
        page.ask("Who restored the mill?")
        asked_once = set(kept[page.session].config_values)
        for _ in range(3):
            page.ask("When did the mill reopen?")
        # Gradio files what is shown in place of a skipped component under a new number, for ever;
        # of the question box, which changes its buttons, that is small and not avoided.
        now = kept[page.session].config_values
        added = {now[number]["props"]["elem_id"] for number in set(now) - asked_once}
        assert added <= {"footnote-question"}


def test_a_port_in_use_names_another() -> None:
    with socket.create_server(("127.0.0.1", 0)) as taken:
        port = taken.getsockname()[1]
        with pytest.raises(FootnoteError, match=f"Port {port} is in use.*--port"):
            start(build_page(Shelf(), Collection("news")), "127.0.0.1", port)


def test_an_address_of_another_machine_cannot_be_listened_on() -> None:
    with pytest.raises(FootnoteError, match="--host"):
        start(build_page(Shelf(), Collection("news")), "203.0.113.9", 0)


def test_statistics_are_off_before_gradio_is_there() -> None:
    assert os.environ["GRADIO_ANALYTICS_ENABLED"] == "False"
    assert sys.modules["gradio"].analytics.analytics_enabled() is False


def test_the_status_line_promises_only_what_holds() -> None:
    shelf = Shelf(Article("a", "It rained."))
    assert "nothing leaves this machine" in Chat(shelf, Collection("news")).masthead()
    drafted = Chat(shelf, Collection("news", model="models.example")).masthead()
    assert "nothing leaves" not in drafted
    assert f"quotes and questions go to {escape('models.example')}" in drafted
    opened = Chat(shelf, Collection("news", host="0.0.0.0")).masthead()
    assert "nothing leaves" not in opened
    assert "everyone who can reach" in opened


def test_an_error_of_the_engine_is_told_in_the_chat_and_not_remembered_as_an_answer() -> None:
    chat = Chat(Shelf(), Collection("news"))
    *_, last = chat.ask("What happened?", (), Filters())
    assert "footnote sync" in last.messages[-1]["content"].replace("&#58;", ":")
    assert last.conversation[-1].status is Status.ERROR


@pytest.mark.parametrize(
    ("link", "shown"),
    [
        ("#footnote-article?id=gone", "no longer indexed"),
        ("#footnote-why?answer=7", "No articles yet"),
        ("#footnote-sources", "No articles yet"),
        ("javascript:alert(1)", "No articles yet"),
    ],
)
def test_any_link_leads_somewhere(link: str, shown: str) -> None:
    assert shown in Chat(Shelf(), Collection("news")).follow((), Clicked(link))
