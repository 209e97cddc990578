# ruff: noqa: SIM117, E501 - one thing that can fail a block
"""Whatever an endpoint does, the reader gets the quoted answer, in time, and is told why."""

from __future__ import annotations

import socket
import threading
import time
from dataclasses import replace
from pathlib import Path

import pytest
from model_server import (
    MODEL,
    Behaviour,
    cut_off,
    endless,
    failing,
    listening,
    one_endless_line,
    replying,
    serving,
    silent,
    silent_after_headers,
    trickling,
    writing,
)
from newsroom import write_newsroom

from rag.config import Config
from rag.embedding import Embedder
from rag.pipeline import Pipeline
from rag.values import Answer, Partial, Status
from ui.streaming import Running

COST = "How much did the Kestrel Bridge cost?"
COST_SENTENCE = "The bridge cost 48 million euros."
LIMIT = 2.0
KEY = "sk-this-is-nobody-elses-business-0123456789"


@pytest.fixture(scope="module")
def config(tmp_path_factory: pytest.TempPathFactory, embedder: Embedder) -> Config:
    root = tmp_path_factory.mktemp("failures")
    config = Config(
        articles=write_newsroom(root / "news"), index=root / "index", llm=MODEL,
        llm_url="http://127.0.0.1:9/v1", llm_seconds=LIMIT,
    )  # fmt: skip
    with Pipeline(config, embedder) as pipeline:
        pipeline.sync()
    return config


@pytest.fixture(scope="module")
def quoted(config: Config, embedder: Embedder) -> Answer:
    with Pipeline(replace(config, llm=""), embedder) as pipeline:
        return pipeline.ask(COST)


def ask(config: Config, embedder: Embedder, url: str) -> Answer:
    with Pipeline(replace(config, llm_url=url), embedder) as pipeline:
        return pipeline.ask(COST)


FAILURES: dict[str, tuple[Behaviour, str]] = {
    "refused with 500": (failing(500), "500"),
    "rate-limited, to wait long": (failing(429, Retry_After="3600"), "no more requests"),
    "rate-limited, until a date": (
        failing(429, Retry_After="Wed, 21 Oct 2099 07:28:00 GMT"), "no more requests",
    ),
    "a key is wanted": (failing(401, f"bad key {KEY}"), "key"),
    "unknown model": (failing(404, "no such model"), "no model 'fake-model'"),
    "context too small": (
        failing(400, "request exceeds the available context size"), "do not fit",
    ),
    "redirected": (failing(307, Location="http://127.0.0.1:9/elsewhere"), "elsewhere"),
    "silent": (silent, "in time"),
    "silent after its headers": (silent_after_headers, "in time"),
    "trickling": (trickling, ""),
    "endless": (endless, ""),
    "one endless line": (one_endless_line, ""),
    "cut off": (cut_off, "broke off"),
    "empty": (replying(b""), "broke off"),
    "no events but a page": (replying(b"<html>Welcome</html>", "text/html"), "broke off"),
    "wrong JSON": (replying(b"data: {broken\n\n"), "not what an OpenAI-compatible"),
    "JSON of another shape": (replying(b'data: {"choices": "none"}\n\ndata: [DONE]\n\n'), "broke"),
    "a list": (replying(b"data: [1, 2]\n\ndata: [DONE]\n\n"), ""),
    "content of another type": (
        replying(b'data: {"choices": [{"delta": {"content": {"a": 1}}}]}\n\ndata: [DONE]\n\n'),
        "broke off",
    ),
    "binary": (replying(bytes(range(256)) * 20), ""),
    "an error inside the stream": (
        replying(b'data: {"error": {"message": "overloaded"}}\n\n'), "overloaded",
    ),
    "nothing written": (writing(""), "wrote nothing"),
    "only spaces": (writing("  \n", "\t"), "wrote nothing"),
    "nonsense": (writing("Qwz xlkj 77 vbn.", " Zzz ppp."), "not borne out"),
    "characters that do not print": (writing("\x00\x07\ufffd\ud83d"), "wrote nothing"),
}  # fmt: skip


