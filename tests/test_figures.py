"""A question for a figure wants one that can be it: of its dimension, and not its own."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from rag.figures import amounts, gives_amount, lacks_figure
from rag.question import understand


def lacks(question: str, near: str) -> bool:
    return lacks_figure(understand(question), near)


HAS = [
    ("How fast does the ferry sail?", "It sails at 30 knots."),
    ("How fast does the ferry sail?", "It makes 40 miles an hour."),
    ("How fast was the train?", "It ran at 300 km per hour."),
    ("How fast was the train?", "It ran at 300km/h."),
    ("How fast was the stone?", "It fell at 30 m/s."),
    ("How fast was the jet?", "It flew at Mach 2."),
    ("How fast did Kern run the race?", "Kern won it in 9.81 seconds."),
    ("How heavy is the bell?", "The bell weighs 38 metric tons."),
    ("How much does the whale weigh?", "It has 140,000 kg."),
    ("What is the weight of the pearl?", "The pearl has 250 mg."),
    ("How tall is the mast?", "It rises 52 metres above the deck."),
    ("How tall is the mast?", "It is 40 ft tall."),
    ("How wide is the river?", "The river is 300m across."),
    ("How tall is the hotel?", "The hotel has 12 storeys."),
    ("How hot was it?", "It was 41 °C in the shade."),
    ("How hot was it?", "Marn had 41 degrees."),
    ("How high is the fine?", "Smokers pay 300 euros."),
    ("How high is unemployment in Varn?", "It stands at 9 percent."),
    ("How deep were the cuts?", "Spending fell by 20%."),
    ("How far is Osk?", "Osk lies 12 miles away."),
    ("How many people came?", "Forty people came."),
    ("How many tons did it carry?", "It carried 30 tons."),
    ("How many of the 20 hostages were freed?", "Nine of the 20 hostages were freed."),
    ("How many firefighters were hurt?", "One firefighter was hurt."),
    ("How many people died?", "One man died."),
    ("How many people died?", "No one died."),
    ("How many villages were flooded?", "No village was flooded."),
    ("How many towers fell?", "Both towers fell."),
    ("How often does the ferry sail?", "It sails twice a day."),
    ("How often does the ferry sail?", "It sails daily."),
    ("How often does the ferry sail?", "It sails 14 times a week."),
    ("How much did the bridge cost?", "The council paid £3m."),
    ("How much did the bridge cost?", "The bill came to 40,000."),
    ("What percentage of voters turned out?", "In Osk 62 per cent voted."),
    ("How long did the strike last?", "It lasted eleven weeks."),
    ("How old is the mayor?", "Mayor Kern, 54, was there."),
    ("When did the dam open?", "It opened on 14 May 2023."),
    ("When did the dam open?", "It opened on Monday."),
    ("How many of the voters came?", "At least 40% of them voted."),
    ("How many offices does a minister run?", "Each runs one (or more) of the town's offices."),
    ("How much does it cost to see the bell?", "Entry is free."),
    ("How long does the count take?", "The result is known in seconds."),
    ("How long did they use the old names?", "They did so well into the last century."),
    ("How long will the road be shut?", "It stays closed until the bridge is mended."),
]
LACKS = [
    ("How fast does the ferry sail?", "The ferry weighs 40 tons."),
    ("What is the speed of the ferry?", "The crossing takes 40 minutes."),
    ("How heavy is the bell?", "The bell is 4 metres high."),
    ("How tall is the mast?", "The mast weighs 52 tons."),
    ("How wide is the river?", "The river is deep."),
    ("How hot was it?", "It was 41 metres away."),
    ("How high is the tower?", "The tower is the pride of Osk."),
    ("How many people came?", "12 percent of the town came."),
    ("How many people did it carry?", "It carried 30 tons."),
    ("How many people came?", "One day the people came."),
    ("How many of the 20 hostages were freed?", "The 20 hostages sat in a hall."),
    ("How many ships sank?", "One of the lanterns sank."),
    ("How often does the ferry sail?", "The ferry sails to Osk."),
    ("How much did the bridge cost?", "The bridge is 612 metres long."),
    ("How much did the bridge cost?", "The bridge is dear to the town."),
    ("What percentage of voters turned out?", "Many voted, said Mayor Kern."),
    ("How long did the strike last?", "The strike ended in tears."),
    ("When did the dam open?", "The dam opened with songs."),
    ("When did the dam of 1911 burst?", "The dam of 1911 burst."),
    ("How many voters came?", "At least 40% of them voted."),
    ("How much did the bell cost?", "The bell hangs in a tower."),
]


@pytest.mark.parametrize(("question", "near"), HAS)
def test_a_figure_that_can_be_the_answer_is_seen(question: str, near: str) -> None:
    assert not lacks(question, near)


@pytest.mark.parametrize(("question", "near"), LACKS)
def test_a_figure_that_is_not_there_is_told(question: str, near: str) -> None:
    assert lacks(question, near)


@pytest.mark.parametrize(
    "question",
    [
        "Who built the dam?",
        "Why did the dam burst?",
        "Where is Osk?",
        "How does the dam work?",
        "Is the dam 40 metres high?",
        "How much of the wheat was lost?",
        "dam",
        "",
    ],
)
def test_a_question_for_no_figure_needs_none(question: str) -> None:
    assert not lacks(question, "Nothing was said.")


@pytest.mark.parametrize("question", [question for question, _ in HAS])
def test_a_text_without_figures_answers_no_question_for_one(question: str) -> None:
    assert lacks(question, "The mayor of Osk spoke to the town.")


EQUAL = [
    ("$45 billion", "45bn"),
    ("$45 billion", "US$45bn"),
    ("45bn", "45,000 million"),
    ("1,250", "1250"),
    ("2.5 million", "2,500,000"),
    ("12.50 percent", "12.5%"),
    ("£3m", "3 million pounds"),
    ("3-million", "3 million"),
    ("40k", "40 thousand"),
]
UNEQUAL = [
    ("$45 billion", "$46 billion"),
    ("$45 billion", "45 million"),
    ("$45bn", "45m"),
    ("2.5 million", "25 million"),
    ("1,250", "1,205"),
    ("12.5 percent", "125 percent"),
]


def given_in(figure: str, text: str) -> bool:
    found = amounts(figure)
    assert found
    return all(gives_amount(written, value, text) for written, value in found)


@pytest.mark.parametrize(("one", "other"), EQUAL)
def test_an_amount_is_the_same_in_another_format(one: str, other: str) -> None:
    assert given_in(one, f"Ostrel paid {other}, it said.")
    assert given_in(other, f"Ostrel paid {one}.")


@pytest.mark.parametrize(("one", "other"), UNEQUAL)
def test_an_amount_of_other_digits_or_scale_is_another(one: str, other: str) -> None:
    assert not given_in(one, f"Ostrel paid {other}, it said.")
    assert not given_in(other, f"Ostrel paid {one}.")


def test_a_number_of_a_range_has_the_scale_of_its_end() -> None:
    assert given_in("$40 billion", "It will cost between 40 and 45 billion.")
    assert given_in("45", "It will cost between 40 and 45 billion.")


@given(st.text(), st.sampled_from([question for question, _ in HAS]))
def test_any_text_is_read(near: str, question: str) -> None:
    assert lacks(question, near) in (True, False)
    assert all(gives_amount(*amount, near) for amount in amounts(near))


def test_a_number_of_a_megabyte_is_read() -> None:
    assert amounts("9" * 1_000_000)
    assert gives_amount(*next(iter(amounts("7"))), "8," * 100_000 + "7")
