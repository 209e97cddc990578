"""A conversation as messages of the page and as turns for the engine, and what is kept of it."""

from __future__ import annotations

from dataclasses import replace

from rag.values import Answer, Filters, Hit, Partial, Status, Turn
from ui.keeping_html import tools_html
from ui.links import ArticleTarget
from ui.rendering import STOPPED, answer_html, question_html

Conversation = tuple[Answer, ...]
Message = dict[str, str]


def stopped(question: str, so_far: int | Partial, filters: Filters) -> Answer:
    """What is kept of a question that was stopped: its confirmed sentences, if there are any."""
    understood = so_far.understood if isinstance(so_far, Partial) else question
    if isinstance(so_far, int) or not so_far.sentences:
        return Answer(question, understood, Status.ERROR, message=STOPPED, filters=filters)
    return Answer(
        question,
        understood,
        Status.ANSWERED,
        so_far.sentences,
        filters=filters,
        notice=f"{STOPPED} There may be more to it.",
    )


def without_texts(answer: Answer) -> Answer:
    """``answer`` without its articles' texts and the offsets of their sentences.

    A conversation stays in memory, and needs only what it shows of them.
    """
    return replace(answer, hits=tuple(_outline(hit) for hit in answer.hits))


def _outline(hit: Hit) -> Hit:
    return replace(
        hit,
        article=replace(hit.article, text="", boilerplate=()),
        chunk=replace(hit.chunk, sentences=()),
    )


def cited_by(conversation: Conversation, target: ArticleTarget) -> int | None:
    """The place of the last answer that has to do with what is opened, or of the last of all."""
    for place in reversed(range(len(conversation))):
        answer = conversation[place]
        for citation in (*answer.citations, *answer.reprints):
            if citation.article_id == target.article_id and (
                target.span is None or citation.start == target.span.start
            ):
                return place
    return len(conversation) - 1 if conversation else None


def turns(conversation: Conversation) -> tuple[Turn, ...]:
    """The conversation for the engine; a message that there is no answer is not one."""
    return tuple(
        Turn(answer.understood, answer.text if answer.status is Status.ANSWERED else "")
        for answer in conversation
        if answer.status is not Status.ERROR
    )


def messages(conversation: Conversation) -> list[Message]:
    """Questions and answers in turn, each answer with its tools."""
    return [
        message
        for place, answer in enumerate(conversation)
        for message in exchange(answer.question, answer_html(answer, place) + tools_html(place))
    ]


def exchange(question: str, reply: str) -> list[Message]:
    """A question as the reader asked it, and a reply in HTML."""
    return [
        {"role": "user", "content": question_html(question)},
        {"role": "assistant", "content": reply},
    ]
