import json
from collections.abc import Sequence
from dataclasses import replace
from pathlib import Path

import pytest
from eval_small_set import small_set, write_lines, write_set

from eval import load_set, run
from eval.controls import gold_oracle
from eval.rows import read_rows
from eval.running import discard, manifest_path
from eval.values import EvalSet, SetError
from rag.values import Answer, Status, Turn

ROW_KEYS = [
    "_id",
    "status",
    "answer",
    "short_answer",
    "sentences",
    "confidence",
    "retrieved",
    "timing_ms",
]


# What runs of the oracle and of one that counts have in common.
ORACLE = {"answerer": "oracle"}


@pytest.fixture
def questions(tmp_path: Path) -> EvalSet:
    return small_set(tmp_path / "set")


class Counting:
    """Answers by gold and remembers what was asked; stops, if told so, before the n-th."""

    def __init__(self, eval_set: EvalSet, stop_before: int = 99) -> None:
        self.oracle = gold_oracle(eval_set)
        self.asked: list[str] = []
        self.stop_before = stop_before

    def __call__(self, question: str, history: Sequence[Turn] = ()) -> Answer:
        if len(self.asked) + 1 == self.stop_before:
            raise KeyboardInterrupt
        self.asked.append(question)
        return self.oracle(question, history)


def lines(path: Path) -> list[dict]:
    return [json.loads(line) for line in path.read_text(encoding="utf-8").splitlines()]


def test_one_row_a_question_in_the_agreed_format(questions: EvalSet, tmp_path: Path) -> None:
    out = tmp_path / "deep" / "rows.jsonl"
    seen: list[tuple[int, int]] = []
    report = run(questions, gold_oracle(questions), out, on_progress=lambda *at: seen.append(at))
    rows = lines(out)
    assert rows[0].pop("first_of_session") is True
    assert [list(row) for row in rows] == [ROW_KEYS] * 4
    assert [row["_id"] for row in rows] == ["q1", "q2", "q3", "q4"]
    assert [row["status"] for row in rows] == ["answered", "answered", "abstained", "answered"]
    sentence = rows[0]["sentences"][0]
    assert sentence == {
        "text": "The bridge at Marn opened in 1911.",
        "citations": [
            {
                "doc_id": "bridge",
                "start": 0,
                "end": 34,
                "quote": "The bridge at Marn opened in 1911.",
            }
        ],
    }
    assert rows[0]["answer"] == sentence["text"]
    assert rows[0]["retrieved"] == [{"doc_id": "bridge", "score": 1.0}]
    assert rows[0]["timing_ms"]["total"] >= 0
    assert seen == [(1, 4), (2, 4), (3, 4), (4, 4)]
    assert read_rows(out) == (dict(report.rows), ())


def test_an_interrupted_run_goes_on(questions: EvalSet, tmp_path: Path) -> None:
    out, whole = tmp_path / "rows.jsonl", tmp_path / "whole.jsonl"
    with pytest.raises(KeyboardInterrupt):
        run(questions, Counting(questions, stop_before=3), out, identity=ORACLE)
    assert len(lines(out)) == 2
    again = Counting(questions)
    report = run(questions, again, out, identity=ORACLE)
    assert (report.kept, len(again.asked), len(report.rows)) == (2, 2, 4)
    run(questions, gold_oracle(questions), whole)
    apart = {"timing_ms": 0, "first_of_session": 0}
    assert [{**row, **apart} for row in lines(out)] == [{**row, **apart} for row in lines(whole)]
    assert [row.first_of_session for row in report.rows.values()] == [True, False, True, False]
    unchanged = out.read_bytes()
    nothing_left = Counting(questions)
    run(questions, nothing_left, out, identity=ORACLE)
    assert nothing_left.asked == []
    assert out.read_bytes() == unchanged


