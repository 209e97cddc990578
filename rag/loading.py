"""From a folder, a file or bytes to articles: the first stage of the pipeline.

Nothing that a file holds makes this raise: what cannot be read becomes a problem with the file's
name and a reason, and the files beside it are read.
"""

from __future__ import annotations

import os
import stat
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path, PurePosixPath

from rag.boilerplate import mark_boilerplate
from rag.bounded import BOUNDED_SUFFIXES, document_reader
from rag.errors import SourceError
from rag.extracted import Extracted, UnreadableError
from rag.readers import check_size, check_suffix, extract, suffix_of
from rag.values import Article, LoadProblem

# Hidden files, and the lock files that Office lays beside an open document.
_PASSED_OVER = (".", "~$")


@dataclass(frozen=True, slots=True)
class SourceFile:
    """A file as a listing found it.

    ``name`` is the path relative to the articles' folder in POSIX form. ``problem`` is not empty
    where the listing already shows that there is nothing to read: it tells why. ``barred``: it
    may well be there, and what is in it (it may be a folder) cannot be told.
    """

    path: Path
    name: str
    size: int
    mtime_ns: int
    problem: str = ""
    barred: bool = False


@dataclass(frozen=True, slots=True)
class LoadResult:
    """The articles of one source in its order, and what had to be left out.

    ``barred``: the source may hold articles, but this process was not let at them.
    """

    articles: tuple[Article, ...] = ()
    problems: tuple[LoadProblem, ...] = ()
    barred: bool = False


def list_files(root: Path) -> list[SourceFile]:
    """The files under a folder, or the one file, sorted by name; nothing is read yet.

    Hidden files and folders are passed over, and so are pipes, sockets and devices. Links to
    folders are not followed, and links to files only inside ``root``. Raises ``SourceError`` if
    ``root`` is missing or cannot be listed.
    """
    try:
        if root.is_file():
            status = root.stat()
            return [SourceFile(root, _shown(root.name), status.st_size, status.st_mtime_ns)]
        if not root.is_dir():
            wrong = "is neither a folder nor a file" if root.exists() else "does not exist"
            raise SourceError(f"{root} {wrong}.", "Name a folder of articles, or one file of them.")
        return sorted(_walk(root), key=lambda file: file.name)
    except OSError as error:
        reason = error.strerror or str(error)
        raise SourceError(
            f"{root} cannot be read: {reason}.", "Allow reading it, or name another folder."
        ) from error


def read_file(file: SourceFile) -> LoadResult:
    """The articles of a listed file; never raises for what the file holds or has become."""
    suffix = file.path.suffix.lower()
    try:
        if file.problem:
            raise UnreadableError(file.problem)
        check_suffix(suffix)
        check_size(suffix, file.path.stat().st_size)
        data = file.path.read_bytes()
    except UnreadableError as error:
        return _refused(file.name, error.reason, barred=file.barred)
    except OSError as error:
        return _refused(file.name, _os_reason(error), barred=_is_barred(error))
    return _load(file.name, suffix, data)


def read_bytes(name: str, data: bytes) -> LoadResult:
    """The articles of bytes that have a name but no file: an upload, or standard input.

    Where the name has no suffix, the kind is told by how the bytes begin.
    """
    suffix = PurePosixPath(name).suffix.lower()
    return _load(name, suffix or suffix_of(data), data)


def _walk(root: Path) -> Iterator[SourceFile]:
    """Raises ``OSError`` only for ``root`` itself; a folder in it that is closed is a problem."""
    inside = root.resolve()
    folders = [root]
    while folders:
        folder = folders.pop()
        try:
            entries = list(os.scandir(folder))
        except OSError as error:
            if folder == root:
                raise
            yield _unreadable(folder, root, _os_reason(error), barred=_is_barred(error))
            continue
        for entry in entries:
            if entry.name.startswith(_PASSED_OVER):
                continue
            if entry.is_dir(follow_symlinks=False):
                folders.append(Path(entry.path))
            elif found := _entry(Path(entry.path), root, inside):
                yield found


def _entry(path: Path, root: Path, inside: Path) -> SourceFile | None:
    """The file at ``path``; None for what is passed over."""
    try:
        status = path.stat()
        if path.is_symlink() and not path.resolve().is_relative_to(inside):
            return _unreadable(path, root, "it is a link that leads out of the folder")
    except (OSError, RuntimeError) as error:  # pathlib raises RuntimeError for links in a circle
        # Looking again fails as well where the folder may be listed and its files not looked at.
        broken = not isinstance(error, PermissionError) and path.is_symlink()
        reason = "it is a broken link" if broken else _os_reason(error)
        return _unreadable(path, root, reason, barred=not broken and _is_barred(error))
    if not stat.S_ISREG(status.st_mode):
        return None
    name = _name(path, root)
    problem = "" if name == _shown(name) else "its name is not valid Unicode"
    return SourceFile(path, _shown(name), status.st_size, status.st_mtime_ns, problem)


def _unreadable(path: Path, root: Path, reason: str, *, barred: bool = False) -> SourceFile:
    return SourceFile(path, _shown(_name(path, root)), 0, 0, reason, barred)


def _name(path: Path, root: Path) -> str:
    return path.relative_to(root).as_posix()


def _shown(name: str) -> str:
    """The name with what is no Unicode escaped, since names are stored and printed."""
    return name.encode("utf-8", "backslashreplace").decode()


def _os_reason(error: Exception) -> str:
    if isinstance(error, FileNotFoundError):
        return "it vanished before it was read"
    if isinstance(error, PermissionError):
        return "permission denied"
    told = error.strerror if isinstance(error, OSError) else ""
    return f"it cannot be read ({told or error})"


def _is_barred(error: Exception) -> bool:
    """Whether the file may be there all the same: rights, or a disk or network that fails."""
    return isinstance(error, OSError) and not isinstance(error, FileNotFoundError)


def _refused(name: str, reason: str, *, barred: bool = False) -> LoadResult:
    return LoadResult(problems=(LoadProblem(name, reason),), barred=barred)


def _load(name: str, suffix: str, data: bytes) -> LoadResult:
    try:
        check_size(suffix, len(data))
        bounded = suffix in BOUNDED_SUFFIXES
        extraction = document_reader().extract(suffix, data) if bounded else extract(suffix, data)
    except UnreadableError as error:
        return _refused(name, error.reason)
    return LoadResult(
        tuple(_article(name, found) for found in extraction.articles),
        tuple(LoadProblem(f"{name} {row.where}", row.reason) for row in extraction.problems),
    )


def _article(name: str, found: Extracted) -> Article:
    told = found.metadata
    return Article(
        id=found.id or (f"{name}#{found.place}" if found.place else name),
        text=found.text,
        title=told.title,
        author=told.author,
        outlet=told.outlet,
        date=told.date,
        url=told.url,
        language=told.language,
        source=name,
        boilerplate=mark_boilerplate(found.text, told.title),
    )
