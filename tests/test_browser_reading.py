"""Reading and asking in the browser, through every outcome that an engine can have."""

from __future__ import annotations

from collections.abc import Iterator
from typing import TYPE_CHECKING

import pytest
from chat_page import WAIT, Chat, event_loops_closed, opened
from scripted import CLOSED, HEBREW, OUTCOMES, Scripted

from rag.values import Filters

if TYPE_CHECKING:
    from playwright.sync_api import Browser

pytestmark = [
    pytest.mark.browser,
    pytest.mark.filterwarnings("ignore:'future.no_silent_downcasting' is deprecated"),
    pytest.mark.filterwarnings("ignore:The copy keyword is deprecated"),
]
WHY = "Why was the dam closed?"
MODEL = "What did the model write?"
PHONE = {"viewport": {"width": 390, "height": 844}, "color_scheme": "dark", "has_touch": True}


@pytest.fixture(scope="module")
def engine() -> Scripted:
    return Scripted()


@pytest.fixture(scope="module")
def address(engine: Scripted) -> Iterator[str]:
    from ui.app import build_page
    from ui.chat import Collection
    from ui.serving import start

    with event_loops_closed():
        page = build_page(engine, Collection("articles"))
        address = start(page, "127.0.0.1", 0)
    yield address
    engine.gate.set()
    page.close(verbose=False)


@pytest.fixture
def chat(browser: Browser, address: str, engine: Scripted) -> Iterator[Chat]:
    engine.gate.clear()
    engine.closed.clear()
    engine.asked.clear()
    yield from opened(browser, address)


@pytest.fixture
def phone(browser: Browser, address: str) -> Iterator[Chat]:
    yield from opened(browser, address, **PHONE)


def active(chat: Chat) -> str:
    return str(chat.page.evaluate("document.activeElement.className"))


def test_a_footnote_tells_its_source_on_hover_and_on_focus_and_escape_hides_it(chat: Chat) -> None:
    chat.ask(WHY)
    card = chat.page.get_by_role("tooltip")
    mark = chat.page.locator("a.fn-mark").first
    assert mark.get_attribute("title") is None  # or the browser would show it as well
    mark.hover()
    card.wait_for()
    for told in ("Orrin Dam closed", "The Daily Courier · 2023-04-04", CLOSED):
        assert told in card.inner_text()
    chat.page.mouse.move(1, 1)
    card.wait_for(state="hidden")
    chat.page.get_by_role("textbox", name="Question").focus()
    while "fn-mark" not in active(chat):
        chat.page.keyboard.press("Shift+Tab")
    card.wait_for()
    assert card.get_attribute("id") == chat.page.evaluate(
        "document.activeElement.getAttribute('aria-describedby')"
    )
    chat.page.keyboard.press("Escape")
    card.wait_for(state="hidden")
    assert "fn-mark" in active(chat)


def test_quotes_of_an_article_share_a_card_that_folds_its_reprints(chat: Chat) -> None:
    chat.ask(WHY)
    chat.page.locator(".fn-card").wait_for()
    assert chat.page.locator(".fn-card").count() == 1
    assert chat.page.locator(".fn-card a.fn-quote").count() == 2
    reprint = chat.page.get_by_role("link", name="Morning Star · 2023-04-05")
    assert not reprint.is_visible()
    chat.page.get_by_text("+3 reprints").click()
    reprint.click()
    chat.page.locator("#footnote-panel mark").wait_for()
    assert chat.page.locator("#footnote-panel mark").inner_text() == CLOSED


def test_of_words_that_stand_twice_the_quoted_place_is_marked(chat: Chat) -> None:
    chat.ask(WHY)
    chat.open_mark()
    before = chat.page.locator(".fn-text").inner_text().split("Repairs")[0]
    assert chat.page.locator("#footnote-panel mark").count() == 1
    assert CLOSED in before  # the first place, which is not marked
    chat.page.keyboard.press("Escape")
    assert "fn-mark" in active(chat)


