"""Phrases that can answer a question by themselves: dates, amounts, measures, numbers, names.

Patterns are for English; text of another language yields its numbers and its quoted phrases, so
that everything built on this degrades to "not known" rather than to something wrong.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from enum import StrEnum

from rag.values import Span


class Kind(StrEnum):
    """What a phrase is."""

    DATE = "date"
    DURATION = "duration"
    MONEY = "money"
    PERCENT = "percent"
    MEASURE = "measure"
    NUMBER = "number"
    NAME = "name"
    QUOTED = "quoted"
    TERM = "term"


@dataclass(frozen=True, slots=True)
class Phrase:
    """A phrase of a sentence; the span counts from the sentence's first character."""

    span: Span
    kind: Kind


_WORD_NUMBER = (
    "(?:a hundred|a thousand|a million|a billion|a dozen|half a million|zero|one|two|three|four|"
    "five|six|seven|eight|nine|ten|eleven|twelve|thirteen|fourteen|fifteen|sixteen|seventeen|"
    "eighteen|nineteen|twenty|thirty|forty|fifty|sixty|seventy|eighty|ninety|hundreds|thousands|"
    "millions|billions|dozens|dozen|hundred|thousand)"
)
_SCALE = r"(?:hundred|thousand|million|billion|trillion|bn|mn|m|k)"
_DIGITS = r"\d+(?:,\d{3})*(?:\.\d+)?"
_NUMBER = (
    rf"(?:{_DIGITS}|{_WORD_NUMBER}(?:-{_WORD_NUMBER})?)(?:\s{_SCALE}\b|(?<=\d)(?:bn|mn|m|k)\b)?"
)
_QUALIFIER = (
    r"(?:(?:more than|less than|fewer than|at least|at most|up to|about|around|nearly|almost|"
    r"over|under|roughly|approximately|some|an estimated|only|just)\s)?"
)
_RANGE = rf"{_NUMBER}(?:\s?(?:-|–|to|and)\s?{_NUMBER})?"
_MONTH = (
    r"(?:January|February|March|April|May|June|July|August|September|October|November|December|"
    r"Jan\.?|Feb\.?|Mar\.|Apr\.?|Jun\.?|Jul\.?|Aug\.?|Sept?\.?|Oct\.?|Nov\.?|Dec\.?)"
)
_DAY = r"(?:Monday|Tuesday|Wednesday|Thursday|Friday|Saturday|Sunday)"
_YEAR = r"(?:1\d{3}|20\d{2})"
_ERA = r"(?:\s(?:BCE?|CE|AD))?"
_DATE_LEAD = r"(?:(?:the\s)?(?:end|beginning|start|middle|late|early|mid|spring|summer|autumn|fall|winter)[\s-](?:of\s)?)?"  # noqa: E501
_UNIT = (
    r"(?:square\s|cubic\s|nautical\s|metric\s)?(?:kilomet(?:er|re)s?|met(?:er|re)s?|"
    r"centimet(?:er|re)s?|millimet(?:er|re)s?|miles?|yards?|feet|foot|inch(?:es)?|km²?|cm|mm|kg|"
    r"tonnes?|tons?|kilograms?|grams?|pounds|lbs?|ounces?|acres?|hectares?|lit(?:er|re)s?|gallons?|"
    r"barrels?|degrees?(?:\s(?:Celsius|Fahrenheit))?|°\s?[CF]|mph|km/h|knots?|watts?|kilowatts?|"
    r"megawatts?|gigawatts?|[kKMGT]W|volts?|hertz|bits?|bytes?|[KMGT]B|votes?|seats?|points?)"
)
_TIME_UNIT = r"(?:seconds?|minutes?|hours?|days?|weeks?|months?|years?|decades?|centuries|century)"
_CURRENCY = (
    r"(?:(?:U\.?S\.?\s)?dollars?|cents?|euros?|pounds?(?:\ssterling)?|yuan|renminbi|yen|rubles?|"
    r"roubles?|rupees?|shekels?|francs?|pesos?|won|crowns?|kronor)"
)
_CAPITAL = r"[A-Z\u00c0-\u00de][\w’'&.-]*[\w]|[A-Z]"
_NAME = (
    rf"(?:{_CAPITAL})(?:(?:\s|,\s(?=(?:Jr|Sr|Inc|Ltd)\b))"
    rf"(?:(?:of|the|and|de|du|la|le|von|van|der|al|bin|for|&)\s){{0,2}}(?:{_CAPITAL}|\d+\b))*"
)

