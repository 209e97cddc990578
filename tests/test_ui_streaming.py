"""A question on its way: what comes is handed on, and a stop ends it at once and for good."""

from __future__ import annotations

import math
import threading
from collections.abc import Iterator
from contextlib import ExitStack

import pytest

from rag.errors import FilterError, QuestionError
from rag.values import Answer, Article, Filters, Partial, Status
from ui.filter_bar import changed, filter_bar_html, suggestions
from ui.rendering import PENDING, partial_html
from ui.streaming import Running
from ui.waiting import Line

ANSWER = Answer("Q", "Q", Status.ANSWERED)


def test_partial_answers_come_in_order_and_the_answer_last() -> None:
    parts = [Partial("Q", draft=str(number)) for number in range(50)]
    told = list(Running(lambda: iter([3, *parts, ANSWER])))
    assert told[-1] is ANSWER
    drafts = [int(part.draft) for part in told if isinstance(part, Partial)]
    assert drafts == sorted(drafts)


def test_an_error_is_raised_where_the_answer_is_read() -> None:
    def fails() -> Iterator[Partial]:
        yield Partial("Q")
        raise QuestionError("Wrong.", "Mend it.")

    with pytest.raises(QuestionError, match="Mend it"):
        list(Running(fails))


def test_a_stop_ends_at_once_though_the_engine_waits_and_closes_its_stream() -> None:
    waiting, closed = threading.Event(), threading.Event()

    def waits() -> Iterator[Partial]:
        try:
            yield Partial("Q", draft="one")
            waiting.wait(20)
            yield Partial("Q", draft="two")
        finally:
            closed.set()

    running = Running(waits)
    seen = []
    for part in running:
        seen.append(part)
        running.stop()
    assert [part.draft for part in seen if isinstance(part, Partial)] == ["one"]
    assert not waiting.is_set()  # the page went on, the engine is still at it
    waiting.set()
    assert closed.wait(10)


def test_who_leaves_stops_the_work() -> None:
    closed = threading.Event()

    def endless() -> Iterator[Partial]:
        try:
            while True:
                yield Partial("Q")
        finally:
            closed.set()

    reading = iter(Running(endless))
    next(reading)
    reading.close()
    assert closed.wait(10)


HEADS = [
    Article("a", "", "Wolves <return>", outlet="Gazette", date="2021-03-04"),
    Article("b", "", "Bridge opens", outlet="Herald", date="2021-04-04"),
]


def test_a_filter_is_set_and_taken_away_again() -> None:
    filters = Filters()
    for kind, value in (("since", "2021"), ("outlet", "Herald"), ("article", "a")):
        filters = changed(filters, HEADS, kind, value, on=True)
    assert filters == Filters(since="2021-01-01", outlets=("Herald",), articles=("a",))
    for kind, value in (("since", "2021-01-01"), ("outlet", "Herald"), ("article", "a")):
        filters = changed(filters, HEADS, kind, value, on=False)
    assert not filters


@pytest.mark.parametrize(
    ("kind", "value"), [("outlet", "Times"), ("article", "c"), ("until", "soon")]
)
def test_what_the_page_sends_is_not_trusted(kind: str, value: str) -> None:
    with pytest.raises(FilterError):
        changed(Filters(), HEADS, kind, value, on=True)
    assert changed(Filters(), HEADS, "anything", value, on=True) == Filters()


def test_the_bar_offers_only_what_articles_tell() -> None:
    assert 'type="date"' in filter_bar_html(Filters(), HEADS)
    bare = filter_bar_html(Filters(), [Article("a", "", "Wolves")])
    assert 'type="date"' not in bare
    assert "<select" not in bare


def test_suggestions_are_values_and_no_html() -> None:
    assert suggestions("wolv", HEADS) == [
        {"id": "a", "name": "Wolves <return>", "meta": "Gazette · 2021-03-04"}
    ]
    assert "<return>" not in filter_bar_html(Filters(articles=("a",)), HEADS)


def test_who_waits_in_the_line_can_leave_it_and_the_next_moves_up() -> None:
    line = Line(1)

    def queued() -> Iterator[int]:
        with line.place() as before:
            yield from before

    with line.place():
        first, second = Running(queued), iter(Running(queued))
        waiting = iter(first)
        assert next(waiting) == 1
        assert next(second) == 2
        first.stop()
        assert list(waiting) == []
        assert next(second) == 1  # though the one that is answered goes on
    assert list(second) == []


@pytest.mark.parametrize(("seconds_between", "told"), [(0.0, 2), (math.inf, 3)])
def test_a_moving_line_is_not_told_at_every_move(seconds_between: float, told: int) -> None:
    line = Line(1, seconds_between)
    with ExitStack() as first, line.place(), line.place():
        first.enter_context(line.place())
        with line.place() as before:
            numbers = iter(before)
            assert next(numbers) == 3
            first.close()
            assert next(numbers) == told


def test_an_answer_on_its_way_is_shown_anew_only_where_it_differs() -> None:
    assert partial_html(Partial("Who?"), "Who?") == PENDING
    assert partial_html(Partial("Who is the mayor?"), "Who?") != PENDING
