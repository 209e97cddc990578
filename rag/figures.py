"""Whether the figure that a question asks for can be among those that a text gives.

A speed is not told in tons, nor a number of people in per cent, and 45 million is not 45 billion.
The checks pass whatever they cannot judge.
"""

from __future__ import annotations

import re
from decimal import Decimal
from functools import lru_cache

from rag.lexical import words
from rag.phrases import Kind, Phrase, find_phrases, is_function_word
from rag.question import ANSWERING_KINDS, Expects, Question

_WRITTEN_IN_FIGURES = frozenset(
    {
        Expects.TIME,
        Expects.DURATION,
        Expects.MONEY,
        Expects.PERCENT,
        Expects.MEASURE,
        Expects.NUMBER,
    }
)
_FIGURES = frozenset(
    {Kind.DATE, Kind.DURATION, Kind.MONEY, Kind.PERCENT, Kind.MEASURE, Kind.NUMBER}
)
_SPEEDS = r"mph|km/?h|kph|k?m/s|knots?|mach|(?:miles|kilomet\w+|km|met\w+|feet) (?:per|an|a)"
# What is measured, as a question asks for it, and the units that tell it. "How high" and "how deep"
# are not among them: prices, rates and fevers are high, and cuts are deep.
_DIMENSIONS: tuple[tuple[str, str], ...] = (
    (r"how fast", rf"{_SPEEDS}|seconds?|minutes?|hours?"),
    (r"speed|velocity", _SPEEDS),
    (
        r"how (?:heavy|much .{1,60} weigh)|weight|mass\b",
        r"tons?|tonnes?|m?g\b|kg|kilo\w*|(?:milli)?grams?|pounds?|lbs?|ounces?|stone",
    ),
    (
        r"how (?:tall|wide|thick)|height|width|depth|altitude|diameter",
        r"met(?:er|re)s?|feet|foot|ft|inch\w*|k?m\b|cm|mm|miles?|kilomet\w+|yards?|"
        r"stor(?:e?y|ies)|floors?",
    ),
    (r"how (?:hot|cold)|temperature", r"degrees?|°|celsius|fahrenheit"),
)  # fmt: skip
_COMPILED = tuple(
    (
        re.compile(rf"\b(?:{asked})", re.IGNORECASE),
        re.compile(rf"(?<![^\W\d_])(?:{unit})", re.IGNORECASE),
    )
    for asked, unit in _DIMENSIONS
)
# How far around a figure its unit is looked for: "Mach 2", "30 nautical miles an hour".
_UNIT_BEFORE = len("Mach ")
_UNIT_BEHIND = 12

# Counts that are not written as a number, before what is counted, and alone.
_FEW = frozenset({"one", "no", "both", "single", "neither", "several", "few"})
_NOBODY = re.compile(r"\b(?:none|nobody|no one|one \(?or more)\b", re.IGNORECASE)
_PERSONS = frozenset({"person", "man", "woman", "boy", "girl", "child"})
_HOW_OFTEN = re.compile(r"\bhow often\b", re.IGNORECASE)
_OFTEN = re.compile(
    r"\b(?:once|twice|daily|hourly|weekly|monthly|quarterly|yearly|annual(?:ly)?|every|each|always|"
    r"never|often|rarely|seldom|regularly)\b",
    re.IGNORECASE,
)

_HOW_MANY_OF = re.compile(r"\bhow many of\b", re.IGNORECASE)
_FREE = re.compile(
    r"\b(?:free|gratis|no (?:charge|cost|fee)|without (?:charge|pay))\b", re.IGNORECASE
)
# A time that is told by its length without a number, or by one of its ends.
_LASTING = re.compile(
    r"\b(?:in|within|for|over|takes?|took|lasts?|lasted) (?:\w+ )?"
    r"(?:seconds|minutes|hours|days|weeks|months|years|decades|centuries|generations)\b|"
    r"\b(?:until|till|since|well into|throughout|permanent(?:ly)?|indefinite(?:ly)?|for life)\b",
    re.IGNORECASE,
)

