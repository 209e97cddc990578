"""Dates as sources write them, to ISO 8601, and only where a single reading is possible."""

from __future__ import annotations

import re
from datetime import UTC, date, datetime

# The earliest newspapers are of the 17th century; what is before that is no publication date.
FIRST_YEAR = 1600
LAST_YEAR = 2100
# Longer strings are sentences, not dates.
MAX_DATE_CHARACTERS = 64
# Unix time stamps: seconds from 1973 on (fewer digits are years or numbers), or milliseconds.
_SECONDS = (100_000_000, 4_102_444_800)
_MILLISECONDS = 1000

# English in full and in its usual abbreviations; the other languages that news feeds spell out.
_MONTH_NAMES: tuple[tuple[str, ...], ...] = (
    ("january", "jan", "januar", "jänner", "janvier", "enero", "gennaio", "janeiro", "januari"),
    ("february", "feb", "februar", "février", "febrero", "febbraio", "fevereiro", "februari"),
    ("march", "mar", "märz", "mars", "marzo", "março", "maart"),
    ("april", "apr", "avril", "abril", "aprile"),
    ("may", "mai", "mayo", "maggio", "maio", "mei", "maj"),
    ("june", "jun", "juni", "juin", "junio", "giugno", "junho"),
    ("july", "jul", "juli", "juillet", "julio", "luglio", "julho"),
    ("august", "aug", "août", "agosto", "augustus", "augusti"),
    ("september", "sep", "sept", "septembre", "septiembre", "settembre", "setembro"),
    ("october", "oct", "oktober", "octobre", "octubre", "ottobre", "outubro", "okt"),
    ("november", "nov", "novembre", "noviembre", "novembro"),
    ("december", "dec", "dezember", "décembre", "diciembre", "dicembre", "dezembro", "dez"),
)
_MONTHS = {name: number for number, names in enumerate(_MONTH_NAMES, 1) for name in names}

_WEEKDAY = r"(?:[^\W\d_]{2,10}\.?,?\s+)?"
_MONTH = r"(?P<name>[^\W\d_]{3,10})\.?"
# A time and a zone may follow, and tell nothing that is kept: "10:30 p.m. EDT", "T08:00:00Z".
_TIME = (
    r"(?:[T,]?\s*(?:at\s+|um\s+|à\s+)?\d{1,2}[:.h]\d{2}(?:[:.]\d{2})?(?:\.\d{1,9})?\s*"
    r"(?:[ap]\.?\s?m\.?|uhr)?\s*(?:Z|\(?[A-Z]{2,5}\)?|(?:GMT|UTC)?\s?[+-]\d{2}:?\d{2})?)?"
)
_FORMS = tuple(
    re.compile(form + _TIME, re.IGNORECASE)
    for form in (
        r"(?P<year>\d{4})[-/.](?P<month>\d{1,2})[-/.](?P<day>\d{1,2})",
        r"(?P<year>\d{4})(?P<month>\d{2})(?P<day>\d{2})",
        r"(?P<year>\d{4})年(?P<month>\d{1,2})月(?P<day>\d{1,2})日",
        rf"{_WEEKDAY}{_MONTH}\s+(?P<day>\d{{1,2}})(?:st|nd|rd|th)?,?\s+(?P<year>\d{{4}})",
        (
            rf"{_WEEKDAY}(?P<day>\d{{1,2}})(?:st|nd|rd|th|er|\.|º)?\s+(?:de\s+)?{_MONTH},?\s+"
            r"(?:de\s+)?(?P<year>\d{4})"
        ),
        # Points are written between day, month and year only in that order.
        r"(?P<day>\d{1,2})\.\s?(?P<month>\d{1,2})\.\s?(?P<year>\d{4})",
    )
)
_SLASHED = re.compile(r"(?P<a>\d{1,2})[/-](?P<b>\d{1,2})[/-](?P<year>\d{4})" + _TIME, re.IGNORECASE)
_URL_DATE = re.compile(
    r"/(?P<year>(?:19|20)\d{2})[/-](?P<month>\d{1,2}|[a-z]{3})[/-](?P<day>\d{1,2})(?=[/_-]|$)"
)


def normalise_date(value: object) -> str:
    """``YYYY-MM-DD`` of a date, a string or a Unix time stamp; empty if it is not surely one day.

    ``03/04/2022`` stays empty, for it is a day in March or in April; ``2022`` and ``May 2022``
    stay empty, for they are no day. The day is the one the source wrote, in its own time zone.
    """
    if isinstance(value, datetime):
        value = value.date()
    if isinstance(value, date):
        return _iso(value.year, value.month, value.day)
    if isinstance(value, (int, float)) and not isinstance(value, bool):
        return _of_time_stamp(value)
    text = str(value).strip() if value is not None else ""
    if not text or len(text) > MAX_DATE_CHARACTERS:
        return ""
    for form in _FORMS:
        if found := form.fullmatch(text):
            return _of_parts(found.groupdict())
    return _of_slashed(text)


def date_of_url(url: str) -> str:
    """The date in a URL's path, ``/2022/06/19/`` or ``/2022/jun/19/``; empty without one."""
    found = _URL_DATE.search(url.partition("?")[0].lower())
    return _of_parts(found.groupdict() | {"name": found["month"]}) if found else ""


def _of_parts(parts: dict[str, str | None]) -> str:
    month = parts.get("month") or ""
    number = int(month) if month.isdecimal() else _MONTHS.get((parts.get("name") or "").lower(), 0)
    return _iso(int(parts["year"] or 0), number, int(parts["day"] or 0))


def _of_slashed(text: str) -> str:
    found = _SLASHED.fullmatch(text)
    if not found:
        return ""
    first, second, year = int(found["a"]), int(found["b"]), int(found["year"])
    if first == second or first > 12:
        return _iso(year, second, first)
    return _iso(year, first, second) if second > 12 else ""


def _of_time_stamp(value: float) -> str:
    low, high = _SECONDS
    for seconds in (value, value / _MILLISECONDS):
        if low <= seconds <= high:
            return datetime.fromtimestamp(seconds, tz=UTC).date().isoformat()
    return ""


def _iso(year: int, month: int, day: int) -> str:
    if not FIRST_YEAR <= year <= LAST_YEAR:
        return ""
    try:
        return date(year, month, day).isoformat()
    except ValueError:
        return ""
