"""Why an answer is what it is, as HTML: cited, retrieved, rejected, and how long it took."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass

from rag.escaping import escape, escape_line
from rag.filtering import describe
from rag.values import Answer, Hit, RankedArticle, Scores, Status
from ui.links import article_link, citation_link
from ui.marks import mark_html, name_of, verdict_html

_RETRIEVED_SHOWN = 10

# What each score is, in the order of the columns: heading, field of ``Scores``, explanation.
_COLUMNS = (
    ("Total", "total", "the weighted sum that ranked it"),
    ("Passage", "dense", "cosine of the question and the passage"),
    ("Sentence", "sentence", "cosine of the question and the nearest sentence"),
    ("Words", "lexical", "BM25, over the best of this question"),
    ("Tokens", "late", "how well a sentence matches the question word by word"),
)
_OUTCOMES = {
    Status.ANSWERED: "Answered",
    Status.ABSTAINED: "Not answered",
    Status.ERROR: "It did not work",
}


@dataclass(frozen=True, slots=True)
class _Found:
    """An article that was retrieved: its best passage's scores, and how many passages."""

    article: RankedArticle
    scores: Scores | None
    passages: int


def why_html(answer: Answer) -> str:
    """The whole account, section by section; a section with nothing to tell is left out."""
    return (
        f'<div class="fn-account"><p class="fn-for" dir="auto">{escape(answer.question)}</p>'
        f"{_outcome(answer)}{_cited(answer)}{_retrieved(answer)}{_rejected(answer)}"
        f"{_times(answer)}{_made_by(answer)}</div>"
    )


def _section(title: str, body: str) -> str:
    return f"<section><h3>{title}</h3>{body}</section>" if body else ""


def _facts(facts: Iterable[tuple[str, str]]) -> str:
    """A list of names and values; the values are HTML."""
    rows = "".join(f"<dt>{name}</dt><dd>{value}</dd>" for name, value in facts if value)
    return f'<dl class="fn-facts">{rows}</dl>' if rows else ""


def _outcome(answer: Answer) -> str:
    understood = answer.understood if answer.understood != answer.question else ""
    reason = answer.reason.value.replace("_", " ") if answer.reason else ""
    outcome = _OUTCOMES[answer.status] + (f": {escape(reason)}" if reason else "")
    sure = f"{100 * answer.confidence:.0f}&#37; that these articles hold the answer"
    facts = (
        ("Understood as", f'<span dir="auto">{escape(understood)}</span>' if understood else ""),
        ("Asked only", f'<span dir="auto">{escape(describe(answer.filters))}</span>'),
        ("Outcome", outcome),
        ("Confidence", sure),
        ("Short answer", _short_answer(answer)),
        ("Notice", f'<span dir="auto">{escape(answer.notice)}</span>' if answer.notice else ""),
    )
    return _facts((name, value) for name, value in facts if value != '<span dir="auto"></span>')


def _short_answer(answer: Answer) -> str:
    if not answer.short_answer:
        return ""
    return (
        f'<span dir="auto">{escape(answer.short_answer)}</span>'
        f" ({100 * answer.short_confidence:.0f}&#37;)"
    )


def _cited(answer: Answer) -> str:
    items = "".join(
        f'<li><span dir="auto">{escape(sentence.text)}</span>'
        f"<sup>{''.join(mark_html(citation) for citation in sentence.citations)}</sup>"
        f" {verdict_html(sentence)}"
        + (
            f'<p class="fn-meta" dir="auto">{escape(sentence.verdict.reason)}</p>'
            if sentence.verdict
            else ""
        )
        + "</li>"
        for sentence in answer.sentences
    )
    return _section("Cited", f'<ol class="fn-claims">{items}</ol>' if items else "")


