"""A question that is being answered, in a thread of its own, so that it can be stopped at once.

An engine may wait seconds for a model's next word. The page does not wait with it: it takes what
has come, and on a stop it goes on while the thread closes the engine's stream, which ends the
work: an engine that waits tells the same again now and then, and is closed there.
"""

from __future__ import annotations

import threading
from collections.abc import Callable, Iterator
from contextlib import suppress
from queue import Empty, SimpleQueue

from rag.values import Answer, Partial

# What comes first are the numbers of questions before this one.
Told = int | Partial | Answer
# A partial answer is shown at most this often: more is not read, and costs the browser its calm.
SECONDS_BETWEEN = 0.08


class Running:
    """One question on its way. Iterate to get what is told of it; any thread may ``stop`` it."""

    def __init__(self, ask: Callable[[], Iterator[Told]]) -> None:
        self._ask = ask
        self._told: SimpleQueue[Told | Exception | None] = SimpleQueue()
        self._stopped = threading.Event()

    @property
    def stopped(self) -> bool:
        """Whether somebody stopped it."""
        return self._stopped.is_set()

    def stop(self) -> None:
        """End the iteration now, and the engine's work at its next word."""
        self._stopped.set()
        self._told.put(None)

    def __iter__(self) -> Iterator[Told]:
        """What the engine tells, of several partial answers in a row the last one.

        Ends with the answer, or when it was stopped; raises what the engine raised. Who leaves
        the iteration stops the work.
        """
        threading.Thread(target=self._work, name="footnote-question", daemon=True).start()
        try:
            while not self.stopped:
                told = self._latest()
                if told is None or self.stopped:
                    return
                if isinstance(told, Exception):
                    raise told
                yield told
                if isinstance(told, Partial):
                    self._stopped.wait(SECONDS_BETWEEN)
        finally:
            self._stopped.set()

    def _latest(self) -> Told | Exception | None:
        """The next thing told, or of partial answers that wait already the last."""
        told = self._told.get()
        with suppress(Empty):
            while isinstance(told, int | Partial):
                told = self._told.get_nowait()
        return told

    def _work(self) -> None:
        stream = None
        try:
            stream, before = self._ask(), None
            for told in stream:
                if self.stopped:
                    break
                if told != before:  # else it only says that it is still at it
                    self._told.put(told)
                before = told
        except Exception as error:  # noqa: BLE001 - it is raised again where it is read
            self._told.put(error)
        finally:
            close = getattr(stream, "close", None)
            if close is not None:
                close()  # a generator's work ends here, not when it is collected
            self._told.put(None)
