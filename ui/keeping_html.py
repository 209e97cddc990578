"""The list of conversations and the row under each answer, as HTML. Pure functions."""

from __future__ import annotations

import json
from collections.abc import Iterable, Sequence
from datetime import datetime

from rag.escaping import escape, escape_line
from ui.conversations import Listed

# A longer list is slow to read, and goes to the page with each answer, about 1 kB a line; older
# conversations are found by searching.
LISTED = 60


def tools_html(place: int) -> str:
    """The row under the answer at ``place``: rate it, or take it along.

    Links, because the chat takes nothing else; ``keeping.js`` acts on them.
    """
    return (
        '<p class="fn-tools">'
        f'<a href="#keep-up-{place}" title="This answer is right">Helpful</a>'
        f'<a href="#keep-down-{place}" title="This answer is wrong or misses something">'
        "Not helpful</a>"
        f'<a href="#keep-export-{place}" title="Save as Markdown, HTML or JSON">Export</a></p>'
    )


def sidebar_html(
    listed: Sequence[Listed],
    current: str,
    ratings: Iterable[tuple[int, str]],
    root_path: str,
    search: str = "",
    told: str = "",
) -> str:
    """The list, newest first; its data tell the page's script where it is."""
    given = escape(json.dumps({str(place): rating for place, rating in ratings}))
    lines = "".join(_line(one, one.id == current) for one in listed[:LISTED])
    if not lines:
        empty = "None holds these words." if search.strip() else "Your conversations appear here."
        lines = f'<li class="kept-none">{empty}</li>'
    more = f'<p class="kept-none">And {len(listed) - LISTED:,} older ones: search for them.</p>'
    return (
        f'<nav class="kept" aria-label="Conversations" data-current="{escape(current)}"'
        f' data-root="{escape(root_path)}" data-ratings="{given}">{_told(told)}'
        f"<ul>{lines}</ul>{more if len(listed) > LISTED else ''}</nav>"
    )


def _line(one: Listed, current: bool) -> str:
    if one.damage:
        return f'<li class="kept-damaged"><span dir="auto">{escape_line(one.damage)}</span></li>'
    count = f"{one.answers} question{'' if one.answers == 1 else 's'}"
    title = escape_line(one.title) or "Untitled"
    here = ' aria-current="page"' if current else ""
    return (
        f'<li data-id="{one.id}"><a href="?c={one.id}" data-do="open"{here} title="{title}">'
        f'<span class="kept-title" dir="auto">{title}</span>'
        f"<span>{count} · {_day(one.updated)}</span></a>"
        f'<button type="button" data-do="rename" title="Rename" aria-label="Rename {title}">'
        "&#9998;</button>"
        f'<button type="button" data-do="delete" title="Delete" aria-label="Delete {title}">'
        "&#10005;</button></li>"
    )


def _told(told: str) -> str:
    if not told:
        return ""
    if told.startswith("Deleted:"):
        _, name, title = told.split(":", 2)
        return (
            f'<p class="kept-told" role="status">Deleted “<bdi>{escape_line(title)}</bdi>”.'
            f' <button type="button" data-do="undo" data-id="{escape(name)}">Undo</button></p>'
        )
    return f'<p class="kept-told" role="status" dir="auto">{escape(told)}</p>'


def _day(updated: str) -> str:
    try:
        day = datetime.fromisoformat(updated)
    except ValueError:
        return escape_line(updated)
    return f"{day.day} {day:%b %Y}"
