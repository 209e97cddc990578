"""What programs may ask of the engine: the HTTP API and the MCP server say the same.

Every result is plain JSON values; an answer is that of ``footnote ask --json``, with its
footnotes, and a refusal is an answer whose ``status`` is ``abstained``.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from typing import Any, Protocol

from pydantic import with_config
from typing_extensions import TypedDict  # pydantic, behind MCP, asks for it before Python 3.12

from rag.errors import QuestionError, choices
from rag.filtering import make_filters
from rag.serialising import answer_to_dict, hit_to_dict
from rag.values import Answer, Article, Filters, Hit, Turn
from ui.waiting import Line

MAX_HITS = 50
MAX_TURNS = 20
# Of an article at once: more than nearly every one, and still one message.
TEXT_CHARACTERS = 50_000
# Of each kind of filter: more outlets or articles than a program names by itself.
MAX_FILTERS = 1_000


@with_config(extra="forbid")
class Restriction(TypedDict, total=False):
    """What part of the collection to ask, in the form of an answer's own ``filters``.

    ``since`` and ``until`` are days, months or years (2021-03-04, 2021-03, 2021), both inclusive;
    ``outlets`` are names; ``articles`` are doc_ids, or parts of titles.
    """

    since: str
    until: str
    outlets: list[str]
    articles: list[str]


class Answering(Protocol):
    """What is needed of a ``rag.engine.QueryEngine``."""

    def ask(
        self, question: str, history: Sequence[Turn] = (), filters: Filters | None = None
    ) -> Answer:
        """Answer a question of a conversation."""

    def search(
        self, question: str, limit: int = 10, filters: Filters | None = None
    ) -> tuple[Hit, ...]:
        """The best passages for a question."""

    def article_heads(self) -> list[Article]:
        """Every article without its text."""

    def article(self, article_id: str) -> Article:
        """One article; raises KeyError without it."""


class Tools:
    """The three questions a program can put. Raises ``FootnoteError`` for what it must mend."""

    def __init__(self, engine: Answering, line: Line) -> None:
        self._engine = engine
        self._line = line

    def ask(
        self, question: str, history: Sequence[Any] = (), filters: object = None
    ) -> dict[str, Any]:
        """Answer a question.

        ``history``: the earlier turns, oldest first, each ``{"question", "answer"}`` or the
        question alone. ``filters``: a ``Restriction``.
        """
        turns, part = _turns(history), self._filters(filters)
        with self._line.place() as before:
            for _ in before:
                pass
            answer = self._engine.ask(_text("question", question), turns, part)
        return answer_to_dict(replace(answer, hits=()))

    def search(self, question: str, limit: int = 10, filters: object = None) -> dict[str, Any]:
        """The best passages for a question, with the scores that ranked them."""
        if not isinstance(limit, int) or not 1 <= limit <= MAX_HITS:
            raise QuestionError(
                f"The limit cannot be {limit!r}.", f"Give a whole number from 1 to {MAX_HITS}."
            )
        part = self._filters(filters)
        with self._line.place() as before:
            for _ in before:
                pass
            hits = self._engine.search(_text("question", question), limit, part)
        return {"question": question, "hits": [hit_to_dict(hit) for hit in hits]}

    def read_article(self, doc_id: str, start: int = 0) -> dict[str, Any]:
        """An article's text from ``start`` on, and where to go on: ``next_start``, or null."""
        try:
            article = self._engine.article(_text("doc_id", doc_id))
        except KeyError:
            raise QuestionError(
                f"There is no article {doc_id!r}.", "Take a doc_id from an answer or a search."
            ) from None
        if not isinstance(start, int) or not 0 <= start <= len(article.text):
            raise QuestionError(
                f"The article cannot be read from {start!r}.",
                f"Give a whole number from 0 to {len(article.text)}.",
            )
        end = min(start + TEXT_CHARACTERS, len(article.text))
        return {
            "doc_id": article.id,
            "title": article.title,
            "author": article.author,
            "outlet": article.outlet,
            "date": article.date,
            "url": article.url,
            "language": article.language,
            "source": article.source,
            "reprints": list(article.aliases),
            "start": start,
            "end": end,
            "length": len(article.text),
            "next_start": end if end < len(article.text) else None,
            "text": article.text[start:end],
        }

    def _filters(self, told: object) -> Filters | None:
        """``told`` as filters; raises ``QuestionError`` and ``FilterError``.

        What is not understood is an error: a filter that is passed over would answer from
        articles that the program left out.
        """
        if told is None:
            return None
        if not isinstance(told, dict) or not told.keys() <= _FILTERS:
            wrong = sorted(map(str, told.keys() - _FILTERS)) if isinstance(told, dict) else told
            raise QuestionError(
                f"The filters cannot be {wrong!r}.",
                f"Give an object with {choices(_FILTERS)}.",
            )
        made = make_filters(
            self._engine.article_heads(),
            since=_text("since", told.get("since") or ""),
            until=_text("until", told.get("until") or ""),
            outlets=_texts("outlets", told.get("outlets") or ()),
            articles=_texts("articles", told.get("articles") or ()),
        )
        return made or None


_FILTERS = frozenset(Restriction.__annotations__)


def _text(name: str, value: object) -> str:
    if not isinstance(value, str):
        raise QuestionError(f"The {name} is {type(value).__name__}.", "Give a text.")
    return value


def _texts(name: str, values: object) -> list[str]:
    if not isinstance(values, list | tuple) or len(values) > MAX_FILTERS:
        raise QuestionError(
            f"The {name} are not a list, or a very long one.", f"Give at most {MAX_FILTERS:,}."
        )
    return [_text(f"entry of {name}", value) for value in values]


def _turns(history: Sequence[Any]) -> tuple[Turn, ...]:
    if not isinstance(history, list | tuple) or len(history) > MAX_TURNS:
        raise QuestionError(
            "The history is not a list of turns, or a very long one.",
            f'Give at most {MAX_TURNS}, such as {{"question": "...", "answer": "..."}}.',
        )
    return tuple(_turn(turn) for turn in history)


def _turn(turn: object) -> Turn:
    if isinstance(turn, str):
        return Turn(turn)
    if not isinstance(turn, dict):
        raise QuestionError(
            f"A turn of the history is {type(turn).__name__}.",
            'Write it as {"question": "...", "answer": "..."}.',
        )
    return Turn(_text("question", turn.get("question")), _text("answer", turn.get("answer") or ""))
