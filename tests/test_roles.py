"""Who does it to whom: only the plain swap is told, and what cannot be judged passes."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from rag.roles import roles_swapped

SWAPPED = [
    ("Does Varn sell tanks to Ostrel?", "Ostrel sells tanks to Varn."),
    ("Does Varn sell tanks to Ostrel?", "In May, Ostrel will sell four old tanks to Varn."),
    ("What does Varn sell to Ostrel?", "Ostrel sells timber and wool to Varn."),
    ("How many ships did Varn lend to Ostrel?", "Ostrel lends nine ships to Varn."),
    ("Why did Varn attack Ostrel?", "Ostrel attacked Varn on Monday."),
    ("Has Varn accused Ostrel of theft?", "Ostrel accused Varn of theft."),
    ("Did Lena Foss defeat Ivo Kern?", "Kern defeated Foss in the second round."),
    ("Will the Tarn Company acquire the Osk Mill?", "The Osk Mill will acquire Tarn Company."),
    ("In 2021, did Varn invade Ostrel?", "That year Ostrel invaded Varn."),
]


@pytest.mark.parametrize(("question", "sentence"), SWAPPED)
def test_swapped_actors_are_told(question: str, sentence: str) -> None:
    assert roles_swapped(question, sentence)


@pytest.mark.parametrize(
    ("question", "sentence"),
    [
        ("Does Varn sell tanks to Ostrel?", "Varn sells tanks to Ostrel."),
        ("Did Lena Foss defeat Ivo Kern?", "Foss defeated Kern in the second round."),
        ("Why did Varn attack Ostrel?", "It was Ostrel that Varn attacked first."),
        ("Did Varn lend ships to Ostrel?", "Varn lends ships to Ostrel, which lends them on."),
    ],
)
def test_actors_in_their_places_pass(question: str, sentence: str) -> None:
    assert not roles_swapped(question, sentence)


@pytest.mark.parametrize(
    ("question", "sentence"),
    [
        ("Does Varn sell tanks to Ostrel?", "Tanks for Ostrel are sold by Varn."),
        ("Did Varn attack Ostrel?", "Ostrel was attacked at night when Varn crossed the river."),
        ("Did Varn buy timber from Ostrel?", "Ostrel buys timber. Varn sells it."),
        ("Did Varn attack Ostrel?", "Ostrel got its timber from those who attack Varn."),
    ],
)
def test_the_passive_and_origins_are_not_judged(question: str, sentence: str) -> None:
    assert not roles_swapped(question, sentence)


@pytest.mark.parametrize(
    ("question", "sentence"),
    [
        ("Does Varn border Ostrel?", "Ostrel borders Varn in the north."),
        ("Did Lena Foss marry Ivo Kern?", "Ivo Kern married Lena Foss in 2010."),
        ("Did Lena Foss meet Ivo Kern?", "Ivo Kern meets Lena Foss on Monday."),
        ("Does Varn trade with Ostrel?", "Ostrel trades with Varn."),
        ("Will Varn sign a treaty with the Ostrel Union?", "The Ostrel Union will sign it, Varn."),
        ("Do Varn and Ostrel sell tanks?", "Ostrel and Varn sell tanks."),
    ],
)
def test_what_is_true_both_ways_is_not_swapped(question: str, sentence: str) -> None:
    assert not roles_swapped(question, sentence)


@pytest.mark.parametrize(
    ("question", "sentence"),
    [
        ("Does Varn sell tanks to Ostrel?", "Ostrel buys tanks, Varn said."),
        ("Does Varn sell tanks to Ostrel?", "Ostrel sells tanks to Marn."),
        ("Who attacked Ostrel?", "Ostrel attacked Varn."),
        ("Did it attack Ostrel?", "Ostrel attacked Varn."),
        ("Did Varn attack?", "Ostrel attacked Varn."),
        ("Did Varn’s ships attack Ostrel?", "Ostrel’s ships attacked those of Varn."),
        ("does varn sell tanks to ostrel?", "Ostrel sells tanks to Varn."),
        ("", "Ostrel attacked Varn."),
        ("Did Varn attack Ostrel?", ""),
    ],
)
def test_what_lacks_an_actor_or_the_act_passes(question: str, sentence: str) -> None:
    assert not roles_swapped(question, sentence)


NAMES = st.permutations(["Varn", "Ostrel", "Lena Foss", "Marn", "Osk"])
VERBS = st.sampled_from(["attack", "help", "punish", "visit"])


@given(NAMES, VERBS)
def test_a_sentence_is_swapped_one_way_only(names: list[str], verb: str) -> None:
    one, other = names[:2]
    question = f"Did {one} {verb} {other}?"
    assert not roles_swapped(question, f"{one} {verb}ed {other} again.")
    assert roles_swapped(question, f"{other} {verb}ed {one} again.")


@given(st.text(), st.text())
def test_any_text_is_read(question: str, sentence: str) -> None:
    assert roles_swapped(question, sentence) in (True, False)