@pytest.mark.parametrize("name", FAILURES)
def test_the_quoted_answer_comes_in_time_with_a_notice(
    name: str, config: Config, embedder: Embedder, quoted: Answer
) -> None:
    behaviour, told = FAILURES[name]
    before = threading.active_count()
    with serving(behaviour) as endpoint:
        began = time.monotonic()
        answer = ask(config, embedder, endpoint.url)
        seconds = time.monotonic() - began
        assert endpoint.requests
    assert answer.status is Status.ANSWERED
    assert answer.sentences == quoted.sentences
    assert answer.short_answer == quoted.short_answer
    assert answer.notice
    assert told in answer.notice
    assert KEY not in repr(answer)
    assert seconds < LIMIT + 3.0  # a bound against hanging, far above what it takes
    _settle(before)


def _settle(before: int) -> None:
    """Every thread of a request ends with it, or nothing would."""
    for _ in range(100):
        if threading.active_count() <= before:
            return
        time.sleep(0.05)
    raise AssertionError(threading.enumerate())


def test_an_endpoint_that_is_down_is_told_by_its_address(
    config: Config, embedder: Embedder, quoted: Answer
) -> None:
    with socket.create_server(("127.0.0.1", 0)) as server:
        url = f"http://127.0.0.1:{server.getsockname()[1]}/v1"
    answer = ask(config, embedder, url)
    assert answer.sentences == quoted.sentences
    assert f"{url} cannot be reached" in answer.notice


def test_an_endpoint_that_takes_no_connection_is_given_up(
    config: Config, embedder: Embedder, quoted: Answer
) -> None:
    """A backlog that is full: the connection is never made, and never refused."""
    with socket.socket() as server:
        server.bind(("127.0.0.1", 0))
        server.listen(0)
        address = server.getsockname()
        waiting = [socket.socket() for _ in range(3)]
        for client in waiting:
            client.setblocking(False)
            client.connect_ex(address)
        try:
            answer = ask(config, embedder, f"http://127.0.0.1:{address[1]}/v1")
        finally:
            for client in waiting:
                client.close()
    assert answer.sentences == quoted.sentences
    assert answer.notice


def test_a_passing_failure_is_tried_again_once(config: Config, embedder: Embedder) -> None:
    good, bad = writing(f"{COST_SENTENCE} [1]"), failing(429, Retry_After="0")
    with serving(lambda h, e: (bad if len(e.requests) == 1 else good)(h, e)) as endpoint:
        answer = ask(config, embedder, endpoint.url)
        assert len(endpoint.requests) == 2
    assert not answer.notice
    with serving(bad) as endpoint:
        assert ask(config, embedder, endpoint.url).notice
        assert len(endpoint.requests) == 2


def test_a_parameter_that_is_refused_is_left_out(config: Config, embedder: Embedder) -> None:
    """As newer models of OpenAI do; each is refused once, and then it works."""
    good = writing(f"{COST_SENTENCE} [1]")

    def behave(handler: object, endpoint: object) -> None:
        asked = endpoint.requests[-1]  # type: ignore[attr-defined]
        for name in ("max_tokens", "temperature", "stream_options"):
            if name in asked:
                failing(400, f"Unsupported parameter: {name}")(handler, endpoint)  # type: ignore[arg-type]
                return
        good(handler, endpoint)  # type: ignore[arg-type]

    with serving(behave) as endpoint:
        answer = ask(config, embedder, endpoint.url)
        assert endpoint.requests[-1]["max_completion_tokens"] == config.llm_answer_tokens
        assert len(endpoint.requests) == 4
    assert not answer.notice


@pytest.mark.parametrize("behaviour", [trickling, silent_after_headers, silent])
def test_who_stops_reading_stops_the_request(
    behaviour: Behaviour, config: Config, embedder: Embedder
) -> None:
    before = threading.active_count()
    with serving(behaviour) as endpoint:
        patient = replace(config, llm_url=endpoint.url, llm_seconds=600.0)
        with Pipeline(patient, embedder) as pipeline:
            told = pipeline.stream(COST)
            assert isinstance(next(told), Partial)
            if behaviour is trickling:
                assert isinstance(next(told), Partial)
                told.close()  # type: ignore[attr-defined]
                assert endpoint.gone.wait(10)
            else:
                reader = threading.Thread(target=lambda: next(told, None), daemon=True)
                assert not endpoint.requests
                told.close()  # type: ignore[attr-defined]
                assert not reader.is_alive()
    _settle(before)


