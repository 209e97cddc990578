"""The web chat as a reader meets it: the real server, engine and embedder, in real Chromium."""

from __future__ import annotations

import json
import shutil
from collections.abc import Iterator
from pathlib import Path
from typing import TYPE_CHECKING

import pytest
from chat_page import (
    Chat,
    assert_quoted_in_place,
    contrast,
    event_loops_closed,
    luminance,
    opened,
)

from rag.values import Status, Turn

if TYPE_CHECKING:
    from playwright.sync_api import Browser

    from rag.engine import QueryEngine

pytestmark = [
    pytest.mark.browser,
    # Gradio's queue, in a thread of its own, sums up its running times by old ways of pandas.
    pytest.mark.filterwarnings("ignore:'future.no_silent_downcasting' is deprecated"),
    pytest.mark.filterwarnings("ignore:The copy keyword is deprecated"),
]

SEEDS = Path(__file__).resolve().parent.parent / "seeds"

QUESTION = "How much are the contracts signed by Rostec's military export subsidiary worth?"
FOLLOW_UP = "What is its take-off weight?"
OFF_TOPIC = "Who won the chess championship in Reykjavik in 1972?"

TITLE = '<img src=x onerror="window.hacked=1"> Orchid market [x](javascript:window.hacked=2)'
TEXT = """The orchid market of Velbruck opened on Monday. <script>window.hacked=3</script>

Mayor Edda Quistorp said the orchid market drew 4,200 visitors <img src=x onerror="hacked=4">.

![pixel](http://203.0.113.9/p.png) [here](javascript:window.hacked=5) {{#with "s"}} ${hacked=6}

Stalls lined the old harbour until dusk, and the brass band of the town played. Then it was over.

Mayor Edda Quistorp said the orchid market drew 4,200 visitors <img src=x onerror="hacked=4">.
"""
HOSTILE_ROW = {
    "_id": '"><img src=x onerror="window.hacked=7">',
    "title": TITLE,
    "text": TEXT,
    "metadata": {"url": "javascript:window.hacked=8"},
}
HOSTILE_QUESTION = "How many visitors did the orchid market draw?"


@pytest.fixture(scope="module")
def engine(tmp_path_factory: pytest.TempPathFactory) -> Iterator[QueryEngine]:
    """The real engine over the seeds and one hostile article."""
    from rag.engine import QueryEngine

    folder = tmp_path_factory.mktemp("articles")
    shutil.copytree(SEEDS, folder, dirs_exist_ok=True)
    (folder / "corpus.jsonl").write_text(json.dumps(HOSTILE_ROW) + "\n")
    engine = QueryEngine.from_articles(folder, index=tmp_path_factory.mktemp("index"))
    yield engine
    engine.close()


@pytest.fixture(scope="module")
def address(engine: QueryEngine) -> Iterator[str]:
    """The address of the real server, on a free port."""
    from ui.app import build_page
    from ui.chat import Collection
    from ui.examples import example_questions
    from ui.serving import start

    examples = example_questions(engine, engine.articles())
    with event_loops_closed():
        page = build_page(engine, Collection("articles", examples=examples))
        address = start(page, "127.0.0.1", 0)
    yield address
    page.close(verbose=False)


@pytest.fixture
def chat(browser: Browser, address: str) -> Iterator[Chat]:
    """A desk-sized page; afterwards nothing may have been asked for outside this machine."""
    yield from opened(browser, address)


@pytest.fixture
def phone(browser: Browser, address: str) -> Iterator[Chat]:
    """A phone-sized page, in dark colours."""
    size = {"width": 390, "height": 844}
    yield from opened(browser, address, viewport=size, color_scheme="dark", has_touch=True)


