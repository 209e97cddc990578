"""Line breaks: which end a paragraph, heading or list item, and which merely wrap a sentence."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterator
from dataclasses import dataclass
from itertools import pairwise
from statistics import median

from rag.marks import BULLETS
from rag.values import Span

# Below this a line is a heading, a list item or verse: even narrow newspaper columns are wider.
MIN_WRAPPED_COLUMNS = 30
# Above this a line is a whole paragraph: no mail, PDF page or editor wraps prose wider.
MAX_WRAPPED_COLUMNS = 130
# Wrapped prose continues in lower case on more than half of its lines, lists on hardly any.
MIN_LOWERCASE_SHARE = 0.25
# PDF lines are set in proportional type: equal widths differ in characters by about this much.
RAGGED = 0.85
# Scripts without case give no such evidence, so nearly every line must be as full as it can be.
MIN_FULL_SHARE = 0.8

# One or several line breaks with the white space around them; U+2029 separates paragraphs.
_BREAK = re.compile(r"\r\n|[\n\r\v\f\x1c-\x1e\x85\u2028\u2029]")
_FIRST_WORD = re.compile(r"\S{1,40}")

_ITEM = re.compile(
    rf"[{BULLETS}]|[-–—*+·>]\s|\#{{1,6}}\s|\||\(?\d{{1,3}}[.)]\s|\(?[A-Za-z]\)\s|\([ivxIVX]+\)\s"
)
_MARKER_ALONE = re.compile(rf"[{BULLETS}\-–—*+·]|\(?\d{{1,3}}[.)]|\(?[A-Za-z]\)")
_UNWRAPPED = re.compile(r"\#{1,6}\s|\|")
# No heading or list item ends with one of these.
_LEADING_WORD = re.compile(
    r"(?<!\S)(?:the|an?|of|to|and|or|der|die|das|und|von|le|la|les|des?|du|et|el|los|las|y|con)$",
    re.IGNORECASE,
)
_LAST_WORD_BOUND = 8
_OPENERS = "\"'“”„‘’«»‹›([{¿¡*_`"
_TERMINALS = tuple(".!?…。！？؟۔।॥:;")
_CLOSERS = "\"'“”’»›)]}」』）*_"


@dataclass(frozen=True, slots=True)
class _Line:
    """A line that is not blank, trimmed; ``block`` counts the blank lines above it."""

    span: Span
    text: str
    block: int

    @property
    def columns(self) -> int:
        return _columns(self.text)


@dataclass(frozen=True, slots=True)
class _Wrapping:
    """How a region wraps its lines: a full line takes ``width`` columns; 0: it does not wrap."""

    width: float

    def is_full(self, line: _Line, following: _Line) -> bool:
        """Whether ``following``'s first word would not have fitted on ``line`` any more."""
        if not self.width or not MIN_WRAPPED_COLUMNS <= line.columns <= MAX_WRAPPED_COLUMNS:
            return False
        return line.columns + _first_word_columns(following) >= self.width


def split_lines(text: str, span: Span) -> Iterator[Span]:
    """The paragraphs, headings and list items of a region: trimmed, never empty, in order.

    A single line break inside a sentence of hard-wrapped text does not divide; a blank line always
    does, and so does a break after a short line, before a list item and around a heading.
    Every character of the region that is not white space lies in exactly one of them.
    """
    lines = _lines(text, span)
    wrapping = _wrapping(lines)
    start = 0
    for index, line in enumerate(lines):
        following = lines[index + 1] if index + 1 < len(lines) else None
        if following is None or not _continues(line, following, wrapping):
            yield Span(lines[start].span.start, line.span.end)
            start = index + 1


def _lines(text: str, span: Span) -> list[_Line]:
    lines = []
    start, block, blank = span.start, 0, False
    for end, following in _line_ends(text, span):
        raw = text[start:end]
        trimmed = raw.strip()
        if trimmed:
            block += blank
            first = start + len(raw) - len(raw.lstrip())
            lines.append(_Line(Span(first, first + len(trimmed)), trimmed, block))
        blank = not trimmed or text[end:following] == "\u2029"
        start = following
    return lines


