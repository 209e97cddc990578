"""The kinds of no, and waiting for others, as the real engine brings them about in the browser.

The articles are the eval's own collection, a year of invented news whose outlets disagree at times.
"""

from __future__ import annotations

import shutil
from collections.abc import Iterator
from contextlib import ExitStack
from pathlib import Path
from typing import TYPE_CHECKING

import pytest
from chat_page import Chat, assert_quoted_in_place, opened
from served import Served, served

from rag.values import Answer, Reason, Status
from ui.waiting import QUESTIONS_AT_ONCE

if TYPE_CHECKING:
    from playwright.sync_api import Browser

pytestmark = [
    pytest.mark.browser,
    pytest.mark.filterwarnings("ignore:'future.no_silent_downcasting' is deprecated"),
    pytest.mark.filterwarnings("ignore:The copy keyword is deprecated"),
]

COLLECTION = Path(__file__).resolve().parent.parent / "eval" / "sets" / "marrowey" / "articles"
DISAGREE = "What transfer fee did Vestrand FC pay for Kofi Lindmark?"
NOT_SAID = "How tall is Kofi Lindmark?"
FAR = "What is the capital of Mongolia?"
SAID = "Which club paid for Kofi Lindmark?"


@pytest.fixture(scope="module")
def server(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Served]:
    folder = tmp_path_factory.mktemp("marrowey")
    shutil.copytree(COLLECTION, folder / "news")
    with served(folder) as server:
        yield server


@pytest.fixture
def chat(browser: Browser, server: Served) -> Iterator[Chat]:
    yield from opened(browser, server.address, viewport={"width": 1440, "height": 900})


def answered(server: Served, question: str, reason: Reason | None) -> Answer:
    """The engine's own answer, which must be of the kind that is tested here."""
    answer = server.engine.ask(question)
    assert answer.reason is reason
    return answer


def test_articles_that_disagree_are_quoted_side_by_side_newest_first(
    chat: Chat, server: Served
) -> None:
    expected = answered(server, DISAGREE, Reason.ARTICLES_DISAGREE)
    chat.ask(DISAGREE)
    sides = chat.page.locator(".fn-side")
    assert sides.count() == len(expected.sentences) >= 2
    dates = [side.split(" ")[0] for side in chat.page.locator("figcaption b").all_inner_texts()]
    assert dates == sorted(sentence.citations[0].date for sentence in expected.sentences)[::-1]
    assert chat.page.locator(".fn-abstention, .fn-short").count() == 0
    for side, sentence in zip(sides.all(), expected.sentences, strict=True):
        assert sentence.highlight is not None
        assert side.locator("strong").inner_text() == sentence.highlight.of(sentence.text)
        link = side.locator("a.fn-mark").first.get_attribute("href") or ""
        side.locator("a.fn-mark").first.click()
        chat.page.locator(f".fn-article h2 >> text={sentence.citations[0].title}").wait_for()
        assert_quoted_in_place(chat, server.engine, link)


def test_a_no_that_is_near_tells_what_the_nearest_articles_do_say(
    chat: Chat, server: Served
) -> None:
    near = answered(server, NOT_SAID, Reason.NOT_STATED)
    chat.ask(NOT_SAID)
    refusal = chat.page.locator(".fn-not-stated")
    assert near.message in refusal.inner_text()
    first = near.retrieved[0].passage
    assert first is not None
    assert " ".join(first.quote.split()) in " ".join(
        refusal.locator("q").first.inner_text().split()
    )
    assert first.date in refusal.locator(".fn-meta").first.inner_text()
    link = refusal.locator("a").first.get_attribute("href") or ""
    refusal.locator("a").first.click()
    chat.page.locator("#footnote-panel mark").wait_for()
    assert_quoted_in_place(chat, server.engine, link)


def test_a_no_that_is_far_and_small_talk_name_no_article(chat: Chat, server: Served) -> None:
    for question, reason, kind in (
        (FAR, Reason.NOTHING_NEAR, ".fn-nothing-near"),
        ("Hello!", Reason.SMALL_TALK, ".fn-small-talk"),
    ):
        expected = answered(server, question, reason)
        chat.ask(question)
        told = chat.page.locator(kind)
        assert expected.message in told.inner_text()
        assert told.locator("a, q").count() == 0
        assert chat.page.locator("#footnote-messages a.fn-mark").count() == 0


def test_two_pages_ask_at_once_and_see_how_many_come_before(
    browser: Browser, server: Served, chat: Chat
) -> None:
    for other in opened(browser, server.address):
        with ExitStack() as programs:  # as many as are answered at once hold the engine
            for _ in range(QUESTIONS_AT_ONCE):
                programs.enter_context(server.service.line.place())
            for page, before in ((chat.page, "1 question"), (other.page, "2 questions")):
                box = page.get_by_role("textbox", name="Question")
                box.fill(SAID)
                box.press("Enter")
                page.get_by_text(f"{before} before yours").wait_for()
            # Who leaves the line lets the next one move up, though nobody was answered.
            chat.page.get_by_role("button", name="Stop").click()
            chat.page.get_by_text("You stopped this question.").wait_for()
            other.page.get_by_text("1 question before yours").wait_for()
            chat.page.get_by_role("button", name="Ask again").click()
            chat.page.get_by_text("2 questions before yours").wait_for()
        for page in (chat.page, other.page):
            page.locator(".fn-answer a.fn-mark").first.wait_for()
            assert page.locator(".fn-question").count() == 1
    assert server.engine.ask(SAID).status is Status.ANSWERED
