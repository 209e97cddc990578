"""Two runs in pairs, over rows whose outcomes are written down."""

from __future__ import annotations

import json
from pathlib import Path

import pytest
from eval_small_set import small_set, write_set

from eval import compare, load_set, run
from eval.comparing import Comparison, MeasureDelta, Outcome
from eval.controls import always_refuse, gold_oracle
from eval.values import EvalSet, Passage, Row, RowSentence, SetError
from rag.cli import main
from rag.values import Status


def answered(name: str, *cited: Passage) -> Row:
    """An answer of what it cites, word for word."""
    sentences = tuple(RowSentence(passage.text, (passage,)) for passage in cited)
    said = sentences or (RowSentence("Said."),)
    return Row(name, Status.ANSWERED, " ".join(one.text for one in said), sentences=said)


def refused(name: str) -> Row:
    return Row(name, Status.ABSTAINED, "The articles do not say.")


@pytest.fixture
def loaded(tmp_path: Path) -> EvalSet:
    return small_set(tmp_path / "set")


@pytest.fixture
def comparison(loaded: EvalSet) -> Comparison:
    """A: right, refused, right, wrong. B: refused, right, wrong, wrong."""
    gold = {name: loaded.gold[name].evidence for name in ("q1", "q2")}
    elsewhere = Passage("ferry", 0, 5, "The f")
    first = [answered("q1", *gold["q1"]), refused("q2"), refused("q3"), answered("q4", elsewhere)]
    second = [refused("q1"), answered("q2", *gold["q2"]), answered("q3"), answered("q4", elsewhere)]
    return compare(loaded, {row.id: row for row in first}, {row.id: row for row in second})


def measure(comparison: Comparison, name: str) -> MeasureDelta:
    return next(one for one in comparison.measures if one.name == name)


def test_wins_ties_and_losses_are_of_the_second_run(comparison: Comparison) -> None:
    assert (comparison.paired, comparison.questions) == (4, 4)
    assert (comparison.wins, comparison.ties, comparison.losses) == (1, 1, 2)


def test_flips_are_side_by_side_losses_first(comparison: Comparison) -> None:
    assert [flip.id for flip in comparison.flips] == ["q1", "q3", "q2"]
    lost, unanswerable, won = comparison.flips
    assert (lost.first.outcome, lost.second.outcome) == (Outcome.RIGHT, Outcome.REFUSED)
    assert (lost.first.text, lost.second.text) == ("The bridge at Marn opened in 1911.", "")
    assert (lost.gold, unanswerable.gold) == (("1911", "in 1911"), ())
    assert (unanswerable.first.outcome, unanswerable.second.outcome) == ("right", "wrong")
    assert won.won
    assert not lost.won


def test_deltas_are_second_less_first(comparison: Comparison) -> None:
    refusals = measure(comparison, "unanswerable_refused")
    assert (refusals.first, refusals.second, refusals.delta.value) == (1, 0, -1)
    assert (refusals.higher, refusals.equal, refusals.lower) == (0, 0, 1)
    assert refusals.delta.low is None  # one question counts
    cited = measure(comparison, "right_sentence_cited")
    assert (cited.first, cited.second, cited.delta.value) == pytest.approx((1 / 3, 1 / 3, 0))
    assert (cited.higher, cited.equal, cited.lower) == (1, 1, 1)


def test_measures_of_the_whole_set_are_compared_in_pairs(comparison: Comparison) -> None:
    area = measure(comparison, "aurc")
    # A: two answers with an error, then two refusals with one. B: three with two, then one.
    assert (area.first, area.second) == pytest.approx((1 / 2, (3 * 2 / 3 + 3 / 4) / 4))
    assert area.delta.value == pytest.approx(area.second - area.first)
    assert area.delta.low <= area.delta.value <= area.delta.high
    assert (area.higher, area.equal, area.lower, area.p) == (0, 0, 0, None)
    assert {one.name for one in comparison.measures} >= {"coverage_at_95", "answerability_ece"}
    assert "median_ms" not in {one.name for one in comparison.measures}, "no row tells a time"


def test_only_yes_and_no_of_the_same_questions_has_a_p(comparison: Comparison) -> None:
    # One question lost and one won: 2 * P(X <= 1) for X ~ Binomial(2, 1/2) is above 1.
    assert measure(comparison, "right_sentence_cited").p == 1
    # One lost of one that differs: 2 * (1/2) = 1.
    assert measure(comparison, "unanswerable_refused").p == 1
    # The denominators are the questions that each run refused, and those differ.
    assert measure(comparison, "abstention_precision").p is None
    assert measure(comparison, "answer_words").p is None
    assert all((one.p is None) == (one.p_holm is None) for one in comparison.measures)


