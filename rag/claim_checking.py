"""Checking a drafted sentence against the evidence: which sentences of articles bear it out."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass

from rag.draft_text import DraftSentence
from rag.faithfulness import unfaithful
from rag.lexical import words
from rag.phrases import is_function_word
from rag.prompting import Quote, Unit
from rag.values import Span, Support, Verdict

Check = Callable[[str, Sequence[str]], Verdict]
"""``rag.verify``, or what stands in for it."""

# Evidence that shares the most words with a sentence is tried first, and no more of it than this:
# a check costs milliseconds, and what ranks behind shares little but common words.
TRIED = 4

MISQUOTED = "It quotes words that the article does not have."
# Runs in quotation marks, also one that is not closed. A word alone is a name or an irony.
_QUOTED = re.compile(r"[“„«\"](?P<said>[^”“„»\"]+)(?:[”»\"]|\Z)")
_GLYPHS = str.maketrans({"’": "'", "‘": "'", "“": '"', "”": '"', "–": "-", "—": "-"})

_NOT_FOUND = Verdict(Support.UNSUPPORTED, "No quote says anything like it.")


@dataclass(frozen=True, slots=True)
class Evidence:
    """Neighbouring sentences of one article, cited as one span of it."""

    units: tuple[Unit, ...]

    @property
    def span(self) -> Span:
        """From the first character of the first to the last of the last."""
        return Span(self.units[0].span.start, self.units[-1].span.end)

    @property
    def text(self) -> str:
        """The span's exact characters."""
        return self.span.of(self.units[0].article.text)

    @property
    def place(self) -> tuple[str, Span]:
        """The article and where in it."""
        return self.units[0].article.id, self.span

    @property
    def score(self) -> float:
        """That of the best of them."""
        return max(unit.score for unit in self.units)


@dataclass(frozen=True, slots=True)
class Checked:
    """What a check found: ``cited`` bears the sentence out; None where nothing does.

    ``nearest`` is the evidence that comes nearest to it, whatever the verdict.
    """

    sentence: DraftSentence
    verdict: Verdict
    cited: Evidence | None
    nearest: Unit | None


class Checker:
    """Checks the sentences of one draft against the quotes that it was made from."""

    def __init__(self, quotes: Sequence[Quote], check: Check) -> None:
        self._quotes = quotes
        self._check = check
        self._stems = {unit: _stems(unit.text) for quote in quotes for unit in quote.units}

    def check(self, sentence: DraftSentence) -> Checked:
        """The sentence with the least evidence that bears it out.

        First the quotes that it cites are tried; where it cites none, or they do not bear it
        out, all of them. So a mark that is missing, wrong or invented is mended, and one that is
        right becomes the very sentence inside its quote.
        """
        own = _stems(sentence.text)
        names = frozenset(w.stem for w in words(sentence.text) if w.surface[0].isupper())
        marked = [quote for quote in self._quotes if quote.number in sentence.marks]
        first: Verdict | None = None
        tried: set[tuple[str, Span]] = set()
        for quotes in (marked, self._quotes):
            for evidence in self._candidates(own, names, quotes):
                if evidence.place in tried:
                    continue
                tried.add(evidence.place)
                verdict = self._verdict(sentence.text, evidence.text)
                if verdict.label is Support.SUPPORTED:
                    return Checked(sentence, verdict, evidence, evidence.units[0])
                first = _better(first, verdict)
        return Checked(sentence, first or _NOT_FOUND, None, self._nearest(own))

    def _candidates(
        self, own: frozenset[str], names: frozenset[str], quotes: Sequence[Quote]
    ) -> Iterator[Evidence]:
        """Evidence to try: single sentences, then two neighbours, one of which says all but names.

        Facts from different places are never put together: of two sentences about one thing, a
        model makes a third that neither says.
        """
        units = [unit for quote in quotes for unit in quote.units]
        best = sorted(units, key=lambda unit: -self._shared(own, unit))[:TRIED]
        yield from (Evidence((unit,)) for unit in best if self._shared(own, unit))
        pairs = [
            Evidence((one, other))
            for quote in quotes
            for one, other in zip(quote.units, quote.units[1:], strict=False)
            if min((own - self._stems[unit] for unit in (one, other)), key=len) <= names
        ]
        pairs.sort(key=lambda pair: -len(own & self._stems_of(pair)))
        yield from pairs[:TRIED]

    def _verdict(self, claim: str, text: str) -> Verdict:
        """The check's verdict; what passes must also keep to the text, and its quotations to it."""
        verdict = self._check(claim, [text])
        if verdict.label is Support.SUPPORTED and not _quotes_exactly(claim, text):
            return Verdict(Support.UNSUPPORTED, MISQUOTED, verdict.matches)
        problem = unfaithful(claim, text) if verdict.label is Support.SUPPORTED else ""
        return Verdict(Support.PARTLY, problem, verdict.matches) if problem else verdict

    def _nearest(self, own: frozenset[str]) -> Unit | None:
        nearest = max(self._stems, key=lambda unit: self._shared(own, unit), default=None)
        return nearest if nearest is not None and self._shared(own, nearest) else None

    def _shared(self, own: frozenset[str], unit: Unit) -> int:
        return len(own & self._stems[unit])

    def _stems_of(self, evidence: Evidence) -> frozenset[str]:
        return frozenset().union(*(self._stems[unit] for unit in evidence.units))


_RANKS = {Support.SUPPORTED: 2, Support.PARTLY: 1, Support.UNSUPPORTED: 0}


def _better(one: Verdict | None, other: Verdict) -> Verdict:
    """Of two verdicts the one that bears out more; of equals the first: its evidence is nearer."""
    return other if one is None or _RANKS[other.label] > _RANKS[one.label] else one


def _quotes_exactly(claim: str, text: str) -> bool:
    """Whether all that stands in quotation marks stands in ``text``, but for how it is set."""
    told = _folded(text)
    return all(_folded(run["said"]).strip(" ,.;:") in told for run in _QUOTED.finditer(claim))


def _folded(text: str) -> str:
    return " ".join(text.translate(_GLYPHS).lower().split())


def _stems(text: str) -> frozenset[str]:
    return frozenset(word.stem for word in words(text) if not is_function_word(word.surface))
