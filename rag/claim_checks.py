"""From what was found of a claim to its verdict, with one reason for the reader."""

from __future__ import annotations

from collections.abc import Sequence

from rag.alignment import Link
from rag.claim_evidence import FAR, Evidence
from rag.claim_features import gather
from rag.claim_reading import Reading, read
from rag.values import Match, Support, Verdict

NO_QUOTE = "There is no quote to check it against."
NO_WORD = "There is nothing in it to check."
WORD_FOR_WORD = "The quotes say it word for word."
SAID = "The quotes say it."
# Faults that make a claim false; with the others it says more than the quotes do.
_FALSE = (
    "figure", "date", "name", "quotation", "opposite", "polarity", "roles", "rank", "name_bound",
    "figure_bound", "opposite_small",
)  # fmt: skip
_BEYOND = ("standing", "universal")
# The weight of words that nothing in the quotes says, from which on a claim is not borne out.
MOST_ABSENT = 1.2
LEAST_SOFT = 0.55


def check(sentence: str, quotes: Sequence[str]) -> Verdict:
    """The verdict on a claim of one or more sentences: the worst of theirs."""
    texts = [quote for quote in quotes if quote.strip()]
    claims = read(sentence)
    if not claims:
        return Verdict(Support.UNSUPPORTED, NO_WORD)
    if not texts:
        return Verdict(Support.UNSUPPORTED, NO_QUOTE)
    verdicts = [_check(claim, quotes) for claim in claims]
    order = list(Support)
    worst = max(verdicts, key=lambda verdict: order.index(verdict.label))
    matches = tuple(match for verdict in verdicts for match in verdict.matches)
    return Verdict(worst.label, worst.reason, matches)


def _check(claim: Reading, quotes: Sequence[str]) -> Verdict:
    plain = _plain(claim.text)
    found = gather(claim, quotes)
    if found.alignment is None:
        return Verdict(Support.UNSUPPORTED, NO_QUOTE)
    matches = _matches(found)
    for quote in found.alignment.quotes:
        if any(plain == _plain(reading.text) for reading in quote):
            return Verdict(Support.SUPPORTED, WORD_FOR_WORD, matches)
    for name, reason in found.faults:
        if name in _FALSE:
            return Verdict(Support.UNSUPPORTED, f"{reason}.", matches)
    absent = next((reason for name, reason in found.faults if name == "far"), "")
    soft, far = found.values["soft"], found.values["far"]
    if soft < LEAST_SOFT or far > MOST_ABSENT:
        label = Support.UNSUPPORTED if soft < LEAST_SOFT else Support.PARTLY
        return Verdict(label, f"{absent or 'The quotes say something else'}.", matches)
    for name, reason in found.faults:
        if name in _BEYOND:
            return Verdict(Support.PARTLY, f"{reason}.", matches)
    return Verdict(Support.SUPPORTED, SAID, matches)


def _plain(text: str) -> str:
    return " ".join(text.casefold().split()).strip(" .!?\"'“”")


def _matches(found: Evidence) -> tuple[Match, ...]:
    """The content words that have a counterpart, in the claim's order."""
    alignment = found.alignment
    if alignment is None:
        return ()
    claim = alignment.claim
    return tuple(
        Match(
            claim.word_span(link.word),
            link.place.quote,
            alignment.reading(link.place).word_span(link.place.word),
        )
        for link in alignment.links
        if claim.content[link.word] and _counts(link)
    )


def _counts(link: Link) -> bool:
    return link.exact or link.similarity >= FAR
