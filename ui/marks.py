"""Sentences and their footnote marks, as HTML. Pure functions; every string is escaped here.

The chat sanitises what it shows: ``title``, ``dir`` and ``role`` pass, ``aria-*`` and ``data-*``
do not. So a footnote carries its source in ``title``, as lines, and the page's script
(``marks.js``) makes a card and a label of it.
"""

from __future__ import annotations

import unicodedata

from rag.escaping import escape, escape_line
from rag.values import AnswerSentence, Citation, Support
from ui.links import citation_link

# A longer quote would make a card that covers the page; the panel shows the whole one.
_CARD_QUOTE = 300

_VERDICTS = {
    Support.SUPPORTED: ("fn-supported", "supported"),
    Support.PARTLY: ("fn-partly", "partly supported"),
    Support.UNSUPPORTED: ("fn-unsupported", "not supported"),
}
WORD_FOR_WORD = "quoted word for word"


def name_of(title: str, article_id: str) -> str:
    """What an article is called on the page: its title, or its id where it has none."""
    return title.strip() or article_id


def details(*parts: str) -> str:
    """The parts that are there, escaped, in one line: ``Reuters · 2017-05-02``."""
    return " · ".join(escape_line(part) for part in parts if part.strip())


def direction_of(text: str) -> str:
    """``rtl``, ``ltr`` or ``auto``, by the first letter that tells: an HTML ``dir`` of a paragraph.

    A paragraph whose sentences have directions of their own does not find its own by ``auto``.
    """
    for character in text:
        kind = unicodedata.bidirectional(character)
        if kind in ("R", "AL"):
            return "rtl"
        if kind == "L":
            return "ltr"
    return "auto"


def mark_html(citation: Citation) -> str:
    """A footnote mark: a link to the quoted words, with the source in its title, as lines."""
    return (
        f'<a class="fn-mark" href="{escape(citation_link(citation))}"'
        f' title="{_source_lines(citation)}">[{citation.number}]</a>'
    )


def sentence_html(sentence: AnswerSentence, *, judged: bool = False) -> str:
    """A sentence with its phrase that answers in bold, its marks, and, if ``judged``, its verdict.

    Direction is the sentence's own: in a text from right to left its marks stand on the left.
    """
    text, marked = sentence.text, sentence.highlight
    if marked is None or not len(marked):
        words = escape(text)
    else:
        words = (
            f"{escape(text[: marked.start])}<strong>{escape(marked.of(text))}</strong>"
            f"{escape(text[marked.end :])}"
        )
    marks = "".join(mark_html(citation) for citation in sentence.citations)
    verdict = f" {verdict_html(sentence)}" if judged else ""
    return f'<span class="fn-sentence" dir="auto">{words}<sup>{marks}</sup>{verdict}</span>'


def verdict_html(sentence: AnswerSentence) -> str:
    """What a check found of a sentence, in two words; its reason is told on hover."""
    if sentence.verdict is None:
        return f'<span class="fn-verdict fn-quoted">{WORD_FOR_WORD}</span>'
    kind, words = _VERDICTS[sentence.verdict.label]
    reason = escape_line(sentence.verdict.reason)
    return f'<span class="fn-verdict {kind}" title="{reason}">{words}</span>'


def _source_lines(citation: Citation) -> str:
    """Title; outlet and date; an empty line; the quote. ``marks.js`` reads them."""
    name = escape_line(name_of(citation.title, citation.article_id))
    meta = details(citation.outlet, citation.date)
    quote = citation.quote
    if len(quote) > _CARD_QUOTE:
        quote = quote[:_CARD_QUOTE].rstrip() + " …"
    head = "&#10;".join(part for part in (name, meta) if part)
    return f"{head}&#10;&#10;{escape_line(quote)}"
