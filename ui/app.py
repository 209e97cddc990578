"""The chat's page: its layout, and which event leads to which handler of ``ui.chat``."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator
from importlib.resources import files
from typing import TYPE_CHECKING, Any, NamedTuple

import gradio as gr

from rag.values import Filters
from ui.chat import Chat, Collection, Reader, Shown
from ui.evaluation import evaluation_html
from ui.keeping import Page
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
_ASKING: dict[str, Any] = {**_QUIET, "concurrency_id": "ask"}

# Scripts of the panel and of the filter bar. Each runs once, in a block of its own.
_PANEL_SCRIPTS = ("panel.js", "marks.js")
_BAR_SCRIPTS = ("asking.js", "filters.js")

_PLACEHOLDER = (
    '<div class="fn-hello"><h2>What would you like to know?</h2><p>Every sentence of an answer is'
    " quoted from an article, with a footnote that opens it at those words.</p>{more}</div>"
)


class ChatParts(NamedTuple):
    """The components that a handler of the chat changes, in the order of ``ui.chat.Shown``."""

    messages: gr.Chatbot
    box: gr.Textbox
    conversation: gr.State
    panel: gr.HTML
    filters: gr.State
    bar: gr.HTML
    editing: gr.State


class Actions(NamedTuple):
    """The buttons below the question."""

    retry: gr.Button
    edit: gr.Button
    afresh: gr.Button


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
                    articles_tab(service.articles, articles)
            with gr.Tab("Evaluation") as evaluation:
                report = gr.HTML(apply_default_css=False, elem_id="footnote-report")
        if service:
            api_endpoints(service.tools)
        # Looked for only when the tab is opened: the chat does not wait for it.
        root_path = service.rules.root_path if service else ""
        evaluation.select(lambda: evaluation_html(root_path), None, [report], **_QUIET)
    return page


def asset(name: str) -> str:
    """The text of a file of ``ui/assets``."""
    return (files("ui") / "assets" / name).read_text(encoding="utf-8")


def _scripts(*names: str) -> str:
    return "\n".join(f"{{\n{asset(name)}\n}}" for name in names)


def _chat_tab(chat: Chat, collection: Collection, page: gr.Blocks, service: Service | None) -> None:
    conversation, filters, editing = gr.State(()), gr.State(Filters()), gr.State(False)
    with gr.Row(elem_id="footnote-columns", equal_height=False):
        column = conversations_column(service.keeper) if service else None
        with gr.Column(elem_id="footnote-chat", scale=3, min_width=320):
            messages = _chatbot(collection)
            bar = gr.HTML(
                chat.filter_bar,
                js_on_load=_scripts(*_BAR_SCRIPTS),
                server_functions=[_suggesting(chat)],
                apply_default_css=False,
                elem_id="footnote-filters",
            )
            box = _question_box()
            with gr.Row(elem_id="footnote-actions"):
                actions = Actions(
                    gr.Button("Ask again", size="sm", elem_classes="fn-action fn-of-last"),
                    gr.Button("Edit question", size="sm", elem_classes="fn-action fn-of-last"),
                    gr.Button("New conversation", size="sm", elem_classes="fn-action"),
                )
        with gr.Column(elem_id="footnote-side", scale=2, min_width=320):
            panel = gr.HTML(
                chat.welcome,
                js_on_load=_scripts(*_PANEL_SCRIPTS),
                apply_default_css=False,
                elem_id="footnote-panel",
            )
    parts = ChatParts(messages, box, conversation, panel, filters, bar, editing)
    if service and column:
        _wire_asking(chat, parts, actions, service, column)
        _wire_kept(chat, page, parts, actions, service, column)
    else:
        _wire_asking(chat, parts, actions)
        actions.afresh.click(lambda: tuple(chat.afresh()), None, [*parts], **_QUIET)


def _suggesting(chat: Chat) -> Callable[[str], list[dict[str, str]]]:
    """The function that the page's script asks for titles: Gradio puts a mark on it."""

    def suggest(text: str) -> list[dict[str, str]]:
        return chat.suggest(text)

    return suggest


def _question_box() -> gr.Textbox:
    return gr.Textbox(
        label="Question",
        show_label=False,
        placeholder="Ask about these articles",
        submit_btn="Ask",
        max_lines=6,
        autofocus=True,
        elem_id="footnote-question",
    )


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