@pytest.mark.parametrize("cut", [1, 20, 150])
def test_a_row_torn_by_a_kill_is_asked_again(questions: EvalSet, tmp_path: Path, cut: int) -> None:
    out = tmp_path / "rows.jsonl"
    run(questions, gold_oracle(questions), out, identity=ORACLE)
    out.write_bytes(out.read_bytes()[:-cut])
    again = Counting(questions)
    report = run(questions, again, out, identity=ORACLE)
    assert again.asked == ["And who built it?"]
    assert [row["_id"] for row in lines(out)] == ["q1", "q2", "q3", "q4"]
    assert list(report.rows) == ["q1", "q2", "q3", "q4"]


def test_a_first_row_torn_is_asked_again(questions: EvalSet, tmp_path: Path) -> None:
    out = tmp_path / "rows.jsonl"
    run(questions, gold_oracle(questions), out, limit=1)
    out.write_bytes(out.read_bytes()[:9])
    assert run(questions, gold_oracle(questions), out).kept == 0
    assert len(lines(out)) == 4


def test_limit_then_the_rest(questions: EvalSet, tmp_path: Path) -> None:
    out = tmp_path / "rows.jsonl"
    assert len(run(questions, gold_oracle(questions), out, limit=2).rows) == 2
    assert run(questions, gold_oracle(questions), out).kept == 2


def test_an_exception_is_a_row_with_its_reason(questions: EvalSet, tmp_path: Path) -> None:
    oracle = gold_oracle(questions)

    def moody(question: str, history: Sequence[Turn] = ()) -> Answer:
        answer = oracle(question, history)
        if "fare" in question:
            raise ZeroDivisionError("no fare\nat all \ud800")
        return replace(answer, confidence=float("nan")) if "painted" in question else answer

    out = tmp_path / "rows.jsonl"
    run(questions, moody, out)
    rows = lines(out)
    assert [row["status"] for row in rows] == ["answered", "error", "error", "answered"]
    assert rows[1]["answer"] == "ZeroDivisionError: no fare at all ?"
    assert list(rows[1]) == ROW_KEYS
    errors = json.loads(manifest_path(out).read_text(encoding="utf-8"))["errors"]
    assert list(errors) == ["q2", "q3"]


def test_a_callable_that_knows_no_history(questions: EvalSet, tmp_path: Path) -> None:
    report = run(questions, lambda q: Answer(q, q, Status.ABSTAINED, message="No."), tmp_path / "r")
    assert {row.status for row in report.rows.values()} == {Status.ABSTAINED}


def test_the_manifest_tells_what_was_run(questions: EvalSet, tmp_path: Path) -> None:
    out = tmp_path / "rows.jsonl"
    run(questions, gold_oracle(questions), out, identity={"fingerprint": "abc"})
    manifest = json.loads((tmp_path / "rows.jsonl.manifest.json").read_text(encoding="utf-8"))
    assert manifest["data_sha256"] == questions.data_hash
    assert manifest["identity"] == {"fingerprint": "abc"}
    assert manifest["rows"] == {"abstained": 1, "answered": 3}
    assert manifest["versions"]["numpy"]
    assert manifest["machine"]["python"].startswith("3.")
    assert manifest["began"] <= manifest["ended"]


def test_rows_of_another_configuration_or_set_are_not_mixed_in(
    questions: EvalSet, tmp_path: Path
) -> None:
    out = tmp_path / "rows.jsonl"
    run(questions, gold_oracle(questions), out, limit=1, identity={"fingerprint": "abc"})
    before = out.read_bytes()
    with pytest.raises(SetError, match="another configuration"):
        run(questions, gold_oracle(questions), out, identity={"fingerprint": "def"})
    write_set(tmp_path / "other")
    write_lines(tmp_path / "other" / "corpus.jsonl", [])
    with pytest.raises(SetError, match="another configuration or data"):
        run(load_set(tmp_path / "other"), gold_oracle(questions), out, identity=ORACLE)
    assert out.read_bytes() == before
    discard(out)
    assert list(tmp_path.glob("rows*")) == []


