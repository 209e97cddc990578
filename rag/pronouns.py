"""Pronouns that point back into the conversation, written out."""

from __future__ import annotations

import re
from collections.abc import Callable, Sequence

from rag.conversation_patterns import ASKING_WORDS, AUXILIARY, EXPLETIVE, TIMELY
from rag.phrases import is_function_word
from rag.topics import names, noun_phrases, person, thing, things
from rag.values import Turn

# What is carried over of an earlier question or statement, in words.
CARRIED = 30
SAID_SO = re.compile(
    r"\b(?:(?P<said>said|says|say|told|claimed|claims|claim|stated)\s+(?:so|that|this|it))"
    r"(?=\W*$|\s+and\s+(?:when|where|why)\W*$)",
    re.IGNORECASE,
)
_QUOTED = re.compile(r"“[^”]*”|\"[^\"]*\"|\([^)]*\)")
_PRONOUN = re.compile(
    r"\b(?:(?P<person>he|she|him|her|his|hers|himself|herself)|(?P<things>they|them|their|theirs)|"
    r"(?P<thing>it|its)|(?P<there>there)|(?P<pointing>this|that|these|those))\b(?!['’](?!s\b)|-)",
    re.IGNORECASE,
)
# "What time is it?"
_CLOCK = re.compile(r"\bwhat\s+(?:time|day|year|date)\s+(?:is|was)\s+it\b", re.IGNORECASE)
_SUBORDINATE = re.compile(
    r"\b(?:when|if|because|that|after|before|while|as|since|until|although|though|whether|once|"
    r"where|how|what|why|who|said|says|say|think|thinks|believe|believes|claim|claims|hope)\s+$",
    re.IGNORECASE,
)
_AUXILIARY_BEFORE = re.compile(rf"\b{AUXILIARY}\s+$", re.IGNORECASE)
_AUXILIARY_AFTER = re.compile(rf"\s+{AUXILIARY}\b", re.IGNORECASE)
_POSSESSIVE = frozenset(("his", "its", "their", "theirs", "hers"))
_REFERS_BACK = re.compile(
    r"\b(?:of|about|for|with|from|to|by|like|after|before|than|is|was|does|did|do|will|can|would|"
    r"into|behind|on|in|why)\s+$|^$",
    re.IGNORECASE,
)
# "Who runs that company?", but not "Who says that water is wet?".
_SUBJECT_VERB = re.compile(
    r"^\W*(?:who|what|which\s+\w+)\s+(?!sa(?:ys?|id)\b|th(?:ink|ought)|believe|claim|kn[eo]w)\w+\s+$",
    re.IGNORECASE,
)
_PRONOUN_ENDS = re.compile(
    rf"\s*[?!.,]|\s*$|\s+(?:{AUXILIARY}|of|in|from|for|to|at|by|with|and|or|happen\w*|mean\w*|"
    rf"work\w*|[a-z]+(?<![sui])s)\b"
)
_NOUN_AFTER = re.compile(r"\s+(?:[a-z-]+\s+)?([a-z-]{3,})\s*[?!.]*$")
# "do that" means what happened, not a thing.
_DONE = re.compile(r"\b(?:do|did|does|done|doing)\s+(?:that|this|it|so)\W*$", re.IGNORECASE)
_EXISTS_BEFORE = re.compile(rf"\b{AUXILIARY}\s+$|\bhow\s+many\s+[\w\s]+$|^$", re.IGNORECASE)
_IN_PLACE = re.compile(r"\b(in|at|near)\s+(?:the\s+)?$", re.IGNORECASE)


def fill_pronouns(text: str, turns: Sequence[Turn]) -> str:
    """The text with each pronoun that points back written out, no two as the same thing."""
    said = SAID_SO.search(text)
    quoted = [match.span() for match in _QUOTED.finditer(text)]
    replaced: list[tuple[re.Match[str], str]] = []
    done = None if said else _DONE.search(text)
    aside = carried(turns[0].question) if done else ""
    matches = [m for m in _PRONOUN.finditer(text) if not any(a <= m.start() < b for a, b in quoted)]
    # "it" chooses before "they", which has more to choose from.
    for match in sorted(matches, key=lambda m: (m["things"] is not None, m.start())):
        if (said and match.start() > said.start()) or not _points_back(text, match):
            continue
        if done and match.start() > done.start():
            continue
        meant = next((found for read in _meanings(match) if (found := first(read, turns))), "")
        if not meant or any(meant == other for _, other in replaced):
            aside = aside or ("" if meant else first(_content, turns))
        elif match["pointing"] and _NOUN_AFTER.match(text, match.end()):
            aside = meant  # "that company": its noun stays
        else:
            replaced.append((match, meant))
    for match, meant in sorted(replaced, key=lambda pair: -pair[0].start()):
        text = text[: match.start()] + _inflected(text, match, meant) + text[match.end() :]
    if aside and (done or not replaced):
        return f"{text.rstrip('?!. ')} ({aside})?"
    return text


