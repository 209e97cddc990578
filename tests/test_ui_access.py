"""Who may use the chat: passwords, sessions, and whose conversations are whose."""

from __future__ import annotations

import ast
import inspect
import textwrap
import threading

import pytest

from rag.config import Config
from rag.errors import FootnoteError
from ui.access import (
    ATTEMPTS,
    OWNER_OF_THIS_MACHINE,
    READER_COOKIE,
    Password,
    Rules,
    Sessions,
    owner_of,
    rules_for,
)
from ui.waiting import Line, waiting_html


def test_others_are_not_served_without_a_password_unless_that_is_meant() -> None:
    with pytest.raises(FootnoteError, match=r"FOOTNOTE_PASSWORD.*--no-password"):
        rules_for(Config(host="0.0.0.0"))
    assert rules_for(Config(host="0.0.0.0", password="correct horse")).private
    assert rules_for(Config(host="0.0.0.0"), no_password=True).private
    assert not rules_for(Config()).private


def test_each_browser_has_its_own_conversations_where_others_come_in() -> None:
    shared, private = Rules(), Rules(private=True)
    assert owner_of({}, shared) == owner_of({READER_COOKIE: "a"}, shared) == OWNER_OF_THIS_MACHINE
    assert owner_of({}, private) == ""
    one, other = (owner_of({READER_COOKIE: name}, private) for name in ("a", "b"))
    assert one != other
    assert one != "a"


def test_sessions_end_and_cannot_be_made_up() -> None:
    sessions = Sessions()
    token = sessions.begin()
    assert sessions.holds(token)
    assert not Sessions().holds(token)  # another key
    assert not Sessions(seconds=-1).holds(Sessions(seconds=-1).begin())
    ended = Sessions(seconds=-1)
    assert not ended.holds(ended.begin())
    for forged in ("", ".", "9" + token, token + "0", "x.y", token.replace(".", "")):
        assert not sessions.holds(forged)


@pytest.mark.parametrize("judge", [Password.is_right, Sessions.holds])
def test_secrets_are_compared_in_constant_time(judge: object) -> None:
    """By the source: no time could be measured here without luck. Only numbers meet < and ==."""
    tree = ast.parse(textwrap.dedent(inspect.getsource(judge)))  # type: ignore[arg-type]
    calls = [node.func for node in ast.walk(tree) if isinstance(node, ast.Call)]
    assert "hmac.compare_digest" in [ast.unparse(call) for call in calls]
    for node in ast.walk(tree):
        if isinstance(node, ast.Compare):
            sides = ast.unparse(node)
            assert not any(name in sides for name in ("digest", "signature", "given", "token"))


def test_who_guesses_has_to_wait() -> None:
    password = Password("correct horse")
    assert password.is_right("correct horse", "a")
    for _ in range(ATTEMPTS):
        assert not password.must_wait("a")
        assert not password.is_right("correct horsE", "a")
    assert password.must_wait("a")
    assert not password.must_wait("b")


def test_a_line_serves_in_order_and_tells_how_many_come_before() -> None:
    line, told, served = Line(1), [], []
    go, begun = threading.Event(), threading.Event()

    def first() -> None:
        with line.place() as before:
            assert list(before) == []
            begun.set()
            go.wait()
            served.append("first")

    def later(name: str, seen: list[int], ready: threading.Event) -> None:
        with line.place() as before:
            for number in before:
                seen.append(number)
                ready.set()
            served.append(name)

    threads = [threading.Thread(target=first)]
    threads[0].start()
    begun.wait()
    for name in ("second", "third"):
        seen: list[int] = []
        ready = threading.Event()
        told.append(seen)
        threads.append(threading.Thread(target=later, args=(name, seen, ready)))
        threads[-1].start()
        ready.wait()
    go.set()
    for thread in threads:
        thread.join()
    assert served == ["first", "second", "third"]
    assert told[0] == [1]
    assert told[1][0] == 2
    assert "2 questions before yours" in waiting_html(2)
    assert "1 question before yours" in waiting_html(1)