def _line_ends(text: str, span: Span) -> Iterator[tuple[int, int]]:
    """For each line where it ends and where the next begins."""
    for found in _BREAK.finditer(text, span.start, span.end):
        yield found.start(), found.end()
    yield span.end, span.end


def _wrapping(lines: list[_Line]) -> _Wrapping:
    pairs = [
        (line, following)
        for line, following in pairwise(lines)
        if line.block == following.block
        and MIN_WRAPPED_COLUMNS <= line.columns <= MAX_WRAPPED_COLUMNS
        and not _ITEM.match(following.text)
    ]
    if not pairs:
        return _Wrapping(0)
    continued = [line.columns for line, following in pairs if _is_unfinished(line, following)]
    if len(continued) >= MIN_LOWERCASE_SHARE * len(pairs):
        return _Wrapping(RAGGED * median(continued))
    return _uncased_wrapping(pairs)


def _uncased_wrapping(pairs: list[tuple[_Line, _Line]]) -> _Wrapping:
    """Judge by the widths alone, where the script knows no capitals (Chinese, Hindi, Arabic)."""
    width = max(line.columns for line, _ in pairs)
    uncased = sum(_starts_uncased(following) for _, following in pairs)
    if len(pairs) < 2 or uncased < len(pairs) / 2 or width > MAX_WRAPPED_COLUMNS:
        return _Wrapping(0)
    wrapping = _Wrapping(width)
    unended = [pair for pair in pairs if not _is_ended(pair[0])]
    full = sum(wrapping.is_full(line, following) for line, following in unended)
    return wrapping if unended and full >= MIN_FULL_SHARE * len(unended) else _Wrapping(0)


def _continues(line: _Line, following: _Line, wrapping: _Wrapping) -> bool:
    """Whether the break between two lines merely wraps."""
    if line.block != following.block:
        return False
    if _MARKER_ALONE.fullmatch(line.text):
        return not _ITEM.match(following.text)
    if _ITEM.match(following.text) or _UNWRAPPED.match(line.text):
        return False
    if not (_has_letter(line.text) and _has_letter(following.text)):
        return False
    if line.columns >= MIN_WRAPPED_COLUMNS and _is_unfinished(line, following):
        return True
    return wrapping.is_full(line, following)


def _is_unfinished(line: _Line, following: _Line) -> bool:
    """Whether the words themselves show that a sentence runs across the break."""
    if _is_ended(line):
        return False
    return _starts_lower(following) or bool(_LEADING_WORD.search(line.text[-_LAST_WORD_BOUND:]))


def _is_ended(line: _Line) -> bool:
    return line.text.rstrip(_CLOSERS).endswith(_TERMINALS)


def _has_letter(text: str) -> bool:
    return any(character.isalnum() for character in text)


def _first_letter(line: _Line) -> str:
    return line.text.lstrip(_OPENERS)[:1]


def _starts_lower(line: _Line) -> bool:
    return _first_letter(line).islower()


def _starts_uncased(line: _Line) -> bool:
    first = _first_letter(line)
    return first.isalpha() and first.lower() == first.upper()


def _first_word_columns(line: _Line) -> int:
    """The columns, with a space, that the first word needs; one character where none are spaced."""
    if _is_wide(line.text[0]):
        return 2
    found = _FIRST_WORD.match(line.text)
    return 1 + _columns(found.group() if found else "")


def _columns(text: str) -> int:
    """Width in a fixed-pitch font: wide East Asian characters take two columns."""
    return len(text) if text.isascii() else len(text) + sum(map(_is_wide, text))


def _is_wide(character: str) -> bool:
    return unicodedata.east_asian_width(character) in "WF"
