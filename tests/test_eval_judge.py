"""The judge asks an endpoint on loopback; how far it agrees with the words is by hand."""

from __future__ import annotations

import json
import threading
from collections.abc import Iterator
from html import unescape
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path

import pytest
from eval_small_set import BRIDGE, write_set
from hypothesis import given
from hypothesis import strategies as st
from sklearn.metrics import cohen_kappa_score

from eval import load_set, run
from eval.agreement import Agreement, agreement, pairs
from eval.agreement_files import agreement_path, read_agreements, write_agreement
from eval.controls import gold_oracle
from eval.judge import ATTEMPTS, Endpoint, JudgeError, LlmJudge, read_verdict
from network_guard import NetworkGuard
from rag.cli import main

KEY = "sk-very-secret"
QUOTES = ("The fare is 3 crowns.",)


class Model(ThreadingHTTPServer):
    """Replies with what ``replies`` says, in turn, the last one for ever; 200 unless a status."""

    daemon_threads = True

    def __init__(self) -> None:
        super().__init__(("127.0.0.1", 0), _Handler)
        self.replies: list[str | int | bytes] = ["yes"]
        self.asked: list[dict] = []
        self.keys: list[str | None] = []
        self.answering = threading.Event()
        self.answering.set()

    @property
    def url(self) -> str:
        return f"http://127.0.0.1:{self.server_port}/v1"

    def next_reply(self) -> str | int | bytes:
        return self.replies.pop(0) if len(self.replies) > 1 else self.replies[0]


class _Handler(BaseHTTPRequestHandler):
    server: Model

    def do_POST(self) -> None:
        body = self.rfile.read(int(self.headers["Content-Length"]))
        assert self.path == "/v1/chat/completions"
        self.server.asked.append(json.loads(body))
        self.server.keys.append(self.headers["Authorization"])
        reply = self.server.next_reply()
        if not self.server.answering.is_set():
            self.server.answering.wait()
            return
        self.send_response(reply if isinstance(reply, int) else 200)
        if isinstance(reply, int) and 300 <= reply < 400:
            self.send_header("Location", "/v1/elsewhere")
        self.end_headers()
        if isinstance(reply, str):
            reply = json.dumps({"choices": [{"message": {"content": reply}}]}).encode()
        if isinstance(reply, bytes):
            self.wfile.write(reply)

    def log_message(self, *_: object) -> None:
        """Be silent."""


@pytest.fixture
def model(monkeypatch: pytest.MonkeyPatch) -> Iterator[Model]:
    monkeypatch.setenv("NO_PROXY", "127.0.0.1")
    with Model() as server:
        thread = threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.01})
        thread.start()
        yield server
        server.shutdown()
        thread.join()


@pytest.fixture
def pauses() -> list[float]:
    return []


@pytest.fixture
def judge(model: Model, tmp_path: Path, pauses: list[float]) -> LlmJudge:
    return LlmJudge(Endpoint(model.url, "m", KEY), tmp_path / "cache", pauses.append)


def test_it_is_asked_once_and_its_verdict_kept(
    judge: LlmJudge, model: Model, tmp_path: Path
) -> None:
    model.replies = ["Yes.", "no"]
    assert judge(QUOTES, "The fare is 3 crowns.") is True
    assert judge(QUOTES, "The fare is 3 crowns.") is True
    assert judge(QUOTES, "The fare is 9 crowns.") is False
    assert len(model.asked) == 2
    [message] = model.asked[0]["messages"]
    assert QUOTES[0] in message["content"]
    assert (model.asked[0]["model"], model.asked[0]["temperature"]) == ("m", 0)
    assert model.keys == [f"Bearer {KEY}"] * 2
    other = LlmJudge(Endpoint(model.url, "another"), tmp_path / "cache")
    assert other(QUOTES, "The fare is 3 crowns.") is False, "another model has its own opinion"
    assert model.keys[-1] is None


def test_the_key_is_nowhere_but_in_the_request(
    judge: LlmJudge, model: Model, tmp_path: Path
) -> None:
    judge(QUOTES, "The fare is 3 crowns.")
    [kept] = (tmp_path / "cache").iterdir()
    assert KEY not in kept.read_text(encoding="utf-8")
    assert KEY not in repr(Endpoint(model.url, "m", KEY))
    model.replies = [401]
    with pytest.raises(JudgeError) as caught:
        judge(QUOTES, "Another.")
    assert KEY not in str(caught.value)


