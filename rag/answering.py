"""Putting an answer together: which sentences, in which order, with which footnotes; or a no."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from rag.evidence import SentenceEvidence
from rag.lexical import words
from rag.question import Question
from rag.short_answer import choose_short_answer
from rag.values import AnswerSentence, Article, Citation, Hit, RankedArticle, Reason, Span

# A second sentence joins the answer to a question of one fact if its score is within this of the
# best one's; a question that asks for several, within the wider one. Chosen on the development
# clusters: see eval/training.py.
SINGLE_MARGIN = 2.0
SEVERAL_MARGIN = 3.0
SINGLE_SENTENCES = 2

# Two sentences say the same if this share of the shorter one's words stands in the other.
SAME_FACT = 0.75

NOTHING_NEAR_CONFIDENCE = 0.2
"""Below this, nothing in the articles is even about the question."""

MESSAGES = {
    Reason.NOTHING_INDEXED: "There are no articles to answer from.",
    Reason.NOTHING_NEAR: "The articles do not say anything about this.",
    Reason.NOT_STATED: "The articles do not say. The nearest that they do say is shown below.",
}


@dataclass(frozen=True, slots=True)
class Composed:
    """The sentences of an answer in reading order, and the phrase that answers."""

    sentences: tuple[AnswerSentence, ...]
    short_answer: str


def compose(question: Question, ranked: Sequence[SentenceEvidence], max_sentences: int) -> Composed:
    """The answer from the ranked sentences: quotes with footnotes, numbered as they are read."""
    chosen = choose_sentences(question, ranked, max_sentences)
    best = chosen[0]
    highlight = choose_short_answer(question, best)
    ordered = sorted(chosen, key=lambda s: _reading_order(s, chosen))
    sentences = tuple(
        AnswerSentence(
            text=sentence.text,
            citations=(cite(number, sentence.article, sentence.span),),
            score=sentence.score,
            highlight=highlight if sentence is best else None,
        )
        for number, sentence in enumerate(ordered, start=1)
    )
    return Composed(sentences, highlight.of(best.text) if highlight else "")


def choose_sentences(
    question: Question, ranked: Sequence[SentenceEvidence], max_sentences: int
) -> list[SentenceEvidence]:
    """The sentences that answer, best first: no fact twice, none far behind the best."""
    margin = SEVERAL_MARGIN if question.several else SINGLE_MARGIN
    limit = max_sentences if question.several else min(max_sentences, SINGLE_SENTENCES)
    chosen: list[SentenceEvidence] = []
    for sentence in ranked:
        if len(chosen) == limit or sentence.score < ranked[0].score - margin:
            break
        if not any(say_the_same(sentence.text, other.text) for other in chosen):
            chosen.append(sentence)
    return chosen


def say_the_same(one: str, other: str) -> bool:
    """Whether two sentences state the same fact in nearly the same words."""
    left, right = ({word.stem for word in words(text)} for text in (one, other))
    return len(left & right) >= SAME_FACT * max(min(len(left), len(right)), 1)


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
