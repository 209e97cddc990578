"""Which part of the collection a question is put to: by dates, outlets and articles.

``footnote ask --outlet ...`` and the chat make ``Filters`` here; retrieval asks which articles
they leave. An article is named by its id or by part of its title, also inside a question:
"@Wolves return how many sheep were lost?".
"""

from __future__ import annotations

import calendar
import re
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace
from datetime import date

from rag.errors import FilterError, choices
from rag.values import Article, Filters

# A name that fits more titles than this singles out none.
NAMED_ARTICLES = 10
# Longer than nearly every headline; the rest of a question is not tried as one.
MENTION_WORDS = 24
# An error that lists more is not read.
LISTED_OUTLETS = 12

_DATE = re.compile(r"(\d{4})(?:-(\d{1,2})(?:-(\d{1,2}))?)?")
_MENTION = re.compile(r"(?<!\S)@(?:[“\"](?P<quoted>[^”\"]+)[”\"]|(?P<words>[^\s@][^@]*))")
_IN_PLACE_OF_A_TITLE = "the article"
# What is left of "@title: who ..." and of "who ..., @title?".
_STRANDED = re.compile(r"^[\s:;,.]+|[\s,]+(?=[?!.]*$)")


@dataclass(frozen=True, slots=True)
class Mentioned:
    """A question without its mentions, the articles they name, and the names that none has."""

    question: str
    articles: tuple[str, ...] = ()
    unknown: tuple[str, ...] = ()


def make_filters(
    heads: Sequence[Article],
    *,
    since: str = "",
    until: str = "",
    outlets: Iterable[str] = (),
    articles: Iterable[str] = (),
) -> Filters:
    """Filters from what a reader typed: days, months or years; ids or parts of titles.

    Raises ``FilterError`` for what is no date and for an article that is not there.
    """
    named = [article_id for name in articles for article_id in find_articles(name, heads)]
    return Filters(
        since=read_date(since, last=False),
        until=read_date(until, last=True),
        outlets=tuple(dict.fromkeys(name for outlet in outlets if (name := outlet.strip()))),
        articles=tuple(dict.fromkeys(named)),
    )


def read_date(text: str, *, last: bool) -> str:
    """``text`` as an ISO date; of a month or year its first day, or its ``last``."""
    text = text.strip()
    if not text:
        return ""
    found = _DATE.fullmatch(text)
    try:
        if found is None:
            raise ValueError(text)
        year = int(found[1])
        month = int(found[2] or (12 if last else 1))
        days = calendar.monthrange(year, month)[1]
        return date(year, month, int(found[3] or (days if last else 1))).isoformat()
    except ValueError as error:
        raise FilterError(
            f"{text!r} is no date.", "Write it as 2021-03-04, or 2021-03, or 2021."
        ) from error


def matching_articles(filters: Filters, heads: Sequence[Article]) -> frozenset[str]:
    """The ids of the articles that ``filters`` leave; raises ``FilterError`` if it is none."""
    outlets = {outlet.casefold() for outlet in filters.outlets}
    wanted = set(filters.articles)
    left = frozenset(
        head.id
        for head in heads
        if (not filters.since or (head.date and head.date >= filters.since))
        and (not filters.until or (head.date and head.date <= filters.until))
        and (not outlets or head.outlet.casefold() in outlets)
        and (not wanted or head.id in wanted or not wanted.isdisjoint(head.aliases))
    )
    if not left:
        raise FilterError(f"No article matches: {describe(filters, heads)}.", _mend(filters, heads))
    return left


def find_articles(name: str, heads: Sequence[Article]) -> tuple[str, ...]:
    """The ids of the articles of this id, or whose titles hold ``name``, few as they must be.

    Raises ``FilterError`` if none does, or so many that it singles out none.
    """
    ids = [head.id for head in heads if name == head.id or name in head.aliases]
    ids = ids or _titled(_folded(name), heads)
    if not ids:
        raise FilterError(f"No article is called {name!r}.", "Write its id, or part of its title.")
    if len(ids) > NAMED_ARTICLES:
        raise FilterError(f"{len(ids):,} titles hold {name!r}.", "Write more of the title.")
    return tuple(ids)


