"""Follow-up questions made to stand alone, from what was asked and answered before.

No model: pronouns, missing subjects and "what about ...?" are filled from the last turn that was
understood. What cannot be filled is left as it was typed; the reader is shown what was searched.
"""

from __future__ import annotations

import re
from collections.abc import Sequence

from rag.phrases import Kind, Phrase, find_phrases, is_function_word
from rag.question import Expects, understand
from rag.values import Turn

_LEAD = re.compile(r"^\W*(?:and|but|so|ok(?:ay)?|then|also|or)\b[\s,]*", re.IGNORECASE)
_ABOUT = re.compile(
    r"^\W*(?:and\s+)?(?:what|how) about\s+(?P<topic>.+?)\W*$|^\W*and\s+(?P<bare>[^?]{1,60}?)\W*$",
    re.IGNORECASE,
)
_PERSON = r"(?:he|she|him|her|his|hers)"
_THING = r"(?:it|its|they|them|their|theirs|this|that|these|those|both)"
_PRONOUN = re.compile(rf"\b(?:{_PERSON}|{_THING})\b", re.IGNORECASE)
_PERSON_PRONOUN = re.compile(rf"^{_PERSON}$", re.IGNORECASE)
_POSSESSIVE = re.compile(r"^(?:his|its|their|theirs|hers)$", re.IGNORECASE)
# "that" and "this" before a noun, a clause or a day point inside the question, not back.
_POINTS_ELSEWHERE = re.compile(
    r"\b(?:this|that|these|those)\s+(?:week|month|year|day|time|[a-z]+(?:ed|ing)?\b)", re.IGNORECASE
)
_DEMONSTRATIVE = re.compile(r"^(?:this|that|these|those)$", re.IGNORECASE)
_QUESTION_WORD = re.compile(
    r"^\W*(?:who|whom|whose|what|which|when|where|why|how(?:\s+(?:much|many|long|old|far|heavy|big|"
    r"large|tall|high|often|fast))?)\b",
    re.IGNORECASE,
)
_SAID_SO = re.compile(r"\b(?:said|says|told|claimed|stated)\s+(?:so|that|this|it)\b", re.IGNORECASE)
_NOUN_PHRASE = re.compile(
    r"\b(?:the|a|an|this|these|those|its|their|his|her)\s+((?:[\w’'-]+\s+){0,3}?[\w’'-]+)"
    r"(?=\s+(?:is|are|was|were|be|been|will|would|can|could|has|have|had|do|does|did|of|in|on|at|"
    r"for|from|by|with|to|and|or|that|which|who|worth|weigh|cost|made|called)\b|[?.,;]|$)",
    re.IGNORECASE,
)


def standalone(question: str, history: Sequence[Turn]) -> str:
    """The question with what it takes from the conversation written out.

    ``history``: the turns before it, oldest first. A question that stands alone comes back as it
    is; so does every first question.
    """
    if not history:
        return question
    last = history[-1]
    about = _ABOUT.match(question)
    if about:
        topic = about.group("topic") or about.group("bare")
        if not _QUESTION_WORD.match(topic) and not _has_verb(topic):
            return _swapped(last.question, topic)
    bare = _LEAD.sub("", question).strip()
    bare = bare[:1].upper() + bare[1:] if bare else question
    if _SAID_SO.search(bare):
        return _of_statement(bare, last)
    pronoun = _pointing_pronoun(bare)
    if pronoun is not None:
        return _filled(bare, pronoun, last)
    if _is_elliptical(bare):
        topic = _topic(last, person=False)
        return f"{bare.rstrip('?!. ')} ({topic})?" if topic else bare
    return bare if bare != question and _LEAD.match(question) else question


def _pointing_pronoun(text: str) -> re.Match[str] | None:
    """The first pronoun that points out of the question, if any."""
    names = [phrase.span.start for phrase in find_phrases(text) if phrase.kind is Kind.NAME]
    for match in _PRONOUN.finditer(text):
        if _DEMONSTRATIVE.match(match.group()) and _POINTS_ELSEWHERE.match(text[match.start() :]):
            continue
        if any(start < match.start() for start in names):
            continue  # "What did Chemezov say about his company?" explains itself
        if re.match(r"it\s+(?:is|was)\s+(?:\w+\s+)?(?:that|to)\b", text[match.start() :], re.I):
            continue
        return match
    return None


def _filled(text: str, pronoun: re.Match[str], last: Turn) -> str:
    person = bool(_PERSON_PRONOUN.match(pronoun.group()))
    topic = _topic(last, person=person)
    if not topic:
        return text
    her = pronoun.group().lower() == "her" and bool(re.match(r"\s+\w", text[pronoun.end() :]))
    if _POSSESSIVE.match(pronoun.group()) or her:
        topic += "’s"
    if pronoun.start() == 0:
        topic = topic[:1].upper() + topic[1:]
    return text[: pronoun.start()] + topic + text[pronoun.end() :]


def _of_statement(text: str, last: Turn) -> str:
    """*Who said so?*: who said what was just answered."""
    statement = last.answer.strip().rstrip(".") or last.question.rstrip("?")
    words = statement.split()
    quoted = " ".join(words[:25])
    return _SAID_SO.sub("said", text).rstrip("?!. ") + f" “{quoted}”?"


def _swapped(question: str, topic: str) -> str:
    """The earlier question about another topic: its last name of the same sort replaced."""
    topic = topic.strip()
    names = [p for p in find_phrases(question) if p.kind is Kind.NAME]
    proper = topic[:1].isupper() or not names
    if names and proper:
        return _replaced(question, names[-1], topic)
    nouns = list(_NOUN_PHRASE.finditer(question))
    if nouns:
        start, end = nouns[-1].span()
        return question[:start] + topic + question[end:]
    return f"{question.rstrip('?!. ')} ({topic})?"


def _replaced(text: str, phrase: Phrase, by: str) -> str:
    return text[: phrase.span.start] + by + text[phrase.span.end :]


def _topic(last: Turn, *, person: bool) -> str:
    """What the conversation is about: a person for *he* and *she*, else the thing asked about."""
    if person:
        return _last_person(last)
    nouns = _NOUN_PHRASE.findall(last.question)
    if nouns:
        return "the " + nouns[-1].strip()
    names = [p.span.of(last.question) for p in find_phrases(last.question) if p.kind is Kind.NAME]
    if names:
        return names[-1]
    content = [w for w in re.findall(r"[\w’'-]+", last.question) if not is_function_word(w)]
    return " ".join(content[-3:])


def _last_person(last: Turn) -> str:
    """A name of several words in the last question, else in its answer, else any name there."""
    for text in (last.question, last.answer):
        names = [p.span.of(text) for p in find_phrases(text) if p.kind is Kind.NAME]
        several = [name for name in names if len(name.split()) > 1]
        if several or (names and text == last.answer):
            return (several or names)[-1]
    return ""


def _is_elliptical(text: str) -> bool:
    """Whether a question has no topic of its own: *Why?*, *How many of them?*, *By when?*"""
    if understand(text).names:
        return False
    content = [w for w in re.findall(r"[\w’'-]+", text) if not is_function_word(w)]
    content = [w for w in content if not _QUESTION_WORD.match(w)]
    return len(content) <= 1 and understand(text).expects is not Expects.ANY


def _has_verb(topic: str) -> bool:
    return bool(re.search(r"\b(?:is|are|was|were|do|does|did|will|has|have)\b", topic, re.I))
