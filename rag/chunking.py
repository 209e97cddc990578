"""Chunks: runs of whole sentences that fit the embedder and together give back the article."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator, Sequence
from math import ceil
from typing import NamedTuple

import numpy as np

from rag.sentences import split_sentences
from rag.values import Article, Chunk, Span

# Raise it with every change to the boundaries of sentences or chunks: indexes built by another
# version are refused.
CHUNKER_VERSION = "1"

# What ending a chunk inside a paragraph costs, in units of one more chunk. A chunk's unused share
# costs its square, so half a chunk is left empty for a paragraph's sake, not more, and four chunks
# that break paragraphs weigh as much as one chunk more.
_BROKEN_PARAGRAPH_COST = 0.25
# A long sentence is first cut into pieces expected to fill this share: most fit at once.
_AIMED_SHARE = 0.8

_BLANK_LINE = re.compile(r"\n\s*\n|\r\s*\r|\u2029")
_LINE_BREAK = re.compile(r"[\n\r]")

CountTokens = Callable[[Sequence[str]], list[int]]


class _Piece(NamedTuple):
    """A sentence, or a piece of one too long, and its length in tokens."""

    span: Span
    tokens: int


def chunk_article(article: Article, count_tokens: CountTokens, limit: int) -> tuple[Chunk, ...]:
    """Cut ``article`` into chunks whose sentences have at most ``limit`` tokens in sum.

    ``count_tokens`` gives each string's number of tokens; it is called once for all sentences,
    and a few times more where one sentence alone exceeds ``limit``: that sentence is cut at white
    space, or inside a word that alone is too long, and all its pieces are kept. (Only a single
    character of more than ``limit`` tokens stays over it.) No sentence overlaps boilerplate.
    The chunks' spans tile the text; white space and boilerplate belong to the chunk before them.
    There is always a chunk: an article with nothing to quote has one without sentences.
    Raises ``ValueError`` if ``limit`` is below 1.
    """
    if limit < 1:
        raise ValueError(f"a chunk needs room for at least one token, not {limit}")
    text = article.text
    sentences = [
        sentence for region in _regions(article) for sentence in split_sentences(text, region)
    ]
    pieces = _fitting(text, sentences, count_tokens, limit)
    groups = _grouped(pieces, _ends_paragraph(article, pieces), limit) or [[]]
    starts = [0, *(group[0].start for group in groups[1:]), len(text)]
    return tuple(
        Chunk(article.id, position, Span(starts[position], starts[position + 1]), tuple(group))
        for position, group in enumerate(groups)
    )


def _regions(article: Article) -> Iterator[Span]:
    """What lies between the boilerplate."""
    start = 0
    for boilerplate in article.boilerplate:
        if start < boilerplate.start:
            yield Span(start, boilerplate.start)
        start = max(start, boilerplate.end)
    if start < len(article.text):
        yield Span(start, len(article.text))


def _fitting(
    text: str, sentences: Sequence[Span], count_tokens: CountTokens, limit: int
) -> list[_Piece]:
    """The sentences with their tokens, those over ``limit`` cut until every piece fits."""
    fitting: list[_Piece] = []
    spans = list(sentences)
    while spans:
        uncut: list[Span] = []
        counts = count_tokens([span.of(text) for span in spans])
        for span, tokens in zip(spans, counts, strict=True):
            if tokens <= limit or len(span) == 1:
                fitting.append(_Piece(span, tokens))
            else:
                uncut.extend(_cut(text, span, max(2, ceil(tokens / (_AIMED_SHARE * limit)))))
        spans = uncut
    return sorted(fitting)


def _cut(text: str, span: Span, parts: int) -> Iterator[Span]:
    """About ``parts`` pieces of ``span``, of like length, trimmed; together they hold its words."""
    start = span.start
    for left in range(min(parts, len(span)), 0, -1):
        end = span.end if left == 1 else _cut_near(text, start, ceil((span.end - start) / left))
        raw = text[start:end]
        if words := raw.strip():
            first = start + len(raw) - len(raw.lstrip())
            yield Span(first, first + len(words))
        start = end


def _cut_near(text: str, start: int, step: int) -> int:
    """The end of the last word within ``step`` characters, or just there if one word fills them."""
    end = start + step
    if text[end].isspace():
        return end
    for position in range(end - 1, start, -1):
        if text[position].isspace():
            return position
    return end


def _ends_paragraph(article: Article, pieces: Sequence[_Piece]) -> list[bool]:
    """For each piece whether a paragraph ends behind it: a blank line or boilerplate follows.

    A text without blank lines has a paragraph a line.
    """
    paragraph_end = _BLANK_LINE if _BLANK_LINE.search(article.text) else _LINE_BREAK
    boilerplate = iter([*article.boilerplate, None])
    nearest = next(boilerplate)
    ends = []
    for index, piece in enumerate(pieces):
        last = index + 1 == len(pieces)
        following = len(article.text) if last else pieces[index + 1].span.start
        while nearest and nearest.end <= piece.span.end:
            nearest = next(boilerplate)
        cut_out = nearest is not None and nearest.start < following
        broken = paragraph_end.search(article.text, piece.span.end, following)
        ends.append(bool(last or cut_out or broken))
    return ends


def _grouped(
    pieces: Sequence[_Piece], ends_paragraph: Sequence[bool], limit: int
) -> list[list[Span]]:
    """The division into chunks of least cost, by dynamic programming over the last chunk's start.

    A chunk costs 1, the square of its unused share (which balances them: no tiny last one), and
    ``_BROKEN_PARAGRAPH_COST`` where it ends inside a paragraph. Of equals the shortest last chunk.
    """
    totals = np.cumsum([0, *(piece.tokens for piece in pieces)])
    unused = np.array([(1 - tokens / limit) ** 2 for tokens in range(limit + 1)])
    best = np.zeros(len(pieces) + 1)
    begins = [0] * (len(pieces) + 1)
    first = 0
    for end in range(1, len(pieces) + 1):
        while first < end - 1 and (totals[end] - totals[first] > limit or end - first > limit):
            first += 1
        # All starts at once: a line of marks has as many sentences in a chunk as a chunk tokens.
        tokens = np.minimum(totals[end] - totals[first:end], limit)
        broken = 0.0 if ends_paragraph[end - 1] else _BROKEN_PARAGRAPH_COST
        costs = best[first:end] + 1 + unused[tokens] + broken
        begins[end] = end - 1 - int(costs[::-1].argmin())
        best[end] = costs[begins[end] - first]
    groups: list[list[Span]] = []
    end = len(pieces)
    while end:
        groups.append([piece.span for piece in pieces[begins[end] : end]])
        end = begins[end]
    return groups[::-1]
