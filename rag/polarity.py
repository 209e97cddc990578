"""Whether what a word says is affirmed, denied, or only possible, planned or claimed.

By the grammar of its sentence: *not*, *no*, *never*, *without*, and the verbs that deny what
belongs to them (*failed to win*, *refused to sign*). Twice denied is affirmed.
"""

from __future__ import annotations

import itertools
from enum import IntEnum

from rag.claim_reading import Reading
from rag.lexical import stem
from rag.opposites import is_negative_form

NEGATIONS = frozenset(
    "no not nor never none neither without cannot nobody nothing nowhere".split()  # noqa: SIM905
)
_BARELY = frozenset("hardly scarcely barely".split())  # noqa: SIM905
_DENYING = frozenset(
    map(
        stem,
        ("fail", "refuse", "deny", "decline", "avoid", "lack", "prevent", "stop", "unable",
         "reject", "rule", "cease", "halt", "forget", "neglect", "unwilling", "dismiss", "escape",
         "refute", "denied", "denying", "denial", "failure", "refusal", "ban", "forbid", "forbade",
         "forbidden", "abandon", "cancel", "scrap", "withdraw", "withdrew", "absence", "reluctant",
         "drop", "dispute", "contradict", "oppose", "block", "veto", "withhold", "withheld"),
    )
)  # fmt: skip
# Of these a thing is denied, too: "lacked money", "avoided war".
_DENYING_THINGS = frozenset(map(stem, ("lack", "avoid", "prevent", "escape", "deny", "denied")))
_DENYING_ALWAYS = frozenset(
    map(
        stem,
        ("fail", "refuse", "deny", "denied", "decline", "lack", "unable", "free", "absent", "fewer",
         "stop", "reject", "avoid", "escape", "wrong", "miss", "nor", "barely", "lost",
         "abstinent"),
    )
)  # fmt: skip
_CLAUSES = frozenset(("complement", "object", "prepositional_object", "passive_subject", "clause"))
_PARTICIPANTS = frozenset(("subject", "passive_subject", "object", "attribute", "indirect"))


class Standing(IntEnum):
    """How firmly a sentence says what one of its verbs says."""

    FACT = 0
    SAID = 1
    PLANNED = 2
    POSSIBLE = 3


_POSSIBLE = frozenset("may might could can possibly perhaps maybe would should".split())  # noqa: SIM905
_FUTURE = frozenset("will shall ll wo".split())  # noqa: SIM905
_PLANNING = frozenset(
    map(
        stem,
        ("plan", "intend", "expect", "hope", "want", "aim", "propose", "consider", "seek", "wish",
         "promise", "pledge", "offer", "threaten", "prepare", "due", "set", "going", "schedule",
         "ask", "demand", "urge", "call", "request", "recommend", "suggest", "try", "attempt",
         "likely", "agree", "order", "tell", "ready", "able", "willing", "vow", "bid", "need"),
    )
)  # fmt: skip
_CLAIMING = frozenset(
    map(
        stem,
        ("claim", "allege", "accuse", "suspect", "rumour", "rumor", "believe", "think", "charge",
         "suggest", "fear", "predict", "forecast", "estimate", "speculate", "alleged", "suspected",
         "allegation", "denied", "deny", "insist"),
    )
)  # fmt: skip
_IF = frozenset("if whether unless".split())  # noqa: SIM905


def is_denied(reading: Reading, place: int) -> bool:
    """Whether what a word says is denied where it stands."""
    return bool(_denials(reading, place) % 2)


def _denials(reading: Reading, place: int) -> int:
    count = 0
    path = reading.path(place)
    verb = own_clause(reading, place)
    count += _negated_here(reading, place)
    if verb != place:
        count += _negated_here(reading, verb)
    for dependent, head in itertools.pairwise(path):
        relation = reading.parse.relations[dependent]
        word = reading.lower[head]
        stemmed = reading.words[head].stem
        if relation in _CLAUSES and stemmed in _DENYING and head != place:
            count += relation == "complement" or stemmed in _DENYING_THINGS
        if word == "without":
            count += 1
    return count


def own_clause(reading: Reading, place: int) -> int:
    """The verb that says the word: itself, or the nearest above it."""
    for step in reading.path(place):
        if reading.parse.tags[step] in ("VERB", "AUX"):
            return step
    return place


def _negated_here(reading: Reading, place: int) -> int:
    """Negations among a word's own dependents, and in those who take part in what it says."""
    count = 0
    for child in reading.children[place]:
        word = reading.lower[child]
        if word in NEGATIONS or word in _BARELY or (word == "t" and _contracted(reading, child)):
            if word != "without":
                count += 1
        elif (word == "less" and reading.parse.tags[place] in ("ADJ", "ADV")) or (
            reading.parse.relations[child] in _PARTICIPANTS
            and any(
                reading.lower[grandchild] in ("no", "neither", "none", "nobody")
                for grandchild in reading.children[child]
            )
        ):
            count += 1
    return count


def _contracted(reading: Reading, place: int) -> bool:
    word = reading.words[place]
    before = reading.text[max(0, word.start - 2) : word.start]
    return before in ("n'", "n’")


def standing(reading: Reading, verb: int) -> Standing:
    """How firmly what a verb says is told."""
    found = Standing.FACT
    for child in reading.children[verb]:
        word = reading.lower[child]
        if reading.parse.relations[child] in ("auxiliary", "passive_auxiliary", "adverb", "marker"):
            if word in _POSSIBLE or word in _IF:
                found = max(found, Standing.POSSIBLE)
            elif word in _FUTURE or (word == "to" and reading.lower[verb] != "have"):
                found = max(found, Standing.PLANNED)
    path = reading.path(verb)
    for dependent, head in itertools.pairwise(path):
        if reading.parse.relations[dependent] not in ("complement", "clause", "object"):
            break
        if reading.words[head].stem in _PLANNING and reading.parse.relations[dependent] != "clause":
            found = max(found, Standing.PLANNED)
        elif reading.words[head].stem in _CLAIMING:
            found = max(found, Standing.POSSIBLE)
    return found


def denying_words(reading: Reading) -> int:
    """How many words of a sentence deny, whatever they deny: *not*, *failed*, *unaware*."""
    return sum(
        word in NEGATIONS
        or word in _BARELY
        or (word == "t" and _contracted(reading, place))
        or reading.words[place].stem in _DENYING_ALWAYS
        or is_negative_form(reading.words[place].stem)
        for place, word in enumerate(reading.lower)
    )
