"""The line of questions: some are answered at once, the rest are told how many come before."""

from __future__ import annotations

import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager

# Questions answered at the same time; more would not end sooner on the processors of one machine.
QUESTIONS_AT_ONCE = 4
# How often who waits is told so again, and can leave: sooner is not felt.
_BEAT_SECONDS = 0.25
# A number that changes is told anew at most this often: each answer moves all who wait, and to
# change as many pages took longer than to answer.
SECONDS_BETWEEN = 1.0


class Line:
    """First come, first served; ``at_once`` are served at the same time. Any thread may join."""

    def __init__(self, at_once: int, seconds_between: float = SECONDS_BETWEEN) -> None:
        self._at_once = at_once
        self._seconds_between = seconds_between
        self._tickets: list[object] = []
        self._moved = threading.Condition()

    @contextmanager
    def place(self) -> Iterator[Iterator[int]]:
        """A place in the line, left at the end of the ``with``.

        Gives the number of questions before, now and then; it ends when it is one's turn.
        """
        ticket = object()
        with self._moved:
            self._tickets.append(ticket)
        try:
            yield self._numbers(ticket)
        finally:
            with self._moved:
                self._tickets.remove(ticket)
                self._moved.notify_all()

    def _numbers(self, ticket: object) -> Iterator[int]:
        told, again = 0, 0.0
        while before := self._before(ticket):
            now = time.monotonic()
            if now >= again and before != told:
                told, again = before, now + self._seconds_between
            yield told
            with self._moved:
                self._moved.wait_for(lambda: self._before(ticket) != before, _BEAT_SECONDS)

    def _before(self, ticket: object) -> int:
        """Questions that must end before this one begins; 0 when it is its turn."""
        with self._moved:
            return max(self._tickets.index(ticket) - self._at_once + 1, 0)


def waiting_html(before: int) -> str:
    """``2 questions before yours``, for the reader who waits."""
    noun = "question" if before == 1 else "questions"
    return (
        '<div class="fn-pending" role="status"><span></span><span></span><span></span>'
        f" {before:,} {noun} before yours</div>"
    )
