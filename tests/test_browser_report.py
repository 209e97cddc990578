"""The report as a reader meets it: a file from disk, and the chat's tab, in real Chromium."""

from __future__ import annotations

import os
from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import TYPE_CHECKING

import pytest
from chat_page import WAIT, Chat, contrast, event_loops_closed, luminance, opened
from eval_report_set import MARKUP, SECOND, TOLL, better_rows, hostile_rows, hostile_set

from eval.report import collect
from eval.report_files import write_report
from rag.values import Answer, Article, Filters, Partial, Status, Turn

if TYPE_CHECKING:
    from playwright.sync_api import Browser, Locator, Page

pytestmark = [
    pytest.mark.browser,
    # Gradio's queue, in a thread of its own, sums up its running times by old ways of pandas.
    pytest.mark.filterwarnings("ignore:'future.no_silent_downcasting' is deprecated"),
    pytest.mark.filterwarnings("ignore:The copy keyword is deprecated"),
]

PHONE = {"width": 390, "height": 844}
ACTIVE = ("script", "img", "iframe", "object", "embed", "link", "form", "[onclick]", "[onerror]")


class NoArticles:
    """A reader of nothing: the tab is shown beside any chat."""

    def stream(
        self,
        question: str,
        history: Sequence[Turn] = (),  # noqa: ARG002
        filters: Filters | None = None,  # noqa: ARG002
    ) -> Iterator[Partial | Answer]:
        yield Answer(question, question, Status.ABSTAINED, message="Nothing is here.")

    def article_heads(self) -> list[Article]:
        return []

    def article(self, article_id: str) -> Article:
        raise KeyError(article_id)


def make_report(folder: Path, out: Path) -> Path:
    loaded = hostile_set(folder / "set")
    rows, better = hostile_rows(folder / "rows.jsonl"), better_rows(folder / "better.jsonl")
    return write_report(collect(loaded, better, rows), out)


