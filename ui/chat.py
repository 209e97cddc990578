"""What happens on a question or a click: the page's event handlers, over one engine."""

from __future__ import annotations

import logging
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from typing import Any, Protocol
from uuid import uuid4

import gradio as gr

from rag.errors import FootnoteError
from rag.escaping import escape
from rag.values import Answer, Article, LoadProblem, Status, Turn
from ui.keeping_html import tools_html
from ui.links import ARTICLES_LINK, SOURCES_LINK, read_article_link
from ui.panel import (
    article_html,
    articles_html,
    missing_article_html,
    panel_html,
    sources_html,
    welcome_html,
)
from ui.rendering import PENDING, answer_html, question_html
from ui.waiting import QUESTIONS_AT_ONCE, Line, waiting_html

QUESTION_LIMIT = 2_000  # characters; a longer text is a document, not a question
_LOOPBACK = frozenset({"127.0.0.1", "localhost", "::1"})

_log = logging.getLogger(__name__)

Conversation = tuple[Answer, ...]
Message = dict[str, str]


class Reader(Protocol):
    """What the chat needs of a ``rag.engine.QueryEngine``."""

    def ask(self, question: str, history: Sequence[Turn] = ()) -> Answer:
        """Answer a question of a conversation."""

    def articles(self) -> list[Article]:
        """Every indexed article."""

    def article(self, article_id: str) -> Article:
        """One indexed article; raises KeyError or FootnoteError where there is none."""


@dataclass(frozen=True, slots=True)
class Collection:
    """What the page tells of the collection besides its articles."""

    folder: str
    host: str = "127.0.0.1"
    problems: tuple[LoadProblem, ...] = ()
    examples: tuple[str, ...] = ()


class Chat:
    """The page's event handlers over one engine. Holds no state of a conversation."""

    def __init__(self, engine: Reader, collection: Collection, line: Line | None = None) -> None:
        """``line`` is where questions wait for their turn, shared with other ways to ask."""
        self._engine = engine
        self._collection = collection
        self._line = line or Line(QUESTIONS_AT_ONCE)

    def welcome(self) -> str:
        """The panel before the first question."""
        count = len(self._engine.articles())
        return panel_html(welcome_html(count, self._collection.folder), SOURCES_LINK, count)

    def masthead(self) -> str:
        """The page's head, with the status line."""
        count = len(self._engine.articles())
        articles = f"{count:,} article{'' if count == 1 else 's'} from"
        reach = (
            "nothing leaves this machine"
            if self._collection.host in _LOOPBACK
            else f"open to everyone who can reach {escape(self._collection.host)}"
        )
        return (
            '<header class="fn-masthead"><h1>Footnote</h1>'
            "<p>Answers from your articles, word for word.</p>"
            f'<p class="fn-status">{articles} <b>{escape(self._collection.folder)}</b>'
            f" · {reach}</p></header>"
        )

    def ask(self, question: str, conversation: Conversation) -> Iterator[tuple[Any, ...]]:
        """Answer ``question``: chat, question box, conversation and panel, twice.

        First the question as asked, so that the reader sees it was taken; then the answer.
        """
        question = question.strip()
        if not self._can_be_asked(question):
            yield gr.skip(), gr.skip(), gr.skip(), gr.skip()
            return
        waiting = [*_messages(conversation), *_exchange(question, PENDING)]
        yield waiting, "", gr.skip(), gr.skip()
        with self._line.place() as turns:
            for before in turns:
                waiting[-1]["content"] = waiting_html(before)
                yield waiting, gr.skip(), gr.skip(), gr.skip()
            answer = self._answer(question, conversation)
        # The hits hold whole articles; a conversation needs only what it shows.
        conversation = (*conversation, replace(answer, hits=()))
        body = panel_html(sources_html(answer), SOURCES_LINK, len(self._engine.articles()))
        yield _messages(conversation), gr.skip(), conversation, body

    def reopened(self, conversation: Conversation) -> tuple[list[Message], str]:
        """The chat and the panel of a conversation that was kept."""
        count = len(self._engine.articles())
        body = sources_html(conversation[-1]) if conversation else ""
        return _messages(conversation), panel_html(body, SOURCES_LINK, count)

    def follow(self, conversation: Conversation, event: gr.EventData) -> str:
        """The panel after a click on one of our links."""
        link = str(getattr(event, "link", ""))
        articles = self._engine.articles()
        current = SOURCES_LINK
        target = read_article_link(link)
        if target is not None:
            try:
                body = article_html(self._engine.article(target.article_id), target)
            except (KeyError, FootnoteError):
                body = missing_article_html(target.article_id)
        elif link == ARTICLES_LINK:
            current = ARTICLES_LINK
            body = articles_html(articles, self._collection.problems)
        elif conversation:
            body = sources_html(conversation[-1])
        else:
            body = welcome_html(len(articles), self._collection.folder)
        return panel_html(body, current, len(articles), opened=uuid4().hex)

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

    def _answer(self, question: str, conversation: Conversation) -> Answer:
        try:
            return self._engine.ask(question, history=_turns(conversation))
        except FootnoteError as error:
            message = str(error)
        except Exception:  # noqa: BLE001
            # Whatever went wrong, the reader must not be left with a question that hangs.
            _log.exception("A question could not be answered")
            message = "Footnote met an error of its own; the terminal that runs it tells more."
        return Answer(question, question, Status.ERROR, message=message)


def _turns(conversation: Conversation) -> tuple[Turn, ...]:
    """The conversation for the engine; a message that there is no answer is not one."""
    return tuple(
        Turn(answer.understood, answer.text if answer.status is Status.ANSWERED else "")
        for answer in conversation
        if answer.status is not Status.ERROR
    )


def _messages(conversation: Conversation) -> list[Message]:
    return [
        message
        for place, answer in enumerate(conversation)
        for message in _exchange(answer.question, answer_html(answer) + tools_html(place))
    ]


def _exchange(question: str, reply: str) -> list[Message]:
    return [
        {"role": "user", "content": question_html(question)},
        {"role": "assistant", "content": reply},
    ]
