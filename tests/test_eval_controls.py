"""Controls from the rows of a run, and what they say of it."""

from __future__ import annotations

import json
from dataclasses import replace
from pathlib import Path

import pytest
from eval_news_set import TEXTS, news_set
from eval_small_set import small_set, write_set

from eval import load_set, run, score
from eval.controls import (
    ALWAYS_REFUSE,
    EVERYTHING,
    NEVER_REFUSE,
    ORACLE,
    SHUFFLED,
    TOP_SENTENCE,
    always_refuse,
    control_rows,
    controls,
    gold_oracle,
)
from eval.perturbing import swapped
from eval.values import EvalSet, Row
from eval.verdicts import (
    FACT_SWAPPED,
    GOLD_REMOVED,
    OLD_FACT_TOLD,
    verdict_without_gold,
    verdicts_from_rows,
    verdicts_on_swaps,
)
from rag.cli import main
from rag.values import Status


@pytest.fixture
def questions(tmp_path: Path) -> EvalSet:
    return news_set(tmp_path / "news")


@pytest.fixture
def rows(questions: EvalSet, tmp_path: Path) -> dict[str, Row]:
    """A run that is right throughout, finding every article where it refuses."""
    made = dict(run(questions, gold_oracle(questions), tmp_path / "rows.jsonl").rows)
    ranked = tuple((name, 1.0) for name in TEXTS)
    return {name: replace(row, retrieved=row.retrieved or ranked) for name, row in made.items()}


def test_refusing_everything_and_nothing(questions: EvalSet, rows: dict[str, Row]) -> None:
    found = controls(questions, rows)
    assert found[ALWAYS_REFUSE].value("answered") == 0
    assert found[ALWAYS_REFUSE].value("unanswerable_refused") == 1
    assert found[ALWAYS_REFUSE].value("truthfulness") == 0
    assert found[NEVER_REFUSE].value("answered") == 1
    assert found[NEVER_REFUSE].value("unanswerable_refused") == 0
    assert found[NEVER_REFUSE].value("hit@1") == score(questions, rows).value("hit@1")


def test_never_refusing_copies_a_sentence_only_where_the_run_refused(
    questions: EvalSet, rows: dict[str, Row]
) -> None:
    rows["q0"] = replace(rows["q0"], status=Status.ABSTAINED, answer="", sentences=())
    made = control_rows(questions, rows)[NEVER_REFUSE]
    assert made["q1"] == rows["q1"]
    assert made["q0"].answer == "Repairs will cost 1,250,000 crowns."


def test_the_sentence_that_shares_most_words_is_copied_and_cited(
    questions: EvalSet, rows: dict[str, Row]
) -> None:
    made = control_rows(questions, rows)[TOP_SENTENCE]["q3"]
    assert made.answer == "Ranger Tomas Weil counted 9 wolves in the Tarn valley."
    [citation] = made.citations
    assert TEXTS["wolves"][citation.start : citation.end] == made.answer == citation.text
    nothing = {"q3": replace(rows["q3"], retrieved=(("gone", 1.0),))}
    assert control_rows(questions, nothing)[TOP_SENTENCE]["q3"].status is Status.ABSTAINED


def test_everything_is_the_best_article_cited_whole_and_is_never_right(
    questions: EvalSet, rows: dict[str, Row]
) -> None:
    made = control_rows(questions, rows)[EVERYTHING]
    assert made["q3"].answer == TEXTS["wolves"]
    assert [(c.start, c.end) for c in made["q3"].citations] == [(0, len(TEXTS["wolves"]))]
    scores = controls(questions, rows)[EVERYTHING]
    assert scores.value("citation_validity") == scores.value("right_article_cited") == 1
    assert scores.value("right_sentence_cited") == scores.value("answers_right") == 0
    nothing = {"q3": replace(rows["q3"], retrieved=())}
    assert control_rows(questions, nothing)[EVERYTHING]["q3"].status is Status.ABSTAINED


def test_the_oracle_is_right_also_where_the_run_was_not(
    questions: EvalSet, rows: dict[str, Row]
) -> None:
    oracle = controls(questions, rows)[ORACLE]
    assert oracle.value("right_sentence_cited") == oracle.value("unanswerable_refused") == 1


def test_the_oracle_quotes_a_relevant_article_where_gold_names_no_evidence(
    questions: EvalSet, rows: dict[str, Row]
) -> None:
    gold = {name: replace(value, evidence=()) for name, value in questions.gold.items()}
    bare = replace(questions, gold=gold)
    told = control_rows(bare, rows)[ORACLE]["q4"]
    assert told.answer == "Ranger Tomas Weil counted 9 wolves in the Tarn valley."
    assert told.short_answer == "9"
    scores = controls(bare, rows)[ORACLE]
    assert scores.value("answers_right") == scores.value("citation_validity") == 1
    assert scores.value("false_refusal_rate") == 0
    verdicts = verdicts_from_rows(score(bare, rows), controls(bare, rows))
    assert {v.measure for v in verdicts if v.control == ORACLE and v.holds} == {
        "answers_right",
        "citation_validity",
    }


