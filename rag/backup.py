"""Backup and restore: the catalog in one file, from which everything else is built again.

The copy is SQLite's online backup: a consistent state between two commits, also while a sync
writes. Chroma's database is not copied, since a restore builds it from the catalog's vectors.
"""

from __future__ import annotations

import shutil
import sqlite3
from collections.abc import Callable
from contextlib import closing
from pathlib import Path

from rag.catalog import Catalog
from rag.catalog_schema import CATALOG_FILE
from rag.catalog_writer import WritableCatalog
from rag.config import Config
from rag.errors import ArticleIndexError, SourceError
from rag.store import ChunkStore, index_lock

RESTORE_FOLDER = "restoring"

Progress = Callable[[str, int, int], None]


def backup(config: Config, file: Path) -> int:
    """Write the index to ``file``, which must not exist yet; returns how many articles it holds.

    Raises ``SourceError`` when the file exists or cannot be written, ``ArticleIndexError`` when
    the index is missing or damaged.
    """
    if file.exists():
        raise SourceError(f"{file} exists already.", "Name a new file for the backup.")
    working = file.with_name(f"{file.name}.part")
    try:
        with Catalog.open(config.index_path) as catalog:
            catalog.copy_to(working)
        held = _checked(working)
        working.replace(file)
    except (sqlite3.Error, OSError) as error:
        raise SourceError(
            f"The backup {file} cannot be written: {error}.", "Mind free disk space and rights."
        ) from error
    finally:
        working.unlink(missing_ok=True)
    return held


def restore(config: Config, file: Path, on_progress: Progress | None = None) -> int:
    """Put a backup in the place of the index; returns how many articles it holds.

    The catalog is replaced in one transaction: a kill leaves the index before or after it, and
    whoever has it open sees the new one at the next question. Nothing is embedded. Raises
    ``SourceError`` when ``file`` is no sound backup, ``ArticleIndexError`` when the index cannot
    be written.
    """
    if not file.is_file():
        raise SourceError(f"There is no backup {file}.", "Name a file that footnote backup wrote.")
    folder = config.index_path
    working = folder / RESTORE_FOLDER
    try:
        with index_lock(folder):
            shutil.rmtree(working, ignore_errors=True)
            working.mkdir()
            try:
                copy = shutil.copyfile(file, working / CATALOG_FILE)
                held = _checked(copy)
                with WritableCatalog.open(working) as catalog:
                    catalog.copy_over(folder)
            finally:
                shutil.rmtree(working, ignore_errors=True)
            with Catalog.open(folder) as restored:
                store = ChunkStore(restored, config.collection, locked=True)
                store.rebuild(on_progress)
                store.close()
    except (sqlite3.Error, OSError) as error:
        raise ArticleIndexError(
            f"The index in {folder} cannot be written: {error}.",
            "Mind free disk space and permissions, then type the command again.",
        ) from error
    return held


def _checked(file: Path) -> int:
    """How many articles a copy holds; raises ``SourceError`` if it is no whole catalog."""
    try:
        with closing(sqlite3.connect(f"{file.absolute().as_uri()}?mode=ro", uri=True)) as copy:
            [state] = copy.execute("PRAGMA integrity_check(1)").fetchone()
            held = int(copy.execute("SELECT count(*) FROM articles").fetchone()[0])
            copy.execute("SELECT value FROM meta WHERE key = 'generation'").fetchone()[0]
    except (sqlite3.Error, TypeError) as error:
        raise SourceError(
            f"{file} is not a backup of an index: {error}.",
            "Name a file that footnote backup wrote.",
        ) from error
    if state != "ok":
        raise SourceError(f"The backup {file} is damaged: {state}.", "Restore an older one.")
    return held
