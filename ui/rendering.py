"""An answer as the HTML of a chat message. Pure functions; every string is escaped here."""

from __future__ import annotations

from rag.escaping import escape, escape_line
from rag.values import Answer, AnswerSentence, Citation, RankedArticle, Reason, Status
from ui.links import article_link, citation_link

PENDING = '<div class="fn-pending"><span></span><span></span><span></span> Reading</div>'

_REFUSALS = {
    Reason.NOTHING_INDEXED: "No articles yet",
    Reason.NOTHING_NEAR: "Nothing near",
    Reason.NOT_STATED: "Not stated",
    Reason.SMALL_TALK: "Not a question about the articles",
    Reason.ARTICLES_DISAGREE: "The articles disagree",
}
_REFUSAL_WITHOUT_REASON = "Not in the articles"
# More near misses than this distract from the message that there is no answer.
_NEAREST_SHOWN = 3
# A tool tip longer than this covers the page; the panel shows the whole quote.
_TOOL_TIP_QUOTE = 300


def question_html(question: str) -> str:
    """What a reader asked, shown as it was typed."""
    lines = (escape(line) for line in question.strip().splitlines())
    return f'<div class="fn-question" dir="auto">{"<br>".join(lines)}</div>'


def answer_html(answer: Answer) -> str:
    """The chat's message for any outcome: an answer, an abstention or an error."""
    if answer.status is Status.ANSWERED:
        return _answered(answer)
    if answer.status is Status.ABSTAINED:
        return _abstained(answer)
    return (
        '<div class="fn-error"><p class="fn-label">That did not work</p>'
        f'<p dir="auto">{escape(answer.message)}</p></div>'
    )


def name_of(title: str, article_id: str) -> str:
    """What an article is called on the page: its title, or its id where it has none."""
    return title.strip() or article_id


def details(*parts: str) -> str:
    """The parts that are there, escaped, in one line: ``Reuters · 2017-05-02``."""
    return " · ".join(escape_line(part) for part in parts if part.strip())


def mark_html(citation: Citation) -> str:
    """A footnote mark: a link to the quoted words, with the source as its tool tip."""
    return (
        f'<a class="fn-mark" href="{escape(citation_link(citation))}"'
        f' title="{_tool_tip(citation)}">[{citation.number}]</a>'
    )


def _answered(answer: Answer) -> str:
    sentences = " ".join(_sentence(sentence) for sentence in answer.sentences)
    return (
        f'<div class="fn-answer">{_understood(answer)}{_short_answer(answer)}'
        f'<p class="fn-sentences" dir="auto">{sentences}</p>{_confidence(answer)}</div>'
    )


def _abstained(answer: Answer) -> str:
    refusal = _REFUSALS[answer.reason] if answer.reason else _REFUSAL_WITHOUT_REASON
    return (
        f'<div class="fn-abstention">{_understood(answer)}<p class="fn-label">{refusal}</p>'
        f'<p class="fn-message" dir="auto">{escape(answer.message)}</p>{_nearest(answer)}</div>'
    )


def _understood(answer: Answer) -> str:
    if answer.understood == answer.question:
        return ""
    return (
        '<p class="fn-understood">Understood as: '
        f'<span dir="auto">{escape(answer.understood)}</span></p>'
    )


def _short_answer(answer: Answer) -> str:
    if not answer.headline:
        return ""
    return f'<p class="fn-short" dir="auto">{escape(answer.headline)}</p>'


def _sentence(sentence: AnswerSentence) -> str:
    text, marked = sentence.text, sentence.highlight
    if marked is None or not len(marked):
        words = escape(text)
    else:
        words = (
            f"{escape(text[: marked.start])}<strong>{escape(marked.of(text))}</strong>"
            f"{escape(text[marked.end :])}"
        )
    marks = "".join(mark_html(citation) for citation in sentence.citations)
    return f'<span class="fn-sentence">{words}<sup>{marks}</sup></span>'


def _confidence(answer: Answer) -> str:
    percent = round(100 * min(max(answer.confidence, 0.0), 1.0))
    return (
        '<p class="fn-confidence" title="How likely it is that these articles hold the answer">'
        f'Confidence {percent}&#37; <progress value="{percent}" max="100"></progress></p>'
    )


def _nearest(answer: Answer) -> str:
    shown = [article for article in answer.retrieved if article.passage][:_NEAREST_SHOWN]
    if not shown:
        return ""
    items = "".join(f"<li>{nearest_html(article)}</li>" for article in shown)
    return f'<p class="fn-nearest-label">Nearest passages</p><ul class="fn-nearest">{items}</ul>'


def nearest_html(article: RankedArticle) -> str:
    """An article that came near to an unanswered question, as a link to its nearest passage."""
    passage = article.passage
    link = citation_link(passage) if passage else article_link(article.article_id)
    name = escape_line(name_of(article.title, article.article_id))
    quote = f'<q dir="auto">{escape(passage.quote)}</q>' if passage else ""
    return f'<a href="{escape(link)}" dir="auto">{name}</a> {quote}'


def _tool_tip(citation: Citation) -> str:
    source = details(name_of(citation.title, citation.article_id), citation.outlet, citation.date)
    quote = citation.quote
    if len(quote) > _TOOL_TIP_QUOTE:
        quote = quote[:_TOOL_TIP_QUOTE].rstrip() + " …"
    return f"{source}&#10;&#10;{escape_line(quote)}"