def test_the_kinds_of_no_are_told_apart_without_colour(chat: Chat) -> None:
    shapes = set()
    labels = set()
    for question in ("Who won the chess cup?", "Who designed it?", "Is it empty?"):
        chat.ask(question)
        refusal = chat.page.locator(".fn-abstention").last
        style = "e => { const s = getComputedStyle(e); return s.borderTopStyle + s.borderTopWidth"
        icon = " + getComputedStyle(e, '::before').maskImage }"
        shapes.add(refusal.evaluate(style + icon))
        labels.add(refusal.locator(".fn-label").inner_text())
    assert len(shapes) == len(labels) == 3
    chat.ask("How long will repairs take?")
    sides = chat.page.locator(".fn-side figcaption")
    assert [side.split("\n")[0] for side in sides.all_inner_texts()] == [
        "2023-05-19 · Valley Herald", "2023-04-04 · The Daily Courier",
    ]  # fmt: skip
    chat.ask("Hello!")
    assert chat.page.locator(".fn-small-talk").inner_text().startswith("Hello!")
    assert chat.page.locator(".fn-abstention").count() == 3


def test_what_streams_is_shown_and_stop_really_stops_it(chat: Chat, engine: Scripted) -> None:
    box = chat.page.get_by_role("textbox", name="Question")
    box.fill(MODEL)
    box.press("Enter")
    chat.page.get_by_text("Not yet checked").wait_for(timeout=WAIT)
    assert chat.page.locator(".fn-sentence").count() == 1
    log = chat.page.get_by_role("log")
    assert log.get_attribute("aria-busy") == "true"
    chat.page.get_by_role("button", name="Stop").click()
    chat.page.get_by_text("You stopped this question.").wait_for()
    assert chat.page.locator(".fn-draft").count() == 0  # what nothing has checked is not kept
    assert chat.page.locator(".fn-sentence a.fn-mark").count() == 1
    engine.gate.set()
    assert engine.closed.wait(10)
    chat.page.get_by_role("button", name="Ask again").click()
    chat.page.locator(".fn-verdict").nth(2).wait_for()
    assert chat.page.locator(".fn-question").count() == 1
    assert chat.page.locator(".fn-verdict").all_inner_texts() == [
        "supported", "partly supported", "quoted word for word",
    ]  # fmt: skip
    chat.page.get_by_role("link", name="Why this answer?").first.click()
    account = chat.page.locator(".fn-account")
    account.wait_for()
    for told in ("The valley was flooded.", "6.21", "41 ms", "small-model", "3f9a0c1b22d4"):
        assert told in account.inner_text()


def test_the_last_question_is_edited_in_its_place(chat: Chat, engine: Scripted) -> None:
    chat.ask("Hello!")
    chat.ask("Who designed it?")
    assert "Understood as: Who designed the Orrin Dam?" in chat.page.get_by_role("log").inner_text()
    chat.page.get_by_role("button", name="Edit question").click()
    box = chat.page.get_by_role("textbox", name="Question")
    chat.page.wait_for_function("document.querySelector('#footnote-question textarea').value")
    assert box.input_value() == "Who designed it?"
    box.fill(WHY)
    box.press("Enter")
    chat.page.locator(".fn-answer").wait_for()
    assert chat.page.locator(".fn-question").all_inner_texts() == ["Hello!", WHY]
    assert len(engine.asked[-1][1]) == 1  # and the answer that is gone is no history


def test_an_article_is_picked_by_keyboard_after_an_at_and_is_a_chip(
    chat: Chat, engine: Scripted
) -> None:
    box = chat.page.get_by_role("textbox", name="Question")
    box.press_sequentially("@dam rep")
    option = chat.page.get_by_role("option", name="Dam repairs to take months")
    option.wait_for()
    box.press("Enter")
    chip = chat.page.get_by_role("button", name="Remove filter: @Dam repairs to take months")
    chip.wait_for()
    assert box.input_value() == ""
    chat.ask(WHY)
    assert engine.asked[-1][2] == Filters(articles=("late",))
    chip.focus()
    chat.page.keyboard.press("Enter")
    chip.wait_for(state="detached")
    chat.ask("@“Orrin Dam closed” " + WHY)
    assert engine.asked[-1][0] == WHY
    assert engine.asked[-1][2] == Filters(articles=("dam",))


