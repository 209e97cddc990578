"""The chat's page: its layout, and which event leads to which handler of ``ui.chat``."""

from __future__ import annotations

from collections.abc import Iterator
from importlib.resources import files
from typing import Any

import gradio as gr

from ui.chat import Chat, Collection, Conversation, Reader
from ui.evaluation import evaluation_html

# Questions answered at the same time; Gradio's default is one.
QUESTIONS_AT_ONCE = 4
_QUIET: dict[str, Any] = {
    "show_progress": "hidden",
    "api_visibility": "private",
    "concurrency_limit": QUESTIONS_AT_ONCE,
}

_PLACEHOLDER = (
    '<div class="fn-hello"><h2>What would you like to know?</h2><p>Every sentence of an answer is'
    " quoted from an article, with a footnote that opens it at those words.</p>{more}</div>"
)


def build_page(engine: Reader, collection: Collection) -> gr.Blocks:
    """The page, ready to be served by ``ui.serving``."""
    chat = Chat(engine, collection)
    with gr.Blocks(title="Footnote", analytics_enabled=False, fill_width=True) as page:
        gr.HTML(chat.masthead, apply_default_css=False, elem_id="footnote-masthead")
        with gr.Tabs(elem_id="footnote-tabs"):
            with gr.Tab("Chat"):
                _chat_tab(chat, collection)
            with gr.Tab("Evaluation") as evaluation:
                report = gr.HTML(apply_default_css=False, elem_id="footnote-report")
        # Looked for only when the tab is opened: the chat does not wait for it.
        evaluation.select(evaluation_html, None, [report], **_QUIET)
    return page


def _chat_tab(chat: Chat, collection: Collection) -> None:
    conversation = gr.State(())
    with gr.Row(elem_id="footnote-columns", equal_height=False):
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
    _wire(chat, (messages, box, conversation, panel), afresh)


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
        "concurrency_limit": QUESTIONS_AT_ONCE,
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