def test_a_damaged_file_is_asked_anew(judge: LlmJudge, model: Model, tmp_path: Path) -> None:
    judge(QUOTES, "The fare.")
    [kept] = (tmp_path / "cache").iterdir()
    for damaged in ("", "[]", '{"verdict": "yes"}'):
        kept.write_text(damaged)
        assert judge(QUOTES, "The fare.") is True
    assert len(model.asked) == 4


def test_what_passes_is_tried_again_with_longer_pauses(
    judge: LlmJudge, model: Model, pauses: list[float]
) -> None:
    model.replies = [503, 429, "no"]
    assert judge(QUOTES, "The fare.") is False
    assert pauses == [1, 2]


@pytest.mark.parametrize(
    ("reply", "reason", "requests"),
    [
        (500, f"HTTP status 500, {ATTEMPTS} times", ATTEMPTS),
        (401, "HTTP status 401.", 1),
        (302, "HTTP status 302.", 1),
        (307, "HTTP status 307.", 1),
        (b"<html>", "does not answer with a chat completion", 1),
        (b'{"choices": []}', "does not answer with a chat completion", 1),
        (b"[]", "does not answer with a chat completion", 1),
    ],
)
def test_an_endpoint_that_fails_is_an_error(
    judge: LlmJudge, model: Model, reply: int | bytes, reason: str, requests: int
) -> None:
    model.replies = [reply]
    with pytest.raises(JudgeError) as caught:
        judge(QUOTES, "The fare.")
    assert reason in caught.value.wrong
    assert len(model.asked) == requests


