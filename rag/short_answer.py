"""The phrase of a sentence that answers by itself: a name, a number, a date, a place."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from rag.evidence import SentenceEvidence
from rag.lexical import Word, words
from rag.phrases import Kind, find_phrases, find_terms
from rag.question import ANSWERING_KINDS, Expects, Question
from rag.values import Span
from rag.weights import bias, weight_vector

Floats = npt.NDArray[np.float32]

# A word at this many words' distance counts half as near.
HALF_DISTANCE = 4.0

SHORT_ANSWER_FEATURES = (
    "kind",  # 1 if the phrase's kind answers what is expected
    "name",  # 1 if it is a name and a name, person or place is expected
    "term",  # 1 if it is a plain noun phrase and a thing is expected
    "near",  # mean nearness, in words, to the question's words in the sentence
    "nearest",  # nearness to the closest of them
    "asked",  # share of its words that the question has
    "capital",  # 1 if all its words are capitalised
    "person",  # 1 if a person is expected and it has two or three words, or a title before it
    "place",  # 1 if a place is expected and a preposition of place stands before it
    "by",  # 1 if a person is expected and "by" or a verb of saying stands beside it
    "first",  # how early it stands, 1 for the beginning of the sentence
    "words",  # its number of words, over five
)
SHORT_ANSWER_WEIGHTS = weight_vector("short_answer", SHORT_ANSWER_FEATURES)
SHORT_ANSWER_BIAS = bias("short_answer")
MIN_SHORT_ANSWER = 0.4
"""A phrase less likely than this to answer is not offered."""

_PLACE_BEFORE = re.compile(r"\b(?:in|at|from|near|to|of|across|outside|throughout)\s+(?:the\s+)?$")
_BY_BEFORE = re.compile(r"\bby\s+(?:the\s+)?$|\b(?:said|says|told|added)\s+$", re.IGNORECASE)
_SAYS_AFTER = re.compile(r"^,?\s*(?:said|says|told|added|who|,)\b", re.IGNORECASE)
_TITLE = re.compile(
    r"\b(?:Mr|Mrs|Ms|Dr|President|CEO|Minister|Senator|Sen|Gov|King|Queen|Sir|Professor|General|"
    r"Director|Chief|Judge|Justice|Secretary|Chairman)\.?\s"
)
_NAME_EXPECTED = frozenset({Expects.PERSON, Expects.PLACE, Expects.NAME})
_TERM_EXPECTED = frozenset({Expects.THING, Expects.NAME, Expects.PLACE})


@dataclass(frozen=True, slots=True)
class ShortAnswer:
    """A phrase of a sentence, by characters of the sentence, and how likely it answers."""

    span: Span
    probability: float
    features: Floats


def short_answers(question: Question, sentence: str) -> list[ShortAnswer]:
    """Every phrase of a sentence that might answer, the likeliest first."""
    asked = {word.stem for word in words(question.text)}
    of_sentence = words(sentence)
    found = []
    for span, kind in _candidates(question, sentence):
        features = _features(question, asked, sentence, of_sentence, (span, kind))
        logit = float(features @ SHORT_ANSWER_WEIGHTS) + SHORT_ANSWER_BIAS
        found.append(ShortAnswer(span, 1.0 / (1.0 + float(np.exp(-logit))), features))
    return sorted(found, key=lambda answer: -answer.probability)


def choose_short_answer(question: Question, sentence: SentenceEvidence) -> Span | None:
    """The phrase that answers, by characters of the sentence; None if none is likely enough."""
    if question.expects in (Expects.YES_NO, Expects.REASON, Expects.MANNER):
        return None
    ranked = short_answers(question, sentence.text)
    if not ranked or ranked[0].probability < MIN_SHORT_ANSWER:
        return None
    return ranked[0].span


def _candidates(question: Question, sentence: str) -> list[tuple[Span, Kind]]:
    """Phrases of a kind that can answer and that say something the question does not."""
    asked = {word.stem for word in words(question.text)}
    kinds = ANSWERING_KINDS.get(question.expects)
    phrases = find_phrases(sentence)
    if kinds is None or question.expects in _TERM_EXPECTED:
        phrases = phrases + find_terms(sentence)
    elif any(phrase.kind in kinds for phrase in phrases):
        phrases = [phrase for phrase in phrases if phrase.kind in kinds]
    return [
        (phrase.span, phrase.kind)
        for phrase in phrases
        if any(word.stem not in asked for word in words(phrase.span.of(sentence)))
    ]


def _features(
    question: Question,
    asked: set[str],
    sentence: str,
    of_sentence: Sequence[Word],
    candidate: tuple[Span, Kind],
) -> Floats:
    span, kind = candidate
    expects = question.expects
    inside = [i for i, w in enumerate(of_sentence) if span.start <= w.start < span.end]
    anchors = [
        i
        for i, w in enumerate(of_sentence)
        if w.stem in asked and len(w.surface) > 2 and i not in inside
    ]
    near = [_nearness(inside, anchor) for anchor in anchors] or [0.0]
    stems = [of_sentence[i].stem for i in inside]
    surfaces = [of_sentence[i].surface for i in inside]
    lead, tail = sentence[: span.start], sentence[span.end :]
    kinds = ANSWERING_KINDS.get(expects, frozenset())
    person = expects is Expects.PERSON
    return np.array(
        [
            kind in kinds,
            kind is Kind.NAME and expects in _NAME_EXPECTED,
            kind is Kind.TERM and expects in _TERM_EXPECTED,
            sum(near) / len(near),
            max(near),
            sum(stem in asked for stem in stems) / max(len(stems), 1),
            bool(surfaces) and all(surface[:1].isupper() for surface in surfaces),
            person and (2 <= len(surfaces) <= 3 or bool(_TITLE.search(lead[-20:]))),
            expects is Expects.PLACE and bool(_PLACE_BEFORE.search(lead)),
            person and bool(_BY_BEFORE.search(lead) or _SAYS_AFTER.match(tail)),
            1.0 - span.start / max(len(sentence), 1),
            len(surfaces) / 5.0,
        ],
        dtype=np.float32,
    )


def _nearness(inside: Sequence[int], anchor: int) -> float:
    distance = min((abs(anchor - i) for i in inside), default=50)
    return HALF_DISTANCE / (HALF_DISTANCE + distance - 1)
