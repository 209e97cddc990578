"""The gate fails a run that is worse than its thresholds; the aim is only spoken of."""

from __future__ import annotations

from dataclasses import asdict, replace
from pathlib import Path

import pytest
from eval_small_set import write_set

from eval import load_set, run
from eval.controls import always_refuse
from eval.gate import AIM, MEANINGS, Thresholds, failures, shortfalls
from eval.intervals import Interval
from eval.scoring import Scores
from eval.values import BadRow
from rag.cli import main

NAMES = sorted(MEANINGS)
LEAST = asdict(Thresholds())


def scores(**values: float | None) -> Scores:
    """A run with these values, and 1 in every other measure of the gate."""
    measures = {name: Interval(values.get(name, 1.0)) for name in NAMES}
    return Scores("osk", 40, 40, 0, 0, (), measures, {})


def test_a_perfect_run_passes_and_is_short_of_nothing() -> None:
    assert failures(scores()) == shortfalls(scores()) == []


def test_every_threshold_has_its_meaning_and_the_aim_is_not_below_it() -> None:
    assert set(NAMES) == set(LEAST) == set(asdict(AIM))
    assert all(LEAST[name] <= wanted <= 1 for name, wanted in asdict(AIM).items())


@pytest.mark.parametrize("name", NAMES)
def test_exactly_the_threshold_passes_and_a_little_less_fails(name: str) -> None:
    assert failures(scores(**{name: LEAST[name]})) == []
    [reason] = failures(scores(**{name: LEAST[name] - 0.01}))
    assert reason.startswith(f"{name}: {LEAST[name] - 0.01:.1%} of {MEANINGS[name]};")
    assert f"at least {LEAST[name]:.1%} is wanted" in reason


@pytest.mark.parametrize("name", NAMES)
def test_what_was_not_counted_fails_and_has_no_shortfall(name: str) -> None:
    [reason] = failures(scores(**{name: None}))
    assert reason.startswith(f"{name}: none counted")
    assert shortfalls(scores(**{name: None})) == []


def test_every_failure_is_told_not_only_the_first() -> None:
    bad = scores(right_sentence_cited=0.1, sentences_cited=0.9)
    bad = replace(bad, missing=2, errors=3, problems=(BadRow("rows.jsonl", 7, "no status"),))
    assert [reason.split(";")[0] for reason in failures(bad)] == [
        "2 of 40 questions have no row.",
        "3 questions ended in an error.",
        "Left out: rows.jsonl, line 7: no status.",
        f"right_sentence_cited: 10.0% of {MEANINGS['right_sentence_cited']}",
        f"sentences_cited: 90.0% of {MEANINGS['sentences_cited']}",
    ]


@pytest.mark.parametrize("name", ["right_sentence_cited", "unanswerable_refused"])
def test_between_threshold_and_aim_a_run_passes_and_says_what_it_lacks(name: str) -> None:
    aim = getattr(AIM, name)
    between = scores(**{name: aim - 0.01})
    assert LEAST[name] <= aim - 0.01
    assert failures(between) == []
    assert shortfalls(between) == [f"{name}: {aim - 0.01:.1%}, the aim is {aim:.1%}."]
    assert shortfalls(scores(**{name: aim})) == []
    assert failures(between, AIM)


def test_the_command_says_beside_the_gate_what_is_short_of_the_aim(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.chdir(tmp_path)
    folder = write_set(tmp_path / "set")
    rows = run(load_set(folder), always_refuse, tmp_path / "rows.jsonl").out
    assert main(["eval", "gate", str(folder), str(rows)]) == 1
    printed = capsys.readouterr().out
    aim = f"{AIM.right_sentence_cited:.1%}"
    assert f"short of the aim: right_sentence_cited: 0.0%, the aim is {aim}." in printed
    assert "unanswerable_refused: " not in printed