def test_days_and_outlets_are_filters_and_one_that_matches_nothing_says_so(
    chat: Chat, engine: Scripted
) -> None:
    chat.page.get_by_text("Filter", exact=True).click()
    chat.page.get_by_label("Outlet").select_option("Evening Post")
    chat.page.get_by_role("button", name="Remove filter: Evening Post").wait_for()
    since = chat.page.get_by_label("From")
    since.fill("2023-05-01")
    since.press("Enter")
    chat.page.get_by_role("button", name="Remove filter: since 2023-05-01").wait_for()
    chat.ask(WHY)
    assert engine.asked[-1][2] == Filters(since="2023-05-01", outlets=("Evening Post",))
    assert "No article matches" in chat.page.locator(".fn-error").inner_text()


def test_text_from_right_to_left_has_its_marks_on_the_left(chat: Chat) -> None:
    chat.ask("What does the Hebrew paper say?")
    sentence = chat.page.locator(".fn-sentence")
    assert HEBREW in sentence.inner_text()
    assert sentence.evaluate("e => getComputedStyle(e).direction") == "rtl"
    left = sentence.evaluate("e => e.getBoundingClientRect().left")
    mark = sentence.locator("a.fn-mark").evaluate("e => e.getBoundingClientRect().left")
    assert mark - left < 30
    paragraph = chat.page.locator(".fn-sentences").evaluate("e => e.getBoundingClientRect().right")
    assert paragraph - sentence.evaluate("e => e.getBoundingClientRect().right") < 3


def test_the_keyboard_alone_is_enough(chat: Chat) -> None:
    for _ in range(20):  # from the question, where a new page starts, back to its first link
        if active(chat) == "fn-skip":
            break
        chat.page.keyboard.press("Shift+Tab")
    skip = chat.page.get_by_role("link", name="Skip to the question")
    assert skip.evaluate("e => e === document.activeElement && e.getBoundingClientRect().top >= 0")
    chat.page.keyboard.press("Enter")
    chat.page.keyboard.type(WHY)
    chat.page.keyboard.press("Enter")
    chat.page.locator("a.fn-mark").first.wait_for()
    while active(chat) != "fn-mark":
        chat.page.keyboard.press("Shift+Tab")
    chat.page.keyboard.press("Enter")
    chat.page.locator("#footnote-panel mark").wait_for()
    chat.page.wait_for_function("document.activeElement.tagName === 'MARK'")
    chat.page.keyboard.press("Escape")
    assert active(chat) == "fn-mark"


def test_on_a_phone_an_article_is_a_sheet_and_nothing_scrolls_sideways(phone: Chat) -> None:
    def sideways() -> int:
        return int(phone.page.evaluate("document.scrollingElement.scrollWidth - innerWidth"))

    for question in OUTCOMES:
        if question != MODEL:
            phone.ask(question)
            assert sideways() <= 0, question
    phone.page.locator("a.fn-mark").last.tap()
    sheet = phone.page.get_by_role("dialog")
    sheet.locator("mark").wait_for()
    assert sheet.evaluate("e => e.getBoundingClientRect().width") == 390
    assert phone.page.locator("#footnote-chat").evaluate("e => e.inert")
    sheet.get_by_role("link", name="Why this answer?").tap()
    sheet.locator(".fn-account").wait_for()
    assert sideways() <= 0
    sheet.get_by_role("button", name="Close").tap()
    sheet.wait_for(state="hidden")
    assert active(phone) == "fn-mark"
