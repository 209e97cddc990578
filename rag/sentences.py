"""Sentence boundaries as offsets, in any language, by rules of our own.

The models of nltk and spaCy cannot be had from pip alone, and a boundary must be an exact offset
into the untouched text. So this is one pass over the marks that can end a sentence: ``rag.lines``
settles the line breaks first, ``rag.boundaries`` decides each mark.
"""

from __future__ import annotations

import re
from collections.abc import Iterator

from rag.boundaries import divides
from rag.lines import split_lines
from rag.marks import ALWAYS, BULLETS, INVISIBLE, USUALLY, Candidate
from rag.values import Span

# A run of marks; marks set apart by one space, as tokenised text has them, are one run.
_MARK = re.compile(
    rf"[{BULLETS};]|[{ALWAYS}{USUALLY}]"
    rf"(?:[{ALWAYS}{USUALLY}]|[ \xa0\u202f][.!?…](?!\w))*"
)
# What belongs to the sentence before it: closing quotes and brackets, notes ([12], ¹), emphasis.
# Quotes whose shape does not tell (“ closes in German, » opens) close unless a letter follows.
_CLOSERS = re.compile(
    rf"(?:[)\]}}」』）】》〉〕¹²³⁰-⁹{INVISIBLE}]|[”’»›“‘«‹\"'*_]+(?!\w)|[”’»›](?=[^\W\d_])"
    r"|\[[^\[\]\n]{1,30}\]"
    r"|[ \xa0\u202f](?:''|[)\]}](?!\w)|[”’»›](?!\w)))*"
)
_SPACED_QUOTE = re.compile(r"[ \xa0]\"(?=\s|$)")


def split_sentences(text: str, span: Span | None = None) -> list[Span]:
    """The sentences of ``text``, or of the region ``span`` of it, as spans into ``text``.

    They are sorted, disjoint, never empty, without white space at either end, and every other
    character of the region lies in exactly one of them. Nothing outside the region is looked at.
    A line without any boundary is one sentence, however long.
    """
    region = Span(0, len(text)) if span is None else span
    sentences = []
    for line in split_lines(text, region):
        start = line.start
        for end in _boundaries(text, line):
            sentences.append(Span(start, start + len(text[start:end].rstrip())))
            start = _skip_space(text, end)
        sentences.append(Span(start, line.end))
    return sentences


def _boundaries(text: str, line: Span) -> Iterator[int]:
    """Where sentences end inside a line, its own end left out."""
    sentence = position = line.start
    quotes = _StraightQuotes(text)
    while found := _MARK.search(text, position, line.end):
        start, end = found.span()
        position = stop = _closers_end(text, Span(end, line.end), quotes, sentence)
        boundary = start if text[start] in BULLETS else stop
        if not sentence < boundary < line.end or stop == line.end:
            continue
        if divides(Candidate(text, sentence, start, end, stop, line.end)):
            yield boundary
            sentence = _skip_space(text, boundary)


def _closers_end(text: str, rest: Span, quotes: _StraightQuotes, sentence: int) -> int:
    found = _CLOSERS.match(text, rest.start, rest.end)
    end = found.end() if found else rest.start
    spaced = _SPACED_QUOTE.match(text, end, rest.end)
    if spaced and quotes.odd(sentence, end):
        return spaced.end()
    return end


def _skip_space(text: str, position: int) -> int:
    while text[position].isspace():
        position += 1
    return position


class _StraightQuotes:
    """Counts straight double quotes within a sentence, reading each character once."""

    def __init__(self, text: str) -> None:
        self._text = text
        self._sentence = self._read = self._count = 0

    def odd(self, sentence: int, position: int) -> bool:
        """Whether one opened since ``sentence`` is still open at ``position``."""
        if sentence != self._sentence:
            self._sentence, self._read, self._count = sentence, sentence, 0
        self._count += self._text.count('"', self._read, position)
        self._read = position
        return self._count % 2 == 1
