"""Parsing documents within bounds of time and memory, in a child process that may die of it.

Formats whose parsers are large (PDF, Word, HTML) can be written so that parsing takes hours, all
memory, or crashes the process. Of the files that people collect none does; one that someone sends
may. So they are parsed by ``rag.reading_worker``, one file at a time, and a file that breaks a
bound is reported like any other that cannot be read.
"""

from __future__ import annotations

import contextlib
import json
import os
import selectors
import signal
import subprocess
import sys
import threading
import time
import weakref
from collections.abc import Callable
from dataclasses import dataclass
from functools import lru_cache
from typing import IO, Any

from rag.extracted import Extraction, UnreadableError
from rag.offline import OFFLINE_ENVIRONMENT
from rag.reading_worker import LENGTH_BYTES, extraction_of, framed

BOUNDED_SUFFIXES = frozenset({".pdf", ".docx", ".html", ".htm"})

# pypdf reads some 20 pages a second here, and a newspaper's page is a few hundred kB.
BASE_SECONDS = 30
SECONDS_A_MEGABYTE = 5
# A machine that is busy gives a process a part of its time: waited for this many times as long.
PATIENCE = 4
# Twenty times the largest file's text; the parsers themselves map 0.2 GB before they begin.
MEMORY_BYTES = 2 * 1024**3

_MEGABYTE = 1024 * 1024
# The child is told where modules are and how texts are encoded, and nothing else: no key or
# password of this environment is there to be taken.
_KEPT_ENVIRONMENT = ("PATH", "HOME", "LANG", "LC_ALL", "LC_CTYPE", "TZ", "TMPDIR", "PYTHONHOME")
_START = (
    "import json, sys; sys.path[:] = json.loads(sys.argv[1]); "
    "from rag.reading_worker import serve; serve(int(sys.argv[2]))"
)


@dataclass(frozen=True, slots=True)
class Bounds:
    """What parsing one file may take: seconds of computing, and bytes of memory in all."""

    base_seconds: int = BASE_SECONDS
    seconds_a_megabyte: int = SECONDS_A_MEGABYTE
    memory_bytes: int = MEMORY_BYTES

    def seconds(self, size: int) -> int:
        """The seconds of computing that a file of ``size`` bytes may take."""
        return self.base_seconds + self.seconds_a_megabyte * size // _MEGABYTE


class _DiedError(Exception):
    """The worker ended instead of answering; the message says how, empty for no known bound."""


class BoundedReader:
    """Parses documents in a child process, which it starts when it is needed. Any thread may."""

    def __init__(self, bounds: Bounds | None = None) -> None:
        self._bounds = bounds or Bounds()
        self._lock = threading.Lock()
        self._process: subprocess.Popen[bytes] | None = None
        self._end: Callable[[], object] | None = None

    def extract(self, suffix: str, data: bytes) -> Extraction:
        """``rag.readers.extract``, within the bounds; raises ``UnreadableError`` alone."""
        with self._lock:
            new = self._process is None or self._process.poll() is not None
            try:
                try:
                    return self._ask(suffix, data)
                except _DiedError as died:
                    if new or str(died):
                        raise
                # It may have ended for want of work, or of an earlier file; now it is a new one.
                return self._ask(suffix, data)
            except _DiedError as died:
                reason = str(died) or "it crashes the program that parses it"
                raise UnreadableError(reason) from None

    def close(self) -> None:
        """End the child process; the next file starts another."""
        with self._lock:
            self._stop()

    def _ask(self, suffix: str, data: bytes) -> Extraction:
        process = self._running()
        seconds = self._bounds.seconds(len(data))
        head = json.dumps({"suffix": suffix, "seconds": seconds}).encode()
        try:
            reply = _exchange(process, framed(head) + framed(data), seconds * PATIENCE)
        except (TimeoutError, BrokenPipeError, EOFError, OSError) as error:
            self._stop()
            late = isinstance(error, TimeoutError) or process.returncode == -signal.SIGXCPU
            raise _DiedError(f"reading it takes more than {seconds} s" if late else "") from None
        return extraction_of(json.loads(reply))

    def _running(self) -> subprocess.Popen[bytes]:
        if self._process is None or self._process.poll() is not None:
            self._stop()
            self._process = _started(self._bounds.memory_bytes)
            self._end = weakref.finalize(self, _ended, self._process)
        return self._process

    def _stop(self) -> None:
        if self._end is not None:
            self._end()
        self._end = self._process = None


@lru_cache(maxsize=1)
def document_reader() -> BoundedReader:
    """The process's one reader: all its files go through one child."""
    return BoundedReader()


def _started(memory_bytes: int) -> subprocess.Popen[bytes]:
    kept = {name: os.environ[name] for name in _KEPT_ENVIRONMENT if name in os.environ}
    folders = json.dumps([os.path.abspath(folder) for folder in sys.path])
    try:
        process = subprocess.Popen(  # noqa: S603 - our own module in our own interpreter
            [sys.executable, "-B", "-c", _START, folders, str(memory_bytes)],
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            stderr=subprocess.DEVNULL,
            cwd=os.path.abspath(os.sep),
            env={**kept, **OFFLINE_ENVIRONMENT},
            start_new_session=True,  # Ctrl-C is for this process, which then ends the child
            bufsize=0,
        )
    except OSError as error:
        raise UnreadableError(f"the program that parses it cannot be started ({error})") from error
    for stream in _pipes(process):
        os.set_blocking(stream.fileno(), False)
    return process


def _ended(process: subprocess.Popen[bytes]) -> None:
    process.kill()
    process.wait()
    for stream in _pipes(process):
        with contextlib.suppress(OSError):
            stream.close()


def _pipes(process: subprocess.Popen[bytes]) -> list[IO[bytes]]:
    return [stream for stream in (process.stdin, process.stdout) if stream is not None]


def _exchange(process: subprocess.Popen[bytes], message: bytes, patience: float) -> bytes:
    """Send a message and return the reply's content.

    Raises ``TimeoutError`` when that takes longer than ``patience`` seconds, ``EOFError`` or
    ``BrokenPipeError`` when the process ends first.
    """
    deadline = time.monotonic() + patience
    requests, replies = _pipes(process)
    unsent, received = memoryview(message), bytearray()
    with selectors.DefaultSelector() as selector:
        selector.register(requests, selectors.EVENT_WRITE)
        selector.register(replies, selectors.EVENT_READ)
        while not _is_whole(received):
            ready: list[tuple[selectors.SelectorKey, Any]] = selector.select(
                max(deadline - time.monotonic(), 0.0)
            )
            if not ready and time.monotonic() >= deadline:
                raise TimeoutError
            for key, _ in ready:
                if key.fileobj is requests:
                    unsent = unsent[os.write(requests.fileno(), unsent) :]
                    if not unsent:
                        selector.unregister(requests)
                    continue
                part = os.read(replies.fileno(), 1 << 20)
                if not part:
                    process.wait()
                    raise EOFError
                received += part
    return bytes(received[LENGTH_BYTES:])


def _is_whole(received: bytearray) -> bool:
    if len(received) < LENGTH_BYTES:
        return False
    return len(received) - LENGTH_BYTES >= int.from_bytes(received[:LENGTH_BYTES], "little")
