"""The bench: every system on the same questions, and a picture of it."""

from __future__ import annotations

import json
import xml.etree.ElementTree as ET
from pathlib import Path

import pytest
from eval_small_set import write_set

from eval import load_set
from eval.bench import ABLATIONS, BM25, bench
from eval.bench_picture import draw_bars
from eval.intervals import Interval
from eval.training import half
from rag.cli import main
from rag.config import Config
from rag.retrieval import RANKING_FEATURES


def test_a_bench_ranks_every_system_and_writes_what_it_prints(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.chdir(tmp_path)
    folder = write_set(tmp_path / "set")
    assert main(["eval", "bench", str(folder), "--out", "bench"]) == 0
    printed = capsys.readouterr().out
    [result] = json.loads((tmp_path / "bench" / "bench.json").read_text())
    names = [line["name"] for line in result["lines"]]
    assert names == ["footnote", "quickstart", BM25, *ABLATIONS]
    engine, quickstart = result["lines"][:2]
    assert engine["measures"]["hit@1"]["value"] == 1.0
    assert set(quickstart["refused"].values()) == {0.0}, "the quickstart never refuses"
    assert all(name in printed for name in names)
    ET.fromstring((tmp_path / "bench" / "bench.svg").read_text())
    rows = (tmp_path / "bench" / "set.footnote.jsonl").read_bytes()
    assert main(["eval", "bench", str(folder), "--out", "bench"]) == 0
    assert (tmp_path / "bench" / "set.footnote.jsonl").read_bytes() == rows, "nothing asked twice"


def test_held_out_questions_are_those_that_no_weight_saw(tmp_path: Path) -> None:
    whole = load_set(write_set(tmp_path / "set"))
    result = bench(Config(), whole, tmp_path / "bench", tmp_path / "index", held_out=True)
    expected = sum(half(question.cluster) == "report" for question in whole.questions)
    assert 0 < expected < len(whole.questions)
    assert result.questions == expected


def test_the_ablations_name_features_of_the_ranking() -> None:
    for left_out in ABLATIONS.values():
        assert left_out
        assert left_out < set(RANKING_FEATURES)


def test_the_picture_shows_values_and_escapes_names() -> None:
    bars = [("<set>", [("us & them", Interval(0.75, 0.7, 0.8)), ("nothing", Interval(None))])]
    picture = ET.fromstring(draw_bars("hit@1", bars))
    texts = [element.text for element in picture.iter() if element.text and element.text.strip()]
    assert texts == ["hit@1", "<set>", "us & them", "0.750", "nothing"]
