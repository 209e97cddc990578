"""From what was found of a claim to its verdict, with one reason for the reader."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
import numpy.typing as npt

from rag.alignment import Link
from rag.claim_evidence import FAR, Evidence
from rag.claim_features import gather
from rag.claim_reading import Reading, read
from rag.entailment import entailment
from rag.values import Match, Support, Verdict
from rag.weights import bias, weight_vector

Floats = npt.NDArray[np.float32]

NO_QUOTE = "There is no quote to check it against."
NO_WORD = "There is nothing in it to check."
WORD_FOR_WORD = "The quotes say it word for word."
SAID = "The quotes say it."
NOT_ALL_SAID = "The quotes do not say all of it"
# Faults that count, the gravest first, each by how often it is found.
FAULTS = (
    "figure", "date", "name", "opposite", "polarity", "rank", "standing", "universal",
)  # fmt: skip
# A fault that is rarely wrong, and what no model's opinion outweighs.
_FALSE = ("quotation", "roles")
FEATURES = ("entailment", "in_place", *FAULTS)
WEIGHTS = weight_vector("claim", FEATURES)
BIAS = bias("claim")
# Log-odds below which a claim without a fault is not even partly borne out.
LEAST_PARTLY = -1.0


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
    false = next((reason for name, reason in found.faults if name in _FALSE), "")
    if false:
        return Verdict(Support.UNSUPPORTED, f"{false}.", matches)
    score = float(WEIGHTS @ features(claim, quotes, found)) + BIAS
    if found.values.get("turned") and found.values["in_place"]:  # passive for active
        return Verdict(Support.SUPPORTED, SAID, matches)
    if score > 0.0:
        return Verdict(Support.SUPPORTED, SAID, matches)
    fault = next((reason for name, reason in found.faults if name in FAULTS), "")
    absent = next((reason for name, reason in found.faults if name == "far"), "")
    label = Support.UNSUPPORTED if fault or score < LEAST_PARTLY else Support.PARTLY
    return Verdict(label, f"{fault or absent or NOT_ALL_SAID}.", matches)


def features(claim: Reading, quotes: Sequence[str], found: Evidence) -> Floats:
    """float32 [FEATURES] of a claim of one sentence, of which ``found`` was gathered."""
    given = {"entailment": entailment(claim.text, quotes), **found.values}
    return np.array([given.get(name, 0.0) for name in FEATURES], dtype=np.float32)


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