def test_the_oracle_tells_the_answer_where_no_sentence_is_known_to_hold_it(
    questions: EvalSet, rows: dict[str, Row]
) -> None:
    gold = {name: replace(value, evidence=()) for name, value in questions.gold.items()}
    unknown = replace(questions, gold=gold, relevant={"q1": {"wolves": 1, "dam": 0}})
    told = control_rows(unknown, rows)[ORACLE]["q1"]
    assert (told.answer, told.citations) == ("1931", ())
    assert controls(unknown, rows)[ORACLE].value("answers_right") == 1


def test_the_oracle_refuses_where_gold_says_nothing_that_could_be_told(
    questions: EvalSet, rows: dict[str, Row]
) -> None:
    gold = {"q1": replace(questions.gold["q1"], evidence=(), answers=())}
    made = control_rows(replace(questions, gold=gold), {"q1": rows["q1"]})[ORACLE]
    assert made["q1"].status is Status.ABSTAINED


def test_shuffled_citations_are_of_other_questions_and_support_nothing(
    questions: EvalSet, rows: dict[str, Row]
) -> None:
    made = control_rows(questions, rows)[SHUFFLED]
    assert made.keys() == rows.keys()
    for name, row in rows.items():
        assert made[name].answer == row.answer
        assert not set(made[name].citations) & set(row.citations)
    assert made == control_rows(questions, rows)[SHUFFLED]
    scores = score(questions, made)
    assert scores.value("citation_validity") == 1, "what is cited is there, only elsewhere"
    assert scores.value("citation_precision") == scores.value("citation_recall") == 0


def test_one_answer_alone_has_nobody_to_change_citations_with(
    questions: EvalSet, rows: dict[str, Row]
) -> None:
    alone = {"q1": rows["q1"]}
    assert control_rows(questions, alone)[SHUFFLED] == {}
    verdicts = verdicts_from_rows(score(questions, alone), controls(questions, alone))
    assert {v.holds for v in verdicts if v.control == SHUFFLED} == {None}


def test_answers_without_citations_stay_as_they_are(
    questions: EvalSet, rows: dict[str, Row]
) -> None:
    bare = replace(rows["q1"], sentences=())
    assert control_rows(questions, {**rows, "q1": bare})[SHUFFLED]["q1"] == bare


def test_never_refusing_tells_nothing_where_all_is_answerable(
    questions: EvalSet, rows: dict[str, Row]
) -> None:
    answerable = {name: row for name, row in rows.items() if questions.gold[name].answerable}
    verdicts = verdicts_from_rows(score(questions, answerable), controls(questions, answerable))
    assert {v.holds for v in verdicts if v.control == NEVER_REFUSE} == {None}
    assert {v.holds for v in verdicts if v.control == ALWAYS_REFUSE} == {True}


def test_always_refusing_tells_nothing_where_nothing_is_answerable(
    questions: EvalSet, rows: dict[str, Row]
) -> None:
    absent = {name: row for name, row in rows.items() if not questions.gold[name].answerable}
    verdicts = verdicts_from_rows(score(questions, absent), controls(questions, absent))
    assert {v.holds for v in verdicts if v.control == ALWAYS_REFUSE} == {None}


def test_missing_questions_and_errors_stay(questions: EvalSet, rows: dict[str, Row]) -> None:
    rows["q2"] = Row("q2", Status.ERROR, "down")
    del rows["q3"]
    for scores in controls(questions, rows).values():
        assert (scores.missing, scores.errors) == (1, 1)


def test_every_verdict_holds_for_a_good_run(questions: EvalSet, rows: dict[str, Row]) -> None:
    run_scores = score(questions, rows)
    verdicts = verdicts_from_rows(run_scores, controls(questions, rows))
    assert {verdict.control for verdict in verdicts} == {
        ALWAYS_REFUSE,
        EVERYTHING,
        NEVER_REFUSE,
        TOP_SENTENCE,
        ORACLE,
        SHUFFLED,
    }
    assert [str(verdict) for verdict in verdicts if not verdict.holds] == []
    [collapse] = [v for v in verdicts if v.measure == "citation_precision"]
    assert str(collapse) == "shuffled citations: citation_precision collapses: 1.000 -> 0.000, ok"


def test_a_run_that_never_refuses_is_no_better_than_never_refusing(
    questions: EvalSet, rows: dict[str, Row]
) -> None:
    bold = control_rows(questions, rows)[NEVER_REFUSE]
    verdicts = verdicts_from_rows(score(questions, bold), controls(questions, bold))
    failed = {(verdict.control, verdict.measure) for verdict in verdicts if not verdict.holds}
    assert failed == {(NEVER_REFUSE, "truthfulness")}


