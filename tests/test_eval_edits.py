"""Edits keep every character that they do not replace, and know where it went."""

from __future__ import annotations

from hypothesis import given
from hypothesis import strategies as st

from eval.edits import Edit, apply_edits, moved, removals

TEXT = "The bridge opened in 1911."


def test_by_hand() -> None:
    edits = [Edit(4, 10, "dam"), Edit(18, 25, "last May")]
    changed = apply_edits(TEXT, edits)
    assert changed == "The dam opened last May."
    assert moved(TEXT.index("opened"), edits) == changed.index("opened")
    assert moved(4, edits) == 4
    assert moved(10, edits) == 7
    assert moved(len(TEXT), edits) == len(changed)
    assert moved(5, edits) is None
    assert moved(20, edits) is None


def test_removals_that_overlap_or_touch_are_one() -> None:
    assert removals([(8, 9), (0, 4), (3, 6), (6, 7)]) == [Edit(0, 7), Edit(8, 9)]
    assert removals([(0, 9), (2, 3)]) == [Edit(0, 9)]


@given(
    st.text(min_size=1, max_size=40),
    st.lists(st.tuples(st.integers(0, 40), st.integers(1, 5)), max_size=6),
    st.sampled_from(["", "x", "longer than before"]),
)
def test_what_is_not_replaced_stays_and_is_found_again(
    text: str, places: list[tuple[int, int]], new: str
) -> None:
    spans = [(start, start + size) for start, size in places if start + size <= len(text)]
    edits = [Edit(edit.start, edit.end, new) for edit in removals(spans)]
    changed = apply_edits(text, edits)
    for place, character in enumerate(text):
        if not any(edit.start <= place < edit.end for edit in edits):
            end = moved(place + 1, edits)
            assert end is not None
            assert changed[end - 1] == character
    assert apply_edits(text, []) == text
