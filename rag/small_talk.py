"""What is said to a chat and no article can answer: greetings, thanks, questions about itself.

Such a text is answered in kind, from facts that are known without reading an article. A text
counts only where all of it is small talk: a real question must never be swallowed, while small
talk that is taken for a question costs no more than a refusal.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from enum import StrEnum

from rag import small_talk_patterns as patterns
from rag.values import Overview


class Talk(StrEnum):
    """What kind of small talk a text is."""

    GREETING = "greeting"
    WELLBEING = "wellbeing"
    THANKS = "thanks"
    FAREWELL = "farewell"
    IDENTITY = "identity"
    ABILITIES = "abilities"
    MODEL = "model"
    PRIVACY = "privacy"
    COLLECTION = "collection"
    ABUSE = "abuse"
    COMMAND = "command"


@dataclass(frozen=True, slots=True)
class Facts:
    """What is true of this installation.

    ``embedder``: the model that finds sentences; ``writer``: the language model that drafts
    answers, empty where none does.
    """

    overview: Overview
    embedder: str
    writer: str = ""


# What is longer is told by a person who has a matter: nothing of it is read as small talk.
_LONGEST = 400
_PATTERNS = tuple(
    (talk, re.compile(f"(?:{pattern})", re.IGNORECASE))
    for talk, pattern in (
        (Talk.COMMAND, patterns.COMMAND),
        (Talk.GREETING, patterns.GREETING),
        (Talk.WELLBEING, patterns.WELLBEING),
        (Talk.IDENTITY, patterns.IDENTITY),
        (Talk.ABILITIES, patterns.ABILITIES),
        (Talk.MODEL, patterns.MODEL),
        (Talk.PRIVACY, patterns.PRIVACY),
        (Talk.COLLECTION, patterns.COLLECTION),
        (Talk.ABUSE, patterns.ABUSE),
        (Talk.FAREWELL, patterns.FAREWELL),
        (Talk.THANKS, rf"{patterns.THANKS}(?:,? {patterns.THANKS}){{0,3}}"),
    )
)
# Of two kinds in one text, the one that asks for something is answered: "Hi, who are you?".
_POLITE = frozenset({Talk.GREETING, Talk.THANKS, Talk.FAREWELL})
_FILLER = re.compile(rf"(?:{patterns.FILLER}\b)", re.IGNORECASE)
_BREAK = re.compile(r"[.!?;,:…]+(?=\s|$)|\s[-–—]+\s|\n+")
_EDGES = re.compile(r"^\W+|\W+$")
_SPACES = re.compile(r"\s+")
_MOST_PARTS = 6
_MOST_FILLERS = 4


def small_talk(text: str) -> Talk | None:
    """The kind of small talk that a text is from its first word to its last; None if it is not.

    Never fails.
    """
    if len(text) > _LONGEST or not text.strip():
        return None
    whole = _kind_of(_plain(text))
    if whole is not None:
        return whole
    parts = [plain for part in _BREAK.split(text) if (plain := _plain(part))]
    if not 1 < len(parts) <= _MOST_PARTS:
        return None
    kinds = []
    for part in parts:
        if _without_fillers(part):
            kind = _kind_of(part)
            if kind is None:
                return None
            kinds.append(kind)
    asking = [kind for kind in kinds if kind not in _POLITE]
    return next(iter(asking or kinds), None)


def _plain(part: str) -> str:
    return _SPACES.sub(" ", _EDGES.sub("", part.strip()))


def _kind_of(part: str) -> Talk | None:
    """The kind of one part, with or without the fillers at its ends."""
    for candidate in dict.fromkeys((part, _without_fillers(part))):
        for talk, pattern in _PATTERNS:
            if candidate and pattern.fullmatch(candidate):
                return talk
    return None


def _without_fillers(part: str) -> str:
    words = part.split()
    for _ in range(_MOST_FILLERS):
        if words and _FILLER.fullmatch(words[0].strip(",")):
            words = words[1:]
        if words and _FILLER.fullmatch(words[-1].strip(",")):
            words = words[:-1]
    return " ".join(words)


# --- the answers, of true facts alone

_ASK = "Ask something that the articles tell: who, what, when, where, how much."
_QUOTES = (
    "Footnote answers with sentences quoted from the articles, each with a footnote to its place, "
    "or says that they do not tell."
)
_DRAFTS = (
    "Footnote answers from the articles alone. {writer} words the answers; each of its sentences "
    "is checked against the articles, and what they do not bear out is not shown."
)
_FIXED = {
    Talk.GREETING: "Hello.",
    Talk.WELLBEING: "Footnote is a program and has no moods, but it is running.",
    Talk.THANKS: "You are welcome.",
    Talk.FAREWELL: "Goodbye.",
    Talk.ABUSE: "Footnote has nothing to say to that. If an answer is wrong, its footnotes show "
    "what the article says.",
    Talk.COMMAND: "Footnote does nothing but answer questions from the articles.",
}
_LISTED_OUTLETS = 8


def reply(talk: Talk, facts: Facts) -> str:
    """What is said to small talk: nothing but ``facts`` and what the program is."""
    told = _told(talk, facts)
    return told if talk in (Talk.THANKS, Talk.FAREWELL) else f"{told} {_ASK}"


def _told(talk: Talk, facts: Facts) -> str:
    works = _DRAFTS.format(writer=facts.writer) if facts.writer else _QUOTES
    if talk is Talk.GREETING:
        return f"{_FIXED[talk]} {_collection(facts.overview)}"
    if talk is Talk.IDENTITY:
        return f"This is Footnote, a program and no person. {works} {_collection(facts.overview)}"
    if talk is Talk.ABILITIES:
        return f"{works} {_collection(facts.overview)}"
    if talk is Talk.MODEL:
        found = f"The sentences are found with the embedding model {facts.embedder}."
        wrote = "" if facts.writer else " No language model writes here."
        return f"{works} {found}{wrote}"
    if talk is Talk.PRIVACY:
        return _privacy(facts)
    if talk is Talk.COLLECTION:
        return f"{_collection(facts.overview)}{_outlets(facts.overview)}"
    return _FIXED[talk]


def _privacy(facts: Facts) -> str:
    if facts.writer:
        return (
            "The articles are indexed and searched on the machine where Footnote runs. The "
            f"question and the passages found for it go to the language model {facts.writer}, "
            "wherever that is set up to run."
        )
    return (
        "Questions and articles stay on the machine where Footnote runs: it calls no server and no "
        "language model."
    )


def _collection(overview: Overview) -> str:
    if not overview.articles:
        return "There are no articles yet."
    count = f"{overview.articles:,} article{'s' * (overview.articles != 1)}"
    verb = "is" if overview.articles == 1 else "are"
    if not overview.oldest:
        return f"There {verb} {count} here."
    if overview.oldest == overview.newest:
        return f"There {verb} {count} here, of {overview.newest}."
    return f"There {verb} {count} here, from {overview.oldest} to {overview.newest}."


def _outlets(overview: Overview) -> str:
    names = overview.outlets[:_LISTED_OUTLETS]
    if not names:
        return ""
    more = len(overview.outlets) - len(names)
    listed = ", ".join(names) + (f" and {more:,} more" if more else "")
    return f" Outlets: {listed}."
