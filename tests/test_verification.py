"""The claim check: faithful rewordings beside corruptions of the same sentence."""

from __future__ import annotations

import pytest

from rag import verify
from rag.values import Support

BRIDGE = "The council closed the Harrow Bridge on Monday after engineers found 14 cracks in it."
COST = "Repairs will cost about 45.2 million euros, 12 percent more than planned."
SALE = "Norhavn Energy sued Coastways over the delay, and a court rejected the claim in March 2024."
SPEECH = 'Mayor Piet Lammers said that "eight years of potholes is enough for any man".'

FAITHFUL = [
    (BRIDGE, BRIDGE),
    ("The Harrow Bridge was closed by the council on Monday.", BRIDGE),
    ("Engineers found fourteen cracks in the bridge.", BRIDGE),
    ("Repairs will cost about 45 million euros.", COST),
    ("Repairs will cost €45.2m.", COST),
    ("Coastways was sued by Norhavn Energy over the delay.", SALE),
    ("Lammers said that “eight years of potholes is enough for any man”.", SPEECH),
]
CORRUPTED = [
    ("The council closed the Harrow Bridge on Tuesday.", BRIDGE),
    ("Engineers found 41 cracks in the bridge.", BRIDGE),
    ("The council opened the Harrow Bridge on Monday.", BRIDGE),
    ("The council did not close the Harrow Bridge on Monday.", BRIDGE),
    ("The council closed the Corran Bridge on Monday.", BRIDGE),
    ("Repairs will cost about 45 billion euros.", COST),
    ("Repairs will cost about 45.2 million dollars.", COST),
    ("Repairs will cost 12 percentage points more than planned.", COST),
    ("Repairs will cost 12 percent less than planned.", COST),
    ("Coastways sued Norhavn Energy over the delay.", SALE),
    ("A court rejected the claim in March 2023.", SALE),
    ('Lammers said that "nine years of potholes is enough".', SPEECH),
    ("A volcano erupted near the airport of Reykholt.", BRIDGE),
]


@pytest.mark.parametrize(("claim", "quote"), FAITHFUL)
def test_what_the_quote_says_is_supported(claim: str, quote: str) -> None:
    verdict = verify(claim, [quote])
    assert verdict.label is Support.SUPPORTED, verdict.reason


@pytest.mark.parametrize(("claim", "quote"), CORRUPTED)
def test_what_the_quote_does_not_say_is_not_supported(claim: str, quote: str) -> None:
    assert verify(claim, [quote]).label is not Support.SUPPORTED


@pytest.mark.parametrize("quote", [BRIDGE, COST, SALE, SPEECH])
def test_a_sentence_verifies_against_itself_among_others_and_never_without_a_quote(
    quote: str,
) -> None:
    assert verify(quote, [quote]).label is Support.SUPPORTED
    assert verify(quote, ["Cats sleep.", quote]).label is Support.SUPPORTED
    assert verify(quote, []).label is Support.UNSUPPORTED
    assert verify(quote, ["", " "]).label is Support.UNSUPPORTED


@pytest.mark.parametrize(("claim", "quote"), [*FAITHFUL, *CORRUPTED])
def test_spans_lie_in_their_texts_and_a_reason_is_given(claim: str, quote: str) -> None:
    quotes = ["Cats sleep.", quote]
    verdict = verify(claim, quotes)
    assert verdict.reason.endswith(".")
    assert list(verdict.matches) == sorted(verdict.matches, key=lambda match: match.claim)
    for match in verdict.matches:
        assert match.claim.of(claim).strip()
        assert match.span.of(quotes[match.quote]).strip()
        assert match.span.end <= len(quotes[match.quote])


@pytest.mark.parametrize("claim", ["", "  ", "...", "!?"])
def test_a_claim_without_a_word_is_not_supported(claim: str) -> None:
    assert verify(claim, [BRIDGE]).label is Support.UNSUPPORTED


def test_one_string_is_one_quote_and_the_worst_sentence_decides() -> None:
    assert verify(BRIDGE, BRIDGE).label is Support.SUPPORTED
    both = f"{BRIDGE} Engineers found 41 cracks in the bridge."
    assert verify(both, [BRIDGE]).label is not Support.SUPPORTED
