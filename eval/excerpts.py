"""The parts of an article around marked spans: enough to judge them, not the whole article."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from enum import StrEnum
from itertools import pairwise

# Characters shown before and after a marked span: two or three sentences.
CONTEXT = 320
# Less than the context, so that looking for the end of a word never reaches the span.
LONGEST_WORD = 40
# Of a longer span the beginning and the end are shown: an engine may cite a whole article.
LONGEST_SPAN = 1_600
# Of more spans in one article, the first.
SPANS_SHOWN = 12

Bounds = tuple[int, int]


class Mark(StrEnum):
    """How a piece of text is marked. A gap stands for text that is left out, and has none."""

    NONE = ""
    CITED = "cited"
    GOLD = "gold"
    BOTH = "both"
    GAP = "gap"


@dataclass(frozen=True, slots=True)
class Piece:
    """A run of an article's characters of one mark."""

    text: str
    mark: Mark = Mark.NONE


def excerpt(text: str, cited: Sequence[Bounds], gold: Sequence[Bounds]) -> tuple[Piece, ...]:
    """The pieces of ``text`` around the spans, in order, with a gap for each part left out.

    Spans are (start, end) in characters; what lies outside the text is ignored. Without gaps the
    pieces are the article's exact characters.
    """
    cited, gold = _inside(text, cited), _inside(text, gold)
    pieces: list[Piece] = []
    shown = 0
    for start, end in _merged(_windows(text, sorted({*cited, *gold}))):
        if start > shown:
            pieces.append(Piece("", Mark.GAP))
        pieces.extend(_pieces(text, (start, end), cited, gold))
        shown = end
    if pieces and shown < len(text):
        pieces.append(Piece("", Mark.GAP))
    return tuple(pieces)


def _inside(text: str, spans: Sequence[Bounds]) -> list[Bounds]:
    clamped = [(max(0, start), min(end, len(text))) for start, end in spans]
    return sorted({(start, end) for start, end in clamped if start < end})[:SPANS_SHOWN]


def _windows(text: str, spans: Sequence[Bounds]) -> Iterator[Bounds]:
    for start, end in spans:
        first, last = _word_after(text, start - CONTEXT), _word_before(text, end + CONTEXT)
        if end - start <= LONGEST_SPAN:
            yield first, last
        else:
            yield first, start + LONGEST_SPAN // 2
            yield end - LONGEST_SPAN // 2, last


def _word_after(text: str, place: int) -> int:
    """The first character of the next word, so that context begins with a word if it can."""
    if place <= 0:
        return 0
    near = range(place, place + LONGEST_WORD)
    return next((there for there in near if text[there - 1].isspace()), place)


def _word_before(text: str, place: int) -> int:
    """Behind the last character of the word before, so that context ends with a word if it can."""
    if place >= len(text):
        return len(text)
    near = range(place, place - LONGEST_WORD, -1)
    return next((there for there in near if text[there].isspace()), place)


def _merged(windows: Iterator[Bounds]) -> list[Bounds]:
    merged: list[Bounds] = []
    for start, end in sorted(windows):
        if merged and start <= merged[-1][1]:
            merged[-1] = (merged[-1][0], max(end, merged[-1][1]))
        else:
            merged.append((start, end))
    return merged


def _pieces(
    text: str, window: Bounds, cited: Sequence[Bounds], gold: Sequence[Bounds]
) -> Iterator[Piece]:
    """The window cut wherever a mark begins or ends."""
    start, end = window
    cuts = {start, end} | {
        place for span in (*cited, *gold) for place in span if start < place < end
    }
    for left, right in pairwise(sorted(cuts)):
        in_cited = any(a <= left and right <= b for a, b in cited)
        in_gold = any(a <= left and right <= b for a, b in gold)
        mark = {
            (True, True): Mark.BOTH,
            (True, False): Mark.CITED,
            (False, True): Mark.GOLD,
            (False, False): Mark.NONE,
        }[in_cited, in_gold]
        yield Piece(text[left:right], mark)
