"""Who may touch Chroma's files, and whether they are still as they were left.

Chroma 1.5.9 guards neither its files nor its readers: a kill while it writes, or while it merely
opens a collection (which rewrites files too), may leave files that crash the next process that
opens them, and what one process writes under another one's open handle makes that handle lie. So
a lock lets many search or one write or open; marks tell of writing and opening that were cut
short; and a seal remembers the files, so that any other change to them is noticed unopened.
"""

from __future__ import annotations

import fcntl
import hashlib
import json
import os
import subprocess
import sys
import threading
import time
import uuid
from collections.abc import Iterator
from contextlib import contextmanager
from enum import Enum
from pathlib import Path
from typing import Any

STORE_FOLDER = "chroma"
WRITING_MARK = "chroma.writing"
OPENING_MARK = "chroma.opening"
SEAL_FILE = "chroma.seal"
LOCK_FILE = "chroma.lock"

POLL_SECONDS = 0.02

# Hashing this takes about 50 ms, and opening a collection changes a file each time. Of a larger
# file only size and time are remembered.
HASHED_BYTES = 64 << 20

# Opening 100,000 chunks takes Chroma a few seconds.
PROBE_SECONDS = 120.0


class Condition(Enum):
    """What is known of the files, unopened; the value is what a reader is told of it."""

    SEALED = "as it was left"
    MISSING = "missing"
    HALF_WRITTEN = "left half-written by a process that died"
    CHANGED = "changed or damaged by something else"
    DOUBTFUL = "left half-opened by a process that died"


