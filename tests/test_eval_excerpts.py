"""Excerpts: exact words, marks where they belong, and no whole article where a part will do."""

from __future__ import annotations

from hypothesis import given
from hypothesis import strategies as st

from eval.excerpts import CONTEXT, LONGEST_SPAN, SPANS_SHOWN, Mark, Piece, excerpt

SPANS = st.lists(st.tuples(st.integers(-5, 45), st.integers(-5, 45)), max_size=4)


def test_a_short_article_is_shown_whole_and_marked_three_ways() -> None:
    pieces = excerpt("One two three four", cited=[(4, 13)], gold=[(8, 18)])
    assert pieces == (
        Piece("One "),
        Piece("two ", Mark.CITED),
        Piece("three", Mark.BOTH),
        Piece(" four", Mark.GOLD),
    )


def test_nothing_marked_is_nothing_shown() -> None:
    assert excerpt("One two three", [], []) == ()
    assert excerpt("", [(0, 5)], [(2, 3)]) == ()


def test_what_lies_far_off_becomes_a_gap_and_context_is_made_of_whole_words() -> None:
    text = "word " * 1000
    first, before, marked, after, last = excerpt(text, [(2500, 2504)], [])
    assert first == last == Piece("", Mark.GAP)
    assert marked == Piece("word", Mark.CITED)
    assert CONTEXT - 40 <= len(before.text) <= CONTEXT
    assert before.text.startswith("word ")
    assert after.text.endswith(" word")


def test_text_without_spaces_has_context_too() -> None:
    pieces = excerpt("字" * 2000, [], [(1000, 1010)])
    assert [len(piece.text) for piece in pieces] == [0, CONTEXT, 10, CONTEXT, 0]


def test_of_a_long_citation_the_ends_are_shown_and_of_many_the_first() -> None:
    text = "word " * 5000
    pieces = excerpt(text, [(1000, 24_000)], [])
    assert [p.mark for p in pieces if p.mark is not Mark.NONE].count(Mark.CITED) == 2
    assert sum(len(p.text) for p in pieces) <= LONGEST_SPAN + 2 * CONTEXT
    many = [(start, start + 4) for start in range(0, 25_000, 1000)]
    shown = [piece for piece in excerpt(text, many, []) if piece.mark is Mark.CITED]
    assert len(shown) == SPANS_SHOWN


@given(st.text(max_size=40), SPANS, SPANS)
def test_any_spans_over_a_short_article_give_back_its_characters(
    text: str, cited: list[tuple[int, int]], gold: list[tuple[int, int]]
) -> None:
    pieces = excerpt(text, cited, gold)
    assert "".join(piece.text for piece in pieces) in (text, "")
    place = 0
    for piece in pieces:
        for character in range(place, place + len(piece.text)):
            within = [any(a <= character < b for a, b in spans) for spans in (cited, gold)]
            assert [
                piece.mark in (Mark.CITED, Mark.BOTH),
                piece.mark in (Mark.GOLD, Mark.BOTH),
            ] == within
        place += len(piece.text)