# In the order of precedence: the first pattern that covers a character keeps it.
_PATTERNS: tuple[tuple[Kind, str], ...] = (
    (Kind.QUOTED, r"[“\"]([^“”\"]{2,80})[”\"]"),
    (Kind.PERCENT, rf"{_QUALIFIER}{_RANGE}\s?(?:%|percent\b|per cent\b|percentage points?\b)"),
    (
        Kind.MONEY,
        rf"{_QUALIFIER}(?:US|A|C|HK)?[$€£¥₪₹]\s?{_DIGITS}(?:\s?(?:-|–|to)\s?[$€£¥]?{_DIGITS})?"
        rf"(?:\s{_SCALE}\b|(?:bn|mn|m|k)\b)?|{_QUALIFIER}{_RANGE}\s{_CURRENCY}\b",
    ),
    (
        Kind.DATE,
        rf"{_DATE_LEAD}(?:{_DAY},?\s)?(?:{_MONTH}\s\d{{1,2}}(?:st|nd|rd|th)?(?:,?\s{_YEAR})?\b|"
        rf"\d{{1,2}}(?:st|nd|rd|th)?\s(?:of\s)?{_MONTH}(?:,?\s{_YEAR})?\b|{_MONTH}(?:\sof)?\s{_YEAR}\b)|"
        rf"\b{_YEAR}(?:-|–|/){_YEAR}\b|\d{{4}}-\d\d-\d\d|"
        rf"(?:(?:late|early|mid)[\s-])?(?:the\s)?(?:\d{{1,2}}(?:st|nd|rd|th)(?:\s(?:and|to)\s\d{{1,2}}"
        rf"(?:st|nd|rd|th))?|\w+th|\w+(?:first|second|third))\scentur(?:y|ies){_ERA}|"
        rf"{_DATE_LEAD}{_YEAR}s?\b{_ERA}(?!\s(?:{_UNIT}|people|men))|\b{_DAY}\b|"
        rf"\b(?:last|next|this)\s(?:week|month|year|{_DAY}|{_MONTH})\b|\b(?:yesterday|today|tomorrow)\b|"
        rf"\bin\s{_MONTH}\b",
    ),
    (Kind.DURATION, rf"{_QUALIFIER}{_RANGE}[\s-]{_TIME_UNIT}(?:[\s-]old\b)?"),
    (Kind.MEASURE, rf"{_QUALIFIER}{_RANGE}[\s-]?(?:{_SCALE}\s)?{_UNIT}\b"),
    (Kind.NUMBER, rf"{_QUALIFIER}(?<![\w.]){_RANGE}(?:st|nd|rd|th)?\b"),
    (Kind.NAME, _NAME),
)
_COMPILED = tuple(
    (kind, re.compile(pattern if kind in (Kind.NAME, Kind.QUOTED) else rf"(?<!\w)(?i:{pattern})"))
    for kind, pattern in _PATTERNS
)

# Capitalised at the start of a sentence, yet no name.
_FUNCTION_WORDS = frozenset(
    "a about according after all also although among an and any as at because before both but by "
    "despite do does during each even every few for from given has have he her his how however i "
    "if in instead is it its last later like many meanwhile moreover most much my next no not now "
    "of on once one only or other our out over she since so some still such than that the their "
    "them then there these they this those though through thus to today two under until up was we "
    "were what when where whether which while who why will with within without yet you your "
    "said more it's he's she's they're we're i'm that's there's don't".split()
)
_LOWER_RUN = re.compile(r"[^\W\d_][\w’'-]*(?:\s[^\W\d_][\w’'-]*)*")


def find_phrases(sentence: str) -> list[Phrase]:
    """The typed phrases of a sentence in order, disjoint; ``TERM`` is not among them."""
    taken = [False] * len(sentence)
    found = []
    for kind, pattern in _COMPILED:
        for match in pattern.finditer(sentence):
            start, end = match.span(1) if kind is Kind.QUOTED else match.span()
            start, end = _trimmed(sentence, start, end, kind)
            if start < end and not any(taken[start:end]):
                taken[start:end] = [kind is not Kind.QUOTED] * (end - start)
                found.append(Phrase(Span(start, end), kind))
    return sorted(found, key=lambda phrase: (phrase.span, phrase.kind))


def find_terms(sentence: str) -> list[Phrase]:
    """Runs of up to six content words between function words: what is left to answer *what*."""
    terms = []
    for run in _LOWER_RUN.finditer(sentence):
        words = list(re.finditer(r"\S+", run.group()))
        first = 0
        for last, word in enumerate([*words, None]):
            if word is not None and word.group().lower() not in _FUNCTION_WORDS:
                continue
            if 0 < last - first <= 6:
                start = run.start() + words[first].start()
                end = run.start() + words[last - 1].end()
                terms.append(Phrase(Span(start, end), Kind.TERM))
            first = last + 1
    return terms


def is_function_word(word: str) -> bool:
    """Whether a word carries no content of its own."""
    return word.lower() in _FUNCTION_WORDS


def _trimmed(sentence: str, start: int, end: int, kind: Kind) -> tuple[int, int]:
    """A match without white space and, for a name, without the function words around it."""
    while start < end and sentence[start].isspace():
        start += 1
    while start < end and (sentence[end - 1].isspace() or sentence[end - 1] in ",;:"):
        end -= 1
    if kind is not Kind.NAME:
        return start, end
    while start < end:
        word = re.match(r"\S+\s*", sentence[start:end])
        if word is None or not is_function_word(word.group().strip().rstrip(",")):
            break
        start += word.end()
    while sentence[start:end].endswith(("’s", "'s")):
        end -= 2
    return start, end
