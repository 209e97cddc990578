"""The phrase of a sentence that answers by itself: a name, a number, a date, a place.

Each phrase that could answer is scored by its kind, its place among the question's words and its
token vectors' similarity with the question's; to give none competes with them. A wrong highlight
is worse than none, so the winner is offered only if it is likely enough.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from rag.answer_phrases import AnswerPhrase, answer_phrases, asks_for_statement
from rag.embedding import Embedder
from rag.evidence import SentenceEvidence
from rag.lexical import words
from rag.matching import QuestionTokens
from rag.phrases import Kind, is_function_word
from rag.question import ANSWERING_KINDS, Expects, Question, asks_about_name, focus_words
from rag.retrieval import Candidates
from rag.values import Span
from rag.weights import bias, weight_vector

Floats = npt.NDArray[np.float32]

SHORT_ANSWER_FEATURES = (
    "kind",  # 1 if the phrase's kind answers what is expected
    "name",  # 1 if it is a name
    "term",  # 1 if it is a plain noun phrase
    "quoted",  # 1 if it stands in quotation marks
    "near",  # mean nearness to the question's words in the sentence, weighted by their idf
    "nearest",  # nearness to the closest of them
    "asked",  # share of its words that the question has
    "special",  # mean similarity of its tokens with the question's special tokens
    "meaning",  # the same with all of the question's tokens, less the whole sentence's
    "asking",  # the same with the question word ("who"), less the whole sentence's
    "asking_best",  # highest similarity of one of its tokens with the question word
    "focus",  # the same with what is asked for ("which city"); 0 if it is not named
    "words",  # its number of words, over five
    "one",  # 1 if it is one word
    "list",  # 1 if it is a list, and one answer is asked for
    "list_asked",  # 1 if it is a list, and several are asked for
    "starts",  # 1 if it begins the sentence
    "first",  # how early it stands, 1 for the beginning of the sentence
    "comma",  # 1 if a comma follows
    "bracket",  # 1 if a bracket opens before it
    "determined",  # 1 if an article or a possessive stands before it
    "called",  # 1 if "is", "called", "as" and the like stand before it
    "number",  # 1 if it has a digit
    "institution",  # 1 if it has a word such as "University" or "Council"
    "possessive",  # 1 if an 's follows
    "person_full",  # 1 if a person is expected and it is a name of two or three words
    "person_title",  # 1 if a person is expected and a title stands before it
    "person_by",  # 1 if a person is expected and "by" stands before it
    "place_before",  # 1 if a place is expected and a preposition of place stands before it
)
SHORT_ANSWER_WEIGHTS = weight_vector("short_answer", SHORT_ANSWER_FEATURES)
SHORT_ANSWER_BIAS = bias("short_answer")
MIN_SHORT_ANSWER = 0.28
"""A phrase less likely than this to answer is not offered."""

# A word at this many words' distance counts half as near.
_HALF_DISTANCE = 4.0
# How much of the sentence before a phrase tells what it is, in characters.
_LEAD = 40
_WITHOUT = frozenset({Expects.YES_NO, Expects.REASON, Expects.MANNER, Expects.ANY})
_ASKING = frozenset({"who", "whom", "whose", "what", "which", "when", "where", "how", "why"})

_BY_BEFORE = re.compile(r"\bby\s+(?:the\s+|an?\s+)?$", re.IGNORECASE)
_CALLED_BEFORE = re.compile(
    r"\b(?:is|was|are|were|became|called|named|as)\s+(?:the\s+|an?\s+)?$", re.IGNORECASE
)
_DETERMINER_BEFORE = re.compile(r"\b(?:the|an?|its|their|his|her)\s+$", re.IGNORECASE)
_PLACE_BEFORE = re.compile(
    r"\b(?:in|at|from|near|to|across|outside|throughout|into)\s+(?:the\s+)?$", re.IGNORECASE
)
_TITLE_BEFORE = re.compile(
    r"\b(?:Mrs?|Ms|Dr|Sen|Gov|Sir|Lord|King|Queen|Prince|Princess|Duke|Count|Emperor|Pope|Bishop|"
    r"Khan|President|Minister|Senator|Governor|Secretary|Professor|General|Director|Chief|Judge|"
    r"Justice|Chair(?:man|woman)?|Captain|Colonel|Mayor|Actor|Actress|Singer|Author|Leader|"
    r"Officer|Spokes(?:man|woman|person)|Engineer|Scientist|Physicist|Chemist|Mathematician|Head|"
    r"Player|Coach|C[EFTO]O)\.?,?\s*$",
    re.IGNORECASE,
)
_INSTITUTION = re.compile(
    r"\b(?:University|Company|Corporation|Party|Parliament|Church|Army|Empire|Union|Committee|"
    r"Commission|Department|Ministry|Agency|Inc|Ltd|League|Association|Council|Institute|Act|War|"
    r"Sea|River|Ocean|Mountains?|Street|Dynasty|Kingdom|Republic|States|City|County|Award|Prize|"
    r"Court|Bank|Treaty|House|Group)\b"
)


@dataclass(frozen=True, slots=True)
class SentenceTokens:
    """A sentence with the similarity of its tokens and a question's.

    ``spans``: int [tokens, 2], the characters of the sentence that each token covers;
    ``similarity``: float32 [tokens, question tokens].
    """

    text: str
    spans: npt.NDArray[np.int64]
    similarity: Floats
    question: QuestionTokens


@dataclass(frozen=True, slots=True)
class ShortAnswer:
    """A phrase of a sentence, by characters of the sentence, and how likely it answers."""

    span: Span
    probability: float
    features: Floats


def sentence_tokens(
    candidates: Candidates, sentence: SentenceEvidence, embedder: Embedder
) -> SentenceTokens:
    """The tokens of a ranked sentence, as they were coded in the context of its chunk."""
    codes = candidates.matches.vectors[sentence.place]
    number = sentence.hit.chunk.sentences.index(sentence.span)
    rotated = codes.rotated[codes.sentence == number]
    spans = embedder.token_spans(sentence.text)
    # Some tokenizers cut a sentence differently on its own: then its words have to do.
    if len(spans) != len(rotated):
        rotated = np.zeros((len(spans), rotated.shape[1]), dtype=np.float32)
    question = candidates.question
    return SentenceTokens(sentence.text, spans, rotated @ question.rotated.T, question)


def short_answers(question: Question, sentence: SentenceTokens) -> list[ShortAnswer]:
    """Every phrase of a sentence that might answer, the likeliest first.

    Their probabilities and that of none of them sum to 1.
    """
    explains = (
        question.expects in _WITHOUT or asks_about_name(question) or asks_for_statement(question)
    )
    phrases = [] if explains else answer_phrases(question, sentence.text)
    if not phrases:
        return []
    reader = _Reader(question, sentence)
    features = np.stack([reader.features(phrase) for phrase in phrases])
    logits = features @ SHORT_ANSWER_WEIGHTS + SHORT_ANSWER_BIAS
    highest = max(float(logits.max()), 0.0)
    odds = np.exp(logits - highest)
    probabilities = odds / (odds.sum() + np.exp(-highest))
    answers = [
        ShortAnswer(phrase.span, float(probability), row)
        for phrase, probability, row in zip(phrases, probabilities, features, strict=True)
    ]
    return sorted(answers, key=lambda answer: -answer.probability)


def choose_short_answer(question: Question, sentence: SentenceTokens) -> ShortAnswer | None:
    """The phrase that answers; None if none is likely enough."""
    ranked = short_answers(question, sentence)
    return ranked[0] if ranked and ranked[0].probability >= MIN_SHORT_ANSWER else None


class _Reader:
    """Reads the phrases of one sentence for one question."""

    def __init__(self, question: Question, sentence: SentenceTokens) -> None:
        self._question, self._sentence = question, sentence
        asked = sentence.question
        self._kinds = ANSWERING_KINDS.get(question.expects, frozenset())
        self._words = words(sentence.text)
        self._idf = {
            word.stem: float(idf) for word, idf in zip(asked.words, asked.idf, strict=True)
        }
        self._anchors = [
            (place, self._idf[word.stem])
            for place, word in enumerate(self._words)
            if word.stem in self._idf and not is_function_word(word.surface)
        ]
        asking = [n for n, word in enumerate(asked.words) if word.surface.lower() in _ASKING]
        self._asking = np.isin(asked.owner, asking)
        self._focus = np.isin(asked.owner, focus_words(asked.words))
        self._special = asked.owner == -1

    def features(self, phrase: AnswerPhrase) -> Floats:
        """float32 [SHORT_ANSWER_FEATURES] of a phrase."""
        return np.array(
            [
                phrase.kind in self._kinds,
                phrase.kind is Kind.NAME,
                phrase.kind is Kind.TERM,
                phrase.kind is Kind.QUOTED,
                *self._nearness(phrase.span),
                *self._similarities(phrase.span),
                *self._shape(phrase),
                *self._surroundings(phrase),
            ],
            dtype=np.float32,
        )

    def _inside(self, span: Span) -> list[int]:
        return [n for n, word in enumerate(self._words) if span.start <= word.start < span.end]

    def _nearness(self, span: Span) -> list[float]:
        inside = self._inside(span)
        anchors = [(place, idf) for place, idf in self._anchors if place not in inside]
        near = [_nearness(inside, place) for place, _ in anchors]
        weights = [idf for _, idf in anchors]
        total = sum(weights)
        mean = sum(n * w for n, w in zip(near, weights, strict=True)) / total if total else 0.0
        asked = sum(self._words[place].stem in self._idf for place in inside)
        return [mean, max(near, default=0.0), asked / max(len(inside), 1)]

    def _similarities(self, span: Span) -> list[float]:
        sentence = self._sentence.similarity
        starts, ends = self._sentence.spans[:, 0], self._sentence.spans[:, 1]
        phrase = sentence[(starts < span.end) & (ends > span.start)]
        return [
            _mean(phrase[:, self._special]),
            _mean(phrase) - _mean(sentence),
            _mean(phrase[:, self._asking]) - _mean(sentence[:, self._asking]),
            _best(phrase[:, self._asking]),
            _best(phrase[:, self._focus]),
        ]

    def _shape(self, phrase: AnswerPhrase) -> list[float]:
        count = len(self._inside(phrase.span))
        listed = phrase.members > 1
        start, length = phrase.span.start, len(self._sentence.text)
        return [
            count / 5.0,
            count == 1,
            listed and not self._question.several,
            listed and self._question.several,
            not self._inside(Span(0, start)),
            1.0 - start / length,
        ]

    def _surroundings(self, phrase: AnswerPhrase) -> list[float]:
        text, span = self._sentence.text, phrase.span
        lead, tail = text[max(0, span.start - _LEAD) : span.start], text[span.end :]
        phrase_text = span.of(text)
        person = self._question.expects is Expects.PERSON
        full = phrase.kind is Kind.NAME and 2 <= len(self._inside(span)) <= 3
        return [
            tail.startswith(","),
            lead.endswith("("),
            _found(_DETERMINER_BEFORE, lead),
            _found(_CALLED_BEFORE, lead),
            any(character.isdigit() for character in phrase_text),
            _found(_INSTITUTION, phrase_text),
            tail.startswith(("'s", "’s")),
            person and full,
            person and _found(_TITLE_BEFORE, lead),
            person and _found(_BY_BEFORE, lead),
            self._question.expects is Expects.PLACE and _found(_PLACE_BEFORE, lead),
        ]


def _nearness(inside: Sequence[int], anchor: int) -> float:
    distance = min((abs(anchor - place) for place in inside), default=50)
    return _HALF_DISTANCE / (_HALF_DISTANCE + distance - 1)


def _mean(similarity: Floats) -> float:
    return float(similarity.mean()) if similarity.size else 0.0


def _best(similarity: Floats) -> float:
    return float(similarity.max()) if similarity.size else 0.0


def _found(pattern: re.Pattern[str], text: str) -> bool:
    return pattern.search(text) is not None
