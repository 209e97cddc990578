"""What a question asks for: the kind of its answer, its names, whether it asks for several."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from rag.phrases import Kind
from rag.question import ANSWERING_KINDS, Expects, understand

EXPECTED = [
    ("Who wrote Dracula?", Expects.PERSON),
    ("By whom was the bridge built?", Expects.PERSON),
    ("Whose idea was the canal?", Expects.PERSON),
    ("Which president signed the act?", Expects.PERSON),
    ("What is the name of the company’s founder?", Expects.PERSON),
    ("Can you tell me who owns the Times?", Expects.PERSON),
    ("Name the author of Emma.", Expects.PERSON),
    ("Where was Marie Curie born?", Expects.PLACE),
    ("What is the capital of Peru?", Expects.PLACE),
    ("In which city did the trial open?", Expects.PLACE),
    ("Name the river that flows through Cairo.", Expects.PLACE),
    ("When did the dam burst?", Expects.TIME),
    ("In what year did Chopin die?", Expects.TIME),
    ("What time does the museum open?", Expects.TIME),
    ("How soon will the vaccine be ready?", Expects.TIME),
    ("Do you know when they will vote?", Expects.TIME),
    ("How long did the strike last?", Expects.DURATION),
    ("How old is the mayor?", Expects.DURATION),
    ("How many years did he serve?", Expects.DURATION),
    ("How long is the Golden Gate Bridge?", Expects.MEASURE),
    ("How heavy is an elephant?", Expects.MEASURE),
    ("How much does the statue weigh?", Expects.MEASURE),
    ("What is the helicopter’s take-off weight?", Expects.MEASURE),
    ("At what speed does the train run?", Expects.MEASURE),
    ("What is the area of Malta?", Expects.MEASURE),
    ("How much did the stadium cost?", Expects.MONEY),
    ("How much are the contracts worth?", Expects.MONEY),
    ("What was the price of the painting?", Expects.MONEY),
    ("What does the ticket cost?", Expects.MONEY),
    ("What is the salary of a nurse?", Expects.MONEY),
    ("What percentage of voters turned out?", Expects.PERCENT),
    ("What share of the budget goes to schools?", Expects.PERCENT),
    ("How many goals did Peru score?", Expects.NUMBER),
    ("What is the population of Malta?", Expects.NUMBER),
    ("How often do the cicadas sing?", Expects.NUMBER),
    ("How much of the wheat was lost?", Expects.AMOUNT),
    ("How much did the price of wool increase?", Expects.AMOUNT),
    ("What area of the coast was flooded?", Expects.MEASURE),
    ("What area in the north was flooded?", Expects.PLACE),
    ("Which company bought the mine?", Expects.NAME),
    ("What is the newspaper of record called?", Expects.NAME),
    ("What does UNESCO stand for?", Expects.NAME),
    ("Which team won the final in Doha?", Expects.NAME),
    ("Why did the bank fail?", Expects.REASON),
    ("What caused the fire?", Expects.REASON),
    ("What was the reason for the delay?", Expects.REASON),
    ("How does the vaccine work?", Expects.MANNER),
    ("What does it take to become a pilot?", Expects.THING),
    ("What did the president say about trade?", Expects.THING),
    ("What happened when the dam broke?", Expects.THING),
    ("What was the leader accused of?", Expects.THING),
    ("Did he say when they will vote?", Expects.YES_NO),
    ("Is it true that Nokia makes tyres?", Expects.YES_NO),
    ("Didn’t the treaty lapse?", Expects.YES_NO),
    ("And is the mine open?", Expects.YES_NO),
    ("copper prices", Expects.ANY),
    ("", Expects.ANY),
]


@pytest.mark.parametrize(("text", "expected"), EXPECTED)
def test_the_kind_of_answer(text: str, expected: Expects) -> None:
    assert understand(text).expects is expected


@pytest.mark.parametrize(("text", "expected"), EXPECTED)
def test_case_does_not_change_the_kind(text: str, expected: Expects) -> None:
    assert understand(text.lower()).expects is understand(text.upper()).expects is expected


NAMES = [
    ("Does Rostec sell tanks?", ("Rostec",)),
    ("Which Chinese company mines lithium?", ("Chinese",)),
    ("Who is Angela Merkel?", ("Angela Merkel",)),
    ("Is Will Smith an actor?", ("Will Smith",)),
    ("when did the treaty of paris end?", ()),
    ("what happened in 1763?", ("1763",)),
    ("WHO IS THE KING OF FRANCE?", ()),
    ("WHAT HAPPENED IN 1763?", ("1763",)),
    ("What Is The Capital Of France?", ()),
    ("Did NATO Expand In 1999?", ("NATO", "1999")),
    ("Did it cost more than $45 billion?", ("$45 billion",)),
    ("Will they sign by the end of 2017?", ("2017",)),
    ("How many of the 20 hostages were freed?", ("20",)),
    ("Helicopter weight?", ()),
    ("Nokia sells what?", ("Nokia",)),
    ("Kenya’s president is who?", ("Kenya",)),
    ("Name the river that flows through Cairo.", ("Cairo",)),
    ("What did Lund do last week?", ("Lund",)),
    ("Which is larger, Lima or Quito?", ("Lima", "Quito")),
    ("Explain the Voynich manuscript", ("Voynich",)),
    ("what may happen in march?", ()),
]


@pytest.mark.parametrize(("text", "expected"), NAMES)
def test_names_and_numbers(text: str, expected: tuple[str, ...]) -> None:
    assert understand(text).names == expected


@pytest.mark.parametrize(
    ("text", "several"),
    [
        ("Which companies bid for the mine?", True),
        ("List the members of ASEAN.", True),
        ("Why did the bank fail?", True),
        ("What are the causes of rust?", True),
        ("How does the vaccine work?", True),
        ("Who founded Nokia and when did it move?", True),
        ("What did the court say about the fine?", True),
        ("Who founded Nokia?", False),
        ("When did the dam burst?", False),
        ("What is the capital of Peru?", False),
        ("How much did the stadium cost?", False),
        ("Which bus goes to Lima?", False),
        ("What does the ticket cost?", False),
    ],
)
def test_whether_it_asks_for_several(text: str, several: bool) -> None:
    assert understand(text).several is several


WORDS = """who what which how much many is the of name a Rostec 2017 $4 tell me list did ? , ’s
share company weight in when and"""
PIECES = st.sampled_from(WORDS.split())
TEXTS = st.one_of(st.text(), st.lists(PIECES, max_size=30).map(" ".join))


@given(TEXTS)
def test_any_text_is_understood(text: str) -> None:
    question = understand(text)
    assert question.text == text
    assert question == understand(text)
    assert all(name and name in text for name in question.names)


@given(st.lists(PIECES, max_size=30).map(" ".join))
def test_small_letters_hold_no_names_but_numbers(text: str) -> None:
    assert all(any(c.isdigit() for c in name) for name in understand(text.lower()).names)


def test_every_answering_kind_is_one_that_phrases_have() -> None:
    assert all(kinds and Kind.TERM not in kinds for kinds in ANSWERING_KINDS.values())


def test_a_text_of_a_megabyte_is_understood() -> None:
    for unit in ("who ", "what is the ", "name of ", "How much "):
        assert understand(unit * 50_000).text.startswith(unit)
