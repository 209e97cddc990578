"""BM25 says what a second, plain implementation of it says; words fold as they should."""

from __future__ import annotations

import math
import unicodedata
from collections import Counter

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from wordfreq import word_frequency

from rag.lexical import (
    BACKGROUND_CHUNK_WORDS,
    BACKGROUND_CHUNKS,
    LexicalIndex,
    encode_terms,
    merge_terms,
    words,
)

TEXTS = (
    "The council voted to repair the old bridge over the river.",
    "Repairs of the bridge cost 1,000 euros, and the bridge reopened.",
    "A zoo in the north lost its only okapi.",
    "The the the the the council council.",
    "",
)
QUESTIONS = ("the bridge repairs", "who lost the okapi", "council", "1000 euros", "zzyzx", "")


def index_of(*texts: str) -> LexicalIndex:
    return LexicalIndex((str(place), encode_terms(text)) for place, text in enumerate(texts))


def stems(text: str) -> list[str]:
    return [word.stem for word in words(text)]


def naive_bm25(texts: tuple[str, ...], question: str) -> list[float]:
    """The formula from the book, with loops; k1 = 1.2, b = 0.75."""
    chunks = [Counter(stems(text)) for text in texts]
    mean = max(sum(chunk.total() for chunk in chunks) / len(chunks), 1)
    scores = []
    for chunk in chunks:
        score = 0.0
        for word in {word.stem: word for word in words(question)}.values():
            share = 1 - (1 - word_frequency(word.surface, "en")) ** BACKGROUND_CHUNK_WORDS
            having = sum(word.stem in other for other in chunks) + BACKGROUND_CHUNKS * share
            total = len(chunks) + BACKGROUND_CHUNKS
            idf = math.log(1 + (total - having + 0.5) / (having + 0.5))
            count = chunk[word.stem]
            length = chunk.total() / mean
            score += idf * count * 2.2 / (count + 1.2 * (0.25 + 0.75 * length))
        scores.append(score)
    return scores


@pytest.mark.parametrize("question", QUESTIONS)
def test_scores_are_those_of_a_plain_implementation(question: str) -> None:
    expected = naive_bm25(TEXTS, question)
    np.testing.assert_allclose(index_of(*TEXTS).scores(words(question)), expected, rtol=1e-5)


@given(st.lists(st.text("ab c1é", max_size=30), min_size=1, max_size=6), st.text("ab c1é"))
def test_scores_are_right_for_any_texts(texts: list[str], question: str) -> None:
    index = index_of(*texts)
    scores = index.scores(words(question))
    np.testing.assert_allclose(scores, naive_bm25(tuple(texts), question), rtol=1e-4)
    assert (scores >= 0).all()
    assert (scores <= index.ceiling(words(question)) + 1e-5).all()
    for place, text in enumerate(texts):
        assert (scores[place] > 0) == bool(set(stems(text)) & set(stems(question)))


def test_containing_gives_the_chunks_that_have_the_stem() -> None:
    index = index_of(*TEXTS)
    for word in words("bridges the okapi nothing"):
        expected = [place for place, text in enumerate(TEXTS) if word.stem in stems(text)]
        assert index.containing(word).tolist() == expected


def test_common_english_words_tell_little_even_where_the_collection_cannot_know() -> None:
    index = index_of("A zoo lost its okapi.")
    of, okapi, zoo = (index.idf(word) for word in words("of okapi zoo"))
    assert okapi > zoo > 5 * of > 0


def test_a_word_of_many_chunks_tells_less_than_one_of_few() -> None:
    index = index_of(*["Port Amery council"] * 50, "Kestrel bridge")
    kestrel, amery = (index.idf(word) for word in words("Kestrel Amery"))
    assert kestrel > amery


def test_no_chunks_and_no_words_give_no_scores() -> None:
    assert index_of().scores(words("bridge")).shape == (0,)
    assert not index_of(*TEXTS).scores([]).any()
    assert index_of("", "").scores(words("bridge")).tolist() == [0, 0]
    assert index_of(*TEXTS).ceiling([]) == 0


@pytest.mark.parametrize(
    ("one", "other"),
    [
        ("Bridges", "bridge"),
        ("Zürich", "zurich"),
        ("Zürich façade", unicodedata.normalize("NFD", "Zürich façade")),
        ("STRASSE", "straße"),
        ("1,000", "1000"),
        ("1,234,567", "1234567"),
        ("ＮＡＴＯ", "NATO"),  # full-width letters
        ("Łódź Kraków", "łódź krakow"),
    ],
)
def test_spellings_of_one_word_have_one_stem(one: str, other: str) -> None:
    assert stems(one) == stems(other)


@pytest.mark.parametrize(
    ("one", "other"), [("12.5", "125"), ("10", "100"), ("2019", "2020"), ("cat", "dog")]
)
def test_different_words_and_numbers_stay_apart(one: str, other: str) -> None:
    assert stems(one) != stems(other)


def test_a_number_ends_before_the_full_stop() -> None:
    assert [word.surface for word in words("It cost 1,000. Then 3.5, and 7.")] == [
        "It", "cost", "1,000", "Then", "3.5", "and", "7",
    ]  # fmt: skip


@pytest.mark.parametrize("text", ["東京都知事", "แม่น้ำ", "서울시"])
def test_scripts_without_spaces_become_overlapping_pairs(text: str) -> None:
    assert stems(text) == [text[i : i + 2] for i in range(len(text) - 1)]
    index = index_of(f"x{text}x", "something else")
    assert index.scores(words(text[1:3])).argmax() == 0


def test_vowel_signs_do_not_cut_words() -> None:
    assert len(words("हिन्दी समाचार")) == 2
    assert len(words("שָׁלוֹם")) == 1


@given(st.text())
def test_words_lie_where_they_say(text: str) -> None:
    found = words(text)
    assert all(text[word.start : word.end] == word.surface for word in found)
    assert all(word.stem for word in found)
    starts = [word.start for word in found]
    assert starts == sorted(set(starts))


@given(st.lists(st.text("abc é12", max_size=40), max_size=5))
def test_merged_terms_are_the_terms_of_the_joined_texts(texts: list[str]) -> None:
    assert merge_terms([encode_terms(text) for text in texts]) == encode_terms("\n".join(texts))


def test_counts_end_at_255_and_do_not_wrap() -> None:
    many = encode_terms("word " * 300)
    assert many == encode_terms("word " * 255) != encode_terms("word " * 254)
    assert merge_terms([many, many]) == many
