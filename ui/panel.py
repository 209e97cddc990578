"""The panel beside the chat: what frames its views, and an article open at the quoted words.

Pure functions. Unlike the chat, Gradio does not sanitise this HTML: nothing enters it unescaped.
"""

from __future__ import annotations

from itertools import pairwise

from rag.escaping import escape, escape_line, safe_url
from rag.values import Article, Span
from ui.links import CHAT_LINK, SOURCES_LINK, WHY_LINK, ArticleTarget, answer_link, quote_check
from ui.marks import details, name_of
from ui.sources import meta_html

# A browser lays out this much text at once without a pause; of a longer article the part around
# the quoted words is shown.
TEXT_SHOWN = 200_000

_EDITED = (
    "This article was edited after it was quoted, so the quoted words cannot be shown in place."
)
_PARTLY_SHOWN = "This article is very long: only the part around this place is shown."


def panel_html(body: str, current: str, place: int | None = None, opened: str = "") -> str:
    """The whole panel around ``body``; ``current`` is the link of the view it belongs to.

    ``place`` is that of the answer whose views it offers, None before there is one. ``opened``
    differs each time a reader opens something: the page then brings it into view, also when the
    same footnote is clicked twice.
    """
    reading = current not in (SOURCES_LINK, WHY_LINK)
    views = ((SOURCES_LINK, "← Sources" if reading else "Sources"), (WHY_LINK, "Why this answer?"))
    tabs = "".join(
        f'<a href="{escape(SOURCES_LINK if place is None else answer_link(view, place))}"'
        f"{' aria-current=page' if view == current else ''}>{name}</a>"
        for view, name in (views if place is not None else views[:1])
    )
    close = f'<a class="fn-close" href="{CHAT_LINK}" role="button">Close</a>'
    return (
        f'<section class="fn-view" aria-label="Sources" data-opened="{escape(opened)}">'
        f'<nav class="fn-tabs" aria-label="Beside the chat">{tabs}{close}</nav>'
        f'<div class="fn-body" tabindex="-1">{body}</div></section>'
    )


def welcome_html(article_count: int, folder: str) -> str:
    """The panel before the first question."""
    if article_count == 0:
        return (
            '<div class="fn-empty"><h3>No articles yet</h3><p>Put articles (txt, md, html, pdf, '
            f"docx, jsonl or csv files) into <code>{escape(folder)}</code> and start the chat "
            "again.</p></div>"
        )
    return (
        '<div class="fn-empty"><p>The articles behind an answer appear here.</p>'
        "<p>Click a footnote such as <b>[1]</b> to read the quoted words in their place.</p></div>"
    )


def article_html(article: Article, target: ArticleTarget) -> str:
    """An article to read, with the target's words in a ``<mark>`` exactly where they stand."""
    notices = []
    span = target.span
    if span is not None and quote_check(span.of(article.text)) != target.check:
        span = None
        notices.append(_EDITED)
    window = _window(len(article.text), span)
    if len(window) < len(article.text):
        notices.append(_PARTLY_SHOWN)
    notes = "".join(f'<p class="fn-notice">{notice}</p>' for notice in notices)
    return (
        f'<article class="fn-article">{_heading(article)}{notes}'
        f'<div class="fn-text" dir="auto">{_marked_text(article, window, span)}</div></article>'
    )


def missing_article_html(article_id: str) -> str:
    """What is shown when a link's article is no longer indexed."""
    return (
        '<div class="fn-empty"><p>The article <code>'
        f"{escape(article_id)}</code> is no longer indexed.</p></div>"
    )


def _heading(article: Article) -> str:
    name = escape_line(name_of(article.title, article.id))
    line = details(article.author, article.outlet, article.date, article.source)
    url = safe_url(article.url)
    if url:
        host = escape_line(url.split("/")[2])
        line += (
            f' · <a href="{escape(url)}" target="_blank"'
            f' rel="noopener noreferrer nofollow">{host} ↗</a>'
        )
    return f'<h2 dir="auto">{name}</h2>{meta_html(line)}'


def _window(length: int, span: Span | None) -> Span:
    """The part of a text to show: all of it, or ``TEXT_SHOWN`` characters around ``span``."""
    if length <= TEXT_SHOWN:
        return Span(0, length)
    middle = (span.start + span.end) // 2 if span else 0
    start = min(max(middle - TEXT_SHOWN // 2, 0), length - TEXT_SHOWN)
    return Span(start, start + TEXT_SHOWN)


def _marked_text(article: Article, window: Span, quoted: Span | None) -> str:
    """The window's characters, boilerplate dimmed, and the quoted words in one ``<mark>``."""
    if quoted is None:
        return _dimmed(article, window)
    before = Span(window.start, max(quoted.start, window.start))
    inside = Span(before.end, max(before.end, min(quoted.end, window.end)))
    after = Span(inside.end, window.end)
    return (
        f'{_dimmed(article, before)}<mark tabindex="-1">{escape(inside.of(article.text))}</mark>'
        f"{_dimmed(article, after)}"
    )


def _dimmed(article: Article, part: Span) -> str:
    """The characters of ``part``, those of boilerplate in a span of their own."""
    cuts = {part.start, part.end}
    dim = [span for span in article.boilerplate if span.overlaps(part)]
    for span in dim:
        cuts |= {max(span.start, part.start), min(span.end, part.end)}
    pieces = []
    for start, end in pairwise(sorted(cuts)):
        words = escape(article.text[start:end])
        covered = any(span.start <= start and end <= span.end for span in dim)
        pieces.append(f'<span class="fn-boilerplate">{words}</span>' if covered else words)
    return "".join(pieces)