class StoreGuard:
    """The lock, marks and seal of the Chroma database of one index. Any thread may use it."""

    def __init__(self, index: Path) -> None:
        self._folder = index / STORE_FOLDER
        self._index = index
        self._thread = threading.RLock()
        self._depth = 0

    # --- the lock

    @contextmanager
    def alone(self, seconds: float | None = None) -> Iterator[bool]:
        """Keep every other process and handle away; yields whether that was reached in time.

        ``seconds`` None waits for as long as it takes. May be nested in one thread.
        """
        with self._thread:
            if self._depth:
                yield True
                return
            with self._locked(fcntl.LOCK_EX, seconds) as obtained:
                self._depth += 1
                try:
                    yield obtained
                finally:
                    self._depth -= 1

    @contextmanager
    def searching(self) -> Iterator[bool]:
        """Keep writers away for the time of one search; yields False if there is one now."""
        with self._locked(fcntl.LOCK_SH, 0.0) as obtained:
            yield obtained and not self._cut_short()

    @contextmanager
    def _locked(self, kind: int, seconds: float | None) -> Iterator[bool]:
        deadline = None if seconds is None else time.monotonic() + seconds
        try:
            descriptor = os.open(self._index / LOCK_FILE, os.O_RDWR | os.O_CREAT, 0o666)
        except OSError:
            if seconds is None:
                raise
            yield False  # a full or write-protected disk: what only reads does without Chroma
            return
        try:
            yield _flock(descriptor, kind, deadline)
        finally:
            os.close(descriptor)  # gives the lock back

    # --- marks

    def is_being_written(self) -> bool:
        """Whether a process writes, or died of it."""
        return (self._index / WRITING_MARK).exists()

    @contextmanager
    def writing(self) -> Iterator[None]:
        """Mark the files as being written; the mark stays when that fails. Seals them after."""
        with self.alone():
            _make(self._index / WRITING_MARK)
            yield
            self.seal(token=uuid.uuid4().hex)
            (self._index / OPENING_MARK).unlink(missing_ok=True)
            (self._index / WRITING_MARK).unlink()

    @contextmanager
    def opening(self) -> Iterator[None]:
        """Mark the files as being opened, which changes them. Call it ``alone``."""
        _make(self._index / OPENING_MARK)
        yield
        self.seal(token=self.token() or uuid.uuid4().hex)
        (self._index / OPENING_MARK).unlink()

    # --- the seal

    def token(self) -> str:
        """Changes whenever the contents do; empty if they are not sealed."""
        return str(self._read_seal().get("token", ""))

    def seal(self, token: str) -> None:
        """Remember the files as they are."""
        before = self._read_seal().get("files", {})
        files = {}
        for name, path in self._files().items():
            status = path.stat()
            known = before.get(name)
            same = known is not None and known[:2] == [status.st_size, status.st_mtime_ns]
            digest = known[2] if same else _digest(path, status.st_size)
            files[name] = [status.st_size, status.st_mtime_ns, digest]
        working = self._index / f"{SEAL_FILE}.new"
        with working.open("w", encoding="utf-8") as file:
            json.dump({"token": token, "files": files}, file)
            file.flush()
            os.fsync(file.fileno())
        working.replace(self._index / SEAL_FILE)

    def condition(self) -> Condition:
        """What is known of the files without opening them. Call it ``alone``."""
        if self.is_being_written():
            return Condition.HALF_WRITTEN
        if not self._folder.is_dir():
            return Condition.MISSING
        if (self._index / OPENING_MARK).exists():
            return Condition.DOUBTFUL
        sealed, found = self._read_seal().get("files"), self._files()
        if not sealed:
            return Condition.DOUBTFUL  # made by a version that had no seals
        if sealed.keys() != found.keys():
            return Condition.CHANGED
        states = [_compare(path, sealed[name]) for name, path in found.items()]
        wrong = (state for state in (Condition.CHANGED, Condition.DOUBTFUL) if state in states)
        return next(wrong, Condition.SEALED)

    def survives_opening(self, collection: str) -> bool:
        """Whether a process of its own opens and searches the collection without dying of it."""
        program = "import sys; from rag.chroma import probe; probe(*sys.argv[1:])"
        environment = {**os.environ, "PYTHONPATH": os.pathsep.join(sys.path)}
        try:
            done = subprocess.run(  # noqa: S603 - this very interpreter and our own module
                [sys.executable, "-c", program, str(self._folder), collection],
                check=False,
                capture_output=True,
                env=environment,
                timeout=PROBE_SECONDS,
            )
        except (OSError, subprocess.TimeoutExpired):
            return False
        return done.returncode == 0

    def _cut_short(self) -> bool:
        return any((self._index / mark).exists() for mark in (WRITING_MARK, OPENING_MARK))

    def _files(self) -> dict[str, Path]:
        found = sorted(path for path in self._folder.rglob("*") if path.is_file())
        return {path.relative_to(self._folder).as_posix(): path for path in found}

    def _read_seal(self) -> dict[str, Any]:
        try:
            seal = json.loads((self._index / SEAL_FILE).read_bytes())
        except (OSError, ValueError):
            return {}
        return seal if isinstance(seal, dict) else {}


def _flock(descriptor: int, kind: int, deadline: float | None) -> bool:
    if deadline is None:
        fcntl.flock(descriptor, kind)
        return True
    while True:
        try:
            fcntl.flock(descriptor, kind | fcntl.LOCK_NB)
        except BlockingIOError:
            if time.monotonic() >= deadline:
                return False
            time.sleep(POLL_SECONDS)
        else:
            return True


def _make(mark: Path) -> None:
    """Make an empty file that is still there after a power cut."""
    with mark.open("w") as file:
        os.fsync(file.fileno())
    folder = os.open(mark.parent, os.O_RDONLY)
    try:
        os.fsync(folder)
    finally:
        os.close(folder)


def _compare(path: Path, sealed: list[Any]) -> Condition:
    """One file against its entry in the seal."""
    status = path.stat()
    size, time_ns, digest = sealed
    if status.st_size != size:
        return Condition.CHANGED
    if status.st_mtime_ns == time_ns:
        return Condition.SEALED
    if not digest:
        return Condition.DOUBTFUL
    return Condition.SEALED if _digest(path, size) == digest else Condition.CHANGED


def _digest(path: Path, size: int) -> str:
    if size > HASHED_BYTES:
        return ""
    with path.open("rb") as file:
        return hashlib.file_digest(file, "blake2b").hexdigest()
