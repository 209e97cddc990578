from pathlib import Path

import pytest
from eval_small_set import BRIDGE, CORPUS, write_lines

from eval.datasets import load_set
from eval.values import EvalSet, SetError


def load(tmp_path: Path, text: str, suffix: str = ".csv") -> EvalSet:
    write_lines(tmp_path / "corpus.jsonl", CORPUS[:2])
    questions = tmp_path / f"mine{suffix}"
    questions.write_text(text, encoding="utf-8")
    return load_set(questions, tmp_path / "corpus.jsonl")


def test_a_csv(tmp_path: Path) -> None:
    loaded = load(
        tmp_path,
        "Question,Answer,Evidence,Kind\n"
        "When did it open?,1911|in 1911,The bridge at Marn opened in 1911.,fact\n"
        '"Who painted it, and when?",,,\n',
    )
    assert loaded.problems == ()
    assert [question.text for question in loaded.questions] == [
        "When did it open?",
        "Who painted it, and when?",
    ]
    first, second = (loaded.gold[question.id] for question in loaded.questions)
    assert (first.answerable, first.kind, first.answers) == (True, "fact", ("1911", "in 1911"))
    [evidence] = first.evidence
    assert BRIDGE[evidence.start : evidence.end] == evidence.text
    assert (second.answerable, second.kind) == (False, "unanswerable")
    assert loaded.relevant == {"line-2": {"bridge": 1}}


def test_a_jsonl(tmp_path: Path) -> None:
    loaded = load(
        tmp_path,
        '{"id": "fare", "question": "What is the fare?", "answers": ["3 crowns"]}\n'
        '{"question": "Who?", "answerable": false}\n',
        ".jsonl",
    )
    assert loaded.problems == ()
    assert loaded.gold["fare"].answers == ("3 crowns",)
    assert not loaded.gold["line-2"].answerable


def test_evidence_that_stands_twice_counts_at_both_places(tmp_path: Path) -> None:
    loaded = load(tmp_path, "question,evidence\nWhat does it cost?,crowns\n")
    assert [p.doc_id for p in loaded.gold["line-2"].evidence] == ["bridge", "ferry"]


@pytest.mark.parametrize(
    ("row", "reason"),
    [
        (",1911,,", "'question' must be a text"),
        ("When?,1911,In 1912.,", "no article has the evidence"),
        ("When?,1911,,perhaps", "'answerable' must be yes or no"),
        ("When?,1911,,no", "an unanswerable question has an answer"),
        ("When?,,,yes", "needs an answer or evidence"),
        ("When?,1911,,yes,more", "more cells than columns"),
    ],
)
def test_bad_rows_are_named(row: str, reason: str, tmp_path: Path) -> None:
    loaded = load(tmp_path, f"question,answer,evidence,answerable\nWho?,,,\n{row}\n")
    assert len(loaded.questions) == 1
    [problem] = loaded.problems
    assert (problem.file, problem.line) == ("mine.csv", 3)
    assert reason in problem.reason


def test_questions_alone_need_their_articles(tmp_path: Path) -> None:
    (tmp_path / "mine.csv").write_text("question\nWho?\n", encoding="utf-8")
    with pytest.raises(SetError, match="--articles"):
        load_set(tmp_path / "mine.csv")