def test_a_run_that_refuses_everything_cannot_show_what_its_citations_are_worth(
    questions: EvalSet, rows: dict[str, Row]
) -> None:
    refused = control_rows(questions, rows)[ALWAYS_REFUSE]
    verdicts = verdicts_from_rows(score(questions, refused), controls(questions, refused))
    assert {v.measure for v in verdicts if v.holds is None} == {
        "citation_precision",
        "citation_recall",
    }
    assert not any(v.holds for v in verdicts if v.control in (ALWAYS_REFUSE, TOP_SENTENCE))


def test_an_answer_must_follow_its_article(
    questions: EvalSet, rows: dict[str, Row], tmp_path: Path
) -> None:
    changed = swapped(questions, tmp_path / "other")
    followed = run(changed.eval_set, gold_oracle(changed.eval_set), tmp_path / "new.jsonl").rows
    follows, told = verdicts_on_swaps(questions, rows, changed, followed)
    assert follows.control == told.control == FACT_SWAPPED
    assert (follows.run, follows.value, follows.holds) == (1, 1, True)
    assert (told.measure, told.value, told.holds) == (OLD_FACT_TOLD, 0, True)
    # One that answers from memory tells the old facts.
    follows, told = verdicts_on_swaps(questions, rows, changed, rows)
    assert (follows.run, follows.value, follows.holds) == (1, 0, False)
    assert (told.value, told.holds) == (1, False)


@pytest.mark.parametrize(("answerer", "holds"), [(always_refuse, True), (gold_oracle, False)])
def test_without_evidence_it_must_refuse(
    questions: EvalSet, tmp_path: Path, answerer: object, holds: bool
) -> None:
    asked = answerer if answerer is always_refuse else gold_oracle(questions)
    gold = {name: replace(value, answerable=False) for name, value in questions.gold.items()}
    changed = replace(questions, gold=gold)
    verdict = verdict_without_gold(score(changed, run(questions, asked, tmp_path / "r").rows))
    assert (verdict.control, verdict.holds) == (GOLD_REMOVED, holds)


def test_the_command_runs_every_control_once(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.chdir(tmp_path)
    news_set(tmp_path / "news")
    command = ["eval", "controls", "news", "rows.jsonl"]
    assert main([*command, "--json"]) == 0
    value = json.loads(capsys.readouterr().out)
    assert value["scores"].keys() == {
        ALWAYS_REFUSE,
        EVERYTHING,
        NEVER_REFUSE,
        TOP_SENTENCE,
        ORACLE,
        SHUFFLED,
        GOLD_REMOVED,
        FACT_SWAPPED,
    }
    assert value["scores"][NEVER_REFUSE]["answered"] == 1
    verdicts = {(v["control"], v["measure"]): v["holds"] for v in value["verdicts"]}
    assert verdicts[FACT_SWAPPED, OLD_FACT_TOLD] is True
    assert verdicts[SHUFFLED, "citation_precision"] is True
    kept = {path: path.read_bytes() for path in tmp_path.rglob("*.jsonl")}
    assert main(command) == 0
    printed = capsys.readouterr().out
    assert f"{FACT_SWAPPED}: old_fact_told is 0: 0.000, ok" in printed
    assert f"{FACT_SWAPPED}: 10 questions changed" in printed
    assert kept == {path: path.read_bytes() for path in tmp_path.rglob("*.jsonl")}
    monkeypatch.setenv("FOOTNOTE_MAX_SENTENCES", "1")
    assert main(command) == 1
    assert "--fresh" in capsys.readouterr().err
    assert main([*command, "--fresh"]) == 0


def test_a_set_without_evidence_has_the_other_controls(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.chdir(tmp_path)
    folder = write_set(tmp_path / "set")
    lines = (folder / "gold.jsonl").read_text().splitlines()
    bare = [{**json.loads(line), "evidence": []} for line in lines]
    (folder / "gold.jsonl").write_text("".join(json.dumps(row) + "\n" for row in bare))
    assert main(["eval", "controls", "set", "--answerer", "quickstart", "--json"]) == 0
    value = json.loads(capsys.readouterr().out)
    assert GOLD_REMOVED not in value["scores"]
    assert "No question of set could be changed safely." in value["skipped"][GOLD_REMOVED]


def test_rows_of_a_set_without_gold_are_controlled_too(tmp_path: Path) -> None:
    loaded = small_set(tmp_path / "set")
    made = run(loaded, gold_oracle(loaded), tmp_path / "rows.jsonl").rows
    (tmp_path / "set" / "gold.jsonl").unlink()
    found = controls(load_set(tmp_path / "set"), made)
    assert found[ORACLE].value("truthfulness") is None
