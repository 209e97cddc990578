"""Words inside quotation marks: they are in a quote word for word, or the claim invents them."""

from __future__ import annotations

import re
from collections.abc import Sequence

from rag.values import Span

_QUOTED = re.compile(r'“([^“”]+)”|"([^"]+)"|«([^«»]+)»|(?<!\w)‘([^‘’]+(?:’\w[^‘’]*)*)’(?!\w)')
_TYPOGRAPHY = str.maketrans(
    {"’": "'", "‘": "'", "“": '"', "”": '"', "–": "-", "—": "-", "\u00a0": " ", "…": "."}
)
_ELLIPSIS = re.compile(r"\s*(?:\[?\.{3}\]?|\[…\]|…)\s*")


def find_quotations(text: str) -> list[Span]:
    """What stands inside quotation marks, the marks left out."""
    return [
        Span(*match.span(group))
        for match in _QUOTED.finditer(text)
        for group in range(1, 5)
        if match[group] is not None
    ]


def missing_quotations(claim: str, quotes: Sequence[str]) -> list[Span]:
    """The quotations of a claim that no quote has, up to typography, case and end marks."""
    told = [_plain(quote) for quote in quotes]
    return [
        span
        for span in find_quotations(claim)
        if not all(
            any(_plain(part) in quote for quote in told)
            for part in _ELLIPSIS.split(span.of(claim))
            if _plain(part)
        )
    ]


def _plain(text: str) -> str:
    folded = " ".join(text.translate(_TYPOGRAPHY).casefold().split())
    return folded.replace('"', "").strip(" .,;:!?")
