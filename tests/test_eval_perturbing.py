"""Sets with the evidence taken out and with other facts: still true, and of one piece."""

from __future__ import annotations

import json
import re
from dataclasses import replace
from pathlib import Path

import pytest
from eval_news_set import CHURCH, DAM, REPRINT, TEXTS, news_set

from eval import run, score
from eval.controls import gold_oracle
from eval.metrics import contains_answer
from eval.perturbing import KIND_GOLD_REMOVED, Perturbed, swapped, without_gold
from eval.values import EvalSet, SetError

COST = "Repairs will cost 1,250,000 crowns."


@pytest.fixture
def questions(tmp_path: Path) -> EvalSet:
    loaded = news_set(tmp_path / "news")
    assert loaded.problems == ()
    return loaded


@pytest.fixture
def bare(questions: EvalSet, tmp_path: Path) -> Perturbed:
    return without_gold(questions, tmp_path / "bare")


@pytest.fixture
def other(questions: EvalSet, tmp_path: Path) -> Perturbed:
    return swapped(questions, tmp_path / "other")


def test_the_evidence_is_gone_from_every_article_and_the_rest_is_there(bare: Perturbed) -> None:
    texts = bare.eval_set.texts
    assert COST not in texts["dam"]
    assert texts["reprint"] == REPRINT.replace(f"{COST} ", "")
    assert texts["church"] == CHURCH
    assert "The dam was built in 1931. It holds" in texts["dam"] or "1931" not in texts["dam"]


def test_changed_questions_are_unanswerable_and_the_others_still_true(
    questions: EvalSet, bare: Perturbed
) -> None:
    assert bare.eval_set.problems == ()  # every offset that is left is true
    gold = bare.eval_set.gold
    assert {"q0"} < set(bare.changed) < set(gold)
    for name, value in gold.items():
        assert value.answerable == (name not in bare.changed)
        assert (value.kind == KIND_GOLD_REMOVED) == (name in bare.changed)
        if value.answerable:
            assert [p.text for p in value.evidence] == [
                p.text for p in questions.gold[name].evidence
            ]
    assert "q11" not in gold, "unanswerable before: it would tell nothing"


def test_no_article_loses_more_than_a_third_and_what_is_retold_is_left(bare: Perturbed) -> None:
    for name, text in bare.eval_set.texts.items():
        assert len(text) >= 2 / 3 * len(TEXTS[name]) - 3  # a blank behind each sentence
    assert "q7" not in bare.changed, "another sentence tells what the bell weighs"
    assert bare.skipped["another sentence tells it too"] == 1
    assert bare.skipped["too much of its article is evidence"] + 1 + len(bare.changed) == 11


def test_a_part_of_a_sentence_takes_its_sentence_along(questions: EvalSet, tmp_path: Path) -> None:
    year = replace(questions.gold["q1"].evidence[0], text="1931")
    start = DAM.index("1931")
    part = replace(questions.gold["q1"], evidence=(replace(year, start=start, end=start + 4),))
    alone = replace(questions, questions=questions.questions[1:2], gold={"q1": part})
    made = without_gold(alone, tmp_path / "alone")
    assert made.eval_set.texts["dam"] == DAM.replace("The dam was built in 1931. ", "")


def test_the_new_facts_hold_in_articles_questions_and_answers_alike(
    questions: EvalSet, other: Perturbed
) -> None:
    assert other.eval_set.problems == ()
    assert set(other.changed) == set(other.eval_set.gold)
    for name in other.changed:
        old, new = questions.gold[name], other.eval_set.gold[name]
        told = " ".join(p.text for p in new.evidence)
        assert contains_answer(told, new.answers)
        assert not contains_answer(told, old.answers)
        assert not set(new.answers) & set(old.answers)


def test_each_kind_of_fact_changes_into_its_own_kind(other: Perturbed) -> None:
    gold = {name: value.answers for name, value in other.eval_set.gold.items()}
    [cost, bare] = gold["q0"]
    assert re.fullmatch(r"\d,\d{2}0,000 crowns", cost)
    assert cost == f"{bare} crowns"
    assert cost in other.eval_set.texts["reprint"], "articles that agreed still agree"
    assert re.fullmatch(r"1\d\d\d", gold["q1"][0])
    # Two who answer "who" change places, also where only the last name is said.
    assert gold["q2"] == ("Tomas Weil", "Inspector Weil")
    assert gold["q3"] == ("Paula Brandt",)
    assert "Brandt spoke on" in other.eval_set.texts["wolves"]
    assert re.fullmatch(r"\d", gold["q4"][0]), "a numeral; the word for it was not changed"
    assert re.fullmatch(r"(?:[1-9]|1\d|2[0-8]) May", gold["q5"][0])
    assert gold["q6"][0] in {"Monday", "Wednesday", "Thursday", "Friday", "Saturday", "Sunday"}
    assert re.fullmatch(r"[a-z]+ metres", gold["q9"][0])


def test_questions_follow_their_articles(other: Perturbed) -> None:
    texts = {question.id: question.text for question in other.eval_set.questions}
    assert texts["q5"] == "On which date did Brandt speak?"
    assert texts["q6"] == "On which day was the Orrin Dam closed?"


def test_what_cannot_be_changed_safely_is_left_out_and_counted(other: Perturbed) -> None:
    assert "q8" not in other.changed
    assert other.skipped == {"no number or name to change safely": 1}


def test_the_same_set_gives_the_same_files(questions: EvalSet, tmp_path: Path) -> None:
    for change in (without_gold, swapped):
        folders = [tmp_path / f"{change.__name__}-{n}" for n in (1, 2)]
        for folder in folders:
            change(questions, folder)
        for path in folders[0].iterdir():
            assert path.read_bytes() == (folders[1] / path.name).read_bytes()


@pytest.mark.parametrize("change", [without_gold, swapped])
def test_the_oracle_of_a_changed_set_is_right_on_it(
    questions: EvalSet, tmp_path: Path, change: object
) -> None:
    made = change(questions, tmp_path / "made").eval_set
    scores = score(made, run(made, gold_oracle(made), tmp_path / "rows.jsonl").rows)
    assert scores.value("answers_right") == 1
    assert scores.value("false_refusal_rate") == 0


@pytest.mark.parametrize("change", [without_gold, swapped])
def test_a_set_without_evidence_cannot_be_changed(
    questions: EvalSet, tmp_path: Path, change: object
) -> None:
    gold = {name: replace(value, evidence=()) for name, value in questions.gold.items()}
    with pytest.raises(SetError, match="Give a set with evidence") as caught:
        change(replace(questions, gold=gold), tmp_path / "made")
    assert "no evidence is named (11)" in caught.value.mend
    assert not (tmp_path / "made").exists()


def test_what_sources_tell_of_articles_is_handed_on(questions: EvalSet, tmp_path: Path) -> None:
    source = tmp_path / "news" / "corpus.jsonl"
    rows = [json.loads(line) for line in source.read_text(encoding="utf-8").splitlines()]
    rows[0] |= {"title": "Brandt warns", "metadata": {"outlet": "Courier", "date": "2023-05-16"}}
    source.write_text("".join(json.dumps(row) + "\n" for row in rows), encoding="utf-8")
    swapped(questions, tmp_path / "other")
    made = json.loads((tmp_path / "other" / "corpus.jsonl").read_text().splitlines()[0])
    assert made["title"] == "Weil warns"
    assert made["metadata"] == {"outlet": "Courier", "date": "2023-05-16"}