def test_a_footnote_opens_the_article_at_the_quoted_words(chat: Chat, engine: QueryEngine) -> None:
    expected = engine.ask(QUESTION)
    assert expected.status is Status.ANSWERED
    chat.ask(QUESTION)
    answer = chat.page.locator(".fn-answer")
    assert answer.locator(".fn-sentence").all_inner_texts() == [
        sentence.text + "".join(f"[{c.number}]" for c in sentence.citations)
        for sentence in expected.sentences
    ]
    assert "$45 billion" in answer.inner_text()
    mark = answer.locator("a.fn-mark").first
    assert mark.inner_text() == "[1]"
    mark.hover()
    card = chat.page.get_by_role("tooltip")
    card.wait_for()
    assert expected.citations[0].title in card.inner_text()
    assert " ".join(expected.citations[0].quote.split())[:80] in card.inner_text()
    assert_quoted_in_place(chat, engine, chat.open_mark())
    # Once more, after reading on: the same footnote leads back to the same words.
    chat.page.locator("#footnote-panel .fn-body").evaluate("body => { body.scrollTop = 0 }")
    assert_quoted_in_place(chat, engine, chat.open_mark())


def test_a_source_card_opens_the_article_too(chat: Chat, engine: QueryEngine) -> None:
    chat.ask(QUESTION)
    card = chat.page.locator("#footnote-panel a.fn-quote").first
    link = card.get_attribute("href") or ""
    card.focus()
    chat.page.keyboard.press("Enter")
    chat.page.locator("#footnote-panel mark").wait_for()
    assert_quoted_in_place(chat, engine, link)
    chat.page.get_by_role("link", name="← Sources").click()
    card.wait_for()


def test_an_off_topic_question_is_refused_in_plain_sight(chat: Chat, engine: QueryEngine) -> None:
    expected = engine.ask(OFF_TOPIC)
    assert expected.status is Status.ABSTAINED
    chat.ask(OFF_TOPIC)
    refusal = chat.page.locator(".fn-abstention")
    assert expected.message in refusal.inner_text()
    assert chat.page.locator(".fn-answer, .fn-mark, .fn-short").count() == 0
    chat.page.get_by_role("link", name="Why this answer?").last.click()
    found = chat.page.locator(".fn-scores tbody")
    found.first.wait_for()
    assert found.count() == len(expected.retrieved)
    found.first.get_by_role("link").click()
    chat.page.locator("#footnote-panel mark").wait_for()


def test_a_follow_up_uses_the_conversation(chat: Chat, engine: QueryEngine) -> None:
    first = engine.ask("Which helicopter will Rostec and Avicopter develop?")
    expected = engine.ask(FOLLOW_UP, history=(Turn(first.understood, first.text),))
    assert expected.understood != FOLLOW_UP
    chat.ask(first.question)
    chat.ask(FOLLOW_UP)
    last = chat.page.get_by_test_id("bot").last
    assert f"Understood as: {expected.understood}" in last.inner_text()
    chat.page.get_by_role("button", name="New conversation").click()
    chat.page.locator(".fn-hello").wait_for()
    chat.ask(FOLLOW_UP)
    alone = engine.ask(FOLLOW_UP)
    assert chat.page.locator(".fn-understood").count() == int(alone.understood != FOLLOW_UP)


def test_a_hostile_article_is_inert_everywhere(chat: Chat, engine: QueryEngine) -> None:
    chat.ask(HOSTILE_QUESTION)
    assert "onerror=" in chat.page.locator(".fn-sentence").first.inner_text()
    assert_quoted_in_place(chat, engine, chat.open_mark())
    assert "<script>" in chat.page.locator(".fn-text").inner_text()
    assert "![pixel](http://203.0.113.9/p.png)" in chat.page.locator(".fn-text").inner_text()
    chat.page.get_by_role("link", name="← Sources").click()
    chat.page.locator(".fn-card h3").get_by_text(TITLE).click()
    chat.page.locator(".fn-article h2").get_by_text(TITLE).wait_for()
    chat.page.locator("a.fn-mark").first.hover()
    assert "onerror=" in chat.page.locator("#footnote-hover").inner_text()
    chat.ask("<img src=x onerror='window.hacked=9'> **who** is the [mayor](javascript:hacked=10)?")
    assert "onerror=" in chat.page.locator(".fn-question").last.inner_text()
    ours = "#footnote-messages, #footnote-panel, #footnote-hover, #footnote-filters"
    for element in (
        "img",
        "script",
        "iframe",
        "[onerror]",
        'a:not([href^="#footnote-"], [href^="#keep-"])',
    ):
        inside = ", ".join(f"{part} {element}" for part in ours.split(", "))
        assert chat.page.locator(inside).count() == 0, element
    assert chat.page.evaluate("typeof window.hacked") == "undefined"