@pytest.fixture(scope="module")
def file(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("report")
    return make_report(folder, folder / "out")


def from_disk(browser: Browser, file: Path, **options: object) -> Iterator[Chat]:
    """The file's page; whatever it asks for besides itself, and every error, fails the test."""
    context = browser.new_context(**{"viewport": PHONE, **options})
    context.set_default_timeout(WAIT)
    context.set_offline(True)
    seen = Chat(context.new_page())
    seen.page.on("request", lambda asked: seen.outside.append(asked.url))
    seen.page.on("console", lambda said: seen.errors.append(said.text))
    seen.page.on("pageerror", lambda error: seen.errors.append(str(error)))
    seen.page.goto(file.as_uri())
    yield seen
    context.close()
    assert seen.outside == [file.as_uri()]
    assert seen.errors == []


def sideways(page: Page) -> int:
    return int(page.evaluate("document.scrollingElement.scrollWidth - innerWidth"))


def unfold(page: Page, question: str) -> Locator:
    failure = page.locator("#failures details").filter(has_text=question).first
    failure.locator("summary").click()
    failure.locator(".inside").wait_for()
    return failure


def background(mark: Locator) -> str:
    return str(mark.evaluate("e => getComputedStyle(e).backgroundColor"))


def test_a_failure_unfolds_and_shows_both_colours_on_a_phone(browser: Browser, file: Path) -> None:
    for seen in from_disk(browser, file, has_touch=True):
        page = seen.page
        assert sideways(page) <= 0
        assert page.locator("#failures .inside").first.is_hidden()
        failure = unfold(page, "What is the toll?")
        assert failure.locator("mark.gold").inner_text() == TOLL
        colours = {
            kind: background(failure.locator(f"mark.{kind}").first) for kind in ("cited", "gold")
        }
        colours["both"] = background(page.locator("mark.both").first)
        assert len(set(colours.values())) == 3
        page.locator("details").evaluate_all("all => all.forEach(one => { one.open = true })")
        assert sideways(page) <= 0


def test_a_link_leads_to_the_failures_of_its_kind(browser: Browser, file: Path) -> None:
    for seen in from_disk(browser, file):
        seen.page.get_by_role("link", name="wrong sentence").click()
        heading = seen.page.get_by_role("heading", name="Wrong sentence")
        top = heading.evaluate("e => e.getBoundingClientRect().top")
        assert 0 <= top < PHONE["height"] / 2


def test_a_hostile_article_runs_nothing(browser: Browser, file: Path) -> None:
    for seen in from_disk(browser, file):
        failure = unfold(seen.page, "How many visitors")
        shown = MARKUP.replace("\x1b", "\N{REPLACEMENT CHARACTER}")
        assert shown in failure.locator(".text").inner_text()
        assert "".join(failure.locator("mark").all_inner_texts()).startswith(SECOND)
        for element in ACTIVE:
            assert seen.page.locator(element).count() == 0, element
        assert seen.page.evaluate("typeof window.hacked") == "undefined"
        # Were it to try, the page's own policy would stop it.
        seen.page.evaluate("document.body.append(document.createElement('img'))")
        seen.page.evaluate("document.querySelector('img').src = 'http://203.0.113.9/p.png'")
        seen.page.wait_for_function("document.querySelector('img').complete")
        assert any("Content Security Policy" in error for error in seen.errors)
        seen.errors.clear()
        seen.outside.remove("http://203.0.113.9/p.png")  # asked for, and refused


@pytest.mark.parametrize("scheme", ["light", "dark"])
def test_both_colour_schemes_are_legible(browser: Browser, file: Path, scheme: str) -> None:
    for seen in from_disk(browser, file, color_scheme=scheme):
        unfold(seen.page, "How many visitors")
        paper = seen.page.locator("html").evaluate("e => getComputedStyle(e).backgroundColor")
        assert (luminance(paper) < 0.1) is (scheme == "dark")
        for ink in ("h1", ".asked", "td"):
            assert contrast(seen, ink, "html") >= 7
        for ink in (".details", ".note", ".ends", "figcaption", "a", ".bad", ".kind"):
            assert contrast(seen, ink, "html") >= 4.5
        assert contrast(seen, ".text", "article") >= 7
        for mark in ("mark.cited", "mark.gold", "mark.both"):
            assert contrast(seen, mark, mark) >= 7
        tick = seen.page.locator(".plot .tick").first.evaluate("e => getComputedStyle(e).fill")
        assert abs(luminance(tick) - luminance(paper)) > 0.2


@pytest.fixture
def address(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[str]:
    """The chat over nothing, working in a folder without reports."""
    from ui.app import build_page
    from ui.chat import Collection
    from ui.serving import start

    monkeypatch.chdir(tmp_path)
    with event_loops_closed():
        page = build_page(NoArticles(), Collection("news"))
        address = start(page, "127.0.0.1", 0)
    yield address
    page.close(verbose=False)


def test_the_chats_tab_tells_what_to_type_and_then_shows_the_last_report(
    browser: Browser, address: str, tmp_path: Path
) -> None:
    for chat in opened(browser, address, viewport=PHONE):
        tab = chat.page.get_by_role("tab", name="Evaluation")
        report = chat.page.locator("#footnote-report")
        tab.click()
        report.get_by_text("footnote eval run").wait_for()
        older = make_report(tmp_path / "older", tmp_path / "reports" / "older.report")
        os.utime(older, (1_000, 1_000))
        make_report(tmp_path / "newer", tmp_path / "reports" / "newer.report")
        chat.page.get_by_role("tab", name="Chat").click()
        chat.page.get_by_role("textbox", name="Question").wait_for()
        tab.click()
        report.get_by_text("newer.report").wait_for()
        frame = chat.page.frame_locator("#footnote-report iframe")
        frame.get_by_role("heading", name="Evaluation of set").wait_for()
        frame.get_by_role("link", name="Failures", exact=True).click()
        frame.locator("#failures summary").nth(1).click()
        frame.locator("#failures article mark.both").wait_for()
        assert sideways(chat.page) <= 0
        assert chat.page.evaluate("typeof window.hacked") == "undefined"
        chat.page.get_by_role("tab", name="Chat").click()
        chat.ask("Is the chat as it was?")
        chat.page.locator(".fn-abstention").wait_for()


def test_a_file_in_the_reports_place_can_run_nothing(
    browser: Browser, address: str, tmp_path: Path
) -> None:
    (tmp_path / "reports").mkdir()
    evil = "<p>evil</p><script>top.hacked = 1; document.title = 'ran'</script>"
    (tmp_path / "reports" / "report.html").write_text(evil)
    for chat in opened(browser, address):
        chat.page.get_by_role("tab", name="Evaluation").click()
        chat.page.frame_locator("#footnote-report iframe").get_by_text("evil").wait_for()
        assert chat.page.evaluate("typeof window.hacked") == "undefined"
        chat.page.goto(f"{address}/footnote/report")
        chat.page.get_by_text("evil").wait_for()
        assert chat.page.title() != "ran"
        assert all("sandboxed" in e or "Security Policy" in e for e in chat.errors)
        assert chat.errors
        chat.errors.clear()
