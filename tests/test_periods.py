"""Days and months that a question names, and which articles are of them."""

from __future__ import annotations

from datetime import date

import pytest
from hypothesis import given
from hypothesis import strategies as st

from rag.periods import UNKNOWN, Period, asked_periods, in_period


@pytest.mark.parametrize(
    ("question", "periods"),
    [
        ("How many worked there as of early October?", [Period(None, 10)]),
        ("What was offered by mid-October?", [Period(None, 10)]),
        ("Who won on 4 March 2025?", [Period(2025, 3, 4)]),
        ("Who won on the 4th of March?", [Period(None, 3, 4)]),
        ("Who won on March 4, 2025?", [Period(2025, 3, 4)]),
        ("Who won in March?", [Period(None, 3)]),
        ("who won in july 2024", [Period(2024, 7)]),
        ("Who won in Sept. 2024?", [Period(2024, 9)]),
        ("How did it change between October and December?", [Period(None, 10), Period(None, 12)]),
        ("What was told in May, may I ask?", [Period(None, 5)]),
        ("Why did they march to the gate?", []),
        ("Who may stand in the election?", []),
        ("Who is Augusta Marchetti?", []),
        ("Who won in 2024?", []),
        ("", []),
    ],
)
def test_days_and_months_are_read(question: str, periods: list[Period]) -> None:
    assert asked_periods(question) == periods


@pytest.mark.parametrize(
    ("period", "day", "covered"),
    [
        (Period(2025, 3), date(2025, 3, 1), True),
        (Period(2025, 3), date(2025, 4, 7), True),  # the papers of the week after
        (Period(2025, 3), date(2025, 4, 8), False),
        (Period(2025, 3), date(2025, 2, 28), False),
        (Period(2025, 3), date(2024, 3, 9), False),
        (Period(None, 3), date(2024, 3, 9), True),
        (Period(None, 12), date(2025, 1, 5), True),
        (Period(2025, 3, 4), date(2025, 3, 4), True),
        (Period(2025, 3, 4), date(2025, 3, 3), False),
        (Period(None, 2, 30), date(2025, 3, 1), False),
    ],
)
def test_an_article_of_the_time_or_shortly_after_it_agrees(
    period: Period, day: date, covered: bool
) -> None:
    assert period.covers(day) is covered


def test_an_article_without_a_date_may_be_of_the_time() -> None:
    dates = ["2025-03-09", "", "2025-09-01"]
    assert in_period("Who led it in March?", dates) == [1.0, UNKNOWN, 0.0]
    assert in_period("Who led it?", dates) == [0.0, 0.0, 0.0]


@given(st.text(), st.lists(st.dates().map(date.isoformat), max_size=4))
def test_any_text_and_any_date_can_be_read(question: str, dates: list[str]) -> None:
    shares = in_period(question, dates)
    assert len(shares) == len(dates)
    assert all(0 <= share <= 1 for share in shares)