def take_mentions(question: str, heads: Sequence[Article]) -> Mentioned:
    """Take ``@title`` out of a question: as many words as some title holds, or those in quotes.

    Inside a sentence "the article" takes their place. A name that fits no title stays as typed.
    """
    articles: list[str] = []
    unknown: list[str] = []

    def replaced(found: re.Match[str]) -> str:
        whole = found["quoted"] or found["words"]
        name = whole if found["quoted"] else _longest_name(whole, heads)
        if not name or not (ids := _titled(_folded(name), heads)):
            unknown.append(whole.split()[0])
            return found.group()
        if len(ids) > NAMED_ARTICLES:
            raise FilterError(f"{len(ids):,} titles hold {name!r}.", "Type more of the title.")
        articles.extend(ids)
        rest = "" if found["quoted"] else whole[len(name) :]
        before, after = question[: found.start()].strip(), rest + question[found.end() :]
        inside = before and any(character.isalnum() for character in after)
        return (_IN_PLACE_OF_A_TITLE if inside else "") + rest

    asked = _MENTION.sub(replaced, question)
    return Mentioned(
        " ".join((_STRANDED.sub("", asked) if articles else asked).split()),
        tuple(dict.fromkeys(articles)),
        tuple(dict.fromkeys(unknown)),
    )


def suggest_articles(text: str, heads: Sequence[Article], limit: int) -> list[Article]:
    """The articles whose titles have all words of ``text``, those that begin with it first."""
    typed = _folded(text)
    parts = typed.split()
    fitting = [head for head in heads if all(part in _folded(_name(head)) for part in parts)]
    fitting.sort(key=lambda head: (not _folded(_name(head)).startswith(typed), _name(head)))
    return fitting[:limit]


def with_article(filters: Filters, article_id: str) -> Filters:
    """``filters`` with one more article to ask."""
    return replace(filters, articles=tuple(dict.fromkeys((*filters.articles, article_id))))


def describe(filters: Filters, heads: Iterable[Article] = ()) -> str:
    """``filters`` in words: "since 2021-03-04, outlet Gazette, article “Wolves return”"."""
    names = {head.id: _name(head) for head in heads} if filters.articles else {}
    parts = [
        f"since {filters.since}" if filters.since else "",
        f"until {filters.until}" if filters.until else "",
        f"outlet {' or '.join(filters.outlets)}" if filters.outlets else "",
        *(f"article “{names.get(article_id, article_id)}”" for article_id in filters.articles),
    ]
    return ", ".join(part for part in parts if part)


def _mend(filters: Filters, heads: Sequence[Article]) -> str:
    """What there is to choose from, where a filter is of what there is not."""
    outlets = sorted({head.outlet for head in heads if head.outlet})
    known = {outlet.casefold() for outlet in outlets}
    if any(outlet.casefold() not in known for outlet in filters.outlets):
        if not outlets:
            return "No article tells its outlet: leave that filter out."
        more = f" and {len(outlets) - LISTED_OUTLETS:,} more" * (len(outlets) > LISTED_OUTLETS)
        return f"The outlets are {choices(outlets[:LISTED_OUTLETS])}{more}."
    dates = sorted(head.date for head in heads if head.date)
    if filters.since or filters.until:
        if not dates:
            return "No article tells its date: leave that filter out."
        return f"The articles that tell their date are from {dates[0]} to {dates[-1]}."
    return "Take a filter away."


def _longest_name(words: str, heads: Sequence[Article]) -> str:
    """The longest beginning of ``words``, in whole words, that some title holds."""
    ends = [found.end() for found in re.finditer(r"\S+", words)][:MENTION_WORDS]
    for end in reversed(ends):
        name = words[:end].rstrip("?!.,;: ")
        if name and _titled(_folded(name), heads):
            return name
    return ""


def _titled(name: str, heads: Sequence[Article]) -> list[str]:
    """The ids of the articles whose titles hold ``name`` at the beginning of a word."""
    pattern = re.compile(rf"(?<!\w){re.escape(name)}")
    fitting = [head for head in heads if pattern.search(_folded(_name(head)))]
    whole = [head.id for head in fitting if _folded(_name(head)) == name]
    return whole or [head.id for head in fitting]


def _name(head: Article) -> str:
    return head.title.strip() or head.id


def _folded(text: str) -> str:
    """``text`` as titles are compared: without case, white space folded."""
    return " ".join(text.casefold().split())
