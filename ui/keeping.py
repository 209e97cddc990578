"""Conversations that are kept: saved after each answer, opened again, renamed, deleted, rated."""

from __future__ import annotations

import logging
import threading
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import gradio as gr

from rag.values import Answer
from ui.access import Rules, owner_of
from ui.conversations import ConversationError, Conversations, Kept
from ui.feedback import FEEDBACK_FILE, add_feedback
from ui.keeping_html import sidebar_html

_log = logging.getLogger(__name__)

Answers = tuple[Answer, ...]


@dataclass(frozen=True, slots=True)
class Page:
    """Which conversation a page shows, as it was last read or written; none at first."""

    id: str = ""
    revision: int = 0


class Keeper:
    """The conversations of everyone who uses the chat; each request sees those of its owner."""

    def __init__(self, folder: Path, rules: Rules) -> None:
        self._folder = folder
        self._rules = rules
        self._stores: dict[str, Conversations] = {}
        self._lock = threading.Lock()

    def store(self, jar: Mapping[str, str]) -> Conversations | None:
        """The conversations of a request's owner, by its cookies; None for nobody's."""
        owner = owner_of(jar, self._rules)
        if not owner:
            return None
        with self._lock:
            # One a process and owner: its lock is what keeps two pages apart.
            return self._stores.setdefault(owner, Conversations(self._folder, owner))

    def sidebar(self, request: gr.Request, page: Page, search: str = "", told: str = "") -> str:
        """The list of conversations."""
        store = self.store(jar_of(request))
        listed = store.listed(search) if store else []
        ratings: tuple[tuple[int, str], ...] = ()
        if store and page.id:
            try:
                ratings = store.load(page.id).ratings
            except ConversationError:
                page = Page()
        return sidebar_html(listed, page.id, ratings, self._rules.root_path, search, told)

    def save(self, request: gr.Request, answers: Answers, page: Page) -> tuple[Page, str]:
        """Keep what a page shows; returns the page as it is now, and what to tell its reader."""
        store = self.store(jar_of(request))
        if store is None or not answers:
            return page, ""
        try:
            kept = store.save(answers, page.id, page.revision)
        except ConversationError as error:
            return page, str(error)
        return Page(kept.id, kept.revision), ""

    def open(self, request: gr.Request, conversation_id: str) -> tuple[Kept | None, str]:
        """A conversation, or why it cannot be opened."""
        store = self.store(jar_of(request))
        if store is None or not conversation_id:
            return None, ""
        try:
            return store.load(conversation_id), ""
        except ConversationError as error:
            return None, str(error)

    def act(
        self, request: gr.Request, what: Mapping[str, Any], page: Page, search: str
    ) -> tuple[Page, str]:
        """Rename, delete, undo or rate; returns the page as it is now and the list."""
        store = self.store(jar_of(request))
        told = ""
        if store is None:
            return page, self.sidebar(request, page, search)
        try:
            told, page = self._done(store, what, page)
        except ConversationError as error:
            told = str(error)
        return page, self.sidebar(request, page, search, told)

    def _done(self, store: Conversations, what: Mapping[str, Any], page: Page) -> tuple[str, Page]:
        action, name = str(what.get("action", "")), str(what.get("id", ""))
        if action == "rename":
            store.rename(name, str(what.get("title", "")))
        elif action == "delete":
            title = store.load(name).title
            store.delete(name)
            return f"Deleted:{name}:{title}", Page() if name == page.id else page
        elif action == "undo":
            store.restore(name)
        elif action == "rate" and page.id:
            self._rate(store, what, page)
            return "Thank you: that is noted.", page
        return "", page

    def _rate(self, store: Conversations, what: Mapping[str, Any], page: Page) -> None:
        place, rating = _whole(what.get("place")), str(what.get("rating", ""))
        kept = store.load(page.id)
        comment = str(what.get("comment", ""))
        add_feedback(self._folder / FEEDBACK_FILE, kept, place, rating, comment)
        store.rate(page.id, place, rating)

    def keeping(self, handler: Callable[..., Iterator[tuple[Any, ...]]], place: int) -> Any:
        """``handler`` of a question, saving the conversation among its outputs at ``place``.

        Each output gets two more: the page as kept, and the list. Saved before it is shown, so
        that a reload at any moment has whatever the reader saw.
        """

        def kept(page: Page, request: gr.Request, *inputs: Any) -> Iterator[tuple[Any, ...]]:
            for outputs in handler(*inputs):
                answers = outputs[place]
                if not isinstance(answers, tuple):
                    yield (*outputs, gr.skip(), gr.skip())
                    continue
                page, told = self.save(request, answers, page)
                yield (*outputs, page, self.sidebar(request, page, told=told))

        return kept


def jar_of(request: gr.Request | None) -> dict[str, str]:
    """The cookies of a request, whatever Gradio made of them."""
    jar = getattr(request, "cookies", None) or {}
    try:
        return {str(name): str(value) for name, value in dict(jar).items()}
    except (TypeError, ValueError):
        return dict(vars(jar))


def _whole(value: Any) -> int:
    try:
        return int(value)
    except (TypeError, ValueError):
        return -1
