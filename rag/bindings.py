"""Whether a name or a figure of a claim belongs to the same words there as in the quotes.

*Ines won, Kwame was the favourite* does not bear out *Kwame won*: in the quotes another name is
nearer to *won*. The one that is meant competes with others of its kind by how near each stands, in
the tree of its sentence, to the words that the claim joins it with.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from rag.alignment import Alignment, Link, Place
from rag.claim_names import name_words

# Words in different sentences count as this far apart, more than most words of one sentence.
ELSEWHERE = 9.0
# Words of the claim further from the name or figure than this tell nothing of it.
WITHIN = 3
LEAST_SIMILAR = 0.5


@dataclass(frozen=True, slots=True)
class Binding:
    """A name or figure of the claim, and how much nearer a rival is than what is meant."""

    word: int
    rival: Place | None
    margin: float


def neighbours(alignment: Alignment, word: int, left_out: frozenset[int]) -> list[tuple[Link, int]]:
    """The linked content words near a word of the claim, with their distance to it."""
    claim = alignment.claim
    found = []
    for link in alignment.links:
        if link.word in left_out or link.word == word or not claim.content[link.word]:
            continue
        steps = claim.distance(word, link.word)
        if steps <= WITHIN and (link.exact or link.similarity >= LEAST_SIMILAR):
            found.append((link, steps))
    return found


def binding(
    alignment: Alignment,
    word: int,
    meant: Sequence[Place],
    rivals: Iterable[Place],
    left_out: frozenset[int],
) -> Binding | None:
    """How the word is bound; None where the claim joins it with nothing that the quotes have."""
    near = neighbours(alignment, word, left_out)
    if not near or not meant:
        return None
    own = min(_cost(alignment, near, place) for place in meant)
    best, cost = None, own
    for rival in rivals:
        other = _cost(alignment, near, rival)
        if other < cost:
            best, cost = rival, other
    return Binding(word, best, own - cost)


def _cost(alignment: Alignment, near: list[tuple[Link, int]], place: Place) -> float:
    """The mean distance of a place to the words, those nearest in the claim counting most."""
    total = weight = 0.0
    for link, steps in near:
        share = 1.0 / steps
        total += share * distance(alignment, place, link.place)
        weight += share
    return total / weight


def distance(alignment: Alignment, one: Place, other: Place) -> float:
    """Steps in the tree, ``ELSEWHERE`` between sentences, at most that much."""
    if (one.quote, one.sentence) != (other.quote, other.sentence):
        return ELSEWHERE
    return min(ELSEWHERE, float(alignment.reading(one).distance(one.word, other.word)))


def name_places(alignment: Alignment) -> list[list[Place]]:
    """The names of the quotes, each as the places of its words."""
    found: list[list[Place]] = []
    for quote, readings in enumerate(alignment.quotes):
        for sentence, reading in enumerate(readings):
            last = -2
            for word in name_words(reading):
                if word == last + 1:
                    found[-1].append(Place(quote, sentence, word))
                else:
                    found.append([Place(quote, sentence, word)])
                last = word
    return found