def test_holm_counts_every_measure_that_was_tested(tmp_path: Path) -> None:
    """Ten questions that only the second run cites rightly: p = 2 / 2^10, and more after Holm."""
    corpus, rows, gold = [], [], []
    for i in range(10):
        text = f"Town {i} has a bridge."
        corpus.append({"_id": f"a{i}", "text": text})
        rows.append({"_id": f"q{i}", "text": f"What has town {i}?"})
        passage = {"doc_id": f"a{i}", "start": 0, "end": len(text), "text": text}
        gold.append({"_id": f"q{i}", "answerable": True, "evidence": [passage]})
    for name, lines in (("corpus", corpus), ("queries", rows), ("gold", gold)):
        text = "".join(json.dumps(line) + "\n" for line in lines)
        (tmp_path / f"{name}.jsonl").write_text(text, encoding="utf-8")
    loaded = load_set(tmp_path)
    second = {name: answered(name, *gold.evidence) for name, gold in loaded.gold.items()}
    comparison = compare(loaded, {name: refused(name) for name in second}, second)
    cited = measure(comparison, "right_sentence_cited")
    tested = [one for one in comparison.measures if one.p is not None]
    assert cited.p == pytest.approx(2 / 2**10)
    assert cited.p_holm == pytest.approx(len(tested) * 2 / 2**10)
    assert (cited.delta.value, cited.delta.low, cited.delta.high) == (1, 1, 1)
    assert comparison.wins == 10


def test_rows_that_lack_are_told_and_not_paired(loaded: EvalSet) -> None:
    both = {"q1": refused("q1"), "q2": Row("q2", Status.ERROR, "broke")}
    comparison = compare(loaded, both, {"q1": refused("q1"), "q2": refused("q2")})
    assert comparison.paired == 1
    assert "A: 3 of 4 questions have no row, or one that ended in an error." in comparison.notes
    with pytest.raises(SetError, match="in common"):
        compare(loaded, {"q1": refused("q1")}, {"q2": refused("q2")})


def test_a_run_with_itself_has_no_difference(loaded: EvalSet, tmp_path: Path) -> None:
    rows = run(loaded, gold_oracle(loaded), tmp_path / "rows.jsonl").rows
    comparison = compare(loaded, rows, rows, cluster="dev")
    assert (comparison.paired, comparison.flips, comparison.losses) == (2, (), 0)
    assert {one.delta.value for one in comparison.measures} == {0}


def test_runs_of_other_data_are_refused(loaded: EvalSet, tmp_path: Path) -> None:
    good = run(loaded, always_refuse, tmp_path / "good.jsonl").out
    changed = write_set(tmp_path / "changed")
    corpus = changed / "corpus.jsonl"
    corpus.write_text(corpus.read_text().replace("twice a day", "twice a year"), encoding="utf-8")
    other = run(load_set(changed), always_refuse, tmp_path / "other.jsonl").out
    with pytest.raises(SetError, match=r"other\.jsonl is no run of the set 'set'"):
        compare(loaded, good, other)
    stranger = tmp_path / "stranger.jsonl"
    stranger.write_text('{"_id": "q9", "status": "abstained"}\n', encoding="utf-8")
    with pytest.raises(SetError, match="'q9', which is no question of it"):
        compare(loaded, stranger, good)


def test_rows_without_a_manifest_are_compared_and_told(loaded: EvalSet, tmp_path: Path) -> None:
    good = run(loaded, always_refuse, tmp_path / "good.jsonl").out
    bare = tmp_path / "bare.jsonl"
    bare.write_bytes(good.read_bytes())
    [note] = compare(loaded, good, bare).notes
    assert note.startswith("bare.jsonl: bare.jsonl.manifest.json is missing")


def test_the_command(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.chdir(tmp_path)
    folder = write_set(tmp_path / "set")
    loaded = load_set(folder)
    run(loaded, always_refuse, tmp_path / "a.jsonl")
    run(loaded, gold_oracle(loaded), tmp_path / "b.jsonl")
    command = ["eval", "compare", "set", "a.jsonl", "b.jsonl"]
    assert main(command) == 0
    printed = capsys.readouterr().out
    assert "A is a.jsonl, B is b.jsonl" in printed
    assert "B does better on 3 questions, worse on 0, and the same on 1." in printed
    assert "Questions that flipped: 0 lost, 3 won" in printed
    assert "Holm p" in printed
    assert "1.000 .. 1.000 *" in printed  # in one piece, however narrow the terminal
    assert main([*command, "--json"]) == 0
    value = json.loads(capsys.readouterr().out)
    assert (value["wins"], value["flips"][0]["second"]["outcome"]) == (3, "right")
    assert main(["eval", "compare", "set", "a.jsonl", "gone.jsonl"]) == 1
    assert "gone.jsonl cannot be read" in " ".join(capsys.readouterr().err.split())
