"""An answer as the HTML of a chat message. Pure functions; every string is escaped."""

from __future__ import annotations

from collections.abc import Sequence

from rag.escaping import escape
from rag.filtering import describe
from rag.values import Answer, AnswerSentence, Partial, Reason, Status
from ui.links import SOURCES_LINK, WHY_LINK, answer_link
from ui.marks import WORD_FOR_WORD, direction_of, sentence_html
from ui.refusals import disagreement_html, refusal_html

DOTS = '<span class="fn-dots"><span></span><span></span><span></span></span>'
PENDING = f'<div class="fn-pending">{DOTS} Reading</div>'
# What a stopped question is kept with, and told by.
STOPPED = "You stopped this question."

# An answer's further sentences are folded.
SENTENCES_SHOWN = 8


def question_html(question: str) -> str:
    """What a reader asked, shown as it was typed."""
    lines = (escape(line) for line in question.strip().splitlines())
    return f'<div class="fn-question" dir="auto">{"<br>".join(lines)}</div>'


def answer_html(answer: Answer, place: int = 0) -> str:
    """The chat's message for any outcome; ``place`` is the answer's in its conversation."""
    if answer.status is Status.ERROR:
        stopped = answer.message == STOPPED
        kind, label = ("fn-stopped", "Stopped") if stopped else ("fn-error", "That did not work")
        return (
            f'<div class="{kind}"><p class="fn-label">{label}</p>'
            f'<p dir="auto">{escape(answer.message)}</p></div>'
        )
    if answer.status is Status.ABSTAINED:
        body = refusal_html(answer)
    elif answer.reason is Reason.ARTICLES_DISAGREE:
        body = disagreement_html(answer)
    else:
        body = (
            f'<div class="fn-answer">{short_answer_html(answer)}'
            f"{_sentences(answer.sentences)}</div>"
        )
    return f"<div>{_preface(answer)}{body}{_foot(answer, place)}</div>"


def partial_html(partial: Partial, question: str) -> str:
    """An answer on its way: what is confirmed, then what a model wrote and nothing has checked.

    ``PENDING`` where there is nothing to show yet.
    """
    understood = _understood(partial.understood, question)
    confirmed = f'<div class="fn-answer">{_sentences(partial.sentences)}</div>'
    draft = (
        f'<p class="fn-draft" dir="auto">{escape(partial.draft)}</p>'
        '<p class="fn-draft-label">Not yet checked against the articles</p>'
        if partial.draft.strip()
        else ""
    )
    if not (understood or partial.sentences or draft):
        return PENDING
    pending = f'<p class="fn-pending">{DOTS} {"Checking" if draft else "Reading"}</p>'
    return f"<div>{understood}{confirmed if partial.sentences else ''}{draft}{pending}</div>"


def short_answer_html(answer: Answer) -> str:
    """The phrase that answers, above its sentence; empty where it is not likely enough."""
    if not answer.headline:
        return ""
    return f'<p class="fn-short" dir="auto">{escape(answer.headline)}</p>'


def _sentences(sentences: Sequence[AnswerSentence]) -> str:
    judged = any(sentence.verdict for sentence in sentences)
    shown = [sentence_html(sentence, judged=judged) for sentence in sentences]
    first, rest = shown[:SENTENCES_SHOWN], shown[SENTENCES_SHOWN:]
    turned = direction_of(sentences[0].text) if sentences else "auto"
    text = f'<p class="fn-sentences" dir="{turned}">{" ".join(first)}</p>'
    if not rest:
        return text
    noun = "sentence" if len(rest) == 1 else "sentences"
    return (
        f'{text}<details class="fn-more"><summary>{len(rest)} more {noun}</summary>'
        f'<p class="fn-sentences" dir="{turned}">{" ".join(rest)}</p></details>'
    )


def _preface(answer: Answer) -> str:
    """How the question was taken, and what went otherwise than asked."""
    where = describe(answer.filters)
    asked = f'<p class="fn-understood" dir="auto">Asked only: {escape(where)}</p>'
    notice = f'<p class="fn-notice" dir="auto">{escape(answer.notice)}</p>'
    return (
        _understood(answer.understood, answer.question)
        + (asked if where and not answer.filters.articles else "")
        + (notice if answer.notice else "")
    )


def _understood(understood: str, question: str) -> str:
    if not understood or understood == question:
        return ""
    return (
        f'<p class="fn-understood">Understood as: <span dir="auto">{escape(understood)}</span></p>'
    )


def _foot(answer: Answer, place: int) -> str:
    """The quiet line below an answer: how sure, how checked, from where, and why."""
    parts = []
    if answer.status is Status.ANSWERED:
        parts = [_confidence(answer), _checked(answer), _sources_link(answer, place)]
    if answer.reason not in (Reason.SMALL_TALK, Reason.NOTHING_INDEXED):
        why = escape(answer_link(WHY_LINK, place))
        parts.append(f'<a class="fn-why" href="{why}">Why this answer&#63;</a>')
    return f'<p class="fn-foot">{"".join(parts)}</p>' if parts else ""


def _confidence(answer: Answer) -> str:
    if not answer.confidence:
        return ""  # a question that was stopped has none yet
    percent = round(100 * min(max(answer.confidence, 0.0), 1.0))
    return (
        '<span class="fn-confidence" title="How likely it is that these articles hold the answer">'
        f'Confidence {percent}&#37; <progress value="{percent}" max="100"></progress></span>'
    )


def _checked(answer: Answer) -> str:
    """One word on all sentences where they are all quotes; else each tells its own."""
    if not answer.sentences or any(sentence.verdict for sentence in answer.sentences):
        return ""
    return f'<span class="fn-checked">{WORD_FOR_WORD.capitalize()}</span>'


def _sources_link(answer: Answer, place: int) -> str:
    count = len({citation.article_id for citation in answer.citations})
    link = escape(answer_link(SOURCES_LINK, place))
    noun = "source" if count == 1 else "sources"
    return f'<a class="fn-sources" href="{link}">{count} {noun}</a>'
