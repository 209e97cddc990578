"""Numbers as English writes them: digits, scales, words, ordinals and fractions, with offsets."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass
from decimal import Decimal
from fractions import Fraction

from rag.values import Span

_ONES_WORDS = "one two three four five six seven eight nine"
_TEENS_WORDS = "ten eleven twelve thirteen fourteen fifteen sixteen seventeen eighteen nineteen"
_TENS_WORDS = "twenty thirty forty fifty sixty seventy eighty ninety"
ONES = {word: number for number, word in enumerate(_ONES_WORDS.split(), start=1)}
TEENS = {word: number for number, word in enumerate(_TEENS_WORDS.split(), start=10)}
TENS = {word: 10 * tens for tens, word in enumerate(_TENS_WORDS.split(), start=2)}
SMALL = {"zero": 0, **ONES, **TEENS, **TENS}
SCALES = {
    "hundred": 100, "thousand": 10**3, "million": 10**6, "billion": 10**9, "trillion": 10**12,
    "dozen": 12,
}  # fmt: skip
_SHORT_SCALES = {
    "bln": 10**9, "k": 10**3, "m": 10**6, "mn": 10**6, "mln": 10**6, "bn": 10**9,
    "b": 10**9, "tn": 10**12,
}  # fmt: skip
_ORDINAL_WORDS = (
    "first second third fourth fifth sixth seventh eighth ninth tenth eleventh twelfth thirteenth "
    "fourteenth fifteenth sixteenth seventeenth eighteenth nineteenth"
)
ORDINALS = {
    **{word: number for number, word in enumerate(_ORDINAL_WORDS.split(), start=1)},
    **{word[:-1] + "ieth": number for word, number in TENS.items()},
}
_PARTS = {
    "half": 2, "halves": 2, "third": 3, "thirds": 3, "quarter": 4, "quarters": 4, "fifth": 5,
    "fifths": 5, "sixth": 6, "sixths": 6, "seventh": 7, "sevenths": 7, "eighth": 8, "eighths": 8,
    "ninth": 9, "ninths": 9, "tenth": 10, "tenths": 10,
}  # fmt: skip
_ADVERBS = {"twice": 2, "thrice": 3}
_PART_BEHIND = re.compile(
    r"\s*(?:[.,;:)]|$)|\s(?:of|more|less|fewer|higher|lower|bigger|smaller|in|since|last|this|on|to|"
    r"than|as|from|for|by|and|at|over|during|compared|against)\b"
)
_PART_BEFORE = re.compile(r"\b(?:by|than|about|nearly|almost|over|roughly|around)\s$")
_TOKEN = re.compile(r"\d{1,3}(?:,\d{3})+(?:\.\d+)?|\d+(?:\.\d+)?|[^\W\d_]+|[½¼¾⅓⅔]")
_GLYPHS = {"½": (1, 2), "¼": (1, 4), "¾": (3, 4), "⅓": (1, 3), "⅔": (2, 3)}
_BETWEEN = re.compile(r"[\s-]{1,2}|-| ?- ?")
_ORDINAL_DIGITS = re.compile(r"(?:st|nd|rd|th)\b")
_OUT_OF = re.compile(r"\s(?:in|out of)\s(?:every\s)?")


@dataclass(frozen=True, slots=True)
class Written:
    """A number of a text: where it stands, its value, and what it is.

    ``scale``: of *45 million* 1,000,000. ``ordinal``: *third*; ``part``: a part
    of a whole (*two-thirds*, *one in five*); ``times``: *twice*;
    ``vague``: *dozens*; ``of``: of *14 out of 63* both numbers.
    """

    span: Span
    value: Fraction
    scale: int = 1
    ordinal: bool = False
    part: bool = False
    times: bool = False
    vague: bool = False
    of: tuple[Fraction, ...] = ()


@dataclass(frozen=True, slots=True)
class _Token:
    start: int
    end: int
    text: str

    @property
    def is_digits(self) -> bool:
        return self.text[0].isdigit()


def find_numbers(text: str) -> list[Written]:
    """Every number of a text in order; those of dates and names are among them."""
    return list(_Reader(text).numbers())


class _Reader:
    def __init__(self, text: str) -> None:
        self._text = text
        self._tokens = [
            _Token(m.start(), m.end(), m.group().lower()) for m in _TOKEN.finditer(text)
        ]

    def numbers(self) -> Iterator[Written]:
        place = 0
        while place < len(self._tokens):
            found = self._at(place)
            if found is None:
                place += 1
                continue
            written, place = found
            yield written

    def _at(self, place: int) -> tuple[Written, int] | None:
        token = self._tokens[place]
        if token.text in _ADVERBS:
            return Written(
                _span(token, token), Fraction(_ADVERBS[token.text]), times=True
            ), place + 1
        return self._part(place) or self._ordinal(place) or self._cardinal(place)

    def _joined(self, place: int) -> bool:
        """Whether the token at ``place`` follows the one before it without anything between."""
        if not 0 < place < len(self._tokens):
            return False
        gap = self._text[self._tokens[place - 1].end : self._tokens[place].start]
        return gap in (" ", "-", "\u00a0", "\u2011")

    def _word(self, place: int) -> str:
        return self._tokens[place].text if place < len(self._tokens) else ""

    def _part(self, place: int) -> tuple[Written, int] | None:
        """*half*, *a third of*, *two-thirds*, *one in five*."""
        token, word = self._tokens[place], self._word(place)
        if word in _GLYPHS:
            return Written(_span(token, token), Fraction(*_GLYPHS[word]), part=True), place + 1
        if word == "half":
            return self._half(place)
        if word in ("a", "the", "one") and self._joined(place + 1):
            below = _PARTS.get(self._word(place + 1), 0)
            if below > 2 and word != "the" and self._is_part(place):
                return Written(
                    _span(token, self._tokens[place + 1]), Fraction(1, below), part=True
                ), place + 2
        above = ONES.get(word)
        if above and above > 1 and self._joined(place + 1):
            part = self._word(place + 1)
            if part in _PARTS and part.endswith("s"):
                value = Fraction(above, _PARTS[part])
                return Written(_span(token, self._tokens[place + 1]), value, part=True), place + 2
        return self._one_in(place)

    def _is_part(self, place: int) -> bool:
        """Whether *a third* at ``place`` is a share, not a rank: *a third man* is not."""
        token, part = self._tokens[place], self._tokens[place + 1]
        return bool(
            self._text[token.end] == "-"
            or part.text == "quarter"
            or _PART_BEHIND.match(self._text, part.end)
            or _PART_BEFORE.search(self._text[: token.start][-10:].lower())
        )

    def _half(self, place: int) -> tuple[Written, int]:
        """*half*; before a scale *half a million*."""
        token = self._tokens[place]
        article = self._word(place + 1) in ("a", "an") and self._joined(place + 1)
        at = place + 1 + article
        if self._word(at) in SCALES and self._joined(at):
            scale = SCALES[self._word(at)]
            return Written(_span(token, self._tokens[at]), Fraction(scale, 2), scale), at + 1
        return Written(_span(token, token), Fraction(1, 2), part=True), place + 1

    def _one_in(self, place: int) -> tuple[Written, int] | None:
        above = self._plain(place)
        if above is None:
            return None
        value, after = above
        between = _OUT_OF.match(self._text, self._tokens[after - 1].end)
        if between is None:
            return None
        while after < len(self._tokens) and self._tokens[after].start < between.end():
            after += 1
        below = self._plain(after) if after < len(self._tokens) else None
        if below is None or not 0 < value < below[0] <= 1000:
            return None
        if between.group().strip() == "in" and below[0] > 20 and below[0] not in (50, 100, 1000):
            return None  # "two in 1987"
        last = self._tokens[below[1] - 1]
        span = _span(self._tokens[place], last)
        return Written(span, value / below[0], part=True, of=(value, below[0])), below[1]

    def _plain(self, place: int) -> tuple[Fraction, int] | None:
        token = self._tokens[place]
        if token.is_digits and "," not in token.text and "." not in token.text:
            return Fraction(int(token.text)), place + 1
        if token.text in SMALL:
            return Fraction(SMALL[token.text]), place + 1
        return None

    def _ordinal(self, place: int) -> tuple[Written, int] | None:
        token, word = self._tokens[place], self._word(place)
        if token.is_digits:
            following = self._tokens[place + 1] if place + 1 < len(self._tokens) else None
            if (
                following
                and following.start == token.end
                and _ORDINAL_DIGITS.match(self._text.lower(), following.start)
            ):
                value = Fraction(word.replace(",", ""))
                return Written(_span(token, following), value, ordinal=True), place + 2
            return None
        if (
            word in TENS
            and self._joined(place + 1)
            and 0 < ORDINALS.get(self._word(place + 1), 0) < 10
        ):
            value = Fraction(TENS[word] + ORDINALS[self._word(place + 1)])
            return Written(_span(token, self._tokens[place + 1]), value, ordinal=True), place + 2
        if word in ORDINALS:
            return Written(_span(token, token), Fraction(ORDINALS[word]), ordinal=True), place + 1
        return None

    def _cardinal(self, place: int) -> tuple[Written, int] | None:
        token, word = self._tokens[place], self._word(place)
        if token.is_digits:
            value = Fraction(Decimal(word.replace(",", "")))
            after, scale = self._scales(place + 1)
            return Written(_span(token, self._tokens[after - 1]), value * scale, scale), after
        if word in ("a", "an", "several", "few") and self._joined(place + 1):
            after, scale = self._scales(place + 1)
            if scale != 1 and word not in {"several", "few"}:
                return self._word_number(place + 1, implied=1, first=place)
            return None
        if word in SCALES or (word.endswith("s") and word[:-1] in SCALES):
            return None if word in SCALES else self._vague(place)
        return self._word_number(place) if word in SMALL else None

    def _vague(self, place: int) -> tuple[Written, int] | None:
        """*dozens*, *hundreds of thousands*: at least two of them."""
        token = self._tokens[place]
        value = Fraction(SCALES[token.text[:-1]])
        after, last = place + 1, token
        if self._word(after) == "of" and self._word(after + 1)[:-1] in SCALES:
            last = self._tokens[after + 1]
            value *= SCALES[last.text[:-1]]
            after += 2
        return Written(_span(token, last), value, vague=True), after

    def _scales(self, place: int) -> tuple[int, int]:
        scale = 1
        while place < len(self._tokens):
            token, word = self._tokens[place], self._tokens[place].text
            adjacent = token.start == self._tokens[place - 1].end
            if word in SCALES and self._joined(place):
                scale *= SCALES[word]
            elif word in _SHORT_SCALES and (adjacent or (len(word) > 1 and self._joined(place))):
                scale *= _SHORT_SCALES[word]
            else:
                break
            place += 1
        return place, scale

    def _word_number(  # noqa: PLR0912 - one branch for each kind of word
        self, place: int, implied: int | None = None, first: int | None = None
    ) -> tuple[Written, int] | None:
        """The standard reading: *two hundred and forty thousand and one*."""
        start = place if first is None else first
        total, current, last_scale = 0, implied or 0, 1
        last = place - 1 if implied else None
        ones_taken = implied is not None
        while place < len(self._tokens):
            word = self._word(place)
            if place > start and not self._joined(place):
                break
            if word in SMALL:
                value = SMALL[word]
                if (
                    last is not None
                    and current % 100
                    and not (current % 10 == 0 and current % 100 >= 20 and 0 < value < 10)
                ):
                    break
                if (
                    last is not None
                    and not current % 100
                    and ones_taken
                    and current < 100
                    and current
                ):
                    break
                current += value
                ones_taken = True
            elif word in SCALES and (current or last is not None):
                last_scale = SCALES[word]
                if word in ("hundred", "dozen"):
                    current = (current or 1) * SCALES[word]
                else:
                    total, current = total + (current or 1) * SCALES[word], 0
            elif (
                word == "and"
                and last_scale > 1
                and self._word(place + 1) in SMALL
                and self._joined(place + 1)
            ):
                place += 1
                continue
            else:
                break
            last = place
            place += 1
        if last is None:
            return None
        half = 0
        if [self._word(last + step) for step in (1, 2, 3)] == ["and", "a", "half"]:
            half = 1
        number = Fraction(total + current) + Fraction(half, 2)
        last += 3 * half
        after, scale = self._scales(last + 1)
        if half and scale != 1:
            number, last, last_scale = number * scale, after - 1, scale
        return Written(_span(self._tokens[start], self._tokens[last]), number, last_scale), last + 1


def _span(first: _Token, last: _Token) -> Span:
    return Span(first.start, last.end)
