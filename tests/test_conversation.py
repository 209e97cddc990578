"""Follow-up questions: what is filled in from the conversation, and what is left alone."""

from __future__ import annotations

import re

import pytest
from hypothesis import given
from hypothesis import strategies as st

from rag.conversation import standalone
from rag.phrases import is_function_word
from rag.values import Turn

HEAVY = Turn(
    "How heavy is the ferry?",
    "The ferry’s weight will exceed 3,800 metric tons, Ingrid Solberg said.",
)

FOLLOW_UPS = [
    # it
    ("and how long is it?", HEAVY, "How long is the ferry?"),
    ("is it electric?", HEAVY, "Is the ferry electric?"),
    ("What is its top speed?", HEAVY, "What is the ferry’s top speed?"),
    ("Does Siemens build it?", HEAVY, "Does Siemens build the ferry?"),
    ("what did it cost?", "Who built the stadium in Doha?", "What did the stadium in Doha cost?"),
    ("And who paid for it?", "Who built the stadium in Doha?", "Who paid for the stadium in Doha?"),
    ("How much did it cost to build?", "Who designed the dam?",
     "How much did the dam cost to build?"),
    ("Who discovered it?", "What is the name of the river in Borneo?",
     "Who discovered the river in Borneo?"),
    ("Where is it based?", "Does Nokia sell tyres?", "Where is Nokia based?"),
    ("when did it close?", "Did the company use graphene?", "When did the company close?"),
    ("Is it toxic?", "What is the colour of the Kalmar dye?", "Is the Kalmar dye toxic?"),
    # they
    ("when will they sign it?", "Will Saab and Embraer extend the contract?",
     "When will Saab and Embraer sign the contract?"),
    ("where are they based?", "Which companies bid for the mine?",
     "Where are the companies that bid for the mine based?"),
    ("why did they strike?", "Who pays the miners?", "Why did the miners strike?"),
    ("Which of them is larger?", "Are Lima and Quito capitals?",
     "Which of Lima and Quito is larger?"),
    ("What are their aims?", "Who leads the rebels?", "What are the rebels’ aims?"),
    # this, that, there
    ("how much of that comes from Chile?", "How large are the copper exports?",
     "How much of the copper exports comes from Chile?"),
    ("Who runs that company?", "Where is Zephyr Motors based?",
     "Who runs that company (Zephyr Motors)?"),
    ("What happened there?", "When did the bridge in Genoa collapse?", "What happened in Genoa?"),
    ("who did that?", "Who burned the flag in Oslo?",
     "Who did that (Who burned the flag in Oslo)?"),
    # persons
    ("what else did she say?", HEAVY, "What else did Ingrid Solberg say?"),
    ("Where was he born?", "When did Chopin die?", "Where was Chopin born?"),
    ("And her husband?", "How old is Marie Curie?", "How old is Marie Curie’s husband?"),
    ("who is he?", Turn("Who said so?", "Sales fell, said Lumo CEO Karl Brandt."),
     "Who is Karl Brandt?"),
    ("How old is she?", Turn("Who painted the mural in Lisbon?", "Ana Duarte painted it in 2015."),
     "How old is Ana Duarte?"),
    ("When did he resign?", "Who is the mayor of Turku?", "When did the mayor of Turku resign?"),
    # another topic in the same question
    ("what about Peru?", "How many mines did Chile open in 2018?",
     "How many mines did Peru open in 2018?"),
    ("And in 2019?", "How many mines did Chile open in 2018?",
     "How many mines did Chile open in 2019?"),
    ("And in 2019?", "How many mines did Chile open?", "How many mines did Chile open in 2019?"),
    ("and the tugboat?", HEAVY, "How heavy is the tugboat?"),
    ("and to India?", "How many jets did Saab sell to Brazil?",
     "How many jets did Saab sell to India?"),
    ("How about immigration?", "What did Merkel say about Brexit?",
     "What did Merkel say about immigration?"),
    ("what about the price?", "Where is the painting?", "What is the price of the painting?"),
    ("What is the price?", "Where is the painting?", "What is the price of the painting?"),
    # fragments
    ("why?", "Does Nokia sell tyres?", "Why does Nokia sell tyres?"),
    ("When?", "What did the court decide?", "When did the court decide?"),
    ("since when?", "Is the mine open?", "Since when is the mine open?"),
    ("Why?", "Who signed the treaty?", "Why (Who signed the treaty)?"),
    ("how many?", "Did the bank close branches?", "How many (Did the bank close branches)?"),
    ("Who won?", "When was the vote in Peru?", "Who won (When was the vote in Peru)?"),
    ("in which year?", "Did the Banqiao dam break?",
     "In which year (Did the Banqiao dam break)?"),
    ("Tell me more", "Who built the pier?", "Tell me more (Who built the pier)?"),
    ("what else?", "What did the court decide?", "What else (What did the court decide)?"),
    # statements
    ("who said so?", HEAVY,
     "Who said “The ferry’s weight will exceed 3,800 metric tons, Ingrid Solberg said”?"),
    ("And who says that?", Turn("Is the lake safe?", "The lake is safe."),
     "Who says “The lake is safe”?"),
    ("When did she say so?", Turn("Is it so?", "The lake is safe, said Ida Holm."),
     "When did Ida Holm say “The lake is safe, said Ida Holm”?"),
    ("Who said that?", "Is the lake safe?", "Who said “Is the lake safe”?"),
]  # fmt: skip


