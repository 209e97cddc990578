"""Who does what to whom: whether a quote's verb has a claim's actors in each other's place."""

from __future__ import annotations

from dataclasses import dataclass

from rag.claim_reading import Reading
from rag.lexical import stem

_HAVE_NOUNS = frozenset(("subject", "object", "auxiliary"))
_RELATIVE = frozenset(("who", "which", "that", "whom"))


@dataclass(frozen=True, slots=True)
class Act:
    """A verb with its actor and who or what it is done to, as words of the sentence, or -1."""

    verb: int
    actor: int = -1
    other: int = -1


def act_of(reading: Reading, verb: int) -> Act:
    """The act that a verb tells, in the active voice whatever its own."""
    relations = reading.parse.relations
    actor = other = -1
    passive = is_passive(reading, verb)
    for child in reading.children[verb]:
        relation = relations[child]
        if relation in ("subject", "passive_subject"):
            if passive:
                other = _meant(reading, child, verb)
            else:
                actor = _meant(reading, child, verb)
        elif relation == "object" and other < 0:
            other = child
        elif relation == "agent" or (passive and reading.lower[child] == "by"):
            actor = next(iter(reading.children[child]), -1)
        elif relation == "preposition" and other < 0 and not passive:
            inner = [c for c in reading.children[child] if relations[c] == "prepositional_object"]
            other = (
                inner[0]
                if inner and reading.lower[child] in ("to", "with", "over", "against", "for", "on")
                else other
            )
    if actor < 0 and not passive:
        actor = _inherited(reading, verb)
    if actor < 0 and passive is False and relations[verb] == "clause" and other < 0:
        other = reading.parse.heads[verb]
    return Act(verb, actor, other)


def is_passive(reading: Reading, verb: int) -> bool:
    """Whether a verb tells what is done to its subject."""
    own = [reading.parse.relations[child] for child in reading.children[verb]]
    if any(one in ("passive_auxiliary", "passive_subject", "agent") for one in own):
        return True
    # "a probe launched in 2017": a participle with neither subject nor object.
    shortened = reading.parse.relations[verb] in ("clause", "adverbial_clause", "modifier")
    return shortened and not reading.lower[verb].endswith("ing") and not set(own) & _HAVE_NOUNS


def _meant(reading: Reading, place: int, verb: int) -> int:
    """A relative pronoun's noun; any other word itself."""
    if reading.lower[place] in _RELATIVE and reading.parse.relations[verb] == "clause":
        return reading.parse.heads[verb]
    return place


def _inherited(reading: Reading, verb: int) -> int:
    """The actor of the verb that this one goes with: *she came and saw*, *he wants to see*."""
    head = reading.parse.heads[verb]
    if head == verb or reading.parse.relations[verb] not in (
        "conjunct",
        "complement",
        "adverbial_clause",
    ):
        if reading.parse.relations[verb] == "clause" and reading.lower[verb].endswith("ing"):
            return head
        return -1
    if reading.parse.tags[head] not in ("VERB", "AUX"):
        return -1
    for child in reading.children[head]:
        if reading.parse.relations[child] in ("subject", "passive_subject"):
            return _meant(reading, child, head)
    return -1


# Acts told from the other side by another verb.
_CONVERSE_PAIRS = (
    ("buy", "sell"), ("bought", "sold"), ("purchase", "sell"), ("acquire", "sell"),
    ("acquire", "sold"), ("lend", "borrow"), ("lent", "borrow"), ("give", "receive"),
    ("gave", "receive"), ("send", "receive"), ("sent", "receive"), ("beat", "lose"),
    ("beat", "lost"), ("defeat", "lost"), ("defeat", "lose"), ("win", "lose"), ("won", "lost"),
    ("precede", "follow"), ("succeed", "precede"), ("teach", "learn"), ("hire", "join"),
)  # fmt: skip
_CONVERSE = frozenset(
    pair
    for one, other in _CONVERSE_PAIRS
    for pair in ((stem(one), stem(other)), (stem(other), stem(one)))
)


def is_converse(one: str, other: str) -> bool:
    """Whether two verbs, by their stems, tell one act from both sides."""
    return (one, other) in _CONVERSE
