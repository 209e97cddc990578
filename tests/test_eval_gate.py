"""The gate fails a run that is worse than its thresholds; the aim is only spoken of."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

import pytest
from eval_small_set import small_set, write_set

from eval import load_set, run, score
from eval.command import OWN_SETS
from eval.controls import always_refuse
from eval.gate import (
    DEFAULTS,
    LOWER_IS_BETTER,
    Thresholds,
    failures,
    read_thresholds,
    shortfalls,
)
from eval.intervals import Interval
from eval.presenting import MEANINGS
from eval.scoring import Scores
from eval.values import BadRow, SetError
from rag.cli import main

THRESHOLDS = Thresholds(
    at_least={"right_sentence_cited": 0.83, "unanswerable_refused": 0.72, **DEFAULTS.at_least},
    aim={"right_sentence_cited": 0.95, "unanswerable_refused": 0.95},
)
LEAST = THRESHOLDS.at_least
NAMES = sorted(LEAST)
MEASURES = {*MEANINGS, "median_ms"}


def scores(**values: float | None) -> Scores:
    """A run with these values, and 1 in every other measure of the gate."""
    measures = {name: Interval(values.get(name, 1.0)) for name in {*NAMES, *values}}
    return Scores("osk", 40, 40, 0, 0, (), measures, {})


def test_a_perfect_run_passes_and_is_short_of_nothing() -> None:
    assert failures(scores(), THRESHOLDS) == shortfalls(scores(), THRESHOLDS) == []


def test_every_default_has_its_meaning_and_is_of_every_answer() -> None:
    assert set(DEFAULTS.at_least) <= set(MEANINGS)
    assert set(DEFAULTS.at_least.values()) == {1.0}


def test_an_own_sets_aim_is_not_below_its_gate() -> None:
    for source in OWN_SETS:
        found = read_thresholds(source, {*MEASURES, *MEANINGS})
        assert DEFAULTS.at_least.items() <= found.at_least.items()
        assert all(found.at_least[name] <= wanted <= 1 for name, wanted in found.aim.items())


@pytest.mark.parametrize("name", NAMES)
def test_exactly_the_threshold_passes_and_a_little_less_fails(name: str) -> None:
    assert failures(scores(**{name: LEAST[name]}), THRESHOLDS) == []
    [reason] = failures(scores(**{name: LEAST[name] - 0.01}), THRESHOLDS)
    assert reason.startswith(f"{name}: {LEAST[name] - 0.01:.1%} of {MEANINGS[name]};")
    assert f"at least {LEAST[name]:.1%} is wanted" in reason


@pytest.mark.parametrize("name", NAMES)
def test_what_was_not_counted_fails_and_has_no_shortfall(name: str) -> None:
    [reason] = failures(scores(**{name: None}), THRESHOLDS)
    assert reason.startswith(f"{name}: none counted")
    assert shortfalls(scores(**{name: None}), THRESHOLDS) == []


def test_every_failure_is_told_not_only_the_first() -> None:
    bad = scores(right_sentence_cited=0.1, sentences_cited=0.9)
    bad = replace(bad, missing=2, errors=3, problems=(BadRow("rows.jsonl", 7, "no status"),))
    assert [reason.split(";")[0] for reason in failures(bad, THRESHOLDS)] == [
        "2 of 40 questions have no row.",
        "3 questions ended in an error.",
        "Left out: rows.jsonl, line 7: no status.",
        f"right_sentence_cited: 10.0% of {MEANINGS['right_sentence_cited']}",
        f"sentences_cited: 90.0% of {MEANINGS['sentences_cited']}",
    ]


@pytest.mark.parametrize("name", ["right_sentence_cited", "unanswerable_refused"])
def test_between_threshold_and_aim_a_run_passes_and_says_what_it_lacks(name: str) -> None:
    aim = THRESHOLDS.aim[name]
    between = scores(**{name: aim - 0.01})
    assert LEAST[name] <= aim - 0.01
    assert failures(between, THRESHOLDS) == []
    [shortfall] = shortfalls(between, THRESHOLDS)
    assert shortfall == f"{name}: {aim - 0.01:.1%}, the aim is {aim:.1%}."
    assert shortfalls(scores(**{name: aim}), THRESHOLDS) == []


@pytest.mark.parametrize("name", sorted(LOWER_IS_BETTER))
def test_an_aim_at_little_is_missed_from_above(name: str) -> None:
    little = Thresholds(aim={name: 0.05})
    assert shortfalls(scores(**{name: 0.0}), little) == []
    assert shortfalls(scores(**{name: 0.05}), little) == []
    [shortfall] = shortfalls(scores(**{name: 2.0}), little)
    assert shortfall.startswith(f"{name}: 2")


def test_what_is_better_when_lower_is_measured(tmp_path: Path) -> None:
    assert set(score(small_set(tmp_path / "set"), {}).measures) >= LOWER_IS_BETTER


def own(tmp_path: Path, gate: str) -> Path:
    (tmp_path / "set.toml").write_text(f'articles = "."\n{gate}', encoding="utf-8")
    return tmp_path


def test_a_set_without_thresholds_of_its_own_has_the_defaults(tmp_path: Path) -> None:
    assert read_thresholds(tmp_path, MEASURES) == DEFAULTS
    assert read_thresholds(tmp_path / "mine.csv", MEASURES) == DEFAULTS
    assert read_thresholds(own(tmp_path, ""), MEASURES) == DEFAULTS


def test_a_set_of_one_file_has_its_thresholds_beside_it(tmp_path: Path) -> None:
    gate = "[gate.at_least]\nright_sentence_cited = 0.8\n"
    (tmp_path / "mine.toml").write_text(gate, encoding="utf-8")
    (tmp_path / "mine.csv").touch()
    found = read_thresholds(tmp_path / "mine.csv", MEASURES)
    assert found == Thresholds({"right_sentence_cited": 0.8})


def test_a_set_of_its_own_thresholds_has_no_others(tmp_path: Path) -> None:
    gate = "[gate.at_least]\ncitation_validity = 1\n[gate.at_most]\nmedian_ms = 250.0\n"
    found = read_thresholds(own(tmp_path, gate), MEASURES)
    assert found == Thresholds({"citation_validity": 1.0}, {"median_ms": 250.0})
    slow = scores(right_sentence_cited=0.0, median_ms=251.0)
    assert failures(slow, found) == ["median_ms: 251; at most 250 is wanted."]
    assert failures(scores(median_ms=250.0), found) == []


def test_at_most_fails_above_it_and_where_nothing_counts() -> None:
    most = Thresholds(at_most={"false_refusal_rate": 0.1})
    assert failures(scores(false_refusal_rate=0.1), most) == []
    assert failures(scores(false_refusal_rate=0.2), most) == [
        "false_refusal_rate: 20.0% of answerable questions refused; at most 10.0% is wanted."
    ]
    [reason] = failures(scores(false_refusal_rate=None), most)
    assert reason.startswith("false_refusal_rate: none counted; at most 10.0%")


@pytest.mark.parametrize(
    ("gate", "reason"),
    [
        ("gate = 0.8", "must hold the tables aim, at_least or at_most"),
        ("[gate]\n", "must hold the tables aim, at_least or at_most"),
        ("[gate]\nright_sentence_cited = 0.8", "must hold the tables aim, at_least or at_most"),
        ("[gate]\nat_least = 0.8", r"gate\.at_least of .*set\.toml is no table"),
        ("[gate.at_least]\nrigth = 0.8", "gates on 'rigth', which is not measured.*median_ms"),
        ('[gate.at_most]\nmedian_ms = "1"', r"gate\.at_most\.median_ms of .* is '1'"),
        ("[gate.at_most]\nmedian_ms = true", "is True. It must be a number"),
        ("[gate", "is not TOML"),
    ],
)
def test_a_gate_that_cannot_be_read_is_told(gate: str, reason: str, tmp_path: Path) -> None:
    with pytest.raises(SetError, match=reason):
        read_thresholds(own(tmp_path, gate), MEASURES)


def test_the_command_gates_on_the_sets_own_thresholds(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.chdir(tmp_path)
    folder = write_set(tmp_path / "set")
    rows = run(load_set(folder), always_refuse, tmp_path / "rows.jsonl").out
    table = 'articles = "corpus.jsonl"\n[gate.at_least]\nunanswerable_refused = 1\n'
    (folder / "set.toml").write_text(table, encoding="utf-8")
    assert main(["eval", "gate", str(folder), str(rows)]) == 0
    strict = table + "[gate.at_most]\nfalse_refusal_rate = 0.5\n"
    (folder / "set.toml").write_text(strict, encoding="utf-8")
    assert main(["eval", "gate", str(folder), str(rows)]) == 1
    assert "gate: false_refusal_rate: 100.0% of answerable" in capsys.readouterr().err
    (folder / "set.toml").write_text(strict.replace("refusal", "refusals"), encoding="utf-8")
    assert main(["eval", "gate", str(folder)]) == 1
    assert "which is not measured" in " ".join(capsys.readouterr().err.split())


def test_the_command_says_beside_the_gate_what_is_short_of_the_aim(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.chdir(tmp_path)
    folder = write_set(tmp_path / "set")
    rows = run(load_set(folder), always_refuse, tmp_path / "rows.jsonl").out
    aim = "[gate.aim]\nright_sentence_cited = 0.95\nunanswerable_refused = 0.95\n"
    (folder / "set.toml").write_text(f'articles = "corpus.jsonl"\n{aim}', encoding="utf-8")
    assert main(["eval", "gate", str(folder), str(rows)]) == 0
    printed = capsys.readouterr().out
    assert "short of the aim: right_sentence_cited: 0.0%, the aim is 95.0%." in printed
    assert "unanswerable_refused: " not in printed