def _wire_asking(
    chat: Chat,
    parts: ChatParts,
    actions: Actions,
    service: Service | None = None,
    column: tuple[Any, ...] | None = None,
) -> None:
    """Ask, stop, ask again, edit; filters; and the panel. With ``service`` answers are kept."""
    outputs: list[Any] = [*parts]
    page: list[Any] = []
    if column:
        kept, _, shown = column
        outputs, page = [*parts, shown, kept], [shown]
    asked, asked_again = _told(chat.ask, service), _told(chat.retry, service)
    state: list[Any] = [parts.conversation, parts.filters]
    parts.box.submit(asked, [*page, parts.box, *state, parts.editing], outputs, **_ASKING)
    actions.retry.click(asked_again, [*page, *state], outputs, **_ASKING)

    def ask_example(
        request: gr.Request, event: gr.SelectData, *inputs: Any
    ) -> Iterator[tuple[Any, ...]]:
        *shown, conversation, filters = inputs
        yield from asked(request, *shown, event.value["text"], conversation, filters, False)

    parts.messages.example_select(ask_example, [*page, *state], outputs, **_ASKING)
    parts.box.stop(_stopping(chat), None, None, **_QUIET)
    actions.edit.click(
        lambda *now: tuple(chat.edit(*now)), [parts.conversation, parts.editing], [*parts], **_QUIET
    )
    parts.bar.select(
        chat.change_filter, [parts.filters], [parts.filters, parts.bar],
        trigger_mode="multiple", **_QUIET,
    )  # fmt: skip
    parts.panel.select(
        chat.follow, [parts.conversation], [parts.panel], trigger_mode="always_last", **_QUIET
    )


def _stopping(chat: Chat) -> Callable[[gr.Request], None]:
    def stop(request: gr.Request) -> None:
        chat.stop(request.session_hash or "")

    return stop


def _told(
    handler: Callable[..., Iterator[Shown]], service: Service | None
) -> Callable[..., Iterator[tuple[Any, ...]]]:
    """``handler`` as Gradio calls it, told whose session it is.

    With ``service`` what it answers is kept, and its first input is the page's conversation.
    """

    def as_outputs(*inputs: Any) -> Iterator[tuple[Any, ...]]:
        yield from map(tuple, handler(*inputs))

    if service is None:

        def plain(request: gr.Request, *inputs: Any) -> Iterator[tuple[Any, ...]]:
            yield from map(_changes, as_outputs(*inputs, request.session_hash or ""))

        return plain
    keep = service.keeper.keeping(as_outputs, place=ChatParts._fields.index("conversation"))

    def kept(request: gr.Request, page: Page, *inputs: Any) -> Iterator[tuple[Any, ...]]:
        yield from map(_changes, keep(page, request, *inputs, request.session_hash or ""))

    return kept


def _changes(outputs: Iterable[Any]) -> tuple[Any, ...]:
    """``outputs`` of a handler that skips some, with each text as a change of its component.

    Gradio makes a component anew where it skips it, and files a plain text given later under the
    number of that new one: it would keep each panel and each list that a page ever showed.
    """
    return tuple(
        gr.update(value=output) if isinstance(output, str) else output for output in outputs
    )


def _wire_kept(
    chat: Chat,
    page: gr.Blocks,
    parts: ChatParts,
    actions: Actions,
    service: Service,
    column: tuple[Any, ...],
) -> None:
    """Conversations that are kept, and opened again."""
    keeper = service.keeper
    kept, search, shown = column
    everything: list[Any] = [*parts, shown, kept]

    def begin(request: gr.Request) -> tuple[Any, ...]:
        return _changes((*chat.afresh(), Page(), keeper.sidebar(request, Page())))

    def reopen(conversation_id: str, request: gr.Request) -> tuple[Any, ...]:
        found, told = keeper.open(request, conversation_id)
        if found is None:
            # The chat is left as it is: the reader may have begun to type or to ask.
            listed = keeper.sidebar(request, Page(), told=told)
            return _changes((*Shown(), gr.skip(), listed))
        now = Page(found.id, found.revision)
        return _changes((*chat.reopened(found.answers), now, keeper.sidebar(request, now)))

    def act(shown: Page, search: str, request: gr.Request, event: gr.EventData) -> tuple[Any, ...]:
        what = dict(getattr(event, "_data", None) or {})
        if what.get("action") == "open":
            return reopen(str(what.get("id", "")), request)
        now, listed = keeper.act(request, what, shown, search)
        if shown.id and not now.id:  # what was shown is deleted
            return (*begin(request)[:-1], listed)
        return _changes((*Shown(), now, listed))

    kept.select(act, [shown, search], everything, **_QUIET)
    actions.afresh.click(begin, None, everything, **_QUIET)
    address = gr.Textbox(visible=False)
    page.load(reopen, [address], everything, js=_ADDRESSED, **_QUIET)


# The conversation that the page's address names.
_ADDRESSED = "() => new URLSearchParams(location.search).get('c') || ''"
