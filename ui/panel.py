"""The panel beside the chat: the sources of an answer, an article, the list of articles.

Pure functions. Unlike the chat, Gradio does not sanitise this HTML: nothing enters it unescaped.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from itertools import pairwise

from rag.escaping import escape, escape_line, safe_url
from rag.values import Answer, Article, Citation, LoadProblem, Span, Status
from ui.links import (
    ARTICLES_LINK,
    CHAT_LINK,
    SOURCES_LINK,
    ArticleTarget,
    article_link,
    citation_link,
    quote_check,
)
from ui.rendering import details, name_of, nearest_html

# A browser lays out this much text at once without a pause; of a longer article the part around
# the quoted words is shown.
TEXT_SHOWN = 200_000
# A longer list is slow to read and to send; the number of those left out is told.
ARTICLES_SHOWN = 500

_EDITED = (
    "This article was edited after it was quoted, so the quoted words cannot be shown in place."
)
_PARTLY_SHOWN = "This article is very long: only the part around this place is shown."


def panel_html(body: str, current: str, article_count: int, opened: str = "") -> str:
    """The whole panel around ``body``; ``current`` is the link of the view it belongs to.

    ``opened`` differs each time a reader opens something: the page then brings it into view,
    also when the same footnote is clicked twice.
    """
    views = ((SOURCES_LINK, "Sources"), (ARTICLES_LINK, f"Articles ({article_count:,})"))
    tabs = "".join(
        f'<a href="{link}"{" aria-current=page" if link == current else ""}>{name}</a>'
        for link, name in views
    )
    return (
        f'<section class="fn-view" aria-label="Sources" data-opened="{escape(opened)}">'
        f'<nav class="fn-tabs">{tabs}</nav><div class="fn-body">{body}</div></section>'
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


def sources_html(answer: Answer) -> str:
    """The sources of an answer, one card an article; for an abstention what came nearest."""
    asked = f'<p class="fn-for" dir="auto">{escape(answer.understood)}</p>'
    if answer.status is Status.ANSWERED:
        return asked + "".join(_card(group) for group in _by_article(answer.citations))
    if not answer.retrieved:
        return asked + '<div class="fn-empty"><p>No article comes near this question.</p></div>'
    cards = "".join(
        f'<div class="fn-card fn-near">{nearest_html(article)}</div>'
        for article in answer.retrieved[:5]
    )
    label = '<p class="fn-nearest-label">Nearest articles, which do not hold the answer</p>'
    return f"{asked}{label}{cards}"


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
        f'<article class="fn-article"><p class="fn-back"><a href="{SOURCES_LINK}">← Sources</a>'
        f'<a class="fn-to-chat" href="{CHAT_LINK}">Back to the chat ↑</a></p>'
        f"{_heading(article)}{notes}"
        f'<div class="fn-text" dir="auto">{_marked_text(article, window, span)}</div></article>'
    )


def missing_article_html(article_id: str) -> str:
    """What is shown when a link's article is no longer indexed."""
    return (
        f'<div class="fn-empty"><p class="fn-back"><a href="{SOURCES_LINK}">← Sources</a></p>'
        f"<p>The article <code>{escape(article_id)}</code> is no longer indexed.</p></div>"
    )


def articles_html(articles: Sequence[Article], problems: Iterable[LoadProblem] = ()) -> str:
    """The list of indexed articles, and the files that could not be read."""
    items = "".join(_list_item(article) for article in articles[:ARTICLES_SHOWN])
    left_out = len(articles) - ARTICLES_SHOWN
    more = f'<p class="fn-notice">And {left_out:,} more.</p>' if left_out > 0 else ""
    return f'<ul class="fn-list">{items}</ul>{more}{_problems(problems)}'


def _by_article(citations: Iterable[Citation]) -> list[list[Citation]]:
    groups: dict[str, list[Citation]] = {}
    for citation in citations:
        groups.setdefault(citation.article_id, []).append(citation)
    return list(groups.values())


def _card(citations: Sequence[Citation]) -> str:
    first = citations[0]
    quotes = "".join(
        f'<a class="fn-quote" href="{escape(citation_link(citation))}">'
        f'<span class="fn-number">{citation.number}</span>'
        f'<span dir="auto">{escape(citation.quote)}</span></a>'
        for citation in citations
    )
    name = escape_line(name_of(first.title, first.article_id))
    return (
        f'<div class="fn-card"><h3 dir="auto"><a href="{escape(article_link(first.article_id))}">'
        f"{name}</a></h3>{_meta(details(first.outlet, first.date))}{quotes}</div>"
    )


def _meta(line: str) -> str:
    return f'<p class="fn-meta">{line}</p>' if line else ""


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
    return f'<h2 dir="auto">{name}</h2>{_meta(line)}'


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


def _list_item(article: Article) -> str:
    name = escape_line(name_of(article.title, article.id))
    line = details(article.outlet, article.date, article.source)
    return (
        f'<li><a href="{escape(article_link(article.id))}" dir="auto">{name}</a>{_meta(line)}</li>'
    )


def _problems(problems: Iterable[LoadProblem]) -> str:
    items = "".join(
        f"<li><code>{escape_line(problem.source)}</code> {escape(problem.reason)}</li>"
        for problem in problems
    )
    if not items:
        return ""
    return (
        f'<h3 class="fn-problems">Files that could not be read</h3><ul class="fn-list">{items}</ul>'
    )
