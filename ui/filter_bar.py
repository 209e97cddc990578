"""The bar above the question: which part of the collection is asked, as chips and as a form.

``filters.js`` turns what a reader does in it into one change at a time, which comes here.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from typing import Any

from rag.errors import FilterError
from rag.escaping import escape, escape_line, plain_line
from rag.filtering import read_date, suggest_articles, with_article
from rag.values import Article, Filters
from ui.marks import details, name_of

SUGGESTED = 8
# A longer list of a menu is no help; an outlet that it leaves out can be asked for in words.
OUTLETS_LISTED = 300


def filter_bar_html(filters: Filters, heads: Sequence[Article]) -> str:
    """The chips of ``filters`` and the form that adds to them."""
    chips = "".join(
        f'<li><button type="button" class="fn-chip" name="{kind}" value="{escape(value)}"'
        f' aria-label="Remove filter&#58; {label}">'
        f'<span dir="auto">{label}</span><span class="fn-cross"></span></button></li>'
        for kind, value, label in _chips(filters, heads)
    )
    return (
        '<div class="fn-filters"><details class="fn-filter-menu"><summary>Filter</summary>'
        f"{_form(filters, heads)}</details>"
        f'<ul class="fn-chips" aria-label="Filters in use">{chips}</ul></div>'
    )


def changed(filters: Filters, heads: Sequence[Article], kind: str, value: str, on: bool) -> Filters:
    """``filters`` after one change: ``value`` of ``kind`` set (``on``) or taken away.

    What comes from the page is not trusted: raises ``FilterError`` for a date that is none, and
    for an outlet or article that is not there.
    """
    if kind in ("since", "until"):
        return replace(filters, **{kind: read_date(value if on else "", last=kind == "until")})
    held: tuple[str, ...] = {"outlet": filters.outlets, "article": filters.articles}.get(kind, ())
    if not on:
        left = tuple(one for one in held if one != value)
        return _with(filters, kind, left)
    if kind == "outlet":
        if value not in {head.outlet for head in heads}:
            raise FilterError(f"There is no outlet {value!r}.", "Choose one from the list.")
        return _with(filters, kind, tuple(dict.fromkeys((*held, value))))
    if kind == "article":
        if value not in {head.id for head in heads}:
            raise FilterError(f"There is no article {value!r}.", "Choose one from the list.")
        return with_article(filters, value)
    return filters


def suggestions(text: str, heads: Sequence[Article]) -> list[dict[str, str]]:
    """Articles whose titles fit what was typed, as the page's script lists them."""
    return [
        {
            "id": head.id,
            "name": plain_line(name_of(head.title, head.id)),
            "meta": plain_line(" · ".join(part for part in (head.outlet, head.date) if part)),
        }
        for head in suggest_articles(text, heads, SUGGESTED)
    ]


def _with(filters: Filters, kind: str, held: tuple[str, ...]) -> Filters:
    fields: dict[str, Any] = {{"outlet": "outlets", "article": "articles"}.get(kind, kind): held}
    return replace(filters, **fields) if kind in ("outlet", "article") else filters


def _chips(filters: Filters, heads: Sequence[Article]) -> list[tuple[str, str, str]]:
    """(kind, value, label as HTML) of each filter in use."""
    names = {head.id: name_of(head.title, head.id) for head in heads} if filters.articles else {}
    chips = [("since", filters.since, f"since {escape_line(filters.since)}")] * bool(filters.since)
    chips += [("until", filters.until, f"until {escape_line(filters.until)}")] * bool(filters.until)
    chips += [("outlet", outlet, escape_line(outlet)) for outlet in filters.outlets]
    chips += [
        ("article", article_id, f"@{escape_line(names.get(article_id, article_id))}")
        for article_id in filters.articles
    ]
    return chips


def _form(filters: Filters, heads: Sequence[Article]) -> str:
    dates = sorted(head.date for head in heads if head.date)
    outlets = sorted({head.outlet for head in heads if head.outlet}, key=str.casefold)
    parts = []
    if dates:
        parts += [
            _date_field("since", "From", filters.since, dates),
            _date_field("until", "To", filters.until, dates),
        ]
    if outlets:
        parts.append(_outlet_field(outlets))
    parts.append(
        '<label>Article<input type="text" name="article" autocomplete="off"'
        ' placeholder="Part of its title"></label>'
    )
    return (
        f'<div class="fn-filter-form" role="group" aria-label="Filters">{"".join(parts)}'
        '<p class="fn-filter-help">Or type @ and part of a title in your question.</p></div>'
    )


def _date_field(name: str, label: str, value: str, dates: Sequence[str]) -> str:
    if not dates:
        return ""
    return (
        f'<label>{label}<input type="date" name="{name}" value="{escape(value)}"'
        f' min="{escape(dates[0])}" max="{escape(dates[-1])}"></label>'
    )


def _outlet_field(outlets: Sequence[str]) -> str:
    options = "".join(
        f'<option value="{escape(outlet)}">{details(outlet)}</option>'
        for outlet in outlets[:OUTLETS_LISTED]
    )
    return (
        '<label>Outlet<select name="outlet"><option value="">Any</option>'
        f"{options}</select></label>"
    )
