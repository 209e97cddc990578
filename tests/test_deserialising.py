"""An answer that was written is the answer that is read; anything else is refused."""

from __future__ import annotations

import json
from contextlib import suppress
from dataclasses import replace
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from kept_answers import ANSWER, plain_answer

from rag.deserialising import answer_from_dict
from rag.serialising import answer_to_dict
from rag.values import Answer


@settings(max_examples=40)
@given(ANSWER)
def test_what_is_written_is_what_is_read(answer: Answer) -> None:
    written = json.dumps(answer_to_dict(answer))
    assert answer_from_dict(json.loads(written)) == answer


@settings(max_examples=40)
@given(st.none() | st.integers() | st.text(max_size=3) | st.lists(st.integers(), max_size=2))
def test_whatever_a_field_holds_no_other_error_comes_of_it(value: Any) -> None:
    whole = answer_to_dict(plain_answer())
    for key in whole:
        with suppress(ValueError):
            assert answer_from_dict({**whole, key: value})


@pytest.mark.parametrize("value", [None, [], "text", {}, {"status": "answered"}, 7])
def test_other_values_are_refused(value: Any) -> None:
    with pytest.raises(ValueError, match="no answer"):
        answer_from_dict(value)


def test_what_was_asked_reprinted_and_retrieved_comes_back() -> None:
    from scripted import OUTCOMES

    from rag.values import Filters

    answer = replace(
        OUTCOMES["Why was the dam closed?"],
        filters=Filters("2021-01-01", "", ("Gazette",), ("dam",)),
    )
    back = answer_from_dict(json.loads(json.dumps(answer_to_dict(answer))))
    assert back.filters == answer.filters
    assert back.reprints == answer.reprints
    assert [hit.scores for hit in back.hits] == [hit.scores for hit in answer.hits]
    assert [hit.article.id for hit in back.hits] == [hit.article.id for hit in answer.hits]
