"""What happens on a question or a click: the page's event handlers, over one engine."""

from __future__ import annotations

import logging
import threading
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import Any, NamedTuple, Protocol
from uuid import uuid4

import gradio as gr

from rag.errors import FootnoteError
from rag.escaping import escape
from rag.filtering import take_mentions, with_article
from rag.values import Answer, Article, Filters, LoadProblem, Partial, Status, Turn
from ui import filter_bar
from ui.access import LOOPBACK
from ui.exchanges import Conversation, cited_by, exchange, messages, stopped, turns, without_texts
from ui.links import SOURCES_LINK, WHY_LINK, read_answer_link, read_article_link
from ui.panel import article_html, missing_article_html, panel_html, welcome_html
from ui.rendering import PENDING, partial_html
from ui.sources import sources_html
from ui.streaming import Running
from ui.waiting import QUESTIONS_AT_ONCE, Line, waiting_html
from ui.why import why_html

QUESTION_LIMIT = 2_000  # characters; a longer text is a document, not a question
_SKIP: Any = gr.skip()

_log = logging.getLogger(__name__)


class Reader(Protocol):
    """What the chat needs of a ``rag.engine.QueryEngine``."""

    def stream(
        self, question: str, history: Sequence[Turn] = (), filters: Filters | None = None
    ) -> Iterator[Partial | Answer]:
        """Answer a question of a conversation, told as it comes."""

    def article_heads(self) -> list[Article]:
        """Every indexed article without its text."""

    def article(self, article_id: str) -> Article:
        """One indexed article; raises KeyError or FootnoteError where there is none."""


@dataclass(frozen=True, slots=True)
class Collection:
    """What the page tells of the collection besides its articles.

    ``model``: the host of the language model's endpoint where that is another machine, else empty.
    """

    folder: str
    host: str = "127.0.0.1"
    model: str = ""
    problems: tuple[LoadProblem, ...] = ()
    examples: tuple[str, ...] = ()


class Shown(NamedTuple):
    """What changes on the page; the rest stays. The order is that of ``ui.app.ChatParts``."""

    messages: Any = _SKIP
    box: Any = _SKIP
    conversation: Any = _SKIP
    panel: Any = _SKIP
    filters: Any = _SKIP
    bar: Any = _SKIP
    editing: Any = _SKIP


