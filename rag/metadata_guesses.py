"""Metadata that a text's own form tells beyond doubt, where its source does not state it.

A headline above a blank line, a byline, a dateline of an agency, a date in the URL: what is not
sure stays empty, since a wrong date under a quote is an invented fact.
"""

from __future__ import annotations

import re

from rag.boilerplate_phrases import CREDITED
from rag.boilerplate_rules import is_boilerplate_line
from rag.dates import date_of_url, normalise_date
from rag.metadata import MAX_FIELD_CHARACTERS, Metadata, clean, host_of

# A longer first line is a sentence rather than a headline.
MAX_GUESSED_TITLE_CHARACTERS = 140
# Bylines and dates stand above the story.
MAX_HEAD_LINES = 8

_HEADING = re.compile(r"#\s+(?P<title>\S.*?)\s*#*")
_UNDERLINE = re.compile(r"={3,}|-{3,}")
_BYLINE = re.compile(r"(?:by|story by|written by|text by)[: ]\s*(?P<names>.{3,100})", re.IGNORECASE)
_NAME_SPLIT = re.compile(r"\s*(?:,|\band\b|&)\s*")
_DATED = re.compile(
    r"(?:(?:first )?published|posted|date|publié le|veröffentlicht am|publicado el|pubblicato il)"
    r"\s*(?:on|at)?\s*:?\s+(?P<date>.+)",
    re.IGNORECASE,
)
_DATELINE = re.compile(r"[A-Z][\w .,'’-]{1,60} \((?P<outlet>[A-Z][\w .&]{1,30})\) ?(?:[—–]|--?)\s")
_NO_HEADLINE_ENDS = (".", "。", ":", ";", ",", "—", "–", "-", "।")
_OPENERS = "\"'“‘«¿¡"
_NAME_PARTICLES = frozenset(
    ("de", "la", "le", "van", "von", "der", "den", "di", "da", "dos", "el", "al", "bin", "ibn", "y")
)


def guess(text: str, start: int = 0, url: str = "") -> Metadata:
    """What a text's own form tells, from ``start`` on, and its URL: host, and date in the path."""
    lines = _head(text, start)
    told = _head_metadata(lines)
    outlet = host_of(url)
    from_url = Metadata(outlet=outlet, date=date_of_url(url))
    return Metadata(title=_guess_title(lines)).or_else(from_url).or_else(told)


def is_byline(line: str) -> bool:
    """Whether a line says only who wrote the story, or when it was published."""
    return bool(_names(line) or _date_of_line(line))


def _head(text: str, start: int) -> list[str]:
    """The first lines, trimmed, blank ones as they come, until some that are not blank."""
    # A bound in characters keeps one endless line from being copied.
    head = text[start : start + MAX_HEAD_LINES * 4 * MAX_FIELD_CHARACTERS]
    lines: list[str] = []
    told = 0
    for line in head.splitlines():
        lines.append(line.strip())
        told += bool(lines[-1])
        if told > MAX_HEAD_LINES:
            break
    return lines


def _guess_title(lines: list[str]) -> str:
    """A Markdown heading, or a first short line without a full stop above a blank line."""
    while lines and (not lines[0] or is_boilerplate_line(lines[0])):
        lines = lines[1:]
    if len(lines) < 2:
        return ""
    first, second = lines[0], lines[1]
    heading = _HEADING.fullmatch(first)
    if heading and len(first) <= MAX_FIELD_CHARACTERS:
        return clean(heading["title"])
    headed = not second or bool(_UNDERLINE.fullmatch(second)) or second == first
    return clean(first) if headed and any(lines[2:]) and _is_headline(first) else ""


def _is_headline(line: str) -> bool:
    if len(line) > MAX_GUESSED_TITLE_CHARACTERS or line.endswith(_NO_HEADLINE_ENDS):
        return False
    if not (line[0].isalnum() or line[0] in _OPENERS) or line.islower() or "://" in line:
        return False
    if is_byline(line) or _DATELINE.match(f"{line} "):
        return False
    return any(character.isalpha() for character in line)


def _head_metadata(lines: list[str]) -> Metadata:
    """Author, date and outlet as the lines between headline and first paragraph tell them.

    Not beyond: a date on a line of its own further down is an entry of a timeline.
    """
    told = Metadata()
    for number, line in enumerate(line for line in lines if line):
        dateline = _DATELINE.match(line)
        agency = clean(dateline["outlet"]) if dateline else ""
        if agency.casefold() in CREDITED:
            told = told.or_else(Metadata(outlet=agency))
        if len(line) > MAX_GUESSED_TITLE_CHARACTERS or line.endswith("."):
            break
        # The first line is the headline, even "By Popular Demand".
        author, outlet = (_names(line) if number else None) or ("", "")
        told = told.or_else(Metadata(author=author, outlet=outlet, date=_date_of_line(line)))
    return told


def _date_of_line(line: str) -> str:
    """The date that a line is, or that it ends in behind a "published" or a byline's bar."""
    if len(line) > MAX_GUESSED_TITLE_CHARACTERS:
        return ""
    before, bar, last = line.rpartition("|")
    if bar and not _names(before.strip()):
        return ""
    dated = _DATED.fullmatch(last.strip())
    return normalise_date(dated["date"] if dated else last)


def _names(line: str) -> tuple[str, str] | None:
    """Author and outlet of a byline, "By Ana Lima and Jo Roe, Reuters"; None if it is none."""
    byline, _, last = line.partition("|")
    found = _BYLINE.fullmatch(byline.strip())
    if not found or line.endswith(_NO_HEADLINE_ENDS):
        return None
    authors, outlet = [], ""
    for part in filter(None, _NAME_SPLIT.split(found["names"])):
        if part.casefold() in CREDITED:
            outlet = part
        elif _is_name(part):
            authors.append(clean(part))
        else:
            return None
    if last.strip() and not normalise_date(last):
        return None
    return (", ".join(authors), outlet) if authors else None


def _is_name(text: str) -> bool:
    words = text.split()
    if not 2 <= len(words) <= 4 or any(character.isdigit() for character in text):
        return False
    return all(w[0].isupper() or w in _NAME_PARTICLES for w in words) and words[0][0].isupper()
