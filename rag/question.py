"""What a question asks for: the kind of its answer, its names and numbers, its content words."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass
from enum import StrEnum

from rag import question_patterns as patterns
from rag.lexical import Word
from rag.phrases import Kind, Phrase, find_phrases, is_function_word


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
    AMOUNT = "amount"  # "how much", of what is not said: money, a share, a weight
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
    Expects.AMOUNT: frozenset({Kind.MONEY, Kind.PERCENT, Kind.MEASURE, Kind.NUMBER}),
    Expects.NAME: frozenset({Kind.NAME, Kind.QUOTED}),
}
"""The kinds of phrase that can answer; an expectation that is not a key has none of its own."""

_COMPILED = tuple(
    (Expects(kind), re.compile(f"(?:{pattern})", re.IGNORECASE))
    for kind, pattern in patterns.EXPECTATIONS
)

_QUESTION_WORD = re.compile(r"\b(?:who|whom|whose|what|which|when|where|why|how)\b", re.IGNORECASE)
_POLITE = re.compile(
    r"^\W*(?:please[, ]+)?(?:(?:can|could|would|will) (?:you|someone|anyone) (?:please )?"
    r"(?:tell me|tell us|explain|say|describe)|(?:do|does) (?:you|we|anyone) know|"
    r"(?:i|we) (?:want|would like|need) to know|i wonder|is it known|tell me|tell us)[, ]+"
    r"(?:about )?(?=(?:in |at |by )?(?:who|what|which|when|where|why|how)\b)",
    re.IGNORECASE,
)
_IMPERATIVE = re.compile(r"^\W*(?:please )?(?=(?:name|identify|list|give|tell)\b)", re.IGNORECASE)
_YES_NO = re.compile(
    rf"^\W*(?:(?:and|but|so|or|also|ok|okay|well)\b[, ]*)?{patterns.AUXILIARY}(?!\w)", re.IGNORECASE
)
# A question word after this many characters may belong to a clause: "the man who".
_EARLY = 25
# A question is no longer than this; what follows is not read.
_READ = 600

_SEVERAL = re.compile(patterns.SEVERAL, re.IGNORECASE)


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
    return Question(
        text, _expected(text[:_READ]), _names(text), bool(_SEVERAL.search(text[:_READ]))
    )


def _expected(text: str) -> Expects:
    polite = _POLITE.match(text)
    start = polite.end() if polite else 0
    if not polite and _YES_NO.match(text):
        return Expects.YES_NO
    imperative = _IMPERATIVE.match(text)
    if imperative and not polite:
        kind = _expected_at(text, imperative.end())
        if kind is not None:
            return kind
    places = [match.start() for match in _QUESTION_WORD.finditer(text, start)]
    if not places:
        return Expects.ANY
    # "In which year", "and who": the asking comes early, else it is what the text ends with.
    place = places[0] if places[0] - start <= _EARLY else places[-1]
    return _expected_at(text, place) or Expects.ANY


def _expected_at(text: str, place: int) -> Expects | None:
    return next((kind for kind, pattern in _COMPILED if pattern.match(text, place)), None)


# --- what is asked for

_ASKS_FOR = frozenset({"what", "which", "whose", "many", "much"})
_FOCUS_WORDS = 3


def focus_words(asked: Sequence[Word]) -> list[int]:
    """The places of what is asked for: the content words right behind *which*, *how many* ..."""
    for place, word in enumerate(asked):
        if word.surface.lower() in _ASKS_FOR:
            focus = []
            for follower in range(place + 1, min(place + 1 + _FOCUS_WORDS, len(asked))):
                if is_function_word(asked[follower].surface):
                    break
                focus.append(follower)
            return focus
    return []


# "Who is the CEO of Osk" asks for a name, and "what is the Osk Accord" about one.
_ABOUT = re.compile(
    r"^\W*(?:who(?: (?:is|are|was|were)|['’]s)|what(?: (?:is|are|was|were)|['’]s)(?: the)?) "
    r"(.+?)\W*$",
    re.IGNORECASE,
)


def asks_about_name(question: Question) -> bool:
    """Whether it asks who or what a name is, which a sentence explains and no phrase answers."""
    about = _ABOUT.match(question.text)
    return about is not None and about.group(1) in question.names


# --- names

_QUALIFIER = re.compile(
    r"^(?:(?:more|less|fewer|higher|greater) than|no (?:more|fewer|less) than|at least|at most|"
    r"as (?:many|much) as|up to|about|around|nearly|almost|over|under|roughly|approximately|some|"
    r"an estimated|only|just|between|aged|(?:the )?(?:end|beginning|start|middle|close|turn) of"
    r"(?: the)?|the(?= \d))\s+",
    re.IGNORECASE,
)
_SMALL_IN_TITLES = frozenset(
    ("a", "an", "the", "of", "in", "on", "at", "to", "for", "and", "or", "by", "from", "with", "as")
)
# The fewest words of a text whose capitals can be seen to be a matter of style.
_SHORTEST_CAPITALS = 3
_SHORTEST_TITLE = 4
_WORD = re.compile(r"[^\W\d_][\w’'-]*")
_OPENING_WORD = re.compile(r"\W*([^\W\d_][\w’'-]*)(['’]s\b)?(?:\s+(\w+))?")
_PREDICATE = re.compile(
    rf"{patterns.AUXILIARY}$|said$|\w{{2,}}(?:ed|[^s\W]s)$|(?:made|sold|won|lost|left|bought|built)$",
    re.IGNORECASE,
)


def _names(text: str) -> tuple[str, ...]:
    """Names and numbers as written, without "more than" and the like before them."""
    styled = _is_styled(text)
    found: list[str] = []
    for phrase in find_phrases(text):
        name = phrase.span.of(text)
        if phrase.kind is not Kind.NAME:
            found.extend([_QUALIFIER.sub("", name)] if _tells(phrase.kind, name) else [])
        elif styled:
            found.extend(word for word in name.split() if word[1:] != word[1:].lower())
        elif not _opens(text, phrase):
            found.append(name)
    return tuple(found)


def _tells(kind: Kind, text: str) -> bool:
    """Whether an amount or date is one that an answer must hold: not "last week" or "today"."""
    if kind is Kind.QUOTED:
        return False
    return kind is not Kind.DATE or bool(re.search(r"\d", text)) or not text.islower()


def _is_styled(text: str) -> bool:
    """Whether every word of a text has its capital from the text's style, and so tells nothing."""
    words = _WORD.findall(text)
    if len(words) >= _SHORTEST_CAPITALS and text.isupper():
        return True
    return (
        len(words) >= _SHORTEST_TITLE
        and all(w[0].isupper() for w in words if w.lower() not in _SMALL_IN_TITLES)
        and any(is_function_word(w) and w[0].isupper() and not w.isupper() for w in words[:2])
    )


def _opens(text: str, phrase: Phrase) -> bool:
    """Whether a name is no more than the capitalised first word, as in "Helicopter weight?".

    A first word is a name if something is said of it: "Rostec sells what?", "Rostec’s tanks".
    """
    opening = _OPENING_WORD.match(text)
    if opening is None or opening.span(1) != (phrase.span.start, phrase.span.end):
        return False
    word, possessive, following = opening.groups()
    if possessive or following is None or word[1:] != word[1:].lower():
        return False
    return not _PREDICATE.match(following)
