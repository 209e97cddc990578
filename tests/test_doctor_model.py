"""The doctor tries the endpoint, and says what is wrong and what to type."""

from __future__ import annotations

import socket

import pytest
from model_server import MODEL, failing, replying, serving, writing

from rag.config import Config
from rag.doctor_model import check_model
from rag.errors import ConfigError
from rag.health import Check, State


def examine(llm: str, url: str) -> Check:
    (check,) = check_model(Config(llm=llm, llm_url=url))
    return check


def test_a_model_that_answers_is_well() -> None:
    with serving(writing("ready")) as endpoint:
        check = examine(MODEL, endpoint.url)
        assert endpoint.requests[0]["max_tokens"] <= 16
    assert (check.state, check.mend) == (State.OK, "")
    assert MODEL in check.found


def test_nothing_is_said_where_no_model_is_set() -> None:
    assert list(check_model(Config())) == []


def test_an_unknown_model_is_told_with_those_that_there_are() -> None:
    with serving(failing(404, "model not found")) as endpoint:
        check = examine("no-such-model", endpoint.url)
    assert check.state is State.FAIL
    assert "no-such-model" in check.found
    assert MODEL in check.found


def test_an_address_without_a_model_lists_them() -> None:
    with serving(writing("")) as endpoint:
        check = examine("", endpoint.url)
    assert check.state is State.WARN
    assert MODEL in check.found
    assert "--llm" in check.mend


@pytest.mark.parametrize(
    ("status", "key", "told"), [(401, "", "wants a key"), (403, "sk-wrong-key", "refuses the key")]
)
def test_a_wrong_key_says_which_variable_holds_it(
    status: int, key: str, told: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("FOOTNOTE_LLM_KEY", key)
    with serving(failing(status, f"invalid key {key}")) as endpoint:
        check = examine(MODEL, endpoint.url)
    assert check.state is State.FAIL
    assert told in check.found
    assert "export FOOTNOTE_LLM_KEY" in check.mend
    assert "sk-wrong-key" not in repr(check)


def test_nobody_there_is_told_with_the_usual_addresses() -> None:
    with socket.create_server(("127.0.0.1", 0)) as server:
        url = f"http://127.0.0.1:{server.getsockname()[1]}/v1"
    check = examine(MODEL, url)
    assert check.state is State.FAIL
    assert "cannot be reached" in check.found
    for name in ("OpenAI", "Ollama", "vLLM", "llama.cpp", "LM Studio", "OpenRouter"):
        assert name in check.mend


def test_what_is_no_such_endpoint_is_told() -> None:
    with serving(replying(b"<html>", "text/html")) as endpoint:
        check = examine(MODEL, endpoint.url)
    assert check.state is State.FAIL
    assert "OpenAI-compatible" in check.found
    assert "/v1" in check.mend


def test_a_model_that_writes_nothing_is_told() -> None:
    with serving(writing("")) as endpoint:
        assert examine(MODEL, endpoint.url).state is State.FAIL


def test_a_model_without_an_address_is_a_wrong_setting() -> None:
    with pytest.raises(ConfigError, match="llm_url"):
        examine(MODEL, "")