@pytest.mark.parametrize("text", ["my notes\n", "my notes", '{"_id": "q1"}\n', "\n\n{}\n"])
def test_a_file_of_another_kind_is_left_alone(
    questions: EvalSet, tmp_path: Path, text: str
) -> None:
    out = tmp_path / "notes.txt"
    out.write_text(text, encoding="utf-8")
    with pytest.raises(SetError, match="no rows"):
        run(questions, gold_oracle(questions), out)
    with pytest.raises(SetError, match="no rows"):
        discard(out)
    assert out.read_text(encoding="utf-8") == text


def test_what_ended_in_an_error_is_asked_again(questions: EvalSet, tmp_path: Path) -> None:
    out = tmp_path / "rows.jsonl"

    def down(question: str, history: Sequence[Turn] = ()) -> Answer:
        raise TimeoutError("no server")

    run(questions, gold_oracle(questions), out, limit=1, identity=ORACLE)
    run(questions, down, out, limit=3, identity=ORACLE)
    assert [row["status"] for row in lines(out)] == ["answered", "error", "error"]
    again = Counting(questions)
    report = run(questions, again, out, limit=2, identity=ORACLE)
    assert (report.kept, again.asked) == (2, ["What is the fare?"])
    rest = Counting(questions)
    run(questions, rest, out, identity=ORACLE)
    assert len(rest.asked) == 2
    assert sorted(row["_id"] for row in lines(out)) == ["q1", "q2", "q3", "q4"]
    assert read_rows(out)[1] == ()
    assert "error" not in json.loads(manifest_path(out).read_text(encoding="utf-8"))["rows"]


def test_a_run_that_goes_on_keeps_when_it_began_and_adds_its_seconds(
    questions: EvalSet, tmp_path: Path
) -> None:
    out = tmp_path / "rows.jsonl"
    run(questions, gold_oracle(questions), out, limit=1, identity=ORACLE)
    path = manifest_path(out)
    first = json.loads(path.read_text(encoding="utf-8"))
    long_ago = {"began": "2020-01-01T00:00:00+00:00", "ended": "2020-01-01T00:01:40+00:00"}
    session = {**first["sessions"][0], **long_ago, "seconds": 100.0}
    path.write_text(json.dumps({**first, **long_ago, "sessions": [session]}), encoding="utf-8")
    run(questions, gold_oracle(questions), out, identity=ORACLE)
    whole = json.loads(path.read_text(encoding="utf-8"))
    assert (whole["began"], whole["sessions"][0]) == (long_ago["began"], session)
    assert [one["rows"] for one in whole["sessions"]] == [1, 3]
    assert 100 < whole["seconds"] + 0.001 < 101
    told = path.read_bytes()
    run(questions, gold_oracle(questions), out, identity=ORACLE)
    assert path.read_bytes() == told, "nothing was asked"
    run(questions, gold_oracle(questions), out, identity=ORACLE, fresh=True)
    assert len(json.loads(path.read_text(encoding="utf-8"))["sessions"]) == 1


def test_a_manifest_of_before_there_were_sessions_is_gone_on_with(
    questions: EvalSet, tmp_path: Path
) -> None:
    out = tmp_path / "rows.jsonl"
    run(questions, gold_oracle(questions), out, limit=1, identity=ORACLE)
    path = manifest_path(out)
    old = {**json.loads(path.read_text(encoding="utf-8")), "seconds": 7.0, "began": "2020-01-01"}
    del old["sessions"]
    path.write_text(json.dumps(old), encoding="utf-8")
    run(questions, gold_oracle(questions), out, identity=ORACLE)
    whole = json.loads(path.read_text(encoding="utf-8"))
    assert (whole["began"], whole["sessions"][0]["seconds"]) == ("2020-01-01", 7.0)
    assert whole["seconds"] >= 7
