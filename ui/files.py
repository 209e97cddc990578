"""Files that are written whole or not at all, whatever happens meanwhile."""

from __future__ import annotations

import os
import re
import secrets
import time
from contextlib import suppress
from pathlib import Path

_TEMPORARY = re.compile(r"\.[0-9a-f]{16}\.part")
# A file that is being written changes more often than this.
ABANDONED_SECONDS = 3600.0


def temporary_beside(path: Path) -> Path:
    """A name in the same folder that nothing reads: hidden, and unlike any other."""
    return path.with_name(f".{secrets.token_hex(8)}.part")


def sweep_abandoned(folder: Path) -> None:
    """Remove temporary files that a killed process has left in a folder."""
    before = time.time() - ABANDONED_SECONDS
    for path in folder.glob(".*.part"):
        with suppress(OSError):
            if _TEMPORARY.fullmatch(path.name) and path.lstat().st_mtime < before:
                path.unlink()


def write_whole(path: Path, data: bytes) -> None:
    """Put ``data`` into ``path`` in one step: a reader sees the old file or the new one.

    It is on the disk when this returns. Raises ``OSError``, and leaves nothing behind then.
    """
    temporary = temporary_beside(path)
    try:
        with temporary.open("xb") as file:
            file.write(data)
            file.flush()
            os.fsync(file.fileno())
        temporary.replace(path)
    finally:
        temporary.unlink(missing_ok=True)


def append_line(path: Path, line: str) -> None:
    """Add a line to the end of a file, on the disk when this returns. Raises ``OSError``.

    One write in append mode: two processes' lines do not mix.
    """
    path.parent.mkdir(parents=True, exist_ok=True)
    descriptor = os.open(path, os.O_WRONLY | os.O_APPEND | os.O_CREAT, 0o600)
    try:
        os.write(descriptor, f"{line}\n".encode())
        os.fsync(descriptor)
    finally:
        os.close(descriptor)
