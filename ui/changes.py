"""What a sync would do to the index, by files, without doing it."""

from __future__ import annotations

import hashlib
from dataclasses import dataclass
from pathlib import Path

from rag.catalog import Catalog
from rag.config import Config
from rag.loading import list_files


@dataclass(frozen=True, slots=True)
class Changes:
    """Files by name; ``renamed`` pairs (old, new)."""

    added: tuple[str, ...] = ()
    edited: tuple[str, ...] = ()
    removed: tuple[str, ...] = ()
    renamed: tuple[tuple[str, str], ...] = ()

    def __bool__(self) -> bool:
        return self != Changes()


def changes(config: Config) -> Changes:
    """How the folder differs from what the last sync saw.

    Nothing is written. Only files whose size or time changed are read, as a sync would. Raises
    ``SourceError`` for a folder that cannot be listed, ``ArticleIndexError`` without an index.
    """
    found = {file.name: file for file in list_files(config.articles)}
    with Catalog.open(config.index_path) as catalog:
        known = catalog.files()
    digests = {
        name: _digest(file.path)
        for name, file in found.items()
        if not file.problem
        and (
            name not in known
            or (known[name].size, known[name].mtime_ns) != (file.size, file.mtime_ns)
        )
    }
    added = {name: digests.get(name, "") for name in found.keys() - known.keys()}
    gone = {known[name].sha256: name for name in sorted(known.keys() - found.keys())}
    renamed = {gone[digest]: name for name, digest in sorted(added.items()) if digest in gone}
    edited = [n for n in digests.keys() & known.keys() if digests[n] != known[n].sha256]
    return Changes(
        added=tuple(sorted(added.keys() - set(renamed.values()))),
        edited=tuple(sorted(edited)),
        removed=tuple(sorted(known.keys() - found.keys() - renamed.keys())),
        renamed=tuple(sorted(renamed.items())),
    )


def _digest(path: Path) -> str:
    """The file's sha256 as the catalog keeps it; empty when it cannot be read."""
    try:
        with path.open("rb") as file:
            return hashlib.file_digest(file, "sha256").hexdigest()
    except OSError:
        return ""
