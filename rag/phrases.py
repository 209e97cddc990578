"""Phrases that can answer a question by themselves: dates, amounts, measures, numbers, names.

Patterns are for English; text of another language yields its numbers and its quoted phrases, so
that everything built on this degrades to "not known" rather than to something wrong.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass
from enum import StrEnum

from rag import patterns
from rag.values import Span


class Kind(StrEnum):
    """What a phrase is."""

    DATE = "date"  # also a time of day, or "two years ago"
    DURATION = "duration"  # also an age
    MONEY = "money"
    PERCENT = "percent"  # also "two-thirds": a part of a whole
    MEASURE = "measure"
    NUMBER = "number"
    NAME = "name"
    QUOTED = "quoted"
    TERM = "term"


AMOUNTS = frozenset({Kind.MONEY, Kind.PERCENT, Kind.MEASURE, Kind.NUMBER, Kind.DURATION})
"""The kinds that say how much or how many."""


@dataclass(frozen=True, slots=True)
class Phrase:
    """A phrase of a sentence; the span counts from the sentence's first character."""

    span: Span
    kind: Kind


# In the order of precedence: what a pattern has matched, a later one cannot.
_PATTERNS = tuple(
    (kind, re.compile(pattern))
    for kind, pattern in (
        (Kind.NAME, patterns.NUMBERED_NAME),
        (Kind.PERCENT, f"(?i:{patterns.PERCENT})"),
        (Kind.MONEY, f"(?i:{patterns.MONEY})"),
        (Kind.DATE, f"(?i:{patterns.DATE})"),
        (Kind.DURATION, f"(?i:{patterns.DURATION})"),
        (Kind.MEASURE, f"(?i:{patterns.MEASURE})"),
        (Kind.NUMBER, f"(?i:{patterns.NUMBER})"),
        (Kind.NAME, patterns.NAME),
    )
)
_NAME = re.compile(patterns.NAME)
_QUOTE = re.compile(patterns.QUOTE)
# A longer quotation is what somebody said, not what something is called.
_LONGEST_QUOTED = 80
_LONGEST_TERM = 6
# From this many words on, a text in capitals is set in capitals, not full of names.
_SET_IN_CAPITALS = 4
_WORD_RUN = re.compile(r"[^\W\d_][\w’'-]*(?:\s[^\W\d_][\w’'-]*)*")
_PEOPLE_AND_NOUN = re.compile(
    r"(?:[A-Z]\w+(?:ese|ian|ish|ench|eek|wiss)|German|Roman|American|African|Mexican|Korean)"
    r"\s([a-z][\w-]+)"
)
_FIRST_WORD = re.compile(r"\S+\s*")
_LAST_WORD = re.compile(r"\s(\w+)\Z")
# How far back the opening of a sentence is looked for: a quotation mark, a bracket, a bullet.
_OPENING = 12


def find_phrases(sentence: str) -> list[Phrase]:
    """The typed phrases of a sentence in order, disjoint; ``TERM`` is not among them."""
    quotes = [match.span() for match in _QUOTE.finditer(sentence)]
    found = [
        Phrase(Span(start + 1, end - 1), _kind_of_title(sentence[start + 1 : end - 1]))
        for start, end in quotes
        if _is_title(sentence[start + 1 : end - 1])
    ]
    names_too = not _set_in_capitals(sentence)
    for kind, pattern in _PATTERNS:
        if kind is not Kind.NAME or names_too:
            found = sorted([*found, *_find(kind, pattern, sentence, found)], key=_start)
    spoken = _free_quotes(quotes, found)
    return sorted([*found, *(p for p in spoken if _fits(p, sentence))], key=_start)


def find_terms(sentence: str) -> list[Phrase]:
    """Runs of up to six content words between function words: what is left to answer *what*."""
    terms = []
    for run in _WORD_RUN.finditer(sentence):
        words = list(re.finditer(r"\S+", run.group()))
        first = 0
        for last, word in enumerate([*words, None]):
            if word is not None and not is_function_word(word.group()):
                continue
            if 0 < last - first <= _LONGEST_TERM:
                start = run.start() + words[first].start()
                end = run.start() + words[last - 1].end()
                terms.append(Phrase(Span(start, end), Kind.TERM))
            first = last + 1
    return terms


def noun_end(text: str, name: Span) -> int | None:
    """Where the noun ends that a people's name belongs to ("Chinese side"); None if to none."""
    noun = _PEOPLE_AND_NOUN.match(text, name.start)
    return None if noun is None or is_function_word(noun.group(1)) else noun.end()


def is_function_word(word: str) -> bool:
    """Whether a word carries no content of its own."""
    return word.lower().replace("’", "'") in patterns.FUNCTION_WORDS


def _start(phrase: Phrase) -> int:
    return phrase.span.start


def _find(
    kind: Kind, pattern: re.Pattern[str], sentence: str, taken: list[Phrase]
) -> Iterator[Phrase]:
    """The matches of a pattern between the phrases that are taken, which must be in order."""
    position = 0
    for stop in [*(phrase.span for phrase in taken), Span(len(sentence), len(sentence))]:
        for match in pattern.finditer(sentence, position, stop.start):
            start, end = match.span()
            if kind is Kind.NAME:
                start, end = _without_function_words(sentence, start, end)
            if start < end:
                yield Phrase(Span(start, end), kind)
        position = stop.end


def _free_quotes(quotes: list[tuple[int, int]], found: list[Phrase]) -> Iterator[Phrase]:
    """The quotations that hold no other phrase; both lists must be in order."""
    place = 0
    for start, end in quotes:
        while place < len(found) and found[place].span.end <= start:
            place += 1
        if place == len(found) or found[place].span.start >= end:
            yield Phrase(Span(start + 1, end - 1), Kind.QUOTED)


def _fits(phrase: Phrase, sentence: str) -> bool:
    text = phrase.span.of(sentence)
    return 2 <= len(text) <= _LONGEST_QUOTED and text == text.strip()


def _is_title(quoted: str) -> bool:
    """Whether a quotation is a title or a nickname: all its content words are capitalised."""
    if not 2 <= len(quoted) <= _LONGEST_QUOTED or quoted != quoted.strip():
        return False
    content = [word for word in quoted.split() if not is_function_word(word)]
    return quoted[0].isupper() and bool(content) and all(not w[0].islower() for w in content)


def _kind_of_title(quoted: str) -> Kind:
    return Kind.NAME if _NAME.fullmatch(quoted) else Kind.QUOTED


def _set_in_capitals(sentence: str) -> bool:
    return sentence.isupper() and len(sentence.split()) >= _SET_IN_CAPITALS


def _without_function_words(sentence: str, start: int, end: int) -> tuple[int, int]:
    """A name without the words at its ends that owe their capital to something else."""
    opens = not re.search(r"\w", sentence[max(0, start - _OPENING) : start])
    while start < end:
        word = _FIRST_WORD.match(sentence, start, end)
        if word is None or not _borrows_capital(word.group().strip(), opens=opens):
            break
        start, opens = word.end(), False
    while (last := _LAST_WORD.search(sentence, start, end)) is not None:
        if len(last.group(1)) == 1 or not _borrows_capital(last.group(1), opens=False):
            break
        end = last.start()
    return start, end


def _borrows_capital(word: str, *, opens: bool) -> bool:
    """Whether a capitalised word is no name; ``opens``: it stands where a sentence begins."""
    if word.isupper() and len(word) > 1:
        return False  # "IT", "WHO", "US"
    if opens and word.lower() in patterns.OPENERS:
        return True
    return is_function_word(word) and (opens or word != "Will")
