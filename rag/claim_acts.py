"""Whether the quotes have the actors of a claim's verbs in each other's place."""

from __future__ import annotations

from collections.abc import Callable, Sequence

from rag.alignment import Alignment, Link
from rag.claim_evidence import NEAR, Evidence, aligned
from rag.claim_roles import act_of, is_converse, is_passive
from rag.lexical import stem

# Their subject stands before or behind them alike: "..., said the mayor".
REPORTING = frozenset(map(stem, ("say", "said", "add", "announce", "report", "write", "wrote")))
_SUBJECTS = ("subject", "passive_subject")


def roles(found: Evidence) -> None:
    """Verbs whose actor, and whom it is done to, have changed places."""
    alignment = aligned(found)
    claim = alignment.claim
    values = found.values
    for link in alignment.links:
        if claim.parse.tags[link.word] != "VERB":
            continue
        here = act_of(claim, link.word)
        reading = alignment.reading(link.place)
        if reading.parse.tags[link.place.word] != "VERB":
            continue
        there = act_of(reading, link.place.word)
        converse = is_converse(claim.words[link.word].stem, reading.words[link.place.word].stem)
        actor, other = (there.other, there.actor) if converse else (there.actor, there.other)
        one = sits(alignment, link, here.actor, actor, other)
        two = sits(alignment, link, here.other, other, actor)
        if link.exact and _exchanged(alignment, link):
            word = claim.words[link.word].surface
            found.fault("roles", f"Who does what is told the other way of “{word}”")
            continue
        sure = link.exact or link.similarity >= NEAR
        if (one < 0 and two < 0 and sure) or (
            min(one, two) < 0 and max(one, two) <= 0 and link.exact
        ):
            word = claim.words[link.word].surface
            found.fault("roles", f"Who does what is told the other way of “{word}”")
        values["in_role"] = values.get("in_role", 0.0) + (one > 0) + (two > 0)
        turned = is_passive(claim, link.word) != is_passive(reading, link.place.word)
        values["turned"] = values.get("turned", 0.0) + (link.exact and turned and one > 0)
        if here.actor >= 0 and actor >= 0 and one == 0:
            values["other_actor"] = values.get("other_actor", 0.0) + 1
        if here.other >= 0 and other >= 0 and two == 0:
            values["other_object"] = values.get("other_object", 0.0) + 1


def _exchanged(alignment: Alignment, link: Link) -> bool:
    """Whether the words around one verb have changed places, its voice being the same."""
    claim, reading = alignment.claim, alignment.reading(link.place)
    verb, told = link.word, link.place.word
    if claim.words[verb].stem in REPORTING or is_passive(claim, verb) != is_passive(reading, told):
        return False
    before = [c for c in claim.children[verb] if claim.parse.relations[c] in _SUBJECTS]
    behind = [c for c in claim.children[verb] if c > verb]
    moved_back = _crossed(alignment, link, before, lambda place: place > told)
    moved_front = _crossed(alignment, link, behind, lambda place: place < told)
    return moved_back and moved_front


def _crossed(
    alignment: Alignment, link: Link, children: Sequence[int], is_across: Callable[[int], bool]
) -> bool:
    """Whether all names and nouns among some words' own are across the verb in the quotes."""
    claim = alignment.claim
    places = [
        alignment.links[word]
        for child in children
        for word in claim.subtree(child)
        if claim.parse.tags[word] in ("NOUN", "PROPN") and alignment.links[word].exact
    ]
    within = [
        one.place.word
        for one in places
        if (one.place.quote, one.place.sentence) == (link.place.quote, link.place.sentence)
    ]
    return any(map(is_across, within)) and (
        not any(not is_across(p) for p in within) or len(within) > 2
    )


def sits(alignment: Alignment, link: Link, mine: int, same: int, contrary: int) -> int:
    """1 if a participant of the claim is the quote's in the same role, -1 in the contrary one."""
    if mine < 0:
        return 0
    target = alignment.links[mine]
    place, reading = target.place, alignment.reading(link.place)
    if (place.quote, place.sentence) != (link.place.quote, link.place.sentence):
        return 0
    if not target.exact and target.similarity < NEAR:
        return 0
    if same >= 0 and place.word in reading.subtree(same):
        return 1
    if contrary >= 0 and place.word in reading.subtree(contrary):
        return -1
    return 0
