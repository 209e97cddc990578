"""What the quotes say the other way: opposites, denials, and facts that are only plans."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator

from rag.alignment import Alignment, Link, Place
from rag.bindings import distance, neighbours
from rag.claim_acts import REPORTING, sits
from rag.claim_evidence import NEAR, Evidence, aligned
from rag.claim_reading import Reading
from rag.claim_roles import act_of, is_converse
from rag.opposites import are_opposites
from rag.polarity import NEGATIONS, Standing, denying_words, is_denied, own_clause, standing

# A clause is turned if its turned words weigh at least this share of the others.
FLIPPED_SHARE = 0.5
# An opposite counts in its place: near the same words, and itself not far in meaning.
LEAST_COMPANY, SAME_COMPANY, LEAST_OPPOSITE = 0.5, 0.75, 0.3


def opposites(found: Evidence, taken: frozenset[int]) -> None:
    """A word that the quotes lack, and whose opposite stands in its place."""
    alignment = aligned(found)
    claim = alignment.claim
    for link in alignment.links:
        if link.word in taken and not claim.content[link.word]:
            continue
        following = claim.parse.tags[link.word + 1 : link.word + 2]
        if claim.lower[link.word] in ("less", "more") and following in (("ADJ",), ("ADV",)):
            continue  # "less expensive": a denied word, judged there
        contrary = _opposite_near(alignment, link)
        if contrary is None:
            continue
        if link.exact and _same_company(alignment, link.word, link.place) >= LEAST_COMPANY:
            continue
        word, reading = claim.words[link.word], alignment.reading(contrary)
        told = reading.words[contrary.word]
        denied = is_denied(claim, link.word) != is_denied(reading, contrary.word)
        if denied or (
            is_converse(word.stem, told.stem) and not _same_actor(alignment, link.word, contrary)
        ):
            continue
        name = "opposite" if claim.content[link.word] else "opposite_small"
        found.fault(name, f"The claim says “{word.surface}”, the quotes “{told.surface}”")


def _opposite_near(alignment: Alignment, link: Link) -> Place | None:
    """The opposite of a claim's word that the quotes join with the same words, if any."""
    claim = alignment.claim
    stemmed = claim.words[link.word].stem
    claimed = {word.stem for word in claim.words}
    best, most = None, 0.0
    for quote, readings in enumerate(alignment.quotes):
        for sentence, reading in enumerate(readings):
            for place, word in enumerate(reading.words):
                if word.stem in claimed or not are_opposites(stemmed, word.stem):
                    continue
                here = Place(quote, sentence, place)
                shared = _same_company(alignment, link.word, here)
                similarity = float(claim.vectors[link.word] @ reading.vectors[place])
                near = similarity >= LEAST_OPPOSITE or shared >= SAME_COMPANY
                if shared >= LEAST_COMPANY and near and shared + similarity > most:
                    best, most = here, shared + similarity
    return best


def _same_actor(alignment: Alignment, verb: int, place: Place) -> bool:
    """Whether the quotes' verb at ``place`` has the claim's actor; a pronoun may stand for it."""
    reading = alignment.reading(place)
    here, there = act_of(alignment.claim, verb), act_of(reading, place.word)
    if here.actor < 0 or there.actor < 0:
        return False
    if reading.parse.tags[there.actor] == "PRON":
        return True
    link = Link(verb, place, 1.0, exact=True)
    return sits(alignment, link, here.actor, there.actor, -1) > 0


def _same_company(alignment: Alignment, word: int, place: Place) -> float:
    """Which share of the words near a word of the claim are near ``place`` in the quotes."""
    near = neighbours(alignment, word, frozenset())
    if not near:
        return 1.0
    total = sum(1.0 / steps for _, steps in near)
    kept = sum(
        1.0 / steps for link, steps in near if distance(alignment, place, link.place) <= steps + 3
    )
    return kept / total


def polarity(found: Evidence) -> None:
    """Clauses that are denied here and affirmed there, by most of the words they share."""
    alignment = aligned(found)
    claim = alignment.claim
    by_clause: dict[int, list[tuple[Link, bool]]] = {}
    for link in alignment.links:
        tag = claim.parse.tags[link.word]
        if tag not in ("VERB", "ADJ", "NOUN", "AUX") or not claim.content[link.word]:
            continue
        if not link.exact and link.similarity < NEAR:
            continue
        reading = alignment.reading(link.place)
        one, other = claim.words[link.word].stem, reading.words[link.place.word].stem
        opposite = are_opposites(one, other) and not is_converse(one, other)
        flipped = is_denied(claim, link.word) != is_denied(reading, link.place.word)
        by_clause.setdefault(own_clause(claim, link.word), []).append((link, flipped != opposite))
    main = alignment.reading(alignment.links[_root(claim)].place)
    mine = denying_words(claim)
    counts_differ = all(denying_words(r) != mine for r in (main, *_most_linked(alignment)))
    for clause, judged in by_clause.items():
        flips = [link for link, flipped in judged if flipped]
        weight = sum(2.0 if link.word == clause else 1.0 for link in flips)
        against = sum(
            2.0 if link.word == clause else 1.0 for link, flipped in judged if not flipped
        )
        if weight >= against * FLIPPED_SHARE and counts_differ:
            word = claim.words[flips[0].word].surface
            found.fault("polarity", f"One of claim and quotes denies “{word}”, the other does not")
    negative = sum(_negations(claim))
    told = [sum(_negations(r)) for quote in alignment.quotes for r in quote]
    found.values["negations_more"] = float(max(0, negative - max(told, default=0)))
    found.values["negations_fewer"] = float(max(0, sum(_negations(main)) - negative))


def _most_linked(alignment: Alignment) -> list[Reading]:
    """The sentence of the quotes that bears most of the claim's words out."""
    counts: Counter[tuple[int, int]] = Counter(
        (link.place.quote, link.place.sentence)
        for link in alignment.links
        if link.exact and alignment.claim.content[link.word]
    )
    return [alignment.quotes[q][n] for (q, n), _ in counts.most_common(1)]


def _negations(reading: Reading) -> Iterator[bool]:
    for word in reading.lower:
        yield word in NEGATIONS


def _root(reading: Reading) -> int:
    return next(
        (place for place, relation in enumerate(reading.parse.relations) if relation == "root"), 0
    )


def standing_faults(found: Evidence) -> None:
    """Verbs that the claim tells as more certain than the quotes do."""
    alignment = aligned(found)
    claim = alignment.claim
    for link in alignment.links:
        if claim.parse.tags[link.word] != "VERB" or not (link.exact or link.similarity >= NEAR):
            continue
        if claim.words[link.word].stem in REPORTING:
            continue
        here = standing(claim, link.word)
        there = standing(alignment.reading(link.place), link.place.word)
        if here < there and here is Standing.FACT:
            word = claim.words[link.word].surface
            found.fault("standing", f"The quotes do not tell “{word}” as a fact")
