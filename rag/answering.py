"""Putting an answer together: which sentences, in which order, with which footnotes; or a no."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import Any

from rag.addressing import addresses_model
from rag.answer_phrases import asks_who_said
from rag.confidence import only_addresses
from rag.evidence import SentenceEvidence
from rag.lexical import words
from rag.phrases import is_function_word
from rag.premises import Premises
from rag.question import Question
from rag.short_answer import ShortAnswer
from rag.values import (
    Answer,
    AnswerSentence,
    Article,
    Citation,
    Hit,
    RankedArticle,
    Reason,
    Span,
    Status,
)

# A second sentence joins the answer to a question of one fact if its score is within this of the
# best one's; a question that asks for several, within the wider one. Chosen on the development
# clusters: see eval/training.py.
SINGLE_MARGIN = 2.0
SEVERAL_MARGIN = 3.0
SINGLE_SENTENCES = 2
# A quotation ends within this many sentences behind the one that opens it, or is not followed.
QUOTATION_SENTENCES = 3

NOTHING_NEAR_CONFIDENCE = 0.2
"""Below this, nothing in the articles is even about the question."""

_MESSAGES = {
    Reason.NOTHING_INDEXED: "There are no articles to answer from.",
    Reason.NOTHING_NEAR: "The articles do not say anything about this.",
    Reason.NOT_STATED: "The articles do not say this. The nearest that they do say is below.",
}


# What is told of the premise that fails.
_UNSTATED = {
    "opposed": "The articles say otherwise. The nearest that they say is below.",
    "no_figure": "The articles give no such figure. The nearest that they say is below.",
    "no_cause": "The articles give no reason. The nearest that they say is below.",
    "swapped": "The articles say it of others. The nearest that they say is below.",
}


_ABOUT_THE_ARTICLES = (
    "Footnote quotes sentences and writes no summaries. Ask for something that the articles tell: "
    "who, what, when, where, how much."
)


def refuse(question: Question, held: float, premises: Premises) -> tuple[Reason, str]:
    """Why an answer is withheld, and what the reader is told."""
    if only_addresses(question):
        return Reason.NOTHING_NEAR, _ABOUT_THE_ARTICLES
    missing = premises.names + premises.numbers
    unstated = [message for name, message in _UNSTATED.items() if getattr(premises, name)]
    if held < NOTHING_NEAR_CONFIDENCE:
        return Reason.NOTHING_NEAR, _MESSAGES[Reason.NOTHING_NEAR]
    if missing:
        quoted = " or ".join(f"“{name}”" for name in missing)
        return Reason.NOT_STATED, f"The nearest article does not mention {quoted}."
    return Reason.NOT_STATED, unstated[0] if unstated else _MESSAGES[Reason.NOT_STATED]


def abstained(
    reason: Reason,
    held: float,
    timing_ms: dict[str, float],
    evidence: dict[str, Any],
    message: str = "",
) -> Answer:
    """The answer that says no; ``evidence`` holds the other fields of ``Answer``."""
    return Answer(
        status=Status.ABSTAINED,
        confidence=held,
        reason=reason,
        message=message or _MESSAGES[reason],
        timing_ms=timing_ms,
        **evidence,
    )


@dataclass(frozen=True, slots=True)
class Composed:
    """The sentences of an answer in reading order, the phrase that answers, how likely it does.

    ``chosen`` are the sentences as evidence, best first; ``phrase`` is the short answer's span
    in the text of ``telling``, one of them.
    """

    sentences: tuple[AnswerSentence, ...]
    chosen: tuple[SentenceEvidence, ...]
    telling: SentenceEvidence
    short_answer: str = ""
    short_confidence: float = 0.0
    phrase: Span | None = None


def compose(
    chosen: Sequence[SentenceEvidence], telling: SentenceEvidence, phrase: ShortAnswer | None
) -> Composed:
    """The answer from the chosen sentences: quotes with footnotes, numbered as they are read.

    ``phrase``: that of the sentence ``telling``, one of the chosen, that answers.
    """
    ordered = sorted(chosen, key=lambda s: _reading_order(s, chosen))
    sentences = tuple(
        AnswerSentence(
            text=sentence.text,
            citations=(cite(number, sentence.article, sentence.span),),
            score=sentence.score,
            highlight=phrase.span if phrase and sentence is telling else None,
        )
        for number, sentence in enumerate(ordered, start=1)
    )
    if phrase is None:
        return Composed(sentences, tuple(chosen), telling)
    said = phrase.span.of(telling.text)
    return Composed(sentences, tuple(chosen), telling, said, phrase.probability, phrase.span)


def choose_sentences(
    question: Question, ranked: Sequence[SentenceEvidence], max_sentences: int
) -> list[SentenceEvidence]:
    """The sentences that answer, best first: no fact twice, none far behind the best.

    Who said a sentence of a quotation may stand in a later one, which then is the second.
    """
    margin = SEVERAL_MARGIN if question.several else SINGLE_MARGIN
    limit = max_sentences if question.several else min(max_sentences, SINGLE_SENTENCES)
    chosen: list[SentenceEvidence] = []
    attribution = find_attribution(question, ranked)
    if attribution is not None and limit > 1:
        chosen = [ranked[0], attribution]
    for sentence in ranked:
        if len(chosen) == limit or sentence.score < ranked[0].score - margin:
            break
        if chosen and addresses_model(sentence.text):
            continue  # a second sentence adds to the answer, and this one is for no reader
        if not any(say_the_same(sentence.text, other.text) for other in chosen):
            chosen.append(sentence)
    return chosen


def find_attribution(
    question: Question, ranked: Sequence[SentenceEvidence]
) -> SentenceEvidence | None:
    """Where *who said* is asked of a sentence inside a quotation: the sentence that ends it.

    None if the quotation does not begin in the best sentence or does not end soon behind it.
    """
    best = ranked[0]
    if not asks_who_said(question) or not _opens_quotation(best.text):
        return None
    sentences = best.hit.chunk.sentences
    place = sentences.index(best.span)
    for span in sentences[place + 1 : place + 1 + QUOTATION_SENTENCES]:
        if _closes_quotation(span.of(best.article.text)):
            return next((s for s in ranked if s.hit is best.hit and s.span == span), None)
    return None


def _opens_quotation(text: str) -> bool:
    return text.rfind("“") > text.rfind("”") or text.count('"') % 2 == 1


def _closes_quotation(text: str) -> bool:
    return "”" in text or text.count('"') % 2 == 1


def say_the_same(one: str, other: str) -> bool:
    """Whether one of two sentences states nothing that the other does not.

    Told by their words: all that count of one stand in the other. A number, a name, a day or a
    *not* that differs makes another fact, and so does *doubled* for *halved*.
    """
    left, right = (_telling_words(text) for text in (one, other))
    return left <= right or right <= left


_NEGATIONS = frozenset({"no", "not", "nor", "never", "none", "without", "neither"})


def _telling_words(text: str) -> frozenset[str]:
    return frozenset(
        word.stem
        for word in words(text)
        if word.surface.lower() in _NEGATIONS or not is_function_word(word.surface)
    )


def cite(number: int, article: Article, span: Span) -> Citation:
    """The citation of a span of an article; its quote is the span's exact characters."""
    return Citation(
        number=number,
        article_id=article.id,
        title=article.title,
        outlet=article.outlet,
        date=article.date,
        url=article.url,
        start=span.start,
        end=span.end,
        quote=span.of(article.text),
    )


def rank_articles(
    hits: Sequence[Hit], ranked: Sequence[SentenceEvidence]
) -> tuple[RankedArticle, ...]:
    """The distinct articles of the hits, best first, each with its best-ranked sentence."""
    return tuple(
        RankedArticle(hit.article.id, hit.article.title, hit.scores.total, passage)
        for hit, passage in _with_passages(hits, ranked)
    )


def _with_passages(
    hits: Sequence[Hit], ranked: Sequence[SentenceEvidence]
) -> Iterator[tuple[Hit, Citation | None]]:
    passages: dict[str, SentenceEvidence] = {}
    for sentence in ranked:
        passages.setdefault(sentence.article.id, sentence)
    seen = set()
    for hit in hits:
        if hit.article.id not in seen:
            seen.add(hit.article.id)
            nearest = passages.get(hit.article.id)
            number = len(seen)
            yield hit, cite(number, hit.article, nearest.span) if nearest else None


def _reading_order(
    sentence: SentenceEvidence, chosen: Sequence[SentenceEvidence]
) -> tuple[int, int]:
    """Articles in the order of their best sentence, sentences in the article's order."""
    articles = list(dict.fromkeys(other.article.id for other in chosen))
    return articles.index(sentence.article.id), sentence.span.start
