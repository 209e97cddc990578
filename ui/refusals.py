"""The answers that are none, each told apart by words and shape, and the articles that disagree.

Nothing near: there is nothing to read. Not stated: what the nearest articles do say. Articles
disagree: both sides, the newest first. Small talk is no failure and does not look like one.
"""

from __future__ import annotations

from collections.abc import Sequence

from rag.escaping import escape, escape_line
from rag.values import Answer, AnswerSentence, RankedArticle, Reason
from ui.links import article_link, citation_link
from ui.marks import details, direction_of, name_of, sentence_html

# More near misses than this distract from the message that there is no answer.
NEAREST_SHOWN = 3

# The class that gives each its shape and icon, and its heading; small talk has neither.
_KINDS = {
    Reason.NOTHING_INDEXED: ("fn-empty-collection", "No articles yet"),
    Reason.NOTHING_NEAR: ("fn-nothing-near", "Nothing near"),
    Reason.NOT_STATED: ("fn-not-stated", "Near, but not said"),
    Reason.ARTICLES_DISAGREE: ("fn-not-stated", "The articles disagree"),
}
_WITHOUT_REASON = ("fn-nothing-near", "Not in the articles")


def refusal_html(answer: Answer) -> str:
    """The message of an answer that says no."""
    message = f'<p class="fn-message" dir="auto">{escape(answer.message)}</p>'
    if answer.reason is Reason.SMALL_TALK:
        return f'<div class="fn-small-talk">{message}</div>'
    kind, label = _KINDS[answer.reason] if answer.reason else _WITHOUT_REASON
    nearest = _nearest(answer) if answer.reason is not Reason.NOTHING_NEAR else ""
    return (
        f'<div class="fn-abstention {kind}"><p class="fn-label">{label}</p>{message}{nearest}</div>'
    )


def disagreement_html(answer: Answer) -> str:
    """Both sides of what articles tell differently, each with outlet and date, newest first."""
    sides = "".join(_side(side) for side in sides_of(answer.sentences))
    return (
        '<div class="fn-answer fn-disagreement"><p class="fn-label">The articles disagree</p>'
        f'<div class="fn-sides">{sides}</div></div>'
    )


def sides_of(sentences: Sequence[AnswerSentence]) -> list[list[AnswerSentence]]:
    """The sentences by the article that they quote first, newest first, undated ones last."""
    groups: dict[str, list[AnswerSentence]] = {}
    for sentence in sentences:
        article_id = sentence.citations[0].article_id if sentence.citations else ""
        groups.setdefault(article_id, []).append(sentence)
    return sorted(groups.values(), key=_date, reverse=True)  # stable: of a day as they came


def _date(side: Sequence[AnswerSentence]) -> str:
    return side[0].citations[0].date if side[0].citations else ""


def _side(side: Sequence[AnswerSentence]) -> str:
    judged = any(sentence.verdict for sentence in side)
    text = " ".join(sentence_html(sentence, judged=judged) for sentence in side)
    source = ""
    if side[0].citations:
        first = side[0].citations[0]
        name = escape_line(name_of(first.title, first.article_id))
        line = details(first.date or "undated", first.outlet)
        source = f'<figcaption><b>{line}</b> <span dir="auto">{name}</span></figcaption>'
    turned = direction_of(side[0].text)
    said = f'<p class="fn-sentences" dir="{turned}">{text}</p>'
    return f'<figure class="fn-side">{source}{said}</figure>'


def _nearest(answer: Answer) -> str:
    shown = [article for article in answer.retrieved if article.passage][:NEAREST_SHOWN]
    if not shown:
        return ""
    items = "".join(f"<li>{nearest_html(article)}</li>" for article in shown)
    return (
        '<p class="fn-nearest-label">What the nearest articles do say</p>'
        f'<ul class="fn-nearest">{items}</ul>'
    )


def nearest_html(article: RankedArticle) -> str:
    """An article that came near to an unanswered question, as a link to its nearest passage."""
    passage = article.passage
    link = citation_link(passage) if passage else article_link(article.article_id)
    name = escape_line(name_of(article.title, article.article_id))
    meta = details(passage.outlet, passage.date) if passage else ""
    line = f' <span class="fn-meta">{meta}</span>' if meta else ""
    quote = f'<q dir="auto">{escape(passage.quote)}</q>' if passage else ""
    return f'<a href="{escape(link)}" dir="auto">{name}</a>{line} {quote}'
