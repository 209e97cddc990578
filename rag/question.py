"""What a question asks for: the kind of its answer, its names and numbers, its content words."""

from __future__ import annotations

import re
from dataclasses import dataclass
from enum import StrEnum

from rag.phrases import Kind, find_phrases, is_function_word


class Expects(StrEnum):
    """The kind of answer that a question asks for."""

    PERSON = "person"
    PLACE = "place"
    TIME = "time"
    DURATION = "duration"
    MONEY = "money"
    PERCENT = "percent"
    MEASURE = "measure"
    NUMBER = "number"
    NAME = "name"
    THING = "thing"
    REASON = "reason"
    MANNER = "manner"
    YES_NO = "yes_no"
    ANY = "any"


ANSWERING_KINDS: dict[Expects, frozenset[Kind]] = {
    Expects.PERSON: frozenset({Kind.NAME}),
    Expects.PLACE: frozenset({Kind.NAME}),
    Expects.TIME: frozenset({Kind.DATE}),
    Expects.DURATION: frozenset({Kind.DURATION}),
    Expects.MONEY: frozenset({Kind.MONEY}),
    Expects.PERCENT: frozenset({Kind.PERCENT}),
    Expects.MEASURE: frozenset({Kind.MEASURE, Kind.DURATION}),
    Expects.NUMBER: frozenset({Kind.NUMBER, Kind.MEASURE, Kind.PERCENT, Kind.DURATION}),
    Expects.NAME: frozenset({Kind.NAME, Kind.QUOTED}),
}
"""The kinds of phrase that can answer; an expectation that is not a key has none of its own."""

_NOUN = r"(?:\w+\W+){0,3}?"
# The first pattern that matches decides; the order is from the particular to the general.
_EXPECTATIONS: tuple[tuple[Expects, str], ...] = (
    (Expects.PERCENT, r"\b(?:what|which)\b.{0,20}\b(?:percent(?:age)?|per cent|share|proportion)\b"
                      r"|\bhow (?:many|much) percent\b"),
    (Expects.MONEY, r"\bhow much\b.{0,40}\b(?:cost|costs|pay|pays|paid|worth|spend|spent|price|earn|"
                    r"money|sell|sold|raise|raised|invest|invested|owe|fined?|dollars?|budget|"
                    r"charge|charged|bid|donate|donated)\b"
                    rf"|\b(?:what|which)\b {_NOUN}(?:price|cost|value|salary|fee|budget|amount of "
                    r"money|sum|revenue|profit|fine)\b"),
    (Expects.DURATION, r"\bhow long (?:did|does|do|has|have|had|will|would|was|were|is it|until|"
                       r"after|before|ago)\b|\bhow (?:many|much) (?:years?|months?|days?|weeks?|hours?|"
                       r"minutes?|decades?|centuries|time)\b|\bhow old\b|\b(?:what|which) age\b"),
    (Expects.MEASURE, r"\bhow (?:tall|high|long|wide|deep|far|heavy|big|large|fast|hot|cold|thick|"
                      r"strong|small|low|close)\b|\bhow much (?:does|do|did|will|would|can) .{1,60}\b"
                      r"weigh\b|\b(?:what|which)\b.{0,40}\b(?:weight|height|length|speed|"
                      r"distance|depth|width|size|temperature|altitude|capacity|area)\b"),
    (Expects.NUMBER, r"\bhow (?:many|much|often)\b|\b(?:what|which) (?:\w+ )?(?:number|amount|"
                     r"quantity|population)\b"),
    (Expects.TIME, r"\bwhen\b|\b(?:what|which|whose) (?:\w+ )?(?:year|date|day|month|century|decade|"
                   r"time|season|era)\b|\bhow (?:soon|recently|late|early)\b|\bby what (?:year|date)\b"),
    (Expects.PERSON, r"\bwho\b|\bwhom\b|\bwhose\b|\b(?:what|which) (?:\w+ ){0,2}(?:person|man|woman|"
                     r"president|minister|official|leader|king|queen|emperor|author|scientist|actor|"
                     r"actress|singer|player|politician|senator|director|ceo|founder|celebrity|"
                     r"general|governor|spokes\w+|artist|writer|architect)\b"
                     r"|\bwhat (?:is|was|were|are) (?:the|his|her) (?:full |first |last )?names?\b"),
    (Expects.PLACE, r"\bwhere\b|\b(?:what|which) (?:\w+ ){0,2}(?:country|countries|city|cities|state|"
                    r"states|place|town|village|region|province|county|continent|location|river|sea|"
                    r"ocean|island|street|area|capital|nation|nations|district|borough)\b"),
    (Expects.REASON, r"\bwhy\b|\bwhat (?:is|was|were|are) the (?:\w+ )?(?:reason|cause)s?\b"
                     r"|\bwhat (?:caused|led to|prompted)\b|\bhow come\b"),
    (Expects.NAME, r"\b(?:what|which) (?:\w+ ){0,2}(?:company|companies|firm|organi[sz]ation|agency|"
                   r"team|group|party|university|newspaper|outlet|airline|bank|brand|film|movie|"
                   r"book|song|show|treaty|law|act|war|battle|award|language|religion|corporation|"
                   r"subsidiary|institution|chain|store|network|website|app)\b"),
    (Expects.MANNER, r"\bhow\b"),
    (Expects.THING, r"\bwhat\b|\bwhich\b"),
    (Expects.YES_NO, r"^\W*(?:is|are|was|were|do|does|did|has|have|had|can|could|will|would|should|"
                     r"may|might)\b"),
)  # fmt: skip
_COMPILED = tuple((kind, re.compile(pattern, re.IGNORECASE)) for kind, pattern in _EXPECTATIONS)

_SEVERAL = re.compile(
    r"\b(?:list|name all|what are|which are|what were|who are|who were|describe|explain|"
    r"compare|summari[sz]e|tell me (?:about|more)|what (?:else|happened|do|does|did) .* (?:say|about)|"
    r"what do (?:we|you) know|in what (?:ways|areas|fields)|how (?:do|does|did|can)|why)\b"
    r"|\b(?:which|what) (?:\w+ ){0,2}(?:are|were|have|do)\b|\band (?:who|what|when|where|why|how)\b",
    re.IGNORECASE,
)


@dataclass(frozen=True, slots=True)
class Question:
    """A question as understood: ``text`` stands alone, without the conversation.

    ``expects``: the kind of answer; ``names``: its proper names and numbers, as written;
    ``several``: whether it asks for a list or an explanation, more than one fact.
    """

    text: str
    expects: Expects
    names: tuple[str, ...]
    several: bool


def understand(text: str) -> Question:
    """Read what a question asks for. Never fails: what it cannot tell is ``Expects.ANY``."""
    expects = next((kind for kind, pattern in _COMPILED if pattern.search(text)), Expects.ANY)
    names = tuple(
        phrase.span.of(text)
        for phrase in find_phrases(text)
        if phrase.kind is not Kind.QUOTED and not _opens_question(text, phrase.span.start)
    )
    return Question(text, expects, names, bool(_SEVERAL.search(text)))


def _opens_question(text: str, start: int) -> bool:
    """Whether the capital at ``start`` is owed to the question's beginning, not to a name."""
    word = re.match(r"\w+", text[start:])
    return (
        start == 0
        and word is not None
        and (
            is_function_word(word.group())
            or word.end() + start < len(text)
            and " " not in text[:1]
            and word.group().lower()
            in {"which", "name", "list", "describe", "explain", "tell", "does"}
        )
    )
