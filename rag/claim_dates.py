"""Whether quotes give the dates of a claim: years, days, months, weekdays and times of day."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import date
from functools import lru_cache

from rag.values import Span

_MONTHS = [
    "january",
    "february",
    "march",
    "april",
    "may",
    "june",
    "july",
    "august",
    "september",
    "october",
    "november",
    "december",
]
_MONTH = "|".join((*_MONTHS, *(rf"{month[:3]}\." for month in _MONTHS), r"sept?\.?"))
_WEEKDAYS = ["monday", "tuesday", "wednesday", "thursday", "friday", "saturday", "sunday"]
_WEEKDAY = "|".join(_WEEKDAYS)
_DAY = r"\d{1,2}(?:st|nd|rd|th)?(?![\d:.%,]\d|\w)"
_YEAR = r"(?:1[0-9]\d\d|20\d\d)"
_DAY_WORDS = {
    word: number
    for number, word in enumerate(
        [
            "first",
            "second",
            "third",
            "fourth",
            "fifth",
            "sixth",
            "seventh",
            "eighth",
            "ninth",
            "tenth",
        ],
        start=1,
    )
}
_DATE = re.compile(
    rf"\b(?:(?P<weekday>{_WEEKDAY})s?,? (?:the |on )?)?"
    rf"(?:(?P<day>{_DAY}|(?:{'|'.join(_DAY_WORDS)}) of) (?:of )?(?P<month>{_MONTH})|"
    rf"(?P<month2>{_MONTH}) (?:the )?(?P<day2>{_DAY})|(?P<month3>{_MONTH}))(?!\w)"
    rf"(?:,? (?:of )?(?P<year>{_YEAR})\b)?|"
    rf"\b(?P<iso>{_YEAR}-\d\d-\d\d)\b|"
    rf"\b(?P<lone>{_WEEKDAY})s?\b|"
    rf"(?<![\d.,$€£-])\b(?P<alone>{_YEAR})(?P<decade>s\b)?(?!\w|[.,]\d|%)|"
    r"(?<!\w)(?P<hour>\d{1,2})(?:[:.](?P<minute>\d\d))?\s?(?P<half>[ap]\.?m)\b\.?|"
    r"(?<![\w:])(?P<hour2>[01]?\d|2[0-3]):(?P<minute2>[0-5]\d)(?![\d:])|"
    r"\b(?P<word>noon|midnight|midday)\b",
    re.IGNORECASE,
)
_AMBIGUOUS = {"may", "march", "mar.", "august"}
_DATING_BEFORE = re.compile(
    r"\b(?:in|by|of|on|since|until|till|before|after|during|from|to|for|early|mid|late|last|next|"
    r"this|and|between|through|every|each)[ -]$|^$",
    re.IGNORECASE,
)
_COUNTED_BEHIND = re.compile(
    r"[ -](?:[a-z-]+ )?(?:people|persons|men|women|children|soldiers|troops|workers|employees|jobs|"
    r"students|homes|houses|votes|seats|tickets|cars|ships|patients|cases|deaths|miles|met(?:re|er)s|"
    r"kilomet\w+|feet|tonnes|tons|kg|km|pounds|euros|dollars|square|metric|cubic|per cent|percent|"
    r"hours|pages|copies|visitors|residents|members|passengers)\b",
    re.IGNORECASE,
)


@dataclass(frozen=True, slots=True)
class Moment:
    """A date as far as it is told; ``minutes`` after midnight for a time of day.

    ``half`` is "am" or "pm" where a time of day told it. A decade is its first year.
    """

    span: Span
    year: int | None = None
    decade: bool = False
    month: int | None = None
    day: int | None = None
    weekday: int | None = None
    minutes: int | None = None

    @property
    def parts(self) -> dict[str, object]:
        """What is told, by name."""
        told = {
            "year": None if self.year is None else (self.year, self.decade),
            "month": self.month,
            "day": self.day,
            "weekday": self.weekday,
            "minutes": self.minutes,
        }
        return {name: value for name, value in told.items() if value is not None}


@lru_cache(maxsize=4096)
def find_moments(text: str) -> tuple[Moment, ...]:
    """The dates and times of day of a text, in order."""
    return tuple(moment for found in _DATE.finditer(text) if (moment := _moment(text, found)))


def _moment(text: str, found: re.Match[str]) -> Moment | None:
    span = Span(*found.span())
    if found["iso"]:
        year, month, day = map(int, found["iso"].split("-"))
        return Moment(span, year, month=month, day=day)
    if found["lone"]:
        return Moment(span, weekday=_WEEKDAYS.index(found["lone"].lower()))
    if found["alone"]:
        if _COUNTED_BEHIND.match(text, span.end):
            return None
        return Moment(span, int(found["alone"]), decade=bool(found["decade"]))
    if found["word"]:
        return Moment(span, minutes=0 if found["word"].lower() == "midnight" else 720)
    if hour := found["hour"] or found["hour2"]:
        return Moment(span, minutes=_minutes(int(hour), found))
    return _of_month(text, found, span)


def _of_month(text: str, found: re.Match[str], span: Span) -> Moment | None:
    name = found["month"] or found["month2"] or found["month3"]
    day = found["day"] or found["day2"]
    if not (day or found["year"]):
        if not name[0].isupper():
            return None
        if name.lower() in _AMBIGUOUS and not _DATING_BEFORE.search(text[: span.start][-10:]):
            return None
    return Moment(
        span,
        year=int(found["year"]) if found["year"] else None,
        month=next(n for n, full in enumerate(_MONTHS, 1) if full.startswith(name.lower()[:3])),
        day=_day(day) if day else None,
        weekday=_WEEKDAYS.index(found["weekday"].lower()) if found["weekday"] else None,
    )


def _day(written: str) -> int:
    word = written.lower().split()[0]
    return _DAY_WORDS.get(word) or int("".join(c for c in word if c.isdigit()))


def _minutes(hour: int, found: re.Match[str]) -> int:
    minute = int(found["minute"] or found["minute2"] or 0)
    half = (found["half"] or "").lower()[:1]
    if half:
        hour = hour % 12 + (12 if half == "p" else 0)
    return 60 * hour + minute


@dataclass(frozen=True, slots=True)
class MomentMatch:
    """A date of the claim, and the quote and the date there that tell it (None: none does)."""

    claimed: Moment
    quote: int = -1
    given: Moment | None = None


def match_moments(
    claimed: Sequence[Moment], given: Sequence[Sequence[Moment]]
) -> Iterator[MomentMatch]:
    """Each date of a claim with the one of the quotes that tells it."""
    told = [(number, moment) for number, quote in enumerate(given) for moment in quote]
    for moment in claimed:
        fitting = [(n, other) for n, other in told if _tells(moment, other, told)]
        yield MomentMatch(moment, *fitting[0]) if fitting else MomentMatch(moment)


def _tells(claimed: Moment, given: Moment, told: Sequence[tuple[int, Moment]]) -> bool:
    """Whether a date shares a part, contradicts none, and the others tell what it lacks."""
    wanted, has = claimed.parts, _derived(given)
    shared = [name for name in wanted if name in has]
    if not shared or any(wanted[name] != has[name] for name in shared):
        return _decade_of(claimed, given)
    return all(
        name in has or any(_derived(other).get(name) == wanted[name] for _, other in told)
        for name in wanted
    )


def _decade_of(claimed: Moment, given: Moment) -> bool:
    """Whether a claim tells of a year only its decade."""
    return bool(
        claimed.decade
        and claimed.year is not None
        and given.year is not None
        and claimed.year <= given.year < claimed.year + 10
    )


def _derived(moment: Moment) -> dict[str, object]:
    """The parts of a date, and the weekday that a full date has."""
    parts = moment.parts
    if moment.year and moment.month and moment.day and moment.weekday is None:
        try:
            parts["weekday"] = date(moment.year, moment.month, moment.day).weekday()
        except ValueError:  # 30 February
            return parts
    return parts
