"""A drafted sentence keeps to its quote: it adds nothing, and leaves out nothing that turns it."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from rag.faithfulness import unfaithful

QUOTE = (
    "The dam at Orrin, which cost about 30 million crowns, may not be opened before May, "
    "Minister Paula Brandt said on Tuesday."
)


@pytest.mark.parametrize(
    "claim",
    [
        QUOTE,
        "The dam at Orrin cost about 30 million crowns.",
        "On Tuesday, Minister Paula Brandt said the dam at Orrin may not be opened before May.",
        "The Orrin dam may not be opened before May.",
    ],
)
def test_what_keeps_to_the_quote_passes(claim: str) -> None:
    assert unfaithful(claim, QUOTE) == ""


@pytest.mark.parametrize(
    ("claim", "told"),
    [
        ("The dam at Orrin cost 30 million crowns.", "about"),
        ("The dam at Orrin may be opened before May.", "not"),
        ("The dam at Orrin is called Orrin-1 and cost about 30 million crowns.", "adds|says"),
        ("The old dam at Orrin cost about 30 million crowns.", "old"),
        ("The dam cost about 30 million crowns, and Orrin about 30 million crowns.", "30|about"),
        ("Did the dam at Orrin cost about 30 million crowns?", "It states nothing"),
        ("Minister Paula Brandt", "It states nothing"),
        ("We said on Tuesday that Orrin cost about 30 million crowns.", "speaks"),
    ],
)
def test_what_adds_leaves_out_or_states_nothing_does_not(claim: str, told: str) -> None:
    problem = unfaithful(claim, QUOTE)
    assert problem
    assert any(part in problem for part in told.split("|"))


@given(st.text(), st.text())
def test_any_two_texts_are_told(claim: str, quote: str) -> None:
    assert isinstance(unfaithful(claim, quote), str)
