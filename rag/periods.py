"""Times that a question names, and how an article's date agrees with them.

News overtakes itself: *how many jobs as of March* is told by an article of March. English only, as
the rest of the reading of questions.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, timedelta

# What happens on the last day of a month is in the papers of the next.
AFTERWARDS = timedelta(days=7)
# The agreement of a date that is not known, between that of one that agrees and one that does not.
UNKNOWN = 0.5

_MONTHS = (
    "january", "february", "march", "april", "may", "june",
    "july", "august", "september", "october", "november", "december",
)  # fmt: skip
_MONTH = "|".join((*_MONTHS, *(rf"{month[:3]}\." for month in _MONTHS), r"sept?\.?"))
_DAY = r"(?P<day>\d{1,2})(?:st|nd|rd|th)?"
_DAY_AFTER = r"(?P<day_after>\d{1,2})(?:st|nd|rd|th)?(?!\d)"
_NAMED = re.compile(
    rf"\b(?:{_DAY} (?:of )?)?(?P<month>{_MONTH})(?!\w)(?: {_DAY_AFTER})?"
    r"(?:,? (?P<year>[12]\d{3})\b)?",
    re.IGNORECASE,
)
# "may" and "march" are words, too, unless something of a date stands around them.
_AMBIGUOUS = frozenset({"may", "march", "mar."})
_DATING_BEFORE = re.compile(
    r"\b(?:in|by|of|on|since|until|till|before|after|during|from|to|for|early|mid|late|last|next|"
    r"this|end of|start of|beginning of|middle of)[ -]$",
    re.IGNORECASE,
)


@dataclass(frozen=True, slots=True)
class Period:
    """A day or a month, of one year or (``year`` None) of any."""

    year: int | None
    month: int
    day: int | None = None

    def covers(self, day: date) -> bool:
        """Whether something of this time would stand in an article of ``day``."""
        for year in (day.year, day.year - 1) if self.year is None else (self.year,):
            try:
                first = date(year, self.month, self.day or 1)
            except ValueError:  # 30 February
                return False
            last = first if self.day else _month_end(first)
            if first <= day <= last + AFTERWARDS:
                return True
        return False


def asked_periods(question: str) -> list[Period]:
    """The days and months that a question names: *by mid-October*, *on 4 March 2025*."""
    periods = []
    for found in _NAMED.finditer(question):
        name = found["month"].lower()
        day = found["day"] or found["day_after"]
        dated = day or found["year"] or _DATING_BEFORE.search(question[: found.start()])
        if name in _AMBIGUOUS and not (found["month"][0].isupper() and dated):
            continue
        month = next(n for n, full in enumerate(_MONTHS, 1) if full.startswith(name[:3]))
        year = int(found["year"]) if found["year"] else None
        periods.append(Period(year, month, int(day) if day and 1 <= int(day) <= 31 else None))
    return periods


def in_period(question: str, dates: Sequence[str]) -> list[float]:
    """For each date (ISO, empty if unknown) 1 if an asked period covers it, else 0.

    ``UNKNOWN`` for a date that is; 0 for all where no period is asked.
    """
    periods = asked_periods(question)
    if not periods:
        return [0.0] * len(dates)
    return [
        float(any(period.covers(date.fromisoformat(day)) for period in periods)) if day else UNKNOWN
        for day in dates
    ]


def _month_end(first: date) -> date:
    following = (first.replace(day=28) + timedelta(days=4)).replace(day=1)
    return following - timedelta(days=1)
