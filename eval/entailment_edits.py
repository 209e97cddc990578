"""Claims made from sentences of articles, true and false, to teach reading before hand-made pairs.

A true one is a part of its sentence, or the same with its numbers, dates or speaker put otherwise;
a false one has besides that a number, a name, an opposite or a *not* changed, or two names
exchanged. So neither the length nor the amount of change tells which is which.
"""

from __future__ import annotations

import random
import re
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from importlib.resources import files

# A sentence of so many words says something, and fits the model beside a claim.
FEWEST, MOST = 6, 45
TAKEN = 0.45  # share of the sentences that claims are made of

_END = re.compile(r"(?<=[.!?])[”\"]?\s+(?=[A-Z“\"])")
_NUMBER = re.compile(r"\b\d[\d,]*(?:\.\d+)?\b")
_NAME = re.compile(r"(?<=[a-z,] )[A-Z][a-z]+(?: [A-Z][a-z]+){0,2}\b")
_RUN = re.compile(r"\b[A-Z][a-z]+(?: [A-Z][a-z]+){0,2}\b")
_AUXILIARY = re.compile(
    r"\b(?:is|was|are|were|has|have|had|will|would|can|could|may|did|does|do|should)"
    r"\b(?! not)(?=\s)"
)
_OPENING = re.compile(r"(?:In|On|At|After|Before|During|By|For|As|When|While|Since|Under|With)\b")
_SAID = re.compile(r"((?:[A-Z]\w+ ?)+) said (?:that )?(.+)")
_SMALL = "zero one two three four five six seven eight nine ten eleven twelve".split()  # noqa: SIM905
_NO_NAMES = frozenset("The In It He She But On This At A".split())  # noqa: SIM905

# What can be wrong with a claim.
_WRONG = ("not", "opposite", "number", "name", "exchange")

Replacing = Callable[[str], str]


@dataclass(frozen=True, slots=True)
class MadeGroup:
    """Quotes, and claims beside them, each with whether they bear it out."""

    quotes: tuple[str, ...]
    claims: tuple[tuple[str, bool], ...]


def make_groups(texts: Sequence[str], seed: int = 7) -> Iterator[MadeGroup]:
    """Groups of two true claims and one to three false ones, from the paragraphs of texts."""
    maker = Edits(random.Random(seed))
    for text in texts:
        for paragraph in text.split("\n"):
            found = [s.strip() for s in _END.split(paragraph)]
            sentences = [
                s
                for s in found
                if FEWEST <= len(s.split()) <= MOST and s[0].isalpha() and s.endswith((".", "”"))
            ]
            yield from maker.groups(sentences)


