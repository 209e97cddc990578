"""Whether quotes bear a sentence out, told by their words: no model, the same on every machine.

The support function of citation recall and precision. ALCE asks a language model for entailment
here (Gao et al., Enabling Large Language Models to Generate Text with Citations, EMNLP 2023);
this one asks four things of the words, all of which must hold:

1. every number of the sentence stands in the quotes, in digits or in words;
2. so does every word of its names;
3. no word that both have is denied in one and affirmed in the other, and no word of the sentence
   is missing whose opposite is there (*doubled* for *halved*);
4. of its content words at least ``LEAST_COVERAGE`` stand in the quotes, compared by their stems.

It is strict where a wrong citation does harm and takes a paraphrase only as far as three words in
four are the source's own: ``footnote eval judge`` tells how often a language model differs.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass
from functools import lru_cache

from rag.figures import amounts, gives_amount
from rag.lexical import stem, words
from rag.phrases import Kind, find_phrases, is_function_word

LEAST_COVERAGE = 0.75

_NEGATIONS = frozenset({"no", "not", "nor", "never", "none", "neither", "without", "cannot"})
_CONTRACTED = re.compile(r"\b(ca|wo|sha|\w+)n['’]t\b", re.IGNORECASE)
_FULL_FORMS = {"ca": "can", "wo": "will", "sha": "shall"}

_OPPOSITES = (
    "double halve", "rise fall", "rose fell", "increase decrease", "gain lose", "win lose",
    "won lost", "more less", "more fewer", "above below", "before after", "open close",
    "open shut", "buy sell", "bought sold", "accept reject", "approve reject", "support oppose",
    "confirm deny", "guilty innocent", "dead alive", "first last", "import export",
    "north south", "east west", "up down", "over under", "arrive leave", "begin end",
    "start stop", "higher lower", "larger smaller", "older younger", "strengthen weaken",
    "true false", "legal illegal", "likely unlikely", "success failure", "friend enemy",
)  # fmt: skip

_UNIT_WORDS = (
    "two three four five six seven eight nine ten eleven twelve thirteen fourteen fifteen sixteen "
    "seventeen eighteen nineteen"
)
_TENS_WORDS = "twenty thirty forty fifty sixty seventy eighty ninety"
_UNITS = {word: number for number, word in enumerate(_UNIT_WORDS.split(), start=2)}
_TENS = {word: 10 * tens for tens, word in enumerate(_TENS_WORDS.split(), start=2)}
_ONES = {"one": 1, **{word: number for word, number in _UNITS.items() if number < 10}}
_NUMBER_WORDS = re.compile(
    rf"\b(?:({'|'.join(_TENS)})(?:[-\s]({'|'.join(_ONES)}))?|({'|'.join(_UNITS)}))\b",
    re.IGNORECASE,
)


@dataclass(frozen=True, slots=True)
class _Said:
    """A text by its words: stems affirmed and denied, the stems of its names, all its stems."""

    affirmed: frozenset[str]
    denied: frozenset[str]
    names: frozenset[str]
    stems: frozenset[str]

    @property
    def content(self) -> frozenset[str]:
        return self.affirmed | self.denied


def supports(quotes: Sequence[str], sentence: str) -> bool:
    """Whether ``quotes`` taken together bear ``sentence`` out; never without a quote.

    A sentence without any content word ("So it is.") is borne out where it stands word for word.
    """
    source = _in_digits("\n".join(quotes))
    claim = _in_digits(sentence)
    claimed, told = _said(claim), _said(source)
    if not claimed.content:
        return bool(claim.strip()) and claim.strip() in source
    if not all(gives_amount(*amount, source) for amount in amounts(claim)):
        return False
    if not claimed.names <= told.stems or _contradicts(claimed, told):
        return False
    covered = len(claimed.content & told.content)
    return covered >= LEAST_COVERAGE * len(claimed.content)


def _contradicts(claimed: _Said, told: _Said) -> bool:
    """Whether a word has only the other polarity in the source, or its opposite stands there."""
    turned = (claimed.affirmed & told.denied - told.affirmed) | (
        claimed.denied & told.affirmed - told.denied
    )
    missing = claimed.stems - told.stems
    opposite = any(_opposites().get(word, frozenset()) & told.stems for word in missing)
    return bool(turned) or opposite


@lru_cache(maxsize=20_000)
def _said(text: str) -> _Said:
    """A negation denies the first content word behind it: "was *not* yet opened" denies "open"."""
    affirmed, denied, stems = set(), set(), set()
    negated = False
    for word in words(text):
        surface = word.surface.lower()
        stems.add(word.stem)
        if surface in _NEGATIONS:
            negated = True
        elif not is_function_word(surface):
            (denied if negated else affirmed).add(word.stem)
            negated = False
    names = {
        word.stem
        for phrase in find_phrases(text)
        if phrase.kind is Kind.NAME
        for word in words(phrase.span.of(text))
        if not is_function_word(word.surface)
    }
    return _Said(*(frozenset(part) for part in (affirmed, denied, names, stems)))


@lru_cache(maxsize=1)
def _opposites() -> dict[str, frozenset[str]]:
    found: dict[str, set[str]] = {}
    for pair in _OPPOSITES:
        one, other = (stem(word) for word in pair.split())
        found.setdefault(one, set()).add(other)
        found.setdefault(other, set()).add(one)
    return {word: frozenset(others) for word, others in found.items()}


@lru_cache(maxsize=20_000)
def _in_digits(text: str) -> str:
    """The text with its number words in digits and its contracted negations written out."""

    def number(match: re.Match[str]) -> str:
        tens, ones, unit = (group and group.lower() for group in match.groups())
        return str(_UNITS[unit] if unit else _TENS[tens] + _ONES.get(ones or "", 0))

    def full(match: re.Match[str]) -> str:
        return f"{_FULL_FORMS.get(match[1].lower(), match[1])} not"

    return _NUMBER_WORDS.sub(number, _CONTRACTED.sub(full, text))
