"""Reading what comes slowly in a thread of its own, so that whoever waits can stop waiting.

A thread that waits for a network cannot be told to stop; a task of an event loop can, at any
point of connecting, waiting and reading, and its connection is closed with it.
"""

from __future__ import annotations

import asyncio
import queue
import threading
import time
from collections.abc import AsyncIterator, Callable, Generator, Iterator
from dataclasses import dataclass
from typing import Generic, TypeVar

Item = TypeVar("Item")

# What stopping a task may take after its time is up: closing a connection takes milliseconds.
GRACE_SECONDS = 1.0
# Who waits is told this often that nothing has come, and can leave: sooner is not felt.
BEAT_SECONDS = 0.25


@dataclass(frozen=True, slots=True)
class _End:
    """The last entry of a queue: how the reading ended."""

    error: BaseException | None = None


def read_task(
    source: Callable[[], AsyncIterator[Item]], seconds: float, beat: Item | None = None
) -> Generator[Item, None, None]:
    """The items of an asynchronous ``source``, read by an event loop of its own.

    While nothing comes there is a ``beat`` now and then, where one is given. Raises what the
    source raises, and ``TimeoutError`` after ``seconds`` in all. Closing the iterator cancels the
    source.
    """
    reading = _Task(source, seconds)
    threading.Thread(target=reading.run, daemon=True, name="footnote-model").start()
    return _drained(reading.items, seconds, reading.cancel, beat)


def read_thread(
    source: Callable[[], Iterator[Item]], seconds: float, beat: Item | None = None
) -> Generator[Item, None, None]:
    """The same of a ``source`` that knows no event loop: one that hangs is left to itself.

    Closing the iterator closes the source at its next item.
    """
    reading = _Thread(source)
    threading.Thread(target=reading.run, daemon=True, name="footnote-model").start()
    return _drained(reading.items, seconds, reading.cancelled.set, beat)


def _drained(
    items: queue.SimpleQueue[Item | _End],
    seconds: float,
    cancel: Callable[[], object],
    beat: Item | None,
) -> Generator[Item, None, None]:
    deadline = time.monotonic() + seconds + GRACE_SECONDS
    try:
        while True:
            left = max(0.0, deadline - time.monotonic())
            try:
                item = items.get(timeout=left if beat is None else min(left, BEAT_SECONDS))
            except queue.Empty:
                if beat is None or left <= BEAT_SECONDS:
                    raise TimeoutError from None
                item = beat
            if isinstance(item, _End):
                if item.error is not None:
                    raise item.error
                return
            yield item
    finally:
        cancel()


class _Task(Generic[Item]):
    """A source read inside an event loop of its own."""

    def __init__(self, source: Callable[[], AsyncIterator[Item]], seconds: float) -> None:
        self.items: queue.SimpleQueue[Item | _End] = queue.SimpleQueue()
        self._source = source
        self._seconds = seconds
        self._lock = threading.Lock()
        self._cancelled = False
        self._loop: asyncio.AbstractEventLoop | None = None
        self._task: asyncio.Task[None] | None = None

    def run(self) -> None:
        """The thread's work; ends with an ``_End`` in the queue whatever happens."""
        try:
            asyncio.run(self._read())
        except BaseException as error:  # noqa: BLE001 - raised again by the one who waits
            self.items.put(_End(error))
        else:
            self.items.put(_End())

    def cancel(self) -> None:
        """Stop reading, from any thread, also before it began or after it ended."""
        with self._lock:
            self._cancelled = True
            if self._loop is not None and self._task is not None:
                self._loop.call_soon_threadsafe(self._task.cancel)

    async def _read(self) -> None:
        with self._lock:
            if self._cancelled:
                return
            self._loop, self._task = asyncio.get_running_loop(), asyncio.current_task()
        try:
            async with asyncio.timeout(self._seconds):
                async for item in self._source():
                    self.items.put(item)
        finally:
            with self._lock:  # a loop that is closed takes no calls any more
                self._loop = self._task = None


class _Thread(Generic[Item]):
    """A source read by a thread that looks up between two items whether it should go on."""

    def __init__(self, source: Callable[[], Iterator[Item]]) -> None:
        self.items: queue.SimpleQueue[Item | _End] = queue.SimpleQueue()
        self.cancelled = threading.Event()
        self._source = source

    def run(self) -> None:
        """The thread's work; ends with an ``_End`` in the queue whatever happens."""
        try:
            for item in self._source():
                if self.cancelled.is_set():
                    break
                self.items.put(item)
        except BaseException as error:  # noqa: BLE001 - raised again by the one who waits
            self.items.put(_End(error))
        else:
            self.items.put(_End())
