"""The sources of an answer as HTML: one card an article, its reprints folded into it."""

from __future__ import annotations

from collections.abc import Iterable, Sequence

from rag.escaping import escape, escape_line
from rag.values import Answer, Citation, Reason, Status
from ui.links import article_link, citation_link
from ui.marks import details, name_of
from ui.refusals import nearest_html

# Of the articles that came near, the panel has room for more than the chat.
_NEAR_SHOWN = 5


def sources_html(answer: Answer) -> str:
    """The sources of an answer, one card an article; for an abstention what came nearest."""
    asked = f'<p class="fn-for" dir="auto">{escape(answer.understood)}</p>'
    if answer.status is Status.ANSWERED:
        return asked + "".join(_card(group, answer) for group in _by_article(answer.citations))
    if not answer.retrieved or answer.reason is Reason.SMALL_TALK:
        return asked + '<div class="fn-empty"><p>No article comes near this question.</p></div>'
    cards = "".join(
        f'<div class="fn-card fn-near">{nearest_html(article)}</div>'
        for article in answer.retrieved[:_NEAR_SHOWN]
    )
    label = '<p class="fn-nearest-label">Nearest articles, which do not hold the answer</p>'
    return f"{asked}{label}{cards}"


def meta_html(line: str) -> str:
    """A faint line; nothing for an empty one."""
    return f'<p class="fn-meta">{line}</p>' if line else ""


def _by_article(citations: Iterable[Citation]) -> list[list[Citation]]:
    groups: dict[str, list[Citation]] = {}
    for citation in citations:
        groups.setdefault(citation.article_id, []).append(citation)
    return list(groups.values())


def _card(citations: Sequence[Citation], answer: Answer) -> str:
    first = citations[0]
    quotes = "".join(
        f'<a class="fn-quote" href="{escape(citation_link(citation))}">'
        f'<span class="fn-number">{citation.number}</span>'
        f'<span dir="auto">{escape(citation.quote)}</span></a>'
        for citation in citations
    )
    name = escape_line(name_of(first.title, first.article_id))
    numbers = {citation.number for citation in citations}
    cited = {citation.article_id for citation in answer.citations}
    reprints: dict[str, Citation] = {}  # of an article one line, however many quotes it repeats
    for reprint in answer.reprints:
        if reprint.number in numbers and reprint.article_id not in cited:
            reprints.setdefault(reprint.article_id, reprint)
    return (
        f'<div class="fn-card"><h3 dir="auto"><a href="{escape(article_link(first.article_id))}">'
        f"{name}</a></h3>{meta_html(details(first.outlet, first.date))}{quotes}"
        f"{_reprints(list(reprints.values()))}</div>"
    )


def _reprints(reprints: Sequence[Citation]) -> str:
    if not reprints:
        return ""
    noun = "reprint" if len(reprints) == 1 else "reprints"
    items = "".join(
        f'<li><a href="{escape(citation_link(reprint))}" dir="auto">'
        f"{_reprint_name(reprint)}</a></li>"
        for reprint in reprints
    )
    return (
        f'<details class="fn-reprints"><summary>+{len(reprints)} {noun}</summary>'
        f"<ul>{items}</ul></details>"
    )


def _reprint_name(reprint: Citation) -> str:
    """Outlet and date; a reprint that tells neither goes by its title, or its file's name."""
    return details(reprint.outlet, reprint.date) or escape_line(
        name_of(reprint.title, reprint.article_id)
    )