def test_an_endpoint_that_is_not_there_is_tried_as_often(
    tmp_path: Path, pauses: list[float], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("NO_PROXY", "127.0.0.1")
    with Model() as server:
        url = server.url
    gone = LlmJudge(Endpoint(f"{url}/secret-path", "m"), tmp_path, pauses.append)
    with pytest.raises(JudgeError, match="cannot be reached") as caught:
        gone(QUOTES, "The fare.")
    assert len(pauses) == ATTEMPTS - 1
    assert "secret-path" not in str(caught.value)


def test_an_endpoint_that_never_answers_is_given_up(
    model: Model, tmp_path: Path, pauses: list[float]
) -> None:
    model.answering.clear()
    silent = LlmJudge(Endpoint(model.url, "m", timeout=0.05), tmp_path, pauses.append)
    with pytest.raises(JudgeError, match=f"{ATTEMPTS} times"):
        silent(QUOTES, "The fare.")
    model.answering.set()
    assert len(pauses) == ATTEMPTS - 1


@pytest.mark.parametrize(
    ("url", "key"), [("file:///etc/passwd", ""), ("", ""), ("http://localhost/v1", "a\nb")]
)
def test_what_is_no_address_or_no_key_is_refused(url: str, key: str) -> None:
    with pytest.raises(JudgeError) as caught:
        Endpoint(url, "m", key)
    assert "a\nb" not in str(caught.value)


@pytest.mark.parametrize(
    ("reply", "verdict"),
    [
        ("Yes", True),
        ("no.", False),
        ("No, the number differs.", False),
        ("The quotes say 3 and so does the sentence. **Yes**", True),
        ("No wonder that it says so: yes", None),
        ("Maybe", None),
        ("", None),
    ],
)
def test_verdicts_are_read_or_left_open(reply: str, verdict: bool | None) -> None:
    assert read_verdict(reply) is verdict


def test_a_reply_that_is_no_verdict_is_not_kept(judge: LlmJudge, model: Model) -> None:
    model.replies = ["Perhaps.", "yes"]
    assert judge(QUOTES, "The fare.") is None
    assert judge(QUOTES, "The fare.") is True


def test_agreement_by_hand() -> None:
    # 20 yes of both, 15 no of both, 5 and 10 apart: p_o = .7, p_e = .5 * .6 + .5 * .4 = .5.
    found = Agreement(both=20, model_only=5, words_only=10, neither=15, unread=3)
    assert found.judged == 50
    assert found.accuracy == pytest.approx(0.7)
    assert found.kappa == pytest.approx(0.4)
    assert Agreement(unread=2).accuracy is None
    assert Agreement(both=9).kappa is None, "chance alone would agree"


@given(st.lists(st.tuples(st.booleans(), st.booleans()), min_size=1, max_size=30))
def test_kappa_agrees_with_scikit_learn(verdicts: list[tuple[bool, bool]]) -> None:
    model, told = [m for m, _ in verdicts], [t for _, t in verdicts]
    found = Agreement(
        both=sum(m and t for m, t in verdicts),
        model_only=sum(m and not t for m, t in verdicts),
        words_only=sum(t and not m for m, t in verdicts),
        neither=sum(not m and not t for m, t in verdicts),
    )
    if found.kappa is not None:
        assert found.kappa == pytest.approx(cohen_kappa_score(model, told))
    else:
        assert len({*model, *told}) == 1


def test_each_sentence_is_judged_with_its_own_and_with_other_citations(tmp_path: Path) -> None:
    questions = load_set(write_set(tmp_path / "set"))
    rows = run(questions, gold_oracle(questions), tmp_path / "rows.jsonl").rows
    asked = list(pairs(questions, rows))
    assert len(asked) == 2 * 3
    assert asked[0] == (("The bridge at Marn opened in 1911.",),) * 1 + (BRIDGE[:34],)
    always = agreement(asked, lambda _quotes, _sentence: True)
    assert (always.both, always.model_only, always.neither) == (3, 3, 0)
    wise = agreement(
        asked, lambda quotes, sentence: None if "fare" in sentence else sentence in quotes
    )
    assert (wise.both, wise.neither, wise.unread, wise.kappa) == (2, 2, 2, 1)


def test_the_command_reports_agreement_and_asks_nothing_twice(
    model: Model,
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
    capsys: pytest.CaptureFixture[str],
) -> None:
    monkeypatch.chdir(tmp_path)
    monkeypatch.setenv("MY_KEY", f"{KEY}\n")
    questions = load_set(write_set(tmp_path / "set"))
    run(questions, gold_oracle(questions), tmp_path / "rows.jsonl")
    command = ["eval", "judge", "set", "rows.jsonl", "--url", model.url, "--model", "m"]
    command += ["--key-variable", "MY_KEY"]
    assert main([*command, "--limit", "2"]) == 0
    assert len(model.asked) == 2
    assert set(model.keys) == {f"Bearer {KEY}"}
    capsys.readouterr()
    assert main([*command, "--json"]) == 0
    found = json.loads(capsys.readouterr().out)
    assert (found["model"], found["judged"], found["accuracy"], found["kappa"]) == ("m", 6, 0.5, 0)
    assert main(command) == 0
    printed = capsys.readouterr()
    assert "m and the words on 6 sentences (0 without a verdict)" in printed.out
    assert "agreement 0.500, Cohen's kappa 0.000" in printed.out
    assert len(model.asked) == 6
    assert "The report with it is rows.report/report.html" in printed.out
    for page in ("report.html", "report.md"):
        told = unescape(Path("rows.report", page).read_text(encoding="utf-8"))
        assert "m and the words on 6 sentences (0 without a verdict)" in told
        assert "Cohen's kappa 0.000" in told
    kept = json.loads(Path("rows.report/report.json").read_text(encoding="utf-8"))["agreements"]
    assert (kept["m"]["judged"], kept["m"]["kappa"]) == (6, 0)
    assert KEY not in printed.out + printed.err
    model.replies = [403]
    assert main([*command[:-4], "--model", "other"]) == 1
    assert "HTTP status 403" in capsys.readouterr().err


def test_no_other_command_asks_a_model(
    tmp_path: Path, network_guard: NetworkGuard, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(tmp_path)
    questions = load_set(write_set(tmp_path / "set"))
    run(questions, gold_oracle(questions), tmp_path / "rows.jsonl")
    assert main(["eval", "score", "set", "rows.jsonl"]) == 0
    assert network_guard.contacted == []


def test_opinions_are_of_the_rows_that_were_judged(tmp_path: Path) -> None:
    rows = tmp_path / "rows.jsonl"
    rows.write_text("one", encoding="utf-8")
    found = Agreement(both=3, neither=1)
    write_agreement("m", found, rows)
    write_agreement("other", Agreement(unread=2), rows)
    assert read_agreements(rows) == {"m": found, "other": Agreement(unread=2)}
    rows.write_text("two", encoding="utf-8")
    assert read_agreements(rows) == {}
    for text in ("", "[]", '{"format": 1}'):
        agreement_path(rows).write_text(text, encoding="utf-8")
        assert read_agreements(rows) == {}
