"""A mark of punctuation that may end a sentence, and what stands around it.

Every look around a mark is bounded, so that a whole text is decided in linear time.
"""

from __future__ import annotations

import re
from enum import Enum, auto
from typing import NamedTuple

# No abbreviation, number or name contains one of these: CJK, Arabic and Urdu, Devanagari,
# Armenian, Ethiopic, Burmese, Khmer, Tibetan, Hebrew sof pasuq.
ALWAYS = "。｡！？؟۔।॥։።፧፨။។៕།׃"
# These are also part of abbreviations, numbers, names, addresses and quotations.
USUALLY = ".．!?…‼⁇⁈⁉‽\u037e;"
BULLETS = "•◦▪‣●○■□►▶∙⁃※➢➤✓✔"
INVISIBLE = "\u200b-\u200f\u202a-\u202e\u2060-\u2069\ufeff"

_NEVER_BEGIN = ",;:/&%)]}=，、；：…."

_OPENERS = re.compile(
    rf"(?:[(\[{{「『（【《〈“‘„‚«‹\"'`*_#¿¡{INVISIBLE}]|[”’»›](?=\w)|[-–—―]"
    r"|(?<=[-–—―«‹\"'`])\s)*"
)
_WORD = re.compile(r"[^\W_][\w.’'-]{0,60}")
_WORD_BEFORE = re.compile(r"[^\s“”\"„«»(\[{/–—]+$")
# Longer runs without white space hold no abbreviation; the bound keeps the time linear.
LOOK_BACK = 40


class Candidate(NamedTuple):
    """A mark that may end the sentence beginning at ``sentence``.

    The mark is ``[start, end)``, its closing quotes and brackets reach to ``stop``; nothing
    outside ``[sentence, limit)`` is looked at.
    """

    text: str
    sentence: int
    start: int
    end: int
    stop: int
    limit: int

    @property
    def marks(self) -> str:
        """The run of marks itself, ``?!`` or ``...``."""
        return self.text[self.start : self.end]

    @property
    def closers(self) -> str:
        """The quotes, brackets and notes between the mark and ``stop``."""
        return self.text[self.end : self.stop]


class Kind(Enum):
    """What a following sentence would begin with."""

    CAPITAL = auto()
    LOWER = auto()
    DIGIT = auto()
    UNCASED = auto()
    SYMBOL = auto()
    NOTHING = auto()


class Following(NamedTuple):
    """What follows a mark: ``opener`` are the quotes and dashes before its first word."""

    kind: Kind
    word: str
    opener: str
    start: int


def following_of(candidate: Candidate) -> Following:
    """What stands behind the candidate, white space passed over."""
    text, position, limit = candidate.text, candidate.stop, candidate.limit
    while position < limit and text[position].isspace():
        position += 1
    found = _OPENERS.match(text, position, limit)
    start = found.end() if found else position
    opener = text[position:start]
    if start >= limit:
        return Following(Kind.SYMBOL if opener else Kind.NOTHING, "", opener, start)
    matched = _WORD.match(text, start, limit)
    word = matched.group() if matched else ""
    kind = _kind_of(text[start], word)
    if kind is Kind.LOWER and opener.strip(INVISIBLE)[:1] in tuple("¿¡"):
        kind = Kind.CAPITAL
    return Following(kind, word, opener, start)


def _kind_of(first: str, word: str) -> Kind:
    if first.isnumeric():
        return Kind.DIGIT
    if first.isupper() or first.istitle():
        return Kind.CAPITAL
    if first.islower():
        # iPhone, eBay, mRNA begin sentences too.
        mixed = any(letter.isupper() for letter in word[1:3]) and word[:3].isalpha()
        return Kind.CAPITAL if mixed else Kind.LOWER
    if first.isalpha():
        return Kind.UNCASED
    return Kind.NOTHING if first in _NEVER_BEGIN else Kind.SYMBOL


def word_before(candidate: Candidate) -> str:
    """The word that the mark follows, also across the one space of tokenised text."""
    window = candidate.text[max(candidate.sentence, candidate.start - LOOK_BACK) : candidate.start]
    found = _WORD_BEFORE.search(window.removesuffix(" "))
    return found.group().lstrip("'‘’*_<").rstrip("'’") if found else ""