def _meanings(match: re.Match[str]) -> tuple[Callable[[Turn], str], ...]:
    """How a turn tells what a pronoun is: the surest way first, tried on every turn."""
    if match["person"]:
        return (person,)
    if match["things"] or match.group().lower() in ("these", "those"):
        return (
            lambda turn: things(turn, several_only=True),
            lambda turn: things(turn) or thing(turn),
        )
    if match["there"]:
        return (_place,)
    if match["thing"]:
        return (
            lambda turn: thing(turn, single_only=True),
            lambda turn: thing(turn) or things(turn),
        )
    return (lambda turn: thing(turn) or things(turn),)


def _points_back(text: str, match: re.Match[str]) -> bool:
    """Whether a pronoun means something outside its own question."""
    before, word = text[: match.start()], match.group().lower()
    if match["there"]:
        return not _EXISTS_BEFORE.search(before) and not _AUXILIARY_AFTER.match(text, match.end())
    if match["pointing"]:
        noun = _NOUN_AFTER.match(text, match.end())
        if _PRONOUN_ENDS.match(text, match.end()):
            return bool(_REFERS_BACK.search(before)) or not text[match.end() :].strip(" ?!.")
        plain = noun is not None and noun[1] not in TIMELY and not noun[1].endswith("ly")
        if word != "that" or not plain:
            return plain
        return bool(before) and bool(_REFERS_BACK.search(before) or _SUBJECT_VERB.search(before))
    if word == "it" and (EXPLETIVE.match(text, match.start()) or _CLOCK.search(text)):
        return False
    return not _explained(text, match)


def _explained(text: str, match: re.Match[str]) -> bool:
    """Whether what a pronoun stands for comes earlier in its own question.

    "What did Merkel say about her plan?" does; "Does Airbus build it?" does not: the object of a
    verb is never its subject.
    """
    before = text[: match.start()]
    earlier = [span.start for span in names(before)] + [p.span.start for p in noun_phrases(before)]
    if not earlier or _AUXILIARY_BEFORE.search(before):
        return False
    if match.group().lower() in _POSSESSIVE or match.group().lower() == "her":
        return True
    return bool(_SUBORDINATE.search(before) or _AUXILIARY_AFTER.match(text, match.end()))


def _inflected(text: str, match: re.Match[str], meant: str) -> str:
    word = match.group().lower()
    her = word == "her" and re.match(r"\s+(?!and\b|or\b|in\b|at\b|to\b)\w", text[match.end() :])
    contracted = text[match.end() : match.end() + 2] in ("’s", "'s")
    if (word in _POSSESSIVE or her) and not contracted:
        meant += "’" if meant.endswith("s") and " that " not in meant else "’s"
    return capitalised(meant) if match.start() == 0 else meant


def _place(turn: Turn) -> str:
    """Where *there* is: the last name after a preposition of place, with it."""
    for text in (turn.question, turn.answer):
        for span in reversed(names(text)):
            preposition = _IN_PLACE.search(text[: span.start][-12:])
            if preposition:
                return f"{preposition[1].lower()} {span.of(text)}"
    return ""


def carried(text: str) -> str:
    """The first words of an earlier text, without quotation marks, brackets and its end."""
    words = re.sub(r"[“”\"()]", "", text).split()
    return " ".join(words[:CARRIED]).rstrip("?!.,;: ")


def _content(turn: Turn) -> str:
    words = re.findall(r"[\w’'-]+", turn.question)
    kept = [w for w in words if not is_function_word(w) and w.lower() not in ASKING_WORDS]
    return " ".join(kept[:CARRIED])


def first(meaning: Callable[[Turn], str], turns: Sequence[Turn]) -> str:
    """The meaning in the last turn that has one."""
    return next((found for turn in turns if (found := meaning(turn))), "")


def capitalised(text: str) -> str:
    """The text with a capital first letter, the rest as it is."""
    return text[:1].upper() + text[1:]
