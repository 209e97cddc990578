"""Whether the articles hold the answer: a calibrated probability, not a retrieval score.

A logistic model over what the best sentence shares with the question and what it lacks. Scores
alone cannot tell "about it" from "answers it"; what can is the part of the question that nothing
matches: a name that occurs nowhere, a word without a counterpart, a kind of answer that is not
there.
"""

from __future__ import annotations

from collections.abc import Sequence
from functools import lru_cache

import numpy as np
import numpy.typing as npt

from rag.evidence import SENTENCE_FEATURES, SentenceEvidence
from rag.lexical import LexicalIndex, words
from rag.phrases import is_function_word
from rag.premises import Premises
from rag.question import Expects, Question, focus_words
from rag.retrieval import RANKING_FEATURES, Candidates
from rag.values import Article
from rag.weights import bias, weight_vector

Floats = npt.NDArray[np.float32]

CONFIDENCE_FEATURES = (
    *(f"sentence_{name}" for name in SENTENCE_FEATURES[1:10]),
    "dense",  # of the best sentence's chunk
    "late_chunk",
    "lexical_article",
    "best_late",  # the highest of any sentence
    "best_cosine",
    "focus",  # similarity of what is asked for ("which city ..."), in the chunk; 1 if not named
    "weakest",  # similarity of the other content word that matches worst, in the chunk and title
    "second_weakest",
    "weakest_in_sentence",  # the same in the best sentence and the title
    "mean_in_sentence",  # the mean of the other content words there
    "unmatched",  # idf share of content words whose best similarity is below UNMATCHED
    "names_in_article",  # idf share of names and numbers that the whole article has
    "worst_name",  # the same of the name that it has least of
    "unknown",  # idf share of content words that no chunk has
    "lead",  # the best sentence's score, less that of the best one of another article
    "second",  # the same, of the second sentence anywhere
    "definition",  # 1 for "who is" and "what is" questions, which few sentences answer outright
    "words",  # content words of the question, over ten
)
CONFIDENCE_WEIGHTS = weight_vector("confidence", CONFIDENCE_FEATURES)
CONFIDENCE_BIAS = bias("confidence")
UNMATCHED = 0.45


def confidence_features(
    question: Question,
    candidates: Candidates,
    ranked: Sequence[SentenceEvidence],
    index: LexicalIndex,
) -> Floats:
    """float32 [CONFIDENCE_FEATURES] of the best sentence; ``ranked`` must not be empty."""
    best = ranked[0]
    tokens = candidates.question
    ranking = dict(zip(RANKING_FEATURES, candidates.features[best.place], strict=True))
    content = [
        place for place, word in enumerate(tokens.words) if not _only_asks(word.surface)
    ] or list(range(len(tokens.words)))
    focus = focus_words(tokens.words)
    others = [place for place in content if place not in focus] or content
    whole = candidates.matches.whole[best.place]
    in_chunk = _by_word(whole, tokens.owner, others)
    asked_for = _by_word(whole, tokens.owner, focus)
    title = candidates.matches.title[best.place]
    in_sentence = _by_word(np.maximum(best.similarity, title), tokens.owner, others)
    idf = tokens.idf[others]
    total = max(float(idf.sum()), 1e-9)
    weakest = np.sort(in_chunk)
    unknown = [not len(index.containing(tokens.words[place])) for place in others]
    # A reprint is no rival: it says the same.
    elsewhere = [s.score for s in ranked if s.article.id != best.article.id and s.text != best.text]
    in_article, worst_name = names_in_article(best.article, question, index)
    return np.array(
        [
            *best.features[1:10],
            ranking["dense"],
            ranking["late_chunk"],
            ranking["lexical_article"],
            max(float(s.features[1]) for s in ranked),
            max(float(s.features[5]) for s in ranked),
            asked_for.max() if len(asked_for) else 1.0,
            weakest[0] if len(weakest) else 0.0,
            weakest[min(1, len(weakest) - 1)] if len(weakest) else 0.0,
            in_sentence.min() if len(in_sentence) else 0.0,
            in_sentence.mean() if len(in_sentence) else 0.0,
            float(idf[in_chunk < UNMATCHED].sum()) / total,
            in_article,
            worst_name,
            float(idf[np.array(unknown, dtype=bool)].sum()) / total,
            best.score - elsewhere[0] if elsewhere else LONE_LEAD,
            best.score - ranked[1].score if len(ranked) > 1 else LONE_LEAD,
            _asks_definition(question),
            len(content) / 10.0,
        ],
        dtype=np.float32,
    )


LONE_LEAD = 1.0
"""The lead of a sentence that has no rival: that of a usual question over many articles."""


# Words by which a question addresses the articles, and not their subject.
_ADDRESSING = frozenset(
    (
        "summarise", "summarize", "summary", "describe", "explain", "list", "tell", "give", "name",
        "known", "say", "says", "said", "mention", "mentions", "mentioned", "article", "articles",
        "according", "information", "details", "report", "reported", "state", "stated",
    )
)  # fmt: skip


def only_addresses(question: Question) -> bool:
    """Whether a question names nothing that a sentence could tell: "What is the article about?"."""
    return all(_only_asks(word.surface) for word in words(question.text))


def _only_asks(word: str) -> bool:
    return is_function_word(word) or word.lower() in _ADDRESSING


# What an answer can be worth at most when the question's premises fail, and what a missing name or
# date costs in log-odds: of squad2's questions the article lacks a name in 3 % of the answerable,
# in 10 % of those that come near and in 45 % of those from outside.
FAILED_PREMISES = 0.3
MISSING_NAME_LOGIT = 1.0
NO_DATE_LOGIT = 1.0


def confidence(features: Floats, premises: Premises) -> float:
    """The probability in [0, 1] that the articles hold the answer."""
    logit = float(features @ CONFIDENCE_WEIGHTS) + CONFIDENCE_BIAS - premises_cost(premises)
    probability = 1.0 / (1.0 + float(np.exp(-np.clip(logit, -30.0, 30.0))))
    return min(probability, FAILED_PREMISES) if premises.fail else probability


def premises_cost(premises: Premises) -> float:
    """The log-odds that premises cost which are missing and do not fail outright."""
    return MISSING_NAME_LOGIT * bool(premises.names) + NO_DATE_LOGIT * premises.no_date


def _by_word(similarity: Floats, owner: npt.NDArray[np.intp], content: Sequence[int]) -> Floats:
    """The similarity of each content word: the mean of its tokens'."""
    return np.array(
        [similarity[owner == place].mean() if (owner == place).any() else 0.0 for place in content],
        dtype=np.float32,
    )


def names_in_article(
    article: Article, question: Question, index: LexicalIndex
) -> tuple[float, float]:
    """Idf share of the names' words that an article has: of all of them, and of the worst name."""
    if not question.names:
        return 1.0, 1.0
    held = article_stems(article)
    shares, weights, found = [], 0.0, 0.0
    for name in question.names:
        parts = words(name)
        weight = sum(index.idf(word) for word in parts)
        have = sum(index.idf(word) for word in parts if word.stem in held)
        shares.append(have / weight if weight else 1.0)
        weights, found = weights + weight, found + have
    return (found / weights if weights else 1.0), min(shares)


@lru_cache(maxsize=256)
def article_stems(article: Article) -> frozenset[str]:
    """The stems of an article's title and text."""
    return frozenset(word.stem for word in words(f"{article.title}\n{article.text}"))


def _asks_definition(question: Question) -> float:
    text = question.text.lower()
    return float(
        question.expects in (Expects.PERSON, Expects.THING)
        and text.startswith(("who is ", "what is ", "who was ", "what was "))
    )
