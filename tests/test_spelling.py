"""Slips of the pen are mended with the articles' words, and what is right is left alone."""

from __future__ import annotations

from functools import cache

import pytest
from hypothesis import given
from hypothesis import strategies as st
from newsroom import BRIDGE, WOLVES

from rag.lexical import LexicalIndex, encode_terms
from rag.premises import one_slip
from rag.spelling import edits, mend_spelling

PASSAGE = "The harbour of Varn weighs its ferries. A rotorcraft flies over the Kestrel Bridge."
WORDS = st.text("abc", max_size=6)


def mended(question: str, *texts: str) -> str:
    texts = texts or (PASSAGE, BRIDGE, WOLVES)
    index = LexicalIndex((str(place), encode_terms(text)) for place, text in enumerate(texts))
    return mend_spelling(question, index, texts)


@pytest.mark.parametrize(
    ("slip", "meant"),
    [
        ("When will the birdge open?", "When will the bridge open?"),
        ("How many sheeep were lost?", "How many sheep were lost?"),
        ("Where is the harbuor?", "Where is the harbour?"),
        ("Where is the harbbor?", "Where is the harbour?"),
        ("Who flies the rotercraf?", "Who flies the rotorcraft?"),
        ("Who read the newsleter?", "Who read the newsletter?"),
        ("What is the newsleter’s name?", "What is the newsletter’s name?"),
        ("Did the farmmers of Tran vote?", "Did the farmers of Tran vote?"),
        ("How long is the Kestral Bridge?", "How long is the Kestrel Bridge?"),
        ("how long is the kestral bridge?", "how long is the kestrel bridge?"),
        ("WHERE IS THE HARBUOR?", "WHERE IS THE harbour?"),
        ("birdge, Birdge; (birdge)", "bridge, Bridge; (bridge)"),
    ],
)
def test_a_misspelt_word_becomes_the_articles_word(slip: str, meant: str) -> None:
    assert mended(slip) == meant


@pytest.mark.parametrize(
    "question",
    [
        "When will the bridge open?",
        "Where is the rotorcraft?",  # hardly English, and the article's
        "Do the ferrets bite?",  # near "ferries", and English
        "Is the fridge cold?",
        "What does a zyzzyva eat?",  # unknown, and near nothing
        "What is the vrn brdg?",  # too short to tell from another word
        "Where is the KB12x7 kept?",
        "Wo ist die Hárbour-Straße?",
        "Ｈａｒｂuor 和平?",
        "",
    ],
)
def test_what_is_no_slip_is_left_alone(question: str) -> None:
    assert mended(question) == question


@pytest.mark.parametrize("name", ["Kastrul", "Kestrov", "Brandrel", "Lestrel", "Ostrel"])
def test_a_name_two_letters_off_or_of_another_initial_is_another_name(name: str) -> None:
    assert mended(f"How long is the {name} Bridge?") == f"How long is the {name} Bridge?"


def test_a_small_word_may_be_two_letters_off_where_a_name_may_not() -> None:
    assert mended("the kastrul") == "the kestrel"
    assert mended("the Kastrul") == "the Kastrul"


def test_a_word_that_another_article_has_is_no_slip() -> None:
    """Only the best articles give spellings, but all of them tell that a word exists."""
    other = "The zembla of Osk."
    index = LexicalIndex([("0", encode_terms("A zambla.")), ("1", encode_terms(other))])
    assert mend_spelling("Who ate the zembla?", index, ["A zambla."]) == "Who ate the zembla?"
    assert mend_spelling("Who ate the zumbla?", index, ["A zambla."]) == "Who ate the zambla?"


def test_the_nearest_spelling_wins_and_the_alphabet_decides_between_equals() -> None:
    assert mended("the zemblor", "The zemblot and the zembla.") == "the zemblot"
    assert mended("the zemblor", "The zemblox and the zemblot.") == "the zemblot"


def test_without_texts_nothing_is_mended() -> None:
    assert mend_spelling("the birdge", LexicalIndex([]), []) == "the birdge"


@cache
def plain_edits(one: str, other: str) -> int:
    """The definition of the optimal string alignment distance, by recursion from the ends."""
    if not one or not other:
        return len(one) + len(other)
    choices = [
        plain_edits(one[:-1], other) + 1,
        plain_edits(one, other[:-1]) + 1,
        plain_edits(one[:-1], other[:-1]) + (one[-1] != other[-1]),
    ]
    if one[-2:] == other[:-3:-1] and len(one) > 1 and len(other) > 1:
        choices.append(plain_edits(one[:-2], other[:-2]) + 1)
    return min(choices)


@given(WORDS, WORDS, st.integers(0, 4))
def test_edits_are_those_of_a_plain_implementation(one: str, other: str, most: int) -> None:
    assert edits(one, other, most) == min(plain_edits(one, other), most + 1)


@given(WORDS, WORDS)
def test_one_slip_is_at_most_one_edit(one: str, other: str) -> None:
    assert one_slip(one, other) == (plain_edits(one, other) <= 1)


@given(st.text(max_size=60))
def test_any_text_is_read_and_mending_is_done_once(question: str) -> None:
    once = mended(question)
    assert mended(once) == once
