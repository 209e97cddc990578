"""Quantities of a text: numbers with their units in one measure, and how exactly they are told."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass, replace
from enum import StrEnum
from fractions import Fraction
from functools import lru_cache

from rag.number_words import Written, find_numbers
from rag.values import Span


class Bound(StrEnum):
    """How a number is told: *45*, *about 45*, *more than 45*, *less than 45*, *nearly 45*."""

    EXACT = "exact"
    ABOUT = "about"
    ABOVE = "above"
    AT_LEAST = "at least"
    BELOW = "below"
    NEARLY = "nearly"


@dataclass(frozen=True, slots=True)
class Quantity:
    """A number in the base unit of its dimension.

    ``dimension`` is empty for a plain count. ``span`` covers number and unit; ``counted`` are the
    words right behind, folded: what is counted, in *12 grey ships of the line* "grey", "ships".
    ``plain`` is the number without its unit, ``of`` both numbers of *14 out of 63*; ``implied``:
    the number is an article (*a day*).
    """

    span: Span
    value: Fraction
    dimension: str = ""
    bound: Bound = Bound.EXACT
    counted: tuple[str, ...] = ()
    plain: Fraction = Fraction(0)
    of: tuple[Fraction, ...] = ()
    implied: bool = False


PERCENT, POINTS, ORDINAL, TIMES, AGE = "per cent", "percentage points", "rank", "times", "age"
PART = "part"

_LENGTH, _AREA, _MASS, _VOLUME, _TIME, _SPEED = "length", "area", "mass", "volume", "time", "speed"
# By the International System of Units, and for the others the international avoirdupois and yard
# agreement of 1959, in metres, square metres, kilograms, litres, seconds and metres a second.
_UNITS: tuple[tuple[str, str, str], ...] = (
    (r"percentage[ -]points?|points? of a per ?cent", POINTS, "1"),
    (r"%|per ?cent(?:age)?\b|pct\b", PERCENT, "1"),
    (r"(?:square|sq\.?) (?:kilomet(?:re|er)s?|km)|km²|km2", _AREA, "1000000"),
    (r"(?:square|sq\.?) (?:met(?:re|er)s?|m)\b|m²|m2\b", _AREA, "1"),
    (r"(?:square|sq\.?) miles?", _AREA, "2589988.110336"),
    (r"(?:square|sq\.?) (?:feet|foot|ft)", _AREA, "0.09290304"),
    (r"hectares?\b|ha\b", _AREA, "10000"),
    (r"acres?\b", _AREA, "4046.8564224"),
    (r"(?:kilomet(?:re|er)s?|km) (?:an|per) hour|km/?h\b|kph\b", _SPEED, "5/18"),
    (r"miles? (?:an|per) hour|mph\b", _SPEED, "0.44704"),
    (r"knots?\b", _SPEED, "463/900"),
    (r"(?:met(?:re|er)s?|m) (?:a|per) second|m/s\b", _SPEED, "1"),
    (r"nautical miles?", _LENGTH, "1852"),
    (r"kilomet(?:re|er)s?\b|km\b", _LENGTH, "1000"),
    (r"centimet(?:re|er)s?\b|cm\b", _LENGTH, "0.01"),
    (r"millimet(?:re|er)s?\b|mm\b", _LENGTH, "0.001"),
    (r"met(?:re|er)s?\b|m\b", _LENGTH, "1"),
    (r"miles?\b", _LENGTH, "1609.344"),
    (r"yards?\b", _LENGTH, "0.9144"),
    (r"(?:feet|foot|ft)\b", _LENGTH, "0.3048"),
    (r"inch(?:es)?\b", _LENGTH, "0.0254"),
    (r"cubic met(?:re|er)s?", _VOLUME, "1000"),
    (r"lit(?:re|er)s?\b", _VOLUME, "1"),
    (r"barrels?\b", "barrels", "1"),
    (r"gallons?\b", "gallons", "1"),
    (r"(?:metric )?tonnes?\b|metric tons?\b", _MASS, "1000"),
    (r"tons?\b", "tons", "1"),
    (r"kilo(?:gram(?:me)?)?s?\b|kg\b", _MASS, "1"),
    (r"milligrams?\b|mg\b", _MASS, "0.000001"),
    (r"gram(?:me)?s?\b|g\b", _MASS, "0.001"),
    (r"ounces?\b|oz\b", _MASS, "0.028349523125"),
    (r"lbs?\b", _MASS, "0.45359237"),
    (r"years?[ -]olds?\b|years? of age\b", AGE, "12"),
    (r"months?[ -]olds?\b", AGE, "1"),
    (r"seconds?\b|secs?\b", _TIME, "1"),
    (r"minutes?\b|mins?\b", _TIME, "60"),
    (r"hours?\b|hrs?\b", _TIME, "3600"),
    (r"days?\b", _TIME, "86400"),
    (r"weeks?\b", _TIME, "604800"),
    (r"fortnights?\b", _TIME, "1209600"),
    (r"months?\b", "months", "1"),
    (r"years?\b", "months", "12"),
    (r"decades?\b", "months", "120"),
    (r"centur(?:y|ies)\b", "months", "1200"),
    (r"gigawatt[- ]hours?|GWh\b", "energy", "1000000"),
    (r"megawatt[- ]hours?|MWh\b", "energy", "1000"),
    (r"kilowatt[- ]hours?|kWh\b", "energy", "1"),
    (r"gigawatts?\b|GW\b", "power", "1000000"),
    (r"megawatts?\b|MW\b", "power", "1000"),
    (r"kilowatts?\b|kW\b", "power", "1"),
    (r"degrees? (?:celsius|centigrade|c\b)|° ?c\b", "degrees Celsius", "1"),
    (r"degrees? (?:fahrenheit|f\b)|° ?f\b", "degrees Fahrenheit", "1"),
    (r"degrees?\b|°", "degrees", "1"),
    (r"terabytes?\b|TB\b", "data", "1000"),
    (r"gigabytes?\b|GB\b", "data", "1"),
    (r"megabytes?\b|MB\b", "data", "1/1000"),
    (r"times\b", TIMES, "1"),
    (r"(?:-)?fold\b", TIMES, "1"),
    (r"euros?\b|eur\b", "EUR", "1"),
    (r"pounds?(?: sterling)?\b|quid\b|gbp\b", "pounds", "1"),
    (r"pence\b", "pounds", "0.01"),
    (r"(?:U\.?S\.? |American )?dollars?\b|usd\b|bucks\b", "USD", "1"),
    (r"Australian dollars?", "AUD", "1"),
    (r"Canadian dollars?", "CAD", "1"),
    (r"cents?\b", "cents", "1"),
    (r"yen\b|jpy\b", "JPY", "1"),
    (r"yuan\b|renminbi\b|cny\b|rmb\b", "CNY", "1"),
    (r"(?:Indian )?rupees?\b|inr\b", "INR", "1"),
    (r"r(?:o?u)bles?\b|rub\b", "RUB", "1"),
    (r"(?:Swiss )?francs?\b|chf\b", "CHF", "1"),
    (r"(?:[A-Z]\w+ )?(?:kronor|kroner|kronur|crowns?|krone|krona)\b", "crowns", "1"),
    (r"pesos?\b", "pesos", "1"),
    (r"shekels?\b", "ILS", "1"),
    (r"rand\b", "ZAR", "1"),
    (r"lira\b", "lira", "1"),
    (r"(?:[A-Z]\w+ )?d(?:inar|irham)s?\b", "dinars", "1"),
    (r"riyals?\b", "riyals", "1"),
    (r"won\b(?! by| the| a)", "KRW", "1"),
)  # fmt: skip
_MORE = (
    r"[\s-]?(?:(?:more|further|additional|extra|full|whole|straight|consecutive|successive|"
    r"long|short|other)\s)?"
)
_COMPILED_UNITS = tuple(
    (re.compile(rf"{_MORE}(?:{pattern})", re.IGNORECASE), dimension, Fraction(factor))
    for pattern, dimension, factor in _UNITS
)
_SIGNS = {
    "us$": "USD", "$": "USD", "a$": "AUD", "au$": "AUD", "c$": "CAD", "ca$": "CAD", "nz$": "NZD",
    "hk$": "HKD", "s$": "SGD", "€": "EUR", "£": "pounds", "¥": "JPY", "₹": "INR", "₽": "RUB",
    "₩": "KRW", "₪": "ILS", "chf": "CHF", "usd": "USD", "eur": "EUR", "gbp": "pounds",
    "sek": "crowns", "nok": "crowns", "dkk": "crowns", "cny": "CNY", "jpy": "JPY",
}  # fmt: skip
_SIGN = re.compile(
    rf"(?<!\w)({'|'.join(map(re.escape, sorted(_SIGNS, key=len, reverse=True)))})\s?[-−]?$",
    re.IGNORECASE,
)
_AGED = re.compile(r"\baged?(?: of)?\s$", re.IGNORECASE)
_BOUNDS: tuple[tuple[Bound, str], ...] = (
    (Bound.AT_LEAST, r"at least|no (?:fewer|less) than|a minimum of|minimum|not less than|or more"),
    (Bound.BELOW, r"(?:less|fewer|lower|smaller|shorter|lighter|cheaper|younger) than|below|under|"
     r"up to|at most|no more than|not more than|"
     r"a maximum of|as (?:many|much) as|within|just under|short of|beneath"),
    (Bound.ABOVE, r"(?:more|greater|higher|larger|bigger|longer|heavier|older|better) than|over|"
     r"above|upwards of|exceed(?:s|ed|ing)?|just over|beyond|in excess of|topp?(?:ed|ing|s)?|"
     r"surpass(?:ed|es|ing)?|past"),
    (Bound.NEARLY, r"nearly|almost|close to|not quite|approaching|just short of"),
    (Bound.ABOUT, r"about|around|roughly|approximately|some|an estimated|estimated|circa|or so|"
     r"in the region of|somewhere near|an average of|more or less"),
)  # fmt: skip
_BEFORE = tuple(
    (bound, re.compile(rf"\b(?:{pattern})\s(?:the\s|an?\s)?$", re.IGNORECASE))
    for bound, pattern in _BOUNDS
)
_BEHIND_MORE = re.compile(r"[^.,;]{0,24}?\bor (more|over|above|less|fewer|so)\b", re.IGNORECASE)
_LINK = re.compile(r"\s?(?:-|–|—|to|or|and)\s?(?:[$€£¥]\s?)?", re.IGNORECASE)
_COUNTED = re.compile(r"(?:[\s-]+(?:the|its|his|her|their|other|more|new)\b)?[\s-]+([^\W\d_]+)")
_MOST_COUNTED = 3
# From here on a number before "to 2 million" is written out: 900,000.
_LEAST_SCALE = 1000
_LOOK_BACK = 28
_STOPS = frozenset(
    [
        "in",
        "on",
        "at",
        "by",
        "for",
        "from",
        "to",
        "and",
        "or",
        "but",
        "with",
        "was",
        "were",
        "is",
        "are",
        "had",
        "has",
        "have",
        "who",
        "which",
        "that",
        "as",
        "than",
        "when",
        "while",
        "after",
        "before",
        "of",
        "the",
        "a",
        "an",
        "per",
        "more",
        "less",
        "fewer",
        "higher",
        "lower",
        "earlier",
        "later",
        "ago",
        "out",
        "each",
        "against",
        "since",
        "until",
        "through",
        "only",
        "would",
        "will",
        "could",
        "may",
        "should",
        "did",
        "do",
        "does",
        "said",
        "says",
    ]
)
# "an hour", "half an hour", "three quarters of a year".
_ARTICLE = re.compile(r"\b(?:an?|each|every|per)\s(?=[a-z])", re.IGNORECASE)
_OF_AN = re.compile(r"\s(?:of )?an?(?=\s)|-(?=year|hour|month|day)", re.IGNORECASE)
_AND_A_HALF = re.compile(r"\sand a half\b", re.IGNORECASE)
# Verbs that carry a number: "halved" is by half.
_NUMBER_VERBS = (
    (re.compile(r"\bhalv(?:ed|es|ing|e)\b", re.IGNORECASE), PERCENT, Fraction(50)),
    (re.compile(r"\bdoubl(?:ed|es|ing|e)\b", re.IGNORECASE), TIMES, Fraction(2)),
    (re.compile(r"\b(?:trebl|tripl)(?:ed|es|ing|e)\b", re.IGNORECASE), TIMES, Fraction(3)),
    (re.compile(r"\bquadrupl(?:ed|es|ing|e)\b", re.IGNORECASE), TIMES, Fraction(4)),
)
_QUARTER_OF_YEAR = re.compile(r"\bQ([1-4])\b")


@lru_cache(maxsize=4096)
def find_quantities(text: str, taken: tuple[Span, ...] = ()) -> tuple[Quantity, ...]:
    """The quantities of a text in order, without the numbers inside the spans ``taken``."""
    written = [
        number
        for number in find_numbers(text)
        if not any(number.span.overlaps(span) for span in taken)
    ]
    found = [_quantity(text, number) for number in written]
    for place in range(len(found) - 2, -1, -1):
        left, right = found[place], found[place + 1]
        between = text[written[place].span.end : right.span.start]
        if (
            not left.dimension
            and (right.dimension or written[place + 1].scale > 1)
            and _LINK.fullmatch(between)
        ):
            found[place] = _as_first_of_range(written[place], written[place + 1], left, right)
    return tuple(sorted([*found, *_implied(text, found)], key=lambda q: q.span.start))


def _implied(text: str, found: list[Quantity]) -> Iterator[Quantity]:
    """Quantities that no number tells: *a day*, *halved*, *Q2*."""
    for match in _ARTICLE.finditer(text):
        dimension, factor, end = _unit(text, match.end() - 1)
        span = Span(match.start(), end)
        if dimension and not any(q.span.overlaps(span) for q in found):
            half = _AND_A_HALF.match(text, end)
            value = Fraction(3, 2) if half else Fraction(1)
            span = Span(match.start(), half.end() if half else end)
            yield Quantity(span, value * factor, dimension, plain=value, implied=True)
    for pattern, dimension, value in _NUMBER_VERBS:
        for match in pattern.finditer(text):
            yield Quantity(Span(*match.span()), value, dimension, plain=value, implied=True)
    for match in _QUARTER_OF_YEAR.finditer(text):
        value = Fraction(match[1])
        yield Quantity(Span(*match.span()), value, ORDINAL, plain=value, implied=True)


def _as_first_of_range(
    first: Written, second: Written, left: Quantity, right: Quantity
) -> Quantity:
    """*10 to 20 million euros*: the first has the unit, and if it has none, the scale."""
    factor = right.value / second.value if second.value else Fraction(1)
    if first.scale == 1 and first.value < _LEAST_SCALE:
        factor *= second.scale
    return replace(
        left, value=first.value * factor, dimension=right.dimension, counted=right.counted,
        plain=first.value,
    )  # fmt: skip


def _quantity(text: str, number: Written) -> Quantity:
    start, end = number.span.start, number.span.end
    lead = text[max(0, start - _LOOK_BACK) : start]
    bound = _bound(lead, text, end)
    dimension, factor = ("", Fraction(1))
    if number.ordinal:
        dimension = ORDINAL
    elif number.times:
        dimension = TIMES
    elif sign := _SIGN.search(lead):
        dimension = _SIGNS[sign[1].lower()]
        start -= len(sign.group())
        bound = _bound(text[max(0, start - _LOOK_BACK) : start], text, end)
    elif _AGED.search(lead):
        dimension = AGE
    else:
        dimension, factor, end = _unit(text, end)
    value = number.value * factor
    if number.part and (article := _OF_AN.match(text, end)):
        unit = _unit(text, article.end())
        if unit[0]:
            dimension, factor, end = unit
            value = number.value * factor
    if number.part and not dimension:
        # A part of a whole is a share in per cent: "a quarter" is 25 %.
        dimension, value = PERCENT, value * 100
    if number.vague:
        bound = Bound.ABOVE
    counted = _counted(text, end)
    return Quantity(Span(start, end), value, dimension, bound, counted, number.value, number.of)


def _unit(text: str, end: int) -> tuple[str, Fraction, int]:
    for pattern, dimension, factor in _COMPILED_UNITS:
        found = pattern.match(text, end)
        if found:
            after = found.end()
            return dimension, factor, after
    return "", Fraction(1), end


def _bound(lead: str, text: str, end: int) -> Bound:
    if behind := _BEHIND_MORE.match(text, end):
        word = behind[1].lower()
        if word == "so":
            return Bound.ABOUT
        return Bound.AT_LEAST if word in ("more", "over", "above") else Bound.BELOW
    for bound, pattern in _BEFORE:
        if pattern.search(lead):
            return bound
    return Bound.EXACT


def _counted(text: str, end: int) -> tuple[str, ...]:
    found: list[str] = []
    while len(found) < _MOST_COUNTED and (match := _COUNTED.match(text, end)):
        word = match[1].lower()
        if word in _STOPS:
            break
        found.append(word)
        end = match.end()
    return tuple(found)