class Chat:
    """The page's event handlers over one engine.

    Of a conversation it holds nothing but the question that is being answered, by the session
    that asked it, so that it can be stopped.
    """

    def __init__(self, engine: Reader, collection: Collection, line: Line | None = None) -> None:
        """``line`` is where questions wait for their turn, shared with other ways to ask."""
        self._engine = engine
        self._collection = collection
        self._line = line or Line(QUESTIONS_AT_ONCE)
        self._running: dict[str, Running] = {}
        self._lock = threading.Lock()

    def welcome(self) -> str:
        """The panel before the first question."""
        count = len(self._engine.article_heads())
        return panel_html(welcome_html(count, self._collection.folder), SOURCES_LINK)

    def masthead(self) -> str:
        """The page's head, with the status line."""
        count = len(self._engine.article_heads())
        articles = f"{count:,} article{'' if count == 1 else 's'} from"
        told = []
        if self._collection.host not in LOOPBACK:
            told.append(f"open to everyone who can reach {escape(self._collection.host)}")
        if self._collection.model:
            told.append(f"quotes and questions go to {escape(self._collection.model)}")
        reach = " · ".join(told) or "nothing leaves this machine"
        return (
            '<a class="fn-skip" href="#footnote-question">Skip to the question</a>'
            '<header class="fn-masthead"><h1>Footnote</h1>'
            "<p>Answers from your articles, word for word.</p>"
            f'<p class="fn-status">{articles} <b>{escape(self._collection.folder)}</b>'
            f" · {reach}</p></header>"
        )

    def filter_bar(self) -> str:
        """The bar above the question with no filter in use."""
        return filter_bar.filter_bar_html(Filters(), self._engine.article_heads())

    # --- asking

    def ask(
        self,
        question: str,
        conversation: Conversation,
        filters: Filters,
        editing: bool = False,
        session: str = "",
    ) -> Iterator[Shown]:
        """Answer ``question``; while ``editing``, in place of the conversation's last one.

        First the question as asked, so that the reader sees it was taken; then what is confirmed
        of the answer, as it comes; then the whole of it.
        """
        question = question.strip()
        if not self._can_be_asked(question):
            yield Shown()
            return
        conversation = conversation[:-1] if editing else conversation
        before = messages(conversation)
        try:
            question, filters = self._restricted(question, filters)
        except FootnoteError as error:
            gr.Warning(escape(str(error)), title="Which article?")
            yield Shown()
            return
        yield Shown(
            messages=[*before, *exchange(question, PENDING)],
            box=gr.Textbox(value="", submit_btn=False, stop_btn="Stop"),
            filters=filters,
            bar=filter_bar.filter_bar_html(filters, self._engine.article_heads()),
            editing=False,
        )
        told: int | Partial | Answer = 0
        reply = PENDING
        for told in self._told(question, conversation, filters, session):
            if isinstance(told, Answer):
                break
            shown, reply = reply, _on_its_way(told, question)
            if reply != shown:  # a page's change costs more than a search
                yield Shown([*before, *exchange(question, reply)])
        answer = told if isinstance(told, Answer) else stopped(question, told, filters)
        conversation = (*conversation, without_texts(answer))
        yield Shown(
            messages=messages(conversation),
            box=asking_box(),
            conversation=conversation,
            panel=self._answer_view(SOURCES_LINK, conversation, len(conversation) - 1),
        )

    def stop(self, session: str) -> None:
        """End the question that this session has asked, if one is being answered."""
        with self._lock:
            running = self._running.get(session)
        if running is not None:
            running.stop()

    def retry(
        self, conversation: Conversation, filters: Filters, session: str = ""
    ) -> Iterator[Shown]:
        """Ask the last question again."""
        if conversation:
            yield from self.ask(conversation[-1].question, conversation, filters, True, session)
        else:
            yield Shown()

    def edit(self, conversation: Conversation, editing: bool) -> Shown:
        """Put the last question into the box, to be changed and asked in its own place; or not."""
        if editing or not conversation:
            return Shown(box=asking_box(value=""), editing=False)
        box = asking_box(value=conversation[-1].question, submit_btn="Ask again")
        return Shown(box=box, editing=True)

    def afresh(self) -> Shown:
        """A new conversation, without filters."""
        return Shown(
            [], asking_box(value=""), (), self.welcome(), Filters(), self.filter_bar(), False
        )

    # --- filters

    def change_filter(self, filters: Filters, event: gr.EventData) -> tuple[Filters, str]:
        """The filters and their bar after one change in it."""
        heads = self._engine.article_heads()
        kind, value = (str(getattr(event, name, "")) for name in ("kind", "value"))
        try:
            filters = filter_bar.changed(
                filters, heads, kind, value, bool(getattr(event, "on", False))
            )
        except FootnoteError as error:
            gr.Warning(escape(str(error)), title="That filter does not hold")
        return filters, filter_bar.filter_bar_html(filters, heads)

    def suggest(self, text: str) -> list[dict[str, str]]:
        """Articles whose titles fit what was typed after an ``@``."""
        return filter_bar.suggestions(str(text)[:QUESTION_LIMIT], self._engine.article_heads())

    # --- the panel

    def follow(self, conversation: Conversation, event: gr.EventData) -> str:
        """The panel after a click on one of our links."""
        link = str(getattr(event, "link", ""))
        opened = uuid4().hex
        target = read_article_link(link)
        if target is not None:
            try:
                body = article_html(self._engine.article(target.article_id), target)
            except (KeyError, FootnoteError):
                body = missing_article_html(target.article_id)
            return panel_html(body, link, cited_by(conversation, target), opened)
        view, place = read_answer_link(link) or (SOURCES_LINK, len(conversation) - 1)
        return self._answer_view(view, conversation, place, opened)

    def reopened(self, conversation: Conversation) -> Shown:
        """A conversation that was kept, as it was left."""
        return Shown(
            messages=messages(conversation),
            conversation=conversation,
            panel=self._answer_view(SOURCES_LINK, conversation, len(conversation) - 1),
            editing=False,
        )

    def _answer_view(
        self, view: str, conversation: Conversation, place: int, opened: str = ""
    ) -> str:
        if not 0 <= place < len(conversation):
            count = len(self._engine.article_heads())
            return panel_html(
                welcome_html(count, self._collection.folder), SOURCES_LINK, None, opened
            )
        answer = conversation[place]
        body = why_html(answer) if view == WHY_LINK else sources_html(answer)
        return panel_html(body, view, place, opened)

    def _can_be_asked(self, question: str) -> bool:
        if not question:
            gr.Info("Type a question first.", title="Nothing to look for")
        elif len(question) > QUESTION_LIMIT:
            gr.Warning(
                f"A question may have {QUESTION_LIMIT:,} characters; this one has"
                f" {len(question):,}. Ask for one thing at a time.",
                title="That is too long",
            )
        else:
            return True
        return False

    def _restricted(self, question: str, filters: Filters) -> tuple[str, Filters]:
        """The question without its ``@title``, and the filters with those articles."""
        if "@" not in question:
            return question, filters
        mentioned = take_mentions(question, self._engine.article_heads())
        for name in mentioned.unknown:
            gr.Info(f"No article is called “{escape(name)}”.", title="Asked all articles")
        for article_id in mentioned.articles:
            filters = with_article(filters, article_id)
        return mentioned.question or question, filters

    def _told(
        self, question: str, conversation: Conversation, filters: Filters, session: str
    ) -> Iterator[int | Partial | Answer]:
        """The questions before this one, and what the engine tells, until it is stopped.

        An error is told as an answer.
        """
        history = turns(conversation)

        def in_turn() -> Iterator[int | Partial | Answer]:
            with self._line.place() as before:
                yield from before
                yield from self._engine.stream(question, history, filters or None)

        running = Running(in_turn)
        with self._lock:
            self._running[session] = running
        try:
            yield from running
        except FootnoteError as error:
            yield Answer(question, question, Status.ERROR, message=str(error), filters=filters)
        except Exception:  # noqa: BLE001
            # Whatever went wrong, the reader must not be left with a question that hangs.
            _log.exception("A question could not be answered")
            message = "Footnote met an error of its own; the terminal that runs it tells more."
            yield Answer(question, question, Status.ERROR, message=message)
        finally:
            running.stop()
            with self._lock:
                if self._running.get(session) is running:
                    del self._running[session]


def _on_its_way(told: int | Partial, question: str) -> str:
    return waiting_html(told) if isinstance(told, int) else partial_html(told, question)


def asking_box(**changes: Any) -> gr.Textbox:
    """The question box as it stands while nothing is being answered."""
    return gr.Textbox(**{"submit_btn": "Ask", "stop_btn": False, **changes})
