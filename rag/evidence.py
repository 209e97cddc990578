"""The sentences of the best chunks, ranked by how likely each holds the answer."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from rag.lexical import words
from rag.matching import after, before
from rag.phrases import Phrase, find_phrases
from rag.question import ANSWERING_KINDS, Question
from rag.retrieval import Candidates
from rag.values import Article, Hit, Span
from rag.weights import weight_vector

Floats = npt.NDArray[np.float32]

# The best chunks whose sentences are read closely: the answer's is among the first ten of the
# ranking for 98 % of questions, and reading one costs about a millisecond.
READ_CHUNKS = 10

SENTENCE_FEATURES = (
    "chunk",  # the chunk's score, less that of the best chunk
    "late",  # MaxSim of the sentence
    "pair",  # MaxSim of the sentence with the one before it
    "triple",  # MaxSim of the sentence with both neighbours
    "titled",  # MaxSim of the sentence with the title
    "cosine",  # of question and sentence
    "words",  # idf of the question's words that the sentence has, over all of them
    "names",  # the same of names and numbers, in the sentence or the one before; 1 without any
    "kind",  # 1 if it has a phrase of the expected kind that is not in the question
    "no_kind",  # 1 if such a phrase is expected and not there
    "asks",  # 1 if the sentence is itself a question
    "short",  # 1 if it has fewer than five words: a heading or a fragment
)
SENTENCE_WEIGHTS = weight_vector("sentence", SENTENCE_FEATURES)
SHORT_WORDS = 5


@dataclass(frozen=True, slots=True)
class SentenceEvidence:
    """A sentence of a candidate chunk.

    ``place``: of its hit in the ranking; ``features``: float32 [SENTENCE_FEATURES]; ``score``:
    their weighted sum; ``similarity``: float32 [question tokens], the best of its tokens' with
    each of the question's.
    """

    place: int
    hit: Hit
    span: Span
    features: Floats
    score: float
    similarity: Floats

    @property
    def article(self) -> Article:
        """The article that it stands in."""
        return self.hit.article

    @property
    def context(self) -> str:
        """The sentence with its neighbours in the chunk, as they stand in the article."""
        sentences = self.hit.chunk.sentences
        place = sentences.index(self.span)
        first, last = max(place - 1, 0), min(place + 1, len(sentences) - 1)
        return self.hit.article.text[sentences[first].start : sentences[last].end]

    @property
    def text(self) -> str:
        """The sentence's exact characters."""
        return self.span.of(self.hit.article.text)


def rank_sentences(question: Question, candidates: Candidates) -> list[SentenceEvidence]:
    """The sentences of the best chunks, best first."""
    matches, tokens = candidates.matches, candidates.question
    rows = np.flatnonzero(matches.chunk < READ_CHUNKS)
    previous, following = before(matches), after(matches)
    pair = np.maximum(matches.tokens, previous)
    titled = np.maximum(matches.tokens, matches.title[matches.chunk])
    late = np.column_stack(
        [
            part @ tokens.weights
            for part in (matches.tokens, pair, np.maximum(pair, following), titled)
        ]
    )
    reader = _Reader(question, candidates)
    ranked = []
    for row in rows:
        place, number = int(matches.chunk[row]), int(matches.number[row])
        lexical = reader.read(place, number)
        features = np.array(
            [reader.chunk_score(place), *late[row], matches.cosine[row], *lexical],
            dtype=np.float32,
        )
        hit = candidates.hits[place]
        score = float(features @ SENTENCE_WEIGHTS)
        span = hit.chunk.sentences[number]
        ranked.append(SentenceEvidence(place, hit, span, features, score, matches.tokens[row]))
    return sorted(ranked, key=lambda sentence: -sentence.score)


class _Reader:
    """Reads sentences for the words, names and phrases that a question asks for."""

    def __init__(self, question: Question, candidates: Candidates) -> None:
        self._hits = candidates.hits
        tokens = candidates.question
        self._weights = {
            word.stem: float(weight) for word, weight in zip(tokens.words, tokens.idf, strict=True)
        }
        name_stems = {word.stem for name in question.names for word in words(name)}
        self._names = {stem: w for stem, w in self._weights.items() if stem in name_stems}
        self._kinds = ANSWERING_KINDS.get(question.expects, frozenset())
        self._stems: dict[tuple[int, int], set[str]] = {}

    def chunk_score(self, place: int) -> float:
        return self._hits[place].scores.total - self._hits[0].scores.total

    def read(self, place: int, number: int) -> list[float]:
        """The features from ``words`` on."""
        hit = self._hits[place]
        text = hit.chunk.sentences[number].of(hit.article.text)
        stems = self._stems_of(place, number)
        near = stems | self._stems_of(place, number - 1)
        # Most of the time of reading goes into phrases: they are looked for only if expected.
        kind = bool(self._kinds) and self._has_kind(text, find_phrases(text))
        return [
            _share(self._weights, stems),
            _share(self._names, near) if self._names else 1.0,
            float(kind),
            float(bool(self._kinds) and not kind),
            float(text.rstrip("”\"'’) ").endswith("?")),
            float(len(text.split()) < SHORT_WORDS),
        ]

    def _stems_of(self, place: int, number: int) -> set[str]:
        """The stems of a sentence; of the title for the number before the first."""
        key = (place, number)
        if key not in self._stems:
            hit = self._hits[place]
            text = (
                hit.chunk.sentences[number].of(hit.article.text)
                if number >= 0
                else hit.article.title
            )
            self._stems[key] = {word.stem for word in words(text)}
        return self._stems[key]

    def _has_kind(self, text: str, phrases: Sequence[Phrase]) -> bool:
        return any(
            phrase.kind in self._kinds and not self._asked(phrase, text) for phrase in phrases
        )

    def _asked(self, phrase: Phrase, text: str) -> bool:
        """Whether every word of a phrase stands in the question already."""
        return all(word.stem in self._weights for word in words(phrase.span.of(text)))


def _share(weights: dict[str, float], stems: set[str]) -> float:
    total = sum(weights.values())
    return sum(w for stem, w in weights.items() if stem in stems) / total if total else 0.0
