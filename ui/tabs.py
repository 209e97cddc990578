"""The parts of the page that are not the chat itself: kept conversations, articles, the API."""

from __future__ import annotations

from collections.abc import Iterator
from importlib.resources import files
from typing import Any

import gradio as gr

from rag.errors import FootnoteError
from ui.articles import SORTS, Library, View
from ui.keeping import Keeper, Page
from ui.tools import Tools

# Where there is no room beside the chat the list is a drawer.
_TOGGLE = "() => { document.body.classList.toggle('kept-open') }"
_QUIET: dict[str, Any] = {"show_progress": "hidden", "api_visibility": "private"}


def conversations_column(keeper: Keeper) -> tuple[gr.HTML, gr.Textbox, gr.State]:
    """The list beside the chat: the list itself, its search box, and what the page shows."""
    page = gr.State(Page())
    toggle = gr.Button("Conversations", size="sm", elem_id="footnote-kept-toggle")
    toggle.click(None, None, None, js=_TOGGLE)
    with gr.Column(elem_id="footnote-kept", scale=1, min_width=200):
        search = gr.Textbox(
            label="Search conversations",
            show_label=False,
            placeholder="Search conversations",
            max_lines=1,
            elem_id="footnote-kept-search",
        )
        kept = gr.HTML(
            '<nav class="kept" aria-label="Conversations"></nav>',
            js_on_load=_asset("keeping.js"),
            apply_default_css=False,
            elem_id="footnote-kept-list",
        )

    def find(request: gr.Request, words: str, page: Page) -> str:
        return keeper.sidebar(request, page, words)

    # Not `input`, which Gradio does not tell of pasting or clearing.
    search.change(find, [search, page], [kept], trigger_mode="always_last", **_QUIET)
    return kept, search, page


def articles_tab(library: Library, tab: gr.Tab) -> None:
    """The collection: the list with its search and order, and the shelf beside it."""
    view = gr.State(View())
    with gr.Row(elem_id="footnote-library-columns", equal_height=False):
        with gr.Column(scale=3, min_width=320, elem_id="footnote-library-main"):
            with gr.Row(elem_id="footnote-library-bar"):
                search = gr.Textbox(
                    label="Search articles",
                    show_label=False,
                    placeholder="Search title, outlet, date, file or status",
                    max_lines=1,
                    scale=3,
                    elem_id="footnote-library-search",
                )
                sort = gr.Dropdown(
                    list(SORTS),
                    value=SORTS[0],
                    label="Sort by",
                    show_label=False,
                    filterable=False,
                    scale=1,
                    min_width=140,
                    elem_id="footnote-library-sort",
                )
            listing = _acting("footnote-library")
        with gr.Column(scale=2, min_width=280, elem_id="footnote-shelf-column"):
            shelf = _acting("footnote-shelf")

    def show(search: str, sort: str, view: View) -> str:
        return library.listed(search, sort, view)

    def arrange(search: str, sort: str, view: View) -> tuple[str, View]:
        view = View(view.shown)
        return library.listed(search, sort, view), view

    def act(
        search: str, sort: str, view: View, event: gr.EventData
    ) -> Iterator[tuple[Any, Any, View]]:
        action, name = str(getattr(event, "action", "")), str(getattr(event, "name", ""))
        for listed, shelved, now in library.act(action, name, search, sort, view):
            yield (
                gr.skip() if listed is None else listed,
                gr.skip() if shelved is None else shelved,
                now,
            )

    tab.select(
        lambda *looked: (show(*looked), library.shelf()),
        [search, sort, view],
        [listing, shelf],
        **_QUIET,
    )
    for control in (search.change, sort.input):
        control(
            arrange, [search, sort, view], [listing, view], trigger_mode="always_last", **_QUIET
        )
    for part in (listing, shelf):
        part.select(
            act,
            [search, sort, view],
            [listing, shelf, view],
            trigger_mode="multiple",
            concurrency_limit=4,
            **_QUIET,
        )


def api_endpoints(tools: Tools) -> None:
    """``/ask``, ``/search`` and ``/read_article`` for gradio_client."""

    def ask(
        question: str,
        history: list[dict[str, str]] | None = None,
        filters: dict[str, Any] | None = None,
    ) -> dict[str, Any]:
        """Answer a question; the answer of ``footnote ask --json``, also when it is a refusal."""
        return _typed(tools.ask, question, history or [], filters)

    def search(
        question: str, limit: int = 10, filters: dict[str, Any] | None = None
    ) -> dict[str, Any]:
        """The passages nearest to a question, best first."""
        return _typed(tools.search, question, limit, filters)

    def read_article(doc_id: str, start: int = 0) -> dict[str, Any]:
        """An article's text from ``start`` on."""
        return _typed(tools.read_article, doc_id, start)

    for endpoint in (ask, search, read_article):
        gr.api(endpoint, api_name=endpoint.__name__, concurrency_limit=None)


def _typed(act: Any, *arguments: Any) -> dict[str, Any]:
    """What ``act`` gives, or its error as the same kind of value."""
    try:
        told: dict[str, Any] = act(*arguments)
    except FootnoteError as error:
        return {"status": "error", "message": error.wrong, "mend": error.mend}
    return told


def _acting(name: str) -> gr.HTML:
    return gr.HTML("", js_on_load=_asset("library.js"), apply_default_css=False, elem_id=name)


def _asset(name: str) -> str:
    return (files("ui") / "assets" / name).read_text(encoding="utf-8")
