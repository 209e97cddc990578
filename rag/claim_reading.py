"""A text read for the claim check: its words with their grammar, vectors, figures and dates."""

from __future__ import annotations

from dataclasses import dataclass
from functools import cached_property, lru_cache

import numpy as np
import numpy.typing as npt

from rag.claim_dates import Moment, find_moments
from rag.embedding import PackagedEmbedder, load_embedder
from rag.grammar import Parse, parse
from rag.lexical import Word, words
from rag.phrases import is_function_word
from rag.quantities import Quantity, find_quantities
from rag.sentences import split_sentences
from rag.values import Span

Floats = npt.NDArray[np.float32]


@dataclass(frozen=True, eq=False)
class Reading:
    """One sentence: its words, their grammar, and a unit vector of each in its context.

    ``start`` is where the sentence begins in its text; spans of words count in the sentence.
    """

    text: str
    start: int
    words: tuple[Word, ...]
    parse: Parse
    vectors: Floats
    whole: Floats

    @cached_property
    def lower(self) -> tuple[str, ...]:
        """The words in lower case."""
        return tuple(word.surface.lower() for word in self.words)

    @cached_property
    def content(self) -> tuple[bool, ...]:
        """Which words carry content of their own."""
        return tuple(
            (not is_function_word(word.surface) and len(word.surface) > 1) or word.surface.isdigit()
            for word in self.words
        )

    @cached_property
    def children(self) -> tuple[tuple[int, ...], ...]:
        """The words that belong to each word."""
        found: list[list[int]] = [[] for _ in self.words]
        for place, head in enumerate(self.parse.heads):
            if head != place:
                found[head].append(place)
        return tuple(map(tuple, found))

    @cached_property
    def moments(self) -> tuple[Moment, ...]:
        """The dates of the sentence."""
        return find_moments(self.text)

    @cached_property
    def quantities(self) -> tuple[Quantity, ...]:
        """The quantities of the sentence, those of dates left out."""
        return find_quantities(self.text, tuple(moment.span for moment in self.moments))

    def word_span(self, place: int) -> Span:
        """Where a word stands in the whole text."""
        word = self.words[place]
        return Span(self.start + word.start, self.start + word.end)

    def subtree(self, place: int) -> frozenset[int]:
        """A word with everything that belongs to it."""
        found, rest = {place}, [place]
        while rest:
            for child in self.children[rest.pop()]:
                if child not in found:
                    found.add(child)
                    rest.append(child)
        return frozenset(found)

    def path(self, place: int) -> list[int]:
        """The word, its head, and so on to the root."""
        found = [place]
        while (head := self.parse.heads[found[-1]]) not in found:
            found.append(head)
        return found

    def distance(self, one: int, other: int) -> int:
        """Steps between two words in the tree."""
        up = self.path(one)
        for steps, place in enumerate(self.path(other)):
            if place in up:
                return steps + up.index(place)
        return len(up)


def read(text: str) -> tuple[Reading, ...]:
    """The sentences of a text, read one by one; a sentence read lately is not read again."""
    found = []
    for span in split_sentences(text):
        reading = _read(span.of(text))
        if reading.words:
            found.append(
                Reading(
                    reading.text, span.start, reading.words, reading.parse, reading.vectors,
                    reading.whole,
                )
            )  # fmt: skip
    return tuple(found)


@lru_cache(maxsize=2048)
def _read(sentence: str) -> Reading:
    embedder = load_embedder()
    if not isinstance(embedder, PackagedEmbedder):
        raise TypeError("the claim check reads with the packaged embedder")
    layers, spans = embedder.layers(sentence)
    found = words(sentence)
    owner = _owners(found, spans)
    kept = [word for place, word in enumerate(found) if (owner == place).any()]
    places = [place for place in range(len(found)) if (owner == place).any()]
    by_word = [
        np.stack([layer[owner == place].mean(axis=0) for place in places]) if places else layer[:0]
        for layer in layers
    ]
    last = by_word[-1]
    norms = np.linalg.norm(last, axis=1, keepdims=True)
    mean = layers[-1].mean(axis=0)
    return Reading(
        sentence,
        0,
        tuple(kept),
        parse(by_word),
        np.asarray(last / np.maximum(norms, np.finfo(np.float32).tiny)),
        np.asarray(mean / np.linalg.norm(mean)),
    )


def likeness(one: str, other: str) -> float:
    """The cosine of two words by themselves, without any context."""
    return float(_alone(one) @ _alone(other))


@lru_cache(maxsize=20_000)
def _alone(word: str) -> Floats:
    return load_embedder().embed_question(word).vector


def _owners(found: list[Word], spans: npt.NDArray[np.int64]) -> npt.NDArray[np.intp]:
    """For each token its word, -1 for none: by the token's last character."""
    owner = np.full(len(spans), -1, dtype=np.intp)
    starts = np.array([word.start for word in found], dtype=np.int64)
    for token, (start, end) in enumerate(spans.tolist()):
        if start < end and len(starts):
            place = int(np.searchsorted(starts, end - 1, side="right")) - 1
            if place >= 0 and end - 1 < found[place].end:
                owner[token] = place
    return owner
