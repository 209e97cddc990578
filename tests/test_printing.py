"""What reaches a terminal is safe, whatever an article holds, and what reaches JSON is exact."""

from __future__ import annotations

import json
import unicodedata

import pytest
from hypothesis import given
from hypothesis import strategies as st

from rag.printing import displayable, print_answer, print_hits, print_json, print_report
from rag.serialising import answer_to_dict, sync_report_to_dict
from rag.values import (
    Answer,
    AnswerSentence,
    Article,
    Chunk,
    Citation,
    Hit,
    LoadProblem,
    RankedArticle,
    Reason,
    Scores,
    Span,
    Status,
    SyncReport,
)

HOSTILE = "\x1b]0;owned\x07Pay [bold]now[/bold]\u202e \x9b2J"
TEXT = f"{HOSTILE} The contracts\nexceed $45 billion."


def answer(text: str) -> Answer:
    citation = Citation(1, "a.txt", text, "", "2017-01-01", "", 0, len(text), text)
    start = text.index("$45")
    sentence = AnswerSentence(text, (citation,), 0.5, Span(start, start + len("$45 billion")))
    article = Article("a.txt", text, title=text)
    hit = Hit(article, Chunk("a.txt", 0, Span(0, len(text)), ()), Scores(total=1.0))
    return Answer(
        "What?", "What?", Status.ANSWERED, (sentence,), "$45 billion", 0.9, hits=(hit,),
        retrieved=(RankedArticle("a.txt", text, 1.0, citation),), timing_ms={"total": 1.5},
    )  # fmt: skip


def abstention(text: str) -> Answer:
    retrieved = answer(text).retrieved
    return Answer(
        "What?", "What?", Status.ABSTAINED, reason=Reason.NOT_STATED, message="Not stated.",
        retrieved=retrieved,
    )  # fmt: skip


@given(st.text())
def test_displayable_text_is_one_line_without_steering_characters(text: str) -> None:
    shown = displayable(text)
    assert "\n" not in shown
    assert not any(unicodedata.category(character) == "Cc" for character in shown)
    assert "\u202e" not in shown
    assert displayable(shown) == shown


@given(st.text(st.characters(categories=["L", "N", "P", "S", "M"])))
def test_displayable_leaves_ordinary_text_alone(text: str) -> None:
    assert displayable(text) == text


@pytest.mark.parametrize("made", [answer, abstention])
def test_an_article_cannot_steer_the_terminal(
    made: type[Answer], capsys: pytest.CaptureFixture[str]
) -> None:
    print_answer(made(TEXT))
    print_hits(answer(TEXT).hits)
    print_report(SyncReport(added=(HOSTILE,), problems=(LoadProblem(HOSTILE, HOSTILE),)))
    out = capsys.readouterr().out
    assert not {"\x1b", "\x07", "\x9b", "\u202e"} & set(out)
    assert "[bold]now[/bold]" in out  # shown as it stands in the article, not obeyed


def test_a_mark_follows_its_sentence_and_the_phrase_keeps_its_spaces(
    capsys: pytest.CaptureFixture[str],
) -> None:
    print_answer(answer("The contracts\nexceed $45 billion, he said."))
    assert capsys.readouterr().out.startswith(
        "The contracts exceed $45 billion, he said. [1]\n\nShort answer: $45 billion\n"
    )


@given(st.text(max_size=40))
def test_json_holds_the_exact_characters(prefix: str) -> None:
    text = f"{prefix} exceed $45 billion."
    told = json.loads(json.dumps(answer_to_dict(answer(text))))
    assert told["sentences"][0]["citations"][0]["quote"] == text
    start, end = told["sentences"][0]["highlight"]
    assert text[start:end] == "$45 billion"
    assert told["answer"] == text
    assert told["reason"] is None


def test_an_abstention_has_a_message_where_an_answer_would_be() -> None:
    told = answer_to_dict(abstention(TEXT))
    assert (told["status"], told["reason"]) == ("abstained", "not_stated")
    assert told["answer"] == told["message"] == "Not stated."
    assert told["sentences"] == []


def test_json_is_readable_by_a_script_whatever_a_file_is_called(
    capsys: pytest.CaptureFixture[str],
) -> None:
    name = "caf\udce9.txt"  # a byte that is not UTF-8, as Python hands it over
    print_json(sync_report_to_dict(SyncReport(problems=(LoadProblem(name, "not text"),))))
    assert json.loads(capsys.readouterr().out)["problems"][0]["source"] == name
