"""A conversation, or one answer of it, as a file to keep: Markdown, HTML or JSON.

All three hold every quote with its article and its offsets. What comes from articles and readers
is escaped by ``rag.escaping``: the HTML has no script, no link but to http and https addresses
of articles, and loads nothing; the Markdown shows the words and means nothing else.
"""

from __future__ import annotations

import json
import re
from collections.abc import Callable, Iterator
from dataclasses import replace
from importlib.resources import files
from typing import Any

from rag.escaping import escape, escape_line, escape_markdown, safe_url
from rag.values import Answer, AnswerSentence, Citation, Status
from ui.conversations import Kept, kept_to_dict
from ui.marks import details, name_of

MEDIA_TYPES = {"md": "text/markdown", "html": "text/html", "json": "application/json"}
NAME_CHARACTERS = 60
_NEAREST = 5
_WHAT = "Offsets count the characters of an article's text."
_POLICY = "default-src 'none'; style-src 'unsafe-inline'; base-uri 'none'; form-action 'none'"
_UNSAFE_IN_NAME = re.compile(r"[^\w-]+")


def export(kept: Kept, form: str, place: int | None = None) -> str:
    """The conversation, or its answer at ``place``, as ``md``, ``html`` or ``json``.

    Raises ``KeyError`` for another form and ``IndexError`` for a place without an answer.
    """
    if place is not None:
        if not 0 <= place < len(kept.answers):
            raise IndexError(place)
        answer = kept.answers[place]
        kept = replace(kept, title=answer.question, answers=(answer,), ratings=())
    return _FORMS[form](kept)


def file_name(kept: Kept, form: str, place: int | None = None) -> str:
    """A plain ASCII name for the file: ``footnote-how-heavy-is-the-helicopter.md``."""
    title = kept.title if place is None else kept.answers[place].question
    words = _UNSAFE_IN_NAME.sub("-", title.encode("ascii", "ignore").decode()).strip("-").lower()
    return f"footnote-{words[:NAME_CHARACTERS].strip('-') or kept.id}.{form}"


def _json(kept: Kept) -> str:
    values: dict[str, Any] = kept_to_dict(kept)
    del values["revision"]
    return json.dumps(values, ensure_ascii=False, indent=2) + "\n"


# --- Markdown: footnotes as GitHub, Pandoc and Obsidian read them


def _markdown(kept: Kept) -> str:
    lines = [f"# {escape_markdown(kept.title)}", ""]
    for number, answer in enumerate(kept.answers, 1):
        lines += [f"## {escape_markdown(answer.question)}", "", *_markdown_answer(answer, number)]
    lines.append(f"*Saved {escape_markdown(kept.updated[:10])} from Footnote. {_WHAT}*")
    return "\n".join(lines) + "\n"


def _markdown_answer(answer: Answer, number: int) -> Iterator[str]:
    if answer.understood != answer.question:
        yield from (f"*Understood as: {escape_markdown(answer.understood)}*", "")
    if answer.status is not Status.ANSWERED:
        yield from (f"**{_verdict(answer)}** {escape_markdown(answer.message)}", "")
        for passage in _nearest(answer):
            yield f"- Nearest: {_markdown_source(passage)}"
        yield ""
        return
    if answer.headline:
        yield from (f"**{escape_markdown(answer.headline)}**", "")
    parts = []
    for sentence in answer.sentences:
        marks = "".join(f"[^{number}-{citation.number}]" for citation in sentence.citations)
        parts.append(f"{escape_markdown(sentence.text)}{marks}")
    yield from (" ".join(parts), "")
    if answer.notice:
        yield from (f"*{escape_markdown(answer.notice)}*", "")
    for citation in answer.citations:
        yield f"[^{number}-{citation.number}]: {_markdown_source(citation)}"
    yield ""


def _markdown_source(citation: Citation) -> str:
    parts = (
        name_of(citation.title, citation.article_id),
        citation.outlet,
        citation.date,
        citation.article_id if citation.title.strip() else "",
    )
    source = ", ".join(escape_markdown(part) for part in parts if part.strip())
    return (
        f"“{escape_markdown(citation.quote)}” {source},"
        f" characters {citation.start} to {citation.end}"
    )