class Edits:
    """Draws the changes that make one claim of another."""

    def __init__(self, source: random.Random) -> None:
        self._random = source
        self._opposites = _opposites()

    def groups(self, sentences: Sequence[str]) -> Iterator[MadeGroup]:
        """Claims of some of the sentences of one paragraph."""
        names = [match[0] for sentence in sentences for match in _NAME.finditer(sentence)]
        for sentence in sentences:
            if self._random.random() > TAKEN:
                continue
            others = [other for other in sentences if other != sentence]
            quotes = [sentence]
            if others and self._random.random() < 0.25:
                quotes.append(self._random.choice(others))
            claims = [(self.otherwise(self._part(sentence)), True) for _ in range(2)]
            false = self._false(sentence, " ".join(quotes), names)
            rest = [other for other in others if other not in quotes]
            if rest and (len(false) < 2 or self._random.random() < 0.15):
                false.append(self._part(self._random.choice(rest)))
            claims += [(self.otherwise(claim), False) for claim in false]
            self._random.shuffle(quotes)
            yield MadeGroup(tuple(quotes), tuple(claims))

    def _false(self, sentence: str, told: str, names: Sequence[str]) -> list[str]:
        """Two claims with one thing wrong, of kinds drawn at random."""
        numbers, near = _NUMBER.findall(told), [match[0] for match in _NAME.finditer(told)]
        near += self._random.sample(names, min(3, len(names)))
        found: list[str] = []
        for kind in self._random.sample(_WRONG, len(_WRONG)):
            claim = self._wrong(kind, self._part(sentence), numbers, near)
            if claim and claim != sentence and len(found) < 2:
                found.append(claim)
        return found

    def wrong(self, claim: str, told: str) -> str:
        """The claim with one thing wrong, of a kind drawn at random; empty if none can be.

        ``told``: the quotes, of which numbers and names may take another's place.
        """
        numbers, near = _NUMBER.findall(told), [match[0] for match in _NAME.finditer(told)]
        for kind in self._random.sample(_WRONG, len(_WRONG)):
            wrong = self._wrong(kind, claim, numbers, near)
            if wrong and wrong != claim:
                return wrong
        return ""

    def _wrong(self, kind: str, claim: str, numbers: Sequence[str], near: Sequence[str]) -> str:
        match kind:
            case "not":
                return self._denied(claim)
            case "opposite":
                return self._turned(claim)
            case "number":
                return self._renumbered(claim, numbers)
            case "name":
                return self._renamed(claim, near)
            case _:
                return self._exchanged(claim)

    def _part(self, sentence: str) -> str:
        """A part that stands alone: without its end, its opening, or what is put in."""
        draw, parts = self._random.random(), sentence.rstrip(".").split(", ")
        if draw < 0.25 and len(parts) > 1 and len(parts[0].split()) >= FEWEST:
            sentence = f"{parts[0]}."
        elif draw < 0.45 and len(parts) > 1 and _OPENING.match(sentence):
            rest = ", ".join(parts[1:])
            sentence = f"{rest[0].upper()}{rest[1:]}."
        elif draw < 0.55 and len(parts) == 3 and len(parts[1].split()) <= 7:
            sentence = f"{parts[0]} {parts[2]}."
        return re.sub(r"\s\([^)]*\)", "", sentence) if self._random.random() < 0.3 else sentence

    def otherwise(self, claim: str) -> str:
        """The same claim, with numbers and the speaker put in another way."""
        if self._random.random() < 0.5:
            claim = _NUMBER.sub(_in_words, claim)
        if self._random.random() < 0.4:
            claim = re.sub(r"(\d),(\d{3})\b", r"\1\2", claim)
        if self._random.random() < 0.5:
            claim = claim.replace(" percent", "%").replace(" per cent", "%")
        said = _SAID.fullmatch(claim)
        if said and self._random.random() < 0.6:
            claim = f"According to {said[1].strip()}, {said[2]}"
        return claim

    def _denied(self, claim: str) -> str:
        if re.search(r"\b(?:not|never)\b", claim):
            return re.sub(r"\b(?:not|never) ", "", claim, count=1)
        found = list(_AUXILIARY.finditer(claim))[:2]
        return self._replaced(claim, found, lambda word: f"{word} not")

    def _turned(self, claim: str) -> str:
        words = [m for m in re.finditer(r"\b[a-z]+\b", claim) if m[0] in self._opposites]
        return self._replaced(claim, words, lambda word: self._opposites[word])

    def _renumbered(self, claim: str, told: Sequence[str]) -> str:
        def other(number: str) -> str:
            rivals = [one for one in told if one != number]
            if rivals and self._random.random() < 0.35:
                return self._random.choice(rivals)
            return self._other_number(number)

        return self._replaced(claim, list(_NUMBER.finditer(claim)), other)

    def _other_number(self, number: str) -> str:
        value = float(number.replace(",", ""))
        if 1900 <= value <= 2030:
            return f"{value + self._random.choice((-7, -3, -2, -1, 1, 2, 3, 5)):.0f}"
        new = value * self._random.choice((0.4, 0.7, 0.8, 1.2, 1.5, 2.0, 3.0, 10.0)) + 1
        return f"{new:.1f}" if "." in number else f"{new:,.0f}" if "," in number else f"{new:.0f}"

    def _renamed(self, claim: str, near: Sequence[str]) -> str:
        def other(name: str) -> str:
            rivals = [one for one in near if not {*one.split()} & {*name.split()}]
            return self._random.choice(rivals) if rivals else name

        return self._replaced(claim, list(_NAME.finditer(claim)), other)

    def _exchanged(self, claim: str) -> str:
        found = list(_RUN.finditer(claim))
        if len(found) < 2:
            return ""
        place = self._random.randrange(len(found) - 1)
        one, two = found[place : place + 2]
        if {*one[0].split()} & {*two[0].split()} or one[0] in _NO_NAMES:
            return ""
        between, behind = claim[one.end() : two.start()], claim[two.end() :]
        return f"{claim[: one.start()]}{two[0]}{between}{one[0]}{behind}"

    def _replaced(self, claim: str, found: list[re.Match[str]], new: Replacing) -> str:
        if not found:
            return ""
        match = self._random.choice(found)
        return f"{claim[: match.start()]}{new(match[0])}{claim[match.end() :]}"


def _in_words(match: re.Match[str]) -> str:
    number = match[0]
    return _SMALL[int(number)] if number.isdigit() and int(number) < len(_SMALL) else number


def _opposites() -> dict[str, str]:
    """Words of ``rag/opposites.txt``, each with one of the other side, of its form if it can be."""
    found: dict[str, str] = {}
    for line in (files("rag") / "opposites.txt").read_text(encoding="utf-8").splitlines():
        sides = [side.split() for side in line.split("/")]
        if line.startswith("#") or len(sides) < 2:
            continue
        same = len(sides[0]) == len(sides[1])
        for one, other in (sides[:2], sides[1::-1]):
            pairs = zip(one, other if same else [other[0]] * len(one), strict=True)
            for word, opposite in pairs:
                found.setdefault(word, opposite)
    return found
