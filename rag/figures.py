"""Whether the figure that a question asks for can be among those that a text gives.

A speed is not told in tons, nor a number of people in per cent. The checks pass whatever they
cannot judge.
"""

from __future__ import annotations

import re

from rag.lexical import words
from rag.phrases import Kind, Phrase, find_phrases
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
# What is measured, as a question asks for it, and the units that tell it.
_DIMENSIONS: tuple[tuple[str, str], ...] = (
    (
        r"how fast|speed|velocity",
        r"mph|km/?h|kph|knots?|mach|(?:miles|kilomet\w+|met\w+|feet) (?:per|an|a)",
    ),
    (
        r"how (?:heavy|much .{1,60} weigh)|weight|mass\b",
        r"tons?|tonnes?|kg|kilo\w*|grams?|pounds?|lbs?|ounces?|stone",
    ),
    (
        r"how (?:tall|high|wide|deep|thick)|height|width|depth|altitude|diameter",
        r"met(?:er|re)s?|feet|foot|inch\w*|\bk?m\b|cm|mm|miles?|kilomet\w+|yards?|stor(?:e?y|ies)|floors?",
    ),
    (r"how (?:hot|cold)|temperature", r"degrees?|°|celsius|fahrenheit"),
)  # fmt: skip
_COMPILED = tuple(
    (
        re.compile(rf"\b(?:{asked})", re.IGNORECASE),
        re.compile(rf"(?:\b|\d)(?:{unit})", re.IGNORECASE),
    )
    for asked, unit in _DIMENSIONS
)


def lacks_figure(question: Question, near: str) -> bool:
    """Whether a question asks for a figure, and the text has none that could be it."""
    if question.expects not in _WRITTEN_IN_FIGURES:
        return False
    asked = {word.stem for word in words(question.text)}
    figures = [
        phrase
        for phrase in find_phrases(near)
        if phrase.kind in _FIGURES
        and any(word.stem not in asked for word in words(phrase.span.of(near)))
    ]
    if question.expects is Expects.NUMBER:
        return not any(_counts(phrase, near, asked) for phrase in figures)
    if question.expects is Expects.MEASURE:
        unit = next((unit for cue, unit in _COMPILED if cue.search(question.text)), None)
        return not any(
            unit is None or unit.search(phrase.span.of(near) + near[phrase.span.end :][:12])
            for phrase in figures
        )
    kinds = ANSWERING_KINDS[question.expects] | {Kind.NUMBER}
    return not any(phrase.kind in kinds for phrase in figures)


def _counts(phrase: Phrase, text: str, asked: set[str]) -> bool:
    """Whether a figure can be a number of things: one without a unit, or of the unit asked for."""
    if phrase.kind is Kind.NUMBER:
        return True
    return any(word.stem in asked for word in words(phrase.span.of(text)))
