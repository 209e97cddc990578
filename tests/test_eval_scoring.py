import json
from collections.abc import Callable, Sequence
from dataclasses import replace
from pathlib import Path

import pytest
from eval_small_set import BRIDGE, small_set

from eval import run, score
from eval.controls import always_refuse, gold_oracle
from eval.gate import DEFAULTS, Thresholds, failures
from eval.running import Answerer
from eval.scoring import Scores
from eval.values import EvalSet
from rag.values import Answer, Status, Turn


@pytest.fixture
def questions(tmp_path: Path) -> EvalSet:
    return small_set(tmp_path / "set")


def scored(questions: EvalSet, answerer: Answerer, tmp_path: Path) -> Scores:
    return score(questions, run(questions, answerer, tmp_path / "rows.jsonl").out)


def changed(questions: EvalSet, change: Callable[[Answer], Answer]) -> Answerer:
    """The gold's answerer with every answer passed through ``change``: an engine that breaks."""
    oracle = gold_oracle(questions)

    def answer(question: str, history: Sequence[Turn] = ()) -> Answer:
        return change(oracle(question, history))

    return answer


def recited(answer: Answer, **fields: object) -> Answer:
    """Every citation with other ``fields``."""
    return replace(
        answer,
        sentences=tuple(
            replace(s, citations=tuple(replace(c, **fields) for c in s.citations))
            for s in answer.sentences
        ),
    )


def never_refuses(answer: Answer) -> Answer:
    return replace(answer, status=Status.ANSWERED)


def cites_the_wrong_article(answer: Answer) -> Answer:
    return recited(answer, article_id="ferry")


def cites_the_wrong_sentence(answer: Answer) -> Answer:
    words = "It cost 40,000 crowns."
    start = BRIDGE.index(words)
    return recited(answer, article_id="bridge", start=start, end=start + len(words), quote=words)


def changes_a_number(answer: Answer) -> Answer:
    return recited(answer, quote="The bridge at Marn opened in 1912.")


def shifts_offsets(answer: Answer) -> Answer:
    return recited(answer, start=1)


def leaves_citations_out(answer: Answer) -> Answer:
    bare = tuple(replace(s, citations=()) for s in answer.sentences[:1])
    return replace(answer, sentences=answer.sentences + bare)


STRICT = Thresholds({**DEFAULTS.at_least, "right_sentence_cited": 0.8, "unanswerable_refused": 0.7})


def fails(answer: Answer) -> Answer:
    raise RuntimeError("down")


def test_the_oracle_is_perfect_and_passes_the_gate(questions: EvalSet, tmp_path: Path) -> None:
    scores = scored(questions, gold_oracle(questions), tmp_path)
    for name in (
        "right_sentence_cited",
        "answer_contained",
        "exact_match",
        "unanswerable_refused",
        "abstention_f1",
        "citation_validity",
        "evidence_precision",
        "evidence_recall",
        "answerability_auroc",
        "hit@1",
    ):
        assert scores.value(name) == 1, name
    assert scores.value("false_refusal_rate") == scores.value("aurc") == 0
    assert (scores.asked, scores.missing, scores.errors, scores.problems) == (4, 0, 0, ())
    assert failures(scores) == []


def test_always_refusing(questions: EvalSet, tmp_path: Path) -> None:
    scores = scored(questions, always_refuse, tmp_path)
    assert scores.value("unanswerable_refused") == 1
    assert scores.value("abstention_precision") == 1 / 4
    assert scores.value("false_refusal_rate") == 1
    assert scores.value("right_sentence_cited") == 0
    assert scores.value("exact_match") == 1 / 4
    # Nothing was cited: that is no validity, neither 0 nor 1.
    assert scores.value("citation_validity") is None
    assert any("citation_validity: none counted" in reason for reason in failures(scores))


@pytest.mark.parametrize(
    ("broken", "caught_by"),
    [
        (never_refuses, "unanswerable_refused"),
        (cites_the_wrong_article, "citation_validity"),
        (cites_the_wrong_article, "right_sentence_cited"),
        (cites_the_wrong_sentence, "right_sentence_cited"),
        (changes_a_number, "citation_validity"),
        (shifts_offsets, "citation_validity"),
        (leaves_citations_out, "sentences_cited"),
        (fails, "4 questions ended in an error"),
    ],
)
def test_the_gate_catches_a_broken_engine(
    questions: EvalSet, tmp_path: Path, broken: Callable[[Answer], Answer], caught_by: str
) -> None:
    scores = scored(questions, changed(questions, broken), tmp_path)
    assert any(reason.startswith(caught_by) for reason in failures(scores, STRICT))


def test_the_gate_catches_missing_and_bad_rows(questions: EvalSet, tmp_path: Path) -> None:
    out = run(questions, gold_oracle(questions), tmp_path / "rows.jsonl", limit=3).out
    assert "1 of 4 questions have no row." in failures(score(questions, out))
    with out.open("a", encoding="utf-8") as file:
        file.write('{"_id": "q4", "status": "fine"}\n')
    [_, left_out] = failures(score(questions, out))
    assert "rows.jsonl, line 4: 'status' must be abstained, answered or error" in left_out


def test_thresholds_can_be_moved(questions: EvalSet, tmp_path: Path) -> None:
    scores = scored(questions, changed(questions, never_refuses), tmp_path)
    assert failures(scores, Thresholds(at_least={"sentences_cited": 0.5})) == []


def test_errors_are_counted_and_left_out(questions: EvalSet, tmp_path: Path) -> None:
    oracle = gold_oracle(questions)

    def moody(question: str, history: Sequence[Turn] = ()) -> Answer:
        return fails(oracle(question)) if "fare" in question else oracle(question, history)

    scores = scored(questions, moody, tmp_path)
    assert scores.errors == 1
    assert scores.value("right_sentence_cited") == 1
    assert scores.slices.keys() == {"fact", "absent", "follow-up"}


def test_either_name_of_an_article_that_is_there_twice_is_right(
    questions: EvalSet, tmp_path: Path
) -> None:
    def other_name(answer: Answer) -> Answer:
        if not answer.citations or answer.citations[0].article_id != "bridge":
            return answer
        ranked = tuple(replace(r, article_id="bridge-again") for r in answer.retrieved)
        return replace(recited(answer, article_id="bridge-again"), retrieved=ranked)

    scores = scored(questions, changed(questions, other_name), tmp_path)
    assert scores.value("right_sentence_cited") == scores.value("hit@1") == 1
    assert failures(scores) == []


def test_an_answer_without_short_answer_is_no_refusal(questions: EvalSet, tmp_path: Path) -> None:
    def silent(answer: Answer) -> Answer:
        return replace(never_refuses(answer), short_answer="")

    assert scored(questions, changed(questions, silent), tmp_path).value("exact_match") == 0


def test_one_half_of_a_set(questions: EvalSet, tmp_path: Path) -> None:
    rows = run(questions, gold_oracle(questions), tmp_path / "rows.jsonl").rows
    half = score(questions, rows, cluster="dev")
    assert (half.name, half.questions) == ("set (dev)", 2)
    assert half.value("unanswerable_refused") == 1


def test_scores_are_plain_json(questions: EvalSet, tmp_path: Path) -> None:
    value = scored(questions, gold_oracle(questions), tmp_path).as_dict()
    assert json.loads(json.dumps(value, allow_nan=False)) == value
    assert value["measures"]["right_sentence_cited"]["value"] == 1
