"""Ratings in the chat become test questions that the engine's own loader takes."""

from __future__ import annotations

import json
from pathlib import Path

import pytest
from newsroom import write_newsroom

from rag.cli import main
from rag.values import Answer, AnswerSentence, Citation, Status
from ui.conversations import Conversations
from ui.feedback import add_feedback

QUOTE = "The bridge is 612 metres long."


def answers(text: str) -> tuple[Answer, ...]:
    start = text.index(QUOTE)
    citation = Citation(1, "bridge.txt", "", "", "", "", start, start + len(QUOTE), QUOTE)
    right = Answer(
        "How long?",
        "How long is the bridge?",
        Status.ANSWERED,
        (AnswerSentence(QUOTE, (citation,)),),
        short_answer="612 metres",
        short_confidence=0.9,
    )
    no = Answer("Who won?", "Who won?", Status.ABSTAINED, message="The articles do not say.")
    return right, no, Answer("Who led it?", "Who led the design?", Status.ABSTAINED, message="No.")


def test_ratings_become_questions(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    news = write_newsroom(tmp_path / "news")
    told = answers((news / "bridge.txt").read_text())
    kept = Conversations(tmp_path / "kept", "local").save(told)
    file, out = tmp_path / "feedback.jsonl", tmp_path / "questions.csv"
    add_feedback(file, kept, 0, "down", "")  # changed below: the last word counts
    add_feedback(file, kept, 0, "up", "")
    add_feedback(file, kept, 1, "up", "")
    add_feedback(file, kept, 2, "down", "Lena Foss")
    command = ["eval", "init", str(news), "--from-feedback", str(file), "--out", str(out), "--json"]
    assert main(command) == 0
    counts = json.loads(capsys.readouterr().out)
    assert (counts["questions"], counts["answerable"], counts["problems"]) == (3, 2, [])
    table = out.read_text()
    assert f"How long is the bridge?,612 metres,{QUOTE},yes,confirmed" in table
    assert "Who won?,,,no,refused" in table
    assert "Who led the design?,Lena Foss,,yes,contested" in table


def test_a_file_that_makes_no_question_says_what_to_do(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    news = write_newsroom(tmp_path / "news")
    file = tmp_path / "feedback.jsonl"
    file.write_text('{"rating": "down", "understood": "Why?"}\n')
    out = str(tmp_path / "q.csv")
    assert main(["eval", "init", str(news), "--from-feedback", str(file), "--out", out]) == 1
    assert "Helpful" in capsys.readouterr().err