def _retrieved(answer: Answer) -> str:
    found = _found(answer.retrieved[:_RETRIEVED_SHOWN], answer.hits)
    if not found:
        return ""
    cited: dict[str, list[str]] = {}
    for citation in answer.citations:
        cited.setdefault(citation.article_id, []).append(f"[{citation.number}]")
    head = "".join(
        f'<th scope="col" title="{explained}">{heading}</th>' for heading, _, explained in _COLUMNS
    )
    rows = "".join(
        _found_rows(rank, one, "".join(cited.get(one.article.article_id, ())))
        for rank, one in enumerate(found, start=1)
    )
    left_out = len(answer.retrieved) - len(found)
    more = f'<p class="fn-meta">And {left_out} more.</p>' if left_out > 0 else ""
    return _section(
        "Retrieved",
        f'<table class="fn-scores"><thead><tr>{head}</tr></thead>{rows}</table>{more}',
    )


def _found(retrieved: Iterable[RankedArticle], hits: Iterable[Hit]) -> list[_Found]:
    by_article: dict[str, list[Hit]] = {}
    for hit in hits:
        by_article.setdefault(hit.article.id, []).append(hit)
    return [
        _Found(article, own[0].scores if own else None, len(own))
        for article in retrieved
        for own in [by_article.get(article.article_id, [])]
    ]


def _found_rows(rank: int, found: _Found, cited: str) -> str:
    """Two rows: the article over the width of the table, and its scores below."""
    article = found.article
    link = citation_link(article.passage) if article.passage else article_link(article.article_id)
    name = escape_line(name_of(article.title, article.article_id))
    passages = f", {found.passages} passages" if found.passages > 1 else ""
    used = f' <b class="fn-used">cited {cited}</b>' if cited else ""
    scores = found.scores or Scores(total=article.score)
    known = ("total",) if found.scores is None else tuple(field for _, field, _ in _COLUMNS)
    cells = "".join(
        f"<td>{getattr(scores, field):.2f}</td>" if field in known else "<td>–</td>"
        for _, field, _ in _COLUMNS
    )
    return (
        f'<tbody><tr><th scope="rowgroup" colspan="{len(_COLUMNS)}">{rank}. '
        f'<a href="{escape(link)}" dir="auto">{name}</a>'
        f'<span class="fn-meta">{passages}</span>{used}</th></tr>'
        f"<tr>{cells}</tr></tbody>"
    )


def _rejected(answer: Answer) -> str:
    items = "".join(
        f'<li><span dir="auto">{escape(rejected.text)}</span>'
        f'<p class="fn-meta" dir="auto">{escape(rejected.verdict.label.value)}: '
        f"{escape(rejected.verdict.reason)}</p></li>"
        for rejected in answer.rejected
    )
    return _section("Written and rejected", f'<ul class="fn-claims">{items}</ul>' if items else "")


def _times(answer: Answer) -> str:
    total = answer.timing_ms.get("total", 0.0)
    stages = [(name, ms) for name, ms in answer.timing_ms.items() if name != "total"]
    if not stages:
        return ""
    rows = "".join(
        f'<tr><th scope="row">{escape(name)}</th><td>{milliseconds:,.0f} ms</td>'
        f'<td><progress value="{milliseconds:.0f}" max="{max(total, 1.0):.0f}"></progress></td>'
        "</tr>"
        for name, milliseconds in stages
    )
    whole = f'<tr><th scope="row">total</th><td>{total:,.0f} ms</td><td></td></tr>' if total else ""
    return _section("Time", f'<table class="fn-times"><tbody>{rows}{whole}</tbody></table>')


def _made_by(answer: Answer) -> str:
    usage = answer.usage
    facts = [("Engine", f"<code>{escape(answer.fingerprint)}</code>" if answer.fingerprint else "")]
    if usage is None:
        return _section("Made by", _facts([("Model", "none: every sentence is a quote"), *facts]))
    confirmed = usage.first_confirmed_seconds
    facts += [
        ("Model", f"<code>{escape(usage.model)}</code>{' (remembered)' if usage.cached else ''}"),
        ("Tokens", f"{usage.prompt_tokens:,} read, {usage.completion_tokens:,} written"),
        ("Seconds", f"{usage.seconds:.1f}"),
        ("First checked sentence", "" if confirmed is None else f"after {confirmed:.1f} s"),
    ]
    return _section("Made by", _facts(facts))
