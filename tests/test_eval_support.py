"""The LLM-free support function on true and on altered sentences."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from eval.command import SEEDS
from eval.datasets import load_set
from eval.support import supports

SOURCE = "The city council of Port Amery did not reject the 48 million euro bridge on 14 May 2023."
WOLVES = "A pack of nine wolves was counted in the Tarn valley, and farmers lost 31 sheep."
HALVED = "The ministry halved the fare to three crowns before the election, Ida Holm said."


@pytest.mark.parametrize(
    ("quotes", "sentence"),
    [
        ([SOURCE], SOURCE),
        ([SOURCE], "On 14 May 2023 the council of Port Amery did not reject the bridge."),
        ([SOURCE], "The council didn’t reject the bridge."),
        ([WOLVES], "Farmers in the Tarn valley lost 31 sheep."),
        ([WOLVES], "9 wolves were counted."),
        ([HALVED], "The fare was halved to 3 crowns."),
        ([WOLVES, HALVED], "Farmers lost 31 sheep, and the ministry halved the fare."),
        (["It cost $1.5 billion."], "The cost: 1.5 billion."),
        (["So it is."], "So it is."),
        # Denied of one thing and affirmed of another: the sentence is about the other.
        (["The road is not open. The bridge opened in 1911."], "The bridge opened in 1911."),
    ],
)
def test_what_the_quotes_say_is_supported(quotes: list[str], sentence: str) -> None:
    assert supports(quotes, sentence)


@pytest.mark.parametrize(
    ("quotes", "sentence"),
    [
        ([], SOURCE),
        ([""], SOURCE),
        ([SOURCE], SOURCE.replace("did not reject", "did reject")),
        ([SOURCE], SOURCE.replace("48", "84")),
        ([SOURCE], SOURCE.replace("million", "billion")),
        ([SOURCE], SOURCE.replace("14 May", "15 May")),
        ([SOURCE], SOURCE.replace("Port Amery", "Port Osk")),
        ([SOURCE], SOURCE.replace("reject", "accept")),
        ([WOLVES], WOLVES.replace("nine", "seven")),
        ([WOLVES], WOLVES.replace("was counted", "was not counted")),
        ([WOLVES], "A pack of nine wolves attacked hikers near the dam this winter."),
        ([HALVED], HALVED.replace("halved", "doubled")),
        ([HALVED], HALVED.replace("before", "after")),
        ([HALVED], HALVED.replace("Ida Holm", "Bo Holm")),
        ([WOLVES], HALVED),
        (["So it is."], "So it was."),
        ([SOURCE], ""),
    ],
)
def test_what_was_altered_is_not_supported(quotes: list[str], sentence: str) -> None:
    assert not supports(quotes, sentence)


def test_every_sentence_of_the_seeds_bears_itself_out_and_no_other() -> None:
    gold = load_set(SEEDS).gold.values()
    sentences = sorted({passage.text for value in gold for passage in value.evidence})
    for one in sentences:
        assert [other for other in sentences if supports([one], other)] == [one]


@given(st.text())
def test_any_text_with_words_is_borne_out_by_itself_and_never_by_nothing(text: str) -> None:
    assert supports([text], text) or not any(character.isalpha() for character in text)
    assert not supports([], text)