_SCALES = {
    "hundred": 2, "thousand": 3, "million": 6, "billion": 9, "trillion": 12,
    "k": 3, "m": 6, "mn": 6, "bn": 9, "tn": 12,
}  # fmt: skip
_AMOUNT = re.compile(
    rf"(\d{{1,12}}(?:,\d{{3}}){{0,4}}(?:\.\d{{1,9}})?)(?:[-\s]?({'|'.join(_SCALES)})\b)?",
    re.IGNORECASE,
)

_NEVER = re.compile(r"(?!)")
# An age is told by one of these words, by the year of birth, or as "Pohl, 62, said".
_HOW_OLD = re.compile(r"\bhow (?:old|aged)\b", re.IGNORECASE)
_AGE = re.compile(
    r"\b(?:age[ds]?|old|born|birthday|years?|months?|decades?|centur\w+|[12]\d{3})\b|"
    r"[,(]\s?\d{1,3}(?=[,.;)])",
    re.IGNORECASE,
)
_TOLD_IN_WORDS = {Expects.MONEY: _FREE, Expects.DURATION: _LASTING}


def lacks_figure(question: Question, near: str) -> bool:
    """Whether a question asks for a figure, and the text has none that could be it."""
    if question.expects not in _WRITTEN_IN_FIGURES:
        return False
    if _HOW_OLD.search(question.text):
        return not _AGE.search(near)
    asked = {word.stem for word in words(question.text)}
    figures = [
        phrase
        for phrase in find_phrases(near)
        if phrase.kind in _FIGURES
        and any(word.stem not in asked for word in words(phrase.span.of(near)))
    ]
    if question.expects is Expects.NUMBER:
        of_all = bool(_HOW_MANY_OF.search(question.text))  # a share of them tells it, too
        told = any(
            _counts(phrase, near, asked) or (of_all and phrase.kind is Kind.PERCENT)
            for phrase in figures
        )
        return not (told or _counts_in_words(question.text, near, asked))
    if question.expects is Expects.MEASURE:
        unit = next((unit for cue, unit in _COMPILED if cue.search(question.text)), None)
        return not any(
            unit is None or unit.search(_surroundings(phrase, near)) for phrase in figures
        )
    if _TOLD_IN_WORDS.get(question.expects, _NEVER).search(near):
        return False
    kinds = ANSWERING_KINDS[question.expects] | {Kind.NUMBER}
    return not any(phrase.kind in kinds for phrase in figures)


def _counts(phrase: Phrase, text: str, asked: set[str]) -> bool:
    """Whether a figure can be a number of things: one without a unit, or of the unit asked for."""
    if phrase.kind is Kind.NUMBER:
        return True
    return any(word.stem in asked for word in words(phrase.span.of(text)))


def _counts_in_words(question: str, text: str, asked: set[str]) -> bool:
    """Whether a count is told without a number: *one firefighter*, *no one*; or *daily*."""
    if _HOW_OFTEN.search(question):
        return bool(_OFTEN.search(text))
    counted = {word.stem for word in words(question) if not is_function_word(word.surface)}
    if "peopl" in asked:
        counted |= _PERSONS
    told = words(text)
    return bool(_NOBODY.search(text)) or any(
        word.surface.lower() in _FEW
        and any(follower.stem in counted for follower in told[place + 1 : place + 3])
        for place, word in enumerate(told)
    )


def _surroundings(phrase: Phrase, text: str) -> str:
    start = max(0, phrase.span.start - _UNIT_BEFORE)
    return text[start : phrase.span.end + _UNIT_BEHIND]


@lru_cache(maxsize=256)
def amounts(text: str) -> frozenset[tuple[Decimal, Decimal]]:
    """The numbers in digits of a text: as written and with their scale, 45 and 45,000,000,000."""
    found = []
    for digits, scale in _AMOUNT.findall(text):
        written = Decimal(digits.replace(",", ""))
        found.append((written, written.scaleb(_SCALES.get(scale.lower(), 0))))
    return frozenset(found)


def gives_amount(written: Decimal, value: Decimal, text: str) -> bool:
    """Whether a text has an amount: the same value, or its digits where no scale contradicts."""
    return any(
        value == other_value or (written == other and (written == value or other == other_value))
        for other, other_value in amounts(text)
    )
