"""Typed phrases of a sentence: what is found, where exactly, and that nothing overlaps."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from rag.phrases import Kind, Phrase, find_phrases, find_terms, is_function_word
from rag.values import Span


def found(text: str) -> list[tuple[str, str]]:
    return [(phrase.kind.value, phrase.span.of(text)) for phrase in find_phrases(text)]


def of_kind(text: str, kind: Kind) -> list[str]:
    return [phrase for name, phrase in found(text) if name == kind.value]


DATES = [
    ("The riot took place on 6 January 2021 at noon.", ["6 January 2021", "noon"]),
    ("It opened on January 6, 2021.", ["January 6, 2021"]),
    ("They sign by the end of 2017.", ["the end of 2017"]),
    ("Music of the 1990s", ["the 1990s"]),
    ("Built in the mid-1990s", ["the mid-1990s"]),
    ("Normans of the 10th and 11th centuries", ["the 10th and 11th centuries"]),
    ("A twentieth century poet", ["twentieth century"]),
    ("Filed 2021-01-06 in court", ["2021-01-06"]),
    ("It flew on Monday, 5 March 1962.", ["Monday, 5 March 1962"]),
    ("The 2003–04 season", ["2003–04"]),
    ("From 1914 to 1918", ["1914", "1918"]),
    ("Founded in 1215 by monks", ["1215"]),
    ("Rome fell in 476 AD.", ["476 AD"]),
    ("Profits fell in March.", ["March"]),
    ("Ships march on; they may sail.", []),
    ("It died two years ago.", ["two years ago"]),
    ("Doors open at 10:30 a.m. GMT", ["10:30 a.m. GMT"]),
    ("Q3 2019 was poor", ["Q3 2019"]),
    ("It closed last week.", ["last week"]),
    ("Some 1800 soldiers fell", []),
]


@pytest.mark.parametrize(("text", "expected"), DATES)
def test_dates(text: str, expected: list[str]) -> None:
    assert of_kind(text, Kind.DATE) == expected


AMOUNTS = [
    ("a deal of $45 billion", Kind.MONEY, ["$45 billion"]),
    ("about US$3.5m in aid", Kind.MONEY, ["about US$3.5m"]),
    ("It cost 45 billion dollars.", Kind.MONEY, ["45 billion dollars"]),
    ("a fine of €1,200 only", Kind.MONEY, ["€1,200"]),
    ("They lent 2 million yuan.", Kind.MONEY, ["2 million yuan"]),
    ("between $5 and $10 a head", Kind.MONEY, ["between $5 and $10"]),
    ("a £3bn bridge", Kind.MONEY, ["£3bn"]),
    ("They won 20 won games", Kind.MONEY, []),
    ("a debt of 5 million pounds", Kind.MONEY, ["5 million pounds"]),
    ("More than 15 percent of this", Kind.PERCENT, ["More than 15 percent"]),
    ("up 3.5%, down 2 per cent", Kind.PERCENT, ["3.5%", "2 per cent"]),
    ("10-15% of voters", Kind.PERCENT, ["10-15%"]),
    ("two-thirds of the members", Kind.PERCENT, ["two-thirds"]),
    ("It exceeds 38 metric tons.", Kind.MEASURE, ["38 metric tons"]),
    ("It blew at 94.5 mph.", Kind.MEASURE, ["94.5 mph"]),
    ("cold of -40 degrees", Kind.MEASURE, ["-40 degrees"]),
    ("a 6-foot wall", Kind.MEASURE, ["6-foot"]),
    ("at 300 kilometres per hour", Kind.MEASURE, ["300 kilometres per hour"]),
    ("some 20 square miles burned", Kind.MEASURE, ["some 20 square miles"]),
    ("It lasted three weeks.", Kind.DURATION, ["three weeks"]),
    ("a 45-year-old nurse, aged 45", Kind.DURATION, ["45-year-old", "aged 45"]),
    ("They spoke for half an hour", Kind.DURATION, ["half an hour"]),
    ("for several months", Kind.DURATION, ["several months"]),
    ("home to 1.2 million people", Kind.NUMBER, ["1.2 million"]),
    ("a dozen eggs", Kind.NUMBER, ["a dozen"]),
    ("Twenty-five died", Kind.NUMBER, ["Twenty-five"]),
    ("two hundred and fifty thousand trees", Kind.NUMBER, ["two hundred and fifty thousand"]),
    ("1,234,567 visitors", Kind.NUMBER, ["1,234,567"]),
    ("hundreds of thousands marched", Kind.NUMBER, ["hundreds of thousands"]),
    ("One of the men ran", Kind.NUMBER, []),
    ("the F-16 and A320 jets", Kind.NUMBER, []),
]


@pytest.mark.parametrize(("text", "kind", "expected"), AMOUNTS)
def test_amounts(text: str, kind: Kind, expected: list[str]) -> None:
    assert of_kind(text, kind) == expected


NAMES = [
    ("It moved to the University of Chicago.", ["University of Chicago"]),
    ("Then J. K. Rowling wrote.", ["J. K. Rowling"]),
    ("Mary O’Neill, of Cork", ["Mary O’Neill", "Cork"]),
    ("Zoë Kravitz met Łukasz Żółty", ["Zoë Kravitz", "Łukasz Żółty"]),
    ("joined NATO and UNESCO", ["NATO", "UNESCO"]),
    ("fled al-Qaeda fighters", ["al-Qaeda"]),
    ("the Franco-Prussian treaty", ["Franco-Prussian"]),
    ("Kenya’s parliament", ["Kenya"]),
    ("Kenya's Safaricom unit", ["Kenya", "Safaricom"]),
    ("The dog ran", []),
    ("However, he left", []),
    ("In Lima they met", ["Lima"]),
    ("Ludwig van Beethoven died", ["Ludwig van Beethoven"]),
    ("Anna Kern and Paul Lund agreed", ["Anna Kern", "Paul Lund"]),
    ("of Trinidad and Tobago", ["Trinidad and Tobago"]),
    ("Department of Health and Human Services staff", ["Department of Health and Human Services"]),
    ("the U.S. navy", ["U.S."]),
    ("A Boeing 737 landed", ["Boeing 737"]),
    ("the actor Will Smith", ["Will Smith"]),
    ("On Monday Nokia said", ["Nokia"]),
    ("IT firms grew", ["IT"]),
    ("WORKERS STRIKE IN FIVE CITIES", []),
    ("the COVID-19 wave", ["COVID-19"]),
    ("Alexander the Great died", ["Alexander the Great"]),
    ("Former President Obama spoke", ["President Obama"]),
]


@pytest.mark.parametrize(("text", "expected"), NAMES)
def test_names(text: str, expected: list[str]) -> None:
    assert of_kind(text, Kind.NAME) == expected


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("the film “Gone with the Wind” ran", [("quoted", "Gone with the Wind")]),
        ("known as “El Chapo” there", [("name", "El Chapo")]),
        ('he called it "a dirty trick" then', [("quoted", "a dirty trick")]),
        ("“we paid $4 million for it,” she said", [("money", "$4 million")]),
        ("the ‘long peace’ ended", [("quoted", "long peace")]),
        ("nothing here", []),
        ("“unclosed quotation", []),
    ],
)
def test_quotations(text: str, expected: list[tuple[str, str]]) -> None:
    assert found(text) == expected


def test_other_languages_yield_their_numbers() -> None:
    assert of_kind("В городе живёт 1,2 миллиона, из них 300 рыбаков", Kind.NUMBER)[-1] == "300"
    assert of_kind("该公司有300名员工", Kind.NAME) == []


def test_terms_are_runs_between_function_words() -> None:
    text = "The heavy transport helicopter is built by the state."
    assert [t.span.of(text) for t in find_terms(text)] == [
        "heavy transport helicopter",
        "built",
        "state",
    ]


def test_function_words_whatever_their_case_and_apostrophe() -> None:
    assert is_function_word("The")
    assert is_function_word("don’t")
    assert not is_function_word("tank")


# Pieces that patterns look for, joined in every way.
WORDS = """the end of 2017 January 6 , 2021 $ 45 billion 15 % - – . and to two hundred a dozen
Rostec J. of O’Neill ’s “ ” " ‘ ’ al- Qaeda between years ago old 3.14 1,200 US$ mph °C İ ß
\u0301 é"""
PIECES = st.sampled_from([*WORDS.split(), "\n", "\u00a0"])
TEXTS = st.one_of(
    st.text(), st.lists(PIECES, max_size=25).map(" ".join), st.lists(PIECES).map("".join)
)


@given(TEXTS)
def test_phrases_lie_in_the_text_in_order_and_disjoint(text: str) -> None:
    end = 0
    for phrase in find_phrases(text):
        assert end <= phrase.span.start < phrase.span.end <= len(text)
        shown = phrase.span.of(text)
        assert shown == shown.strip()
        end = phrase.span.end


@given(TEXTS)
def test_terms_lie_in_the_text_and_are_of_content_words(text: str) -> None:
    for term in find_terms(text):
        words = term.span.of(text).split()
        assert 1 <= len(words) <= 6
        assert not any(is_function_word(word) for word in words)


@given(TEXTS)
def test_a_sentence_is_read_the_same_every_time(text: str) -> None:
    assert find_phrases(text) == find_phrases(text)


@pytest.mark.parametrize(
    "unit",
    ["Word ", "1,111", "1", "A-", "A.", "two ", "one hundred and ", "the end of ", "$1 to ", '"a'],
)
def test_phrases_of_a_long_line_are_of_bounded_length(unit: str) -> None:
    """No pattern may run away: a line of one unit, many times over, yields short phrases."""
    text = unit * (100_000 // len(unit))
    assert all(p.span.end - p.span.start <= 1_000 for p in find_phrases(text))


def test_spans_count_from_the_sentence() -> None:
    assert find_phrases("On Oslo")[0] == Phrase(Span(3, 7), Kind.NAME)