def test_the_page_cannot_reach_another_machine_even_if_it_tries(chat: Chat) -> None:
    sent = "fetch('http://203.0.113.9/').then(() => 'sent', () => 'refused')"
    assert chat.page.evaluate(sent) == "refused"
    assert chat.outside == []  # stopped in the page itself, before there was a request
    assert any("Content Security Policy" in error for error in chat.errors)
    chat.errors.clear()


def test_a_screen_reader_hears_words_and_not_markup(chat: Chat) -> None:
    chat.ask(QUESTION)
    assert chat.page.locator('[aria-label*="<"]').count() == 0
    described = chat.page.locator("#footnote-panel").aria_snapshot()
    assert 'link "Sources"' in described
    mark = chat.page.get_by_role("link", name="Footnote 1: China and Russia")
    assert mark.first.is_visible()


def test_examples_are_questions_that_are_answered(chat: Chat) -> None:
    examples = chat.page.locator("#footnote-messages button.example")
    examples.first.wait_for()
    question = examples.first.inner_text().strip()
    examples.first.click()
    chat.page.locator(".fn-answer a.fn-mark").first.wait_for()
    assert chat.page.locator(".fn-question").inner_text() == question


def test_an_empty_and_an_overlong_question_are_met_with_a_word_of_advice(chat: Chat) -> None:
    box = chat.page.get_by_role("textbox", name="Question")
    box.press("Enter")
    chat.page.get_by_text("Type a question first").wait_for()
    box.fill("why " * 600)
    box.press("Enter")
    chat.page.get_by_text("A question may have 2,000 characters").wait_for()
    assert box.input_value().startswith("why")  # not lost: it can be shortened
    assert chat.page.locator(".fn-question").count() == 0


@pytest.mark.parametrize("scheme", ["light", "dark"])
def test_both_colour_schemes_are_legible(browser: Browser, address: str, scheme: str) -> None:
    for chat in opened(browser, address, color_scheme=scheme):
        chat.ask(QUESTION)
        chat.open_mark()
        paper = chat.page.locator("body").evaluate("e => getComputedStyle(e).backgroundColor")
        assert (luminance(paper) < 0.1) is (scheme == "dark")
        assert contrast(chat, ".fn-sentences", "body") >= 7
        assert contrast(chat, "a.fn-mark", "body") >= 4.5
        assert contrast(chat, ".fn-confidence", "body") >= 4.5
        assert contrast(chat, ".fn-text", ".fn-view") >= 7
        assert contrast(chat, "#footnote-panel mark", "#footnote-panel mark") >= 7
        chat.ask(OFF_TOPIC)
        assert contrast(chat, ".fn-nothing-near .fn-message", "body") >= 7
        assert contrast(chat, ".fn-nothing-near .fn-label", "body") >= 4.5


def test_a_phone_shows_everything_without_scrolling_sideways(
    phone: Chat, engine: QueryEngine
) -> None:
    def sideways() -> int:
        return int(phone.page.evaluate("document.scrollingElement.scrollWidth - innerWidth"))

    assert sideways() <= 0
    phone.ask(HOSTILE_QUESTION)
    assert sideways() <= 0
    mark = phone.page.locator("a.fn-mark").first
    link = mark.get_attribute("href") or ""
    mark.tap()
    phone.page.locator("#footnote-panel mark").wait_for()
    assert_quoted_in_place(phone, engine, link)
    assert sideways() <= 0
    phone.page.get_by_role("button", name="Close").tap()
    assert mark.evaluate("mark => document.activeElement === mark")
    phone.ask(OFF_TOPIC)
    assert sideways() <= 0