# --- HTML: one page that stands alone


def _html(kept: Kept) -> str:
    style = (files("ui") / "assets" / "export.css").read_text(encoding="utf-8")
    body = "".join(_html_answer(answer, n) for n, answer in enumerate(kept.answers, 1))
    title = escape_line(kept.title)
    return (
        '<!doctype html>\n<html lang="en"><head><meta charset="utf-8">'
        f'<meta http-equiv="content-security-policy" content="{_POLICY}">'
        '<meta name="viewport" content="width=device-width, initial-scale=1">'
        '<meta name="referrer" content="no-referrer">'
        f"<title>{title}</title><style>{style}</style></head><body><main>"
        f'<h1 dir="auto">{title}</h1>{body}'
        f"<footer>Saved {escape_line(kept.updated[:10])} from Footnote. {_WHAT}</footer>"
        "</main></body></html>\n"
    )


def _html_answer(answer: Answer, number: int) -> str:
    understood = ""
    if answer.understood != answer.question:
        understood = (
            f'<p class="understood">Understood as: <bdi>{escape_line(answer.understood)}</bdi></p>'
        )
    heading = f'<h2 dir="auto">{escape_line(answer.question)}</h2>{understood}'
    body = _html_answered if answer.status is Status.ANSWERED else _html_abstained
    return f"<section>{heading}{body(answer, number)}</section>"


def _html_answered(answer: Answer, number: int) -> str:
    short = f'<p class="short" dir="auto">{escape(answer.headline)}</p>' if answer.headline else ""
    sentences = " ".join(_html_sentence(sentence, number) for sentence in answer.sentences)
    notice = f'<p class="notice">{escape_line(answer.notice)}</p>' if answer.notice else ""
    sources = "".join(_html_source(citation, number) for citation in answer.citations)
    return f'{short}<p class="answer" dir="auto">{sentences}</p>{notice}<ol>{sources}</ol>'


def _html_sentence(sentence: AnswerSentence, number: int) -> str:
    marks = "".join(f'<a href="#q{number}-{c.number}">[{c.number}]</a>' for c in sentence.citations)
    return f"<bdi>{escape(sentence.text)}</bdi><sup>{marks}</sup>"


def _html_source(citation: Citation, number: int) -> str:
    return (
        f'<li id="q{number}-{citation.number}" value="{citation.number}">'
        f'<q dir="auto">{escape(citation.quote)}</q>{_html_meta(citation)}</li>'
    )


def _html_meta(citation: Citation) -> str:
    url = safe_url(citation.url)
    name = escape_line(name_of(citation.title, citation.article_id))
    named = (
        f'<a href="{escape(url)}" rel="noopener noreferrer nofollow">{name}</a>' if url else name
    )
    more = details(citation.outlet, citation.date, citation.article_id)
    return (
        f'<p class="source"><cite><bdi>{named}</bdi></cite> · {more}'
        f" · characters {citation.start:,} to {citation.end:,}</p>"
    )


def _html_abstained(answer: Answer, _number: int) -> str:
    near = "".join(
        f'<li><q dir="auto">{escape(passage.quote)}</q>{_html_meta(passage)}</li>'
        for passage in _nearest(answer)
    )
    nearest = f"<p>What came nearest</p><ul>{near}</ul>" if near else ""
    return (
        f'<p class="refusal"><b>{_verdict(answer)}</b> <bdi>{escape(answer.message)}</bdi></p>'
        f"{nearest}"
    )


def _nearest(answer: Answer) -> list[Citation]:
    """What came nearest to a question without an answer."""
    return [article.passage for article in answer.retrieved[:_NEAREST] if article.passage]


def _verdict(answer: Answer) -> str:
    """The first words of an answer that is none."""
    return "That did not work." if answer.status is Status.ERROR else "Not in the articles."


_FORMS: dict[str, Callable[[Kept], str]] = {"md": _markdown, "html": _html, "json": _json}