def test_a_wrong_setting_is_an_error_and_no_notice(config: Config, embedder: Embedder) -> None:
    from rag.errors import ConfigError, ModelError

    with Pipeline(replace(config, llm_url=""), embedder) as pipeline:
        with pytest.raises(ConfigError, match="llm_url"):
            pipeline.ask(COST)
    with Pipeline(replace(config, llm="/nowhere/model.gguf"), embedder) as pipeline:
        with pytest.raises(ModelError, match="nowhere"):
            pipeline.ask(COST)


@pytest.fixture
def with_key(monkeypatch: pytest.MonkeyPatch) -> str:
    monkeypatch.setenv("FOOTNOTE_LLM_KEY", KEY)
    return KEY


@pytest.mark.parametrize(
    "echo",
    [
        lambda key: failing(401, f"Incorrect API key provided: {key}"),
        lambda key: failing(400, f"You sent Authorization: Bearer {key}."),
        lambda key: failing(500, f"trace: {key[:14]}...{key[-12:]}"),
        lambda key: failing(404, f"no route for {key.upper()[:3]}{key[3:]}"),
        lambda key: writing(f"The bridge cost 48 million euros, key {key}. ", f"{key[:20]}", key[20:]),
        lambda key: replying(f'data: {{"error": {{"message": "{key}"}}}}\n\n'.encode()),
    ],
)  # fmt: skip
def test_a_key_that_the_endpoint_repeats_reaches_nobody(
    echo: object, with_key: str, config: Config, embedder: Embedder,
    caplog: pytest.LogCaptureFixture, capfd: pytest.CaptureFixture[str],
) -> None:  # fmt: skip
    import json
    import logging

    from rag.doctor_model import check_model
    from rag.serialising import answer_to_dict

    caplog.set_level(logging.DEBUG)
    with serving(echo(with_key)) as endpoint:  # type: ignore[operator]
        settled = replace(config, llm_url=endpoint.url)
        with Pipeline(settled, embedder) as pipeline:
            told = list(pipeline.stream(COST))
            shown = [
                repr(told),
                repr(pipeline.language_model),
                json.dumps(answer_to_dict(told[-1])),
            ]  # type: ignore[arg-type]
        shown.append(repr(list(check_model(settled))))
        assert endpoint.headers[0]["authorization"] == f"Bearer {with_key}"
    out, err = capfd.readouterr()
    for text in [*shown, caplog.text, out, err, repr(settled)]:
        for start in range(len(with_key) - 8):
            assert with_key[start : start + 8] not in text


def test_a_request_carries_nothing_of_this_machine(
    config: Config, embedder: Embedder, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Neither the library's telemetry nor what other programs' variables hold."""
    monkeypatch.setenv("OPENAI_API_KEY", "sk-of-another-program")
    monkeypatch.setenv("OPENAI_ORG_ID", "org-of-another-program")
    monkeypatch.setenv("OPENAI_BASE_URL", "http://192.0.2.1/v1")
    monkeypatch.setenv("HTTP_PROXY", "http://192.0.2.1:3128")
    with serving(writing(f"{COST_SENTENCE} [1]")) as endpoint:
        assert not ask(config, embedder, endpoint.url).notice
        headers = endpoint.headers[0]
    assert headers.keys() <= {
        "host", "accept", "accept-encoding", "connection", "content-type", "content-length",
        "authorization", "user-agent",
    }  # fmt: skip
    assert headers["authorization"] == "Bearer none"
    assert "another-program" not in repr(headers)


def test_the_folder_of_the_index_holds_no_drafts_unless_asked(config: Config) -> None:
    assert not list(Path(config.index_path).glob("drafts*"))


@pytest.mark.parametrize("begins", [True, False])
def test_a_stop_hangs_up_on_a_model_that_says_nothing_more(
    config: Config, embedder: Embedder, begins: bool
) -> None:
    with serving(listening(begins)) as endpoint:
        patient = replace(config, llm_seconds=120.0, llm_url=endpoint.url)
        with Pipeline(patient, embedder) as pipeline:
            running = Running(lambda: pipeline.stream(COST))
            # At the first words, or with none yet at the question as it was understood.
            for told in running:
                if isinstance(told, Partial) and bool(told.draft) is begins:
                    running.stop()
            assert begins is False or endpoint.requests
            assert endpoint.gone.wait(20) or not endpoint.requests