@pytest.mark.parametrize(("question", "turn", "expected"), FOLLOW_UPS)
def test_a_follow_up_is_written_out(question: str, turn: Turn | str, expected: str) -> None:
    last = Turn(turn) if isinstance(turn, str) else turn
    assert standalone(question, [last]) == expected


@pytest.mark.parametrize(("question", "turn", "expected"), FOLLOW_UPS)
def test_what_was_written_out_stands_alone(question: str, turn: Turn | str, expected: str) -> None:
    last = Turn(turn) if isinstance(turn, str) else turn
    assert standalone(expected, [last]) == expected


@pytest.mark.parametrize(("question", "turn", "expected"), FOLLOW_UPS)
def test_the_first_question_is_never_touched(question: str, turn: object, expected: str) -> None:
    assert standalone(question, []) == question


ALONE = [
    "Who won the World Cup?",
    "What does it take to become a pilot?",
    "Is it true that Nokia sells tyres?",
    "How long does it take to build a house?",
    "What happened this week?",
    "Did Merkel say that the company is bankrupt?",
    "What is inflation?",
    "How do bees fly?",
    "What did Merkel say about her plan?",
    "Does China protect its forests?",
    "Why did Nokia sell the mine when it was profitable?",
    "What time is it?",
    "Is there a mosque in Cordoba?",
    "How many people are there in Malta?",
    "And who won the match in Oslo?",
    "Which company that makes tyres is the oldest?",
    "Who says that water is wet?",
    "Is it legal to keep a fox?",
    "What is the capital of Peru?",
    "Who is Angela Merkel?",
    "When is Easter?",
    "What kind of engine does this kind of ferry use?",
    "Which countries share a border with Chad?",
    "What about the price of the Kalmar bridge?",
    "WHO IS THE KING OF FRANCE?",
    "who wrote dracula?",
    "Compare the two treaties of Paris.",
    "¿Quién es el alcalde de Lima?",
]


@pytest.mark.parametrize("question", ALONE)
@pytest.mark.parametrize(
    "turn", [HEAVY, Turn("Who is the mayor of Turku?", "Ida Holm leads Turku.")]
)
def test_a_question_that_stands_alone_is_left_alone(question: str, turn: Turn) -> None:
    assert standalone(question, [turn]) == question


def test_an_older_turn_helps_where_the_last_one_has_nothing() -> None:
    history = [Turn("When did Chopin die?", "He died in 1849."), Turn("how many", "")]
    assert standalone("Where was he born?", history) == "Where was Chopin born?"


def test_the_last_turn_comes_before_older_ones() -> None:
    history = [Turn("How heavy is the ferry?"), Turn("How heavy is the tugboat?")]
    assert standalone("Who built it?", history) == "Who built the tugboat?"


def test_a_chain_of_follow_ups_keeps_its_topic() -> None:
    history: list[Turn] = []
    for question in ("Who built the stadium in Doha?", "What did it cost?", "Is it open?", "Why?"):
        history.append(Turn(standalone(question, history)))
    assert [turn.question for turn in history[1:]] == [
        "What did the stadium in Doha cost?",
        "Is the stadium in Doha open?",
        "Why is the stadium in Doha open?",
    ]


WORDS = """and what about it he she they that this so why how who said does the ferry Nokia Ida Holm
is in 2019 ? , . “ ” ( ) of price there its many when did say to her company ’s"""
TEXTS = st.one_of(st.text(), st.lists(st.sampled_from(WORDS.split()), max_size=14).map(" ".join))
TURNS = st.lists(st.builds(Turn, TEXTS, TEXTS), max_size=3)


def content(text: str) -> set[str]:
    words = re.findall(r"\w+", re.sub(r"['’]s\b", "", text.lower()))
    return {word for word in words if not is_function_word(word)}


@given(TEXTS, TURNS)
def test_no_content_word_is_invented(question: str, history: list[Turn]) -> None:
    result = standalone(question, history)
    spoken = " ".join([question, *(f"{turn.question} {turn.answer}" for turn in history)])
    assert content(result) <= content(spoken)
    assert result == standalone(question, history)


@given(TEXTS)
def test_without_history_nothing_changes(question: str) -> None:
    assert standalone(question, ()) == question
    assert standalone(question, (Turn(""), Turn(" "))) == question


@given(st.sampled_from(ALONE), st.lists(st.sampled_from(ALONE).map(Turn), min_size=1, max_size=4))
def test_topic_changes_are_never_rewritten(question: str, history: list[Turn]) -> None:
    assert standalone(question, history) == question


@pytest.mark.parametrize("unit", ["it ", "the it ", "and what about ", "Word ", "(", "“"])
def test_long_texts_are_read_in_bounded_steps(unit: str) -> None:
    long = unit * 20_000
    assert standalone(long, [HEAVY]) == long
    assert len(standalone("who said so?", [Turn(long, long)])) < 1_000_000
    assert len(standalone("is it open?", [Turn(long, long)])) < 10_000


def test_a_fragment_goes_on_with_what_was_answered() -> None:
    history = [
        Turn("How long is the Kestrel Bridge?", "It is 900 metres long."),
        Turn("What is the population of Beijing?"),
    ]
    assert (
        standalone("How many lanes?", history) == "How many lanes (How long is the Kestrel Bridge)?"
    )


def test_the_name_of_a_people_before_its_noun_is_no_topic() -> None:
    history = [Turn("Which Danish firm built Kestrel Bridge?", "Halden Works built it.")]
    assert "Danish" not in standalone("How long is it?", history)
