"""Uploaded articles: into the articles' folder under a plain name, and nowhere else."""

from __future__ import annotations

import os
import re
import unicodedata
from collections.abc import Callable, Iterator
from contextlib import suppress
from itertools import count
from pathlib import Path, PurePosixPath
from typing import BinaryIO, Self

from rag.config import Config
from rag.errors import FootnoteError, choices
from rag.extracted import UnreadableError
from rag.readers import check_suffix
from ui.files import sweep_abandoned, temporary_beside

# Of the name without its suffix, in bytes of UTF-8: with a suffix and a number it stays below
# the 255 that file systems allow.
MAX_STEM_BYTES = 180
UNNAMED = "article"
# What Windows does not allow in a name; a folder of articles may be shared with it.
_FORBIDDEN = re.compile(r'[<>:"|?*]')
_RESERVED = re.compile(r"(?i)(con|prn|aux|nul|com\d|lpt\d)(\.|$)")
_SPACES = re.compile(r"\s+")
_MEGABYTE = 1024 * 1024


class UploadError(FootnoteError):
    """A file that is not taken, and why."""


def safe_name(name: str) -> str:
    """A file name for an upload that calls itself ``name``: never a path, never hidden.

    Folders, control and invisible characters are dropped, Unicode is composed (NFC), a long name
    is cut. Raises ``UploadError`` when files of its suffix are not read.
    """
    last = PurePosixPath(name.replace("\\", "/")).name
    composed = unicodedata.normalize("NFC", last.encode("utf-8", "replace").decode())
    visible = "".join(" " if unicodedata.category(c)[0] == "Z" else c for c in composed)
    visible = "".join(c for c in visible if unicodedata.category(c)[0] != "C")
    plain = _SPACES.sub(" ", _FORBIDDEN.sub("-", visible)).strip()
    # With a letter before it, also a name that is a suffix alone has that suffix.
    suffix = PurePosixPath(f"x{plain}").suffix.lower()
    try:
        check_suffix(suffix)
    except UnreadableError as error:
        raise UploadError(f"{plain or 'A file'} is not taken: {error.reason}.", "") from error
    stem = plain[: -len(suffix)].strip(" .~$")
    stem = stem.encode()[:MAX_STEM_BYTES].decode("utf-8", "ignore").rstrip(" .") or UNNAMED
    return f"_{stem}{suffix}" if _RESERVED.match(stem) else f"{stem}{suffix}"


def why_closed(config: Config) -> str:
    """Why nothing can be uploaded, for the reader; empty where it can."""
    folder = config.articles
    if not config.upload_files:
        return "Uploading is switched off (the setting upload_files is 0)."
    if folder.is_file():
        return f"The articles are the one file {folder.name}, so there is no folder to upload to."
    if not folder.is_dir():
        return f"The folder {folder} does not exist."
    if not os.access(folder, os.W_OK | os.X_OK):
        return f"The folder {folder} is read-only."
    return ""


class Upload:
    """One file on its way into the folder; use it as a context manager.

    It is written under a hidden name, which no sync reads, and gets its own name by ``keep``;
    without that nothing is left of it, and ``on_dropped`` is called. Raises ``UploadError`` for a
    file that is too large, of another kind, or that cannot be written.
    """

    def __init__(
        self, config: Config, name: str, on_dropped: Callable[[], None] | None = None
    ) -> None:
        closed = why_closed(config)
        if closed:
            raise UploadError(closed, "")
        self._folder = config.articles
        self._name = safe_name(name)
        self._limit = config.upload_mb * _MEGABYTE
        self._size = 0
        self._temporary = temporary_beside(self._folder / self._name)
        self._file: BinaryIO | None = None
        self._kept = False
        self._on_dropped = on_dropped

    def __enter__(self) -> Self:
        sweep_abandoned(self._folder)
        # "x" neither follows a link nor writes over anything.
        try:
            self._file = self._temporary.open("xb")
        except OSError as error:
            self._drop()
            raise _unwritable(self._name, error) from error
        return self

    def __exit__(self, *_: object) -> None:
        if self._file is not None:
            self._file.close()
        with suppress(OSError):
            self._temporary.unlink(missing_ok=True)
        if not self._kept:
            self._drop()

    def write(self, data: bytes) -> None:
        """Take the next bytes."""
        self._size += len(data)
        if self._size > self._limit:
            raise UploadError(
                f"{self._name} has more than {self._limit // _MEGABYTE} MB.",
                "Raise the setting upload_mb, or copy it into the folder.",
            )
        if self._file is None:
            raise ValueError("an upload is opened before it is written")
        try:
            self._file.write(data)
        except OSError as error:
            raise _unwritable(self._name, error) from error

    def keep(self) -> str:
        """Give the file its name, with a number where that one is taken; returns it."""
        if self._file is None:
            raise ValueError("an upload is opened before it is kept")
        if not self._size:
            raise UploadError(f"{self._name} is empty.", "")
        try:
            self._file.flush()
            os.fsync(self._file.fileno())
            for name in _numbered(self._name):
                with suppress(FileExistsError):
                    _place(self._temporary, self._folder / name)
                    self._kept = True
                    return name
        except OSError as error:
            raise _unwritable(self._name, error) from error
        raise AssertionError("numbers do not end")

    def _drop(self) -> None:
        if self._on_dropped is not None:
            self._on_dropped()


def known_suffixes() -> str:
    """The suffixes that are read, for the reader: ``.csv, .docx or .txt``."""
    from rag import readers

    return choices(readers.SUFFIXES)


def _numbered(name: str) -> Iterator[str]:
    path = PurePosixPath(name)
    yield name
    for number in count(2):
        yield f"{path.stem} ({number}){path.suffix}"


def _place(temporary: Path, target: Path) -> None:
    """Give a file its name; raises ``FileExistsError`` where that is taken, and by whatever."""
    try:
        # A link fails where there is something, be it another upload of this moment or a link
        # that leads elsewhere; a rename would write over it.
        os.link(temporary, target, follow_symlinks=False)
    except FileExistsError:
        raise
    except OSError:  # a file system without hard links
        target.open("xb").close()
        temporary.replace(target)


def _unwritable(name: str, error: OSError) -> UploadError:
    return UploadError(
        f"{name} could not be written: {error.strerror or error}.",
        "Mind free disk space and the folder's permissions.",
    )
