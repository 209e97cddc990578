"""A short form of ``make fuzz``: the same cases every time, and the defects it once found."""

from __future__ import annotations

import pytest
from fuzz import check_case

CASES = 400


@pytest.mark.parametrize("first", range(0, CASES, 100))
def test_what_must_hold_of_any_bytes_holds(first: int) -> None:
    for number in range(first, first + 100):
        check_case(number)
