"""Each threat that docs/security.md tells of names a test that there is."""

from __future__ import annotations

import re
from pathlib import Path

TESTS = Path(__file__).resolve().parent
PAGE = TESTS.parent / "docs" / "security.md"
# `test_file.py::test_name`, `..::test_name` of the file named last, or a file alone.
_NAMED = re.compile(r"`(?P<file>test_\w+\.py|\.\.)(?:::(?P<test>test_\w+))?`")


def test_every_row_names_a_test_that_exists() -> None:
    rows = [line for line in PAGE.read_text().splitlines() if line.startswith("| ")][1:]
    assert len(rows) > 30
    last = ""
    for row in rows:
        named = list(_NAMED.finditer(row.rpartition(" | ")[2]))
        assert named, f"no test is named: {row}"
        for one in named:
            last = last if one["file"] == ".." else one["file"]
            source = (TESTS / last).read_text()
            assert one["test"] is None or f"def {one['test']}(" in source, row
