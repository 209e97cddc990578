"""Which words of quotes bear out each word of a claim: by stem, by form, or by meaning.

Meaning is the cosine of the embedder's token vectors in their context, so that *found* is near
*discovered*; words that are told by their exact form (names, numbers) are judged elsewhere.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from functools import lru_cache

import numpy as np
import numpy.typing as npt

from rag.claim_reading import Reading

Floats = npt.NDArray[np.float32]
# Words that begin alike and differ by their endings share a root: "announce", "announcement".
SHARED_ROOT = 5


@dataclass(frozen=True, slots=True)
class Place:
    """A word of the quotes: which quote, which of its sentences, which word there."""

    quote: int
    sentence: int
    word: int


@dataclass(frozen=True, slots=True)
class Link:
    """A claim's word and the nearest word of the quotes; ``exact``: the same stem or root."""

    word: int
    place: Place
    similarity: float
    exact: bool


@dataclass(frozen=True)
class Alignment:
    """A claim's sentence against quotes: a link for each of its words."""

    claim: Reading
    quotes: tuple[tuple[Reading, ...], ...]
    links: tuple[Link, ...]

    def reading(self, place: Place) -> Reading:
        """The sentence of a place."""
        return self.quotes[place.quote][place.sentence]

    def stem_at(self, place: Place) -> str:
        """The stem of a word of the quotes."""
        return self.reading(place).words[place.word].stem


def align(claim: Reading, quotes: Sequence[tuple[Reading, ...]]) -> Alignment | None:
    """The nearest word of the quotes for every word of a claim; None without any word there."""
    places = [
        Place(quote, sentence, word)
        for quote, readings in enumerate(quotes)
        for sentence, reading in enumerate(readings)
        for word in range(len(reading.words))
    ]
    if not places:
        return None
    vectors = np.concatenate([r.vectors for readings in quotes for r in readings])
    told = [quotes[p.quote][p.sentence].words[p.word] for p in places]
    content = [quotes[p.quote][p.sentence].content[p.word] for p in places]
    similar = claim.vectors @ vectors.T
    links = []
    for place, word in enumerate(claim.words):
        same = np.array([same_root(word.stem, other.stem) for other in told])
        scores = similar[place] + np.where(same, 2.0, 0.0)
        if claim.content[place]:
            scores = scores - np.where(content, 0.0, 0.2)
        best = int(scores.argmax())
        links.append(Link(place, places[best], float(similar[place, best]), bool(same[best])))
    return Alignment(claim, tuple(quotes), tuple(links))


@lru_cache(maxsize=200_000)
def same_root(one: str, other: str) -> bool:
    """Whether two stems are of one word, or of words made from one root."""
    if one == other:
        return True
    if one[:1] != other[:1] or min(len(one), len(other)) < SHARED_ROOT:
        return False
    shared = 0
    for left, right in zip(one, other, strict=False):
        if left != right:
            break
        shared += 1
    return shared >= SHARED_ROOT and max(len(one), len(other)) - shared <= SHARED_ROOT


@lru_cache(maxsize=200_000)
def telling(surface: str) -> float:
    """How much a word tells, from 0 for the commonest to about 1: its rarity in English."""
    from wordfreq import zipf_frequency

    # The Zipf scale of the package wordfreq runs from about 8 ("the") to 0 (unknown).
    return min(1.0, max(0.1, (7.0 - zipf_frequency(surface, "en")) / 4.0))
