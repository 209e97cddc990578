"""The chat's page: its layout, and which event leads to which handler of ``ui.chat``."""

from __future__ import annotations

from collections.abc import Iterator
from importlib.resources import files
from typing import TYPE_CHECKING, Any

import gradio as gr

from ui.chat import Chat, Collection, Conversation, Reader
from ui.evaluation import evaluation_html
from ui.keeping import Keeper, Page
from ui.tabs import api_endpoints, articles_tab, conversations_column

if TYPE_CHECKING:
    from ui.service import Service

# Questions that may be under way at the same time; Gradio's default is one. Those that wait for
# their turn (ui.waiting) count too, for they are told how many come before.
QUESTIONS_UNDER_WAY = 32
_QUIET: dict[str, Any] = {
    "show_progress": "hidden",
    "api_visibility": "private",
    "concurrency_limit": QUESTIONS_UNDER_WAY,
}

_PLACEHOLDER = (
    '<div class="fn-hello"><h2>What would you like to know?</h2><p>Every sentence of an answer is'
    " quoted from an article, with a footnote that opens it at those words.</p>{more}</div>"
)


def build_page(engine: Reader, collection: Collection, service: Service | None = None) -> gr.Blocks:
    """The page, ready to be served by ``ui.serving``.

    ``service`` adds kept conversations, the Articles tab and the API.
    """
    chat = Chat(engine, collection, service.line if service else None)
    with gr.Blocks(title="Footnote", analytics_enabled=False, fill_width=True) as page:
        gr.HTML(chat.masthead, apply_default_css=False, elem_id="footnote-masthead")
        with gr.Tabs(elem_id="footnote-tabs"):
            with gr.Tab("Chat"):
                _chat_tab(chat, collection, page, service)
            if service:
                with gr.Tab("Articles") as articles:
                    articles_tab(service.library, articles)
            with gr.Tab("Evaluation") as evaluation:
                report = gr.HTML(apply_default_css=False, elem_id="footnote-report")
        if service:
            api_endpoints(service.tools)
        # Looked for only when the tab is opened: the chat does not wait for it.
        evaluation.select(evaluation_html, None, [report], **_QUIET)
    return page


def _chat_tab(chat: Chat, collection: Collection, page: gr.Blocks, service: Service | None) -> None:
    conversation = gr.State(())
    with gr.Row(elem_id="footnote-columns", equal_height=False):
        column = conversations_column(service.keeper) if service else None
        with gr.Column(elem_id="footnote-chat", scale=3, min_width=320):
            messages = _chatbot(collection)
            box = gr.Textbox(
                label="Question",
                show_label=False,
                placeholder="Ask about these articles",
                submit_btn="Ask",
                max_lines=6,
                autofocus=True,
                elem_id="footnote-question",
            )
            afresh = gr.Button("New conversation", size="sm", elem_id="footnote-afresh")
        with gr.Column(elem_id="footnote-side", scale=2, min_width=320):
            panel = gr.HTML(
                chat.welcome,
                js_on_load=asset("panel.js"),
                apply_default_css=False,
                elem_id="footnote-panel",
            )
    parts = (messages, box, conversation, panel)
    if service and column:
        _wire_kept(chat, page, parts, service.keeper, column, afresh)
    else:
        _wire(chat, parts, afresh)


def asset(name: str) -> str:
    """The text of a file of ``ui/assets``."""
    return (files("ui") / "assets" / name).read_text(encoding="utf-8")


def _chatbot(collection: Collection) -> gr.Chatbot:
    examples: list[Any] = [{"text": example} for example in collection.examples]
    more = "<p>For example:</p>" if examples else ""
    return gr.Chatbot(
        label="Conversation",
        show_label=False,
        layout="panel",
        height="100%",
        buttons=[],
        latex_delimiters=[],  # a price is not a formula
        group_consecutive_messages=False,
        allow_tags=False,
        sanitize_html=True,
        placeholder=_PLACEHOLDER.format(more=more),
        examples=examples or None,
        elem_id="footnote-messages",
    )


def _wire(chat: Chat, parts: tuple[Any, ...], afresh: gr.Button) -> None:
    messages, box, conversation, panel = parts
    asking: dict[str, Any] = {
        "outputs": [messages, box, conversation, panel],
        "concurrency_limit": QUESTIONS_UNDER_WAY,
        "concurrency_id": "ask",
        "show_progress": "hidden",
        "api_visibility": "private",
    }
    box.submit(chat.ask, [box, conversation], **asking)

    def ask_example(conversation: Conversation, event: gr.SelectData) -> Iterator[tuple[Any, ...]]:
        yield from chat.ask(event.value["text"], conversation)

    messages.example_select(ask_example, [conversation], **asking)
    panel.select(chat.follow, [conversation], [panel], trigger_mode="always_last", **_QUIET)
    afresh.click(
        lambda: ([], "", (), chat.welcome()), None, [messages, box, conversation, panel], **_QUIET
    )


def _wire_kept(
    chat: Chat,
    page: gr.Blocks,
    parts: tuple[Any, ...],
    keeper: Keeper,
    column: tuple[Any, ...],
    afresh: gr.Button,
) -> None:
    """As ``_wire``, with conversations that are kept and opened again."""
    messages, box, conversation, panel = parts
    kept, search, shown = column
    asked = keeper.keeping(chat.ask, place=2)
    everything = [messages, box, conversation, panel, shown, kept]
    asking: dict[str, Any] = {**_QUIET, "concurrency_id": "ask"}
    box.submit(asked, [shown, box, conversation], everything, **asking)

    def ask_example(
        shown: Page, conversation: Conversation, request: gr.Request, event: gr.SelectData
    ) -> Iterator[tuple[Any, ...]]:
        yield from asked(shown, request, event.value["text"], conversation)

    messages.example_select(ask_example, [shown, conversation], everything, **asking)
    panel.select(chat.follow, [conversation], [panel], trigger_mode="always_last", **_QUIET)

    def begin(request: gr.Request) -> tuple[Any, ...]:
        return [], "", (), chat.welcome(), Page(), keeper.sidebar(request, Page())

    def reopen(conversation_id: str, request: gr.Request) -> tuple[Any, ...]:
        found, told = keeper.open(request, conversation_id)
        if found is None:
            # The chat is left as it is: the reader may have begun to type or to ask.
            return (*[gr.skip()] * 5, keeper.sidebar(request, Page(), told=told))
        now = Page(found.id, found.revision)
        said, body = chat.reopened(found.answers)
        return said, gr.skip(), found.answers, body, now, keeper.sidebar(request, now)

    def act(shown: Page, search: str, request: gr.Request, event: gr.EventData) -> tuple[Any, ...]:
        what = dict(getattr(event, "_data", None) or {})
        if what.get("action") == "open":
            return reopen(str(what.get("id", "")), request)
        now, listed = keeper.act(request, what, shown, search)
        if shown.id and not now.id:  # what was shown is deleted
            return (*begin(request)[:5], listed)
        return (*[gr.skip()] * 4, now, listed)

    kept.select(act, [shown, search], everything, **_QUIET)
    afresh.click(begin, None, everything, **_QUIET)
    address = gr.Textbox(visible=False)
    page.load(reopen, [address], everything, js=_ADDRESSED, **_QUIET)


# The conversation that the page's address names.
_ADDRESSED = "() => new URLSearchParams(location.search).get('c') || ''"
