"""What an index costs is measured by running the commands that users run."""

from __future__ import annotations

from pathlib import Path

import pytest
from eval_small_set import small_set

from eval.footprint import Footprint, describe, measure_footprint


def test_rates_are_of_the_embedders_own() -> None:
    footprint = Footprint("news", 100, 20_000, 12.5, 10.0, 0.25, 1.4, 900.0, 260.0, 19.5)
    assert footprint.rate == pytest.approx(0.8)
    assert footprint.unchanged == pytest.approx(0.02)
    lines = describe(footprint)
    assert lines[0] == "news: 100 chunks, 20,000 tokens"
    assert lines[2].endswith("sync has 0.80 of its rate")
    assert lines[3].endswith("2.0% of the first")
    assert footprint.as_dict()["rate"] == footprint.rate


def test_a_set_is_indexed_and_asked_in_processes_of_their_own(tmp_path: Path) -> None:
    eval_set = small_set(tmp_path)
    footprint = measure_footprint(eval_set)
    assert footprint.chunks == 2  # equal articles are stored once
    assert 40 < footprint.tokens < 80
    assert footprint.unchanged_seconds < footprint.sync_seconds
    assert 50 < footprint.ask_memory < footprint.sync_memory < 4_000
    assert footprint.chunk_kilobytes > 10
