"""Makes the index equal to the folder: what was added, edited, renamed or removed, and no more."""

from __future__ import annotations

import shutil
import sqlite3
import time
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path

from rag.catalog import Catalog
from rag.catalog_schema import CATALOG_FILE, describe_build
from rag.catalog_writer import WritableCatalog
from rag.config import Config
from rag.embedding import Embedder
from rag.errors import ArticleIndexError, SourceError
from rag.folder_sync import FolderSync
from rag.indexing import Indexer
from rag.loading import SourceFile, list_files
from rag.store import index_lock
from rag.stores import open_store
from rag.values import SyncReport

# Where a rebuild collects the new catalog, so that the old one serves until it is complete.
REBUILD_FOLDER = "rebuilding"

Progress = Callable[[str, int, int], None]


def sync(
    config: Config,
    embedder: Embedder,
    on_progress: Progress | None = None,
    *,
    allow_empty: bool = False,
    rebuild: bool = False,
) -> SyncReport:
    """Make the index at ``config.index_path`` equal to the articles at ``config.articles``.

    A file whose size and modification time are as before is not read: an edit that keeps both
    goes unseen. Work is committed in batches, so that after an interruption only what is missing
    is done. Syncs of one index take turns, also across processes.

    ``on_progress(stage, done, total)``: "reading" counts files, "embedding" chunks (its total
    grows as files are read), "storing" chunks of a Chroma collection that must be rebuilt.
    ``rebuild`` cuts and embeds everything anew; the old index serves until that is done.

    Raises ``SourceError`` when the folder is missing, or when no article is left of an index
    that has some, unless ``allow_empty``; ``ArticleIndexError`` when the index was built by
    another configuration or cannot be written.
    """
    started = time.perf_counter()
    folder = config.index_path
    if not config.articles.exists():
        _list(config, allow_empty=allow_empty)  # raises before an index folder is made
    _make(folder)
    run = _rebuild if rebuild else _sync
    with index_lock(folder):
        try:
            report = run(config, embedder, on_progress, allow_empty)
        except sqlite3.Error as error:
            raise _unwritable(folder, error) from error
    return replace(report, seconds=time.perf_counter() - started)


def _sync(
    config: Config, embedder: Embedder, on_progress: Progress | None, allow_empty: bool
) -> SyncReport:
    folder = config.index_path
    build = describe_build(config, embedder)
    files = _list(config, allow_empty=allow_empty)
    with WritableCatalog.open(folder, build, create=True) as catalog:
        store = open_store(config, catalog, locked=True, on_progress=on_progress)
        held = 0 if allow_empty else len(catalog.sources())
        indexer = Indexer(config, catalog, store, embedder, on_progress)
        report = FolderSync(catalog, indexer, on_progress).run(files, _guard(config, held))
        store.close()
        return report


def _rebuild(
    config: Config, embedder: Embedder, on_progress: Progress | None, allow_empty: bool
) -> SyncReport:
    """Fill a catalog of its own, then put it in the old one's place.

    An interrupted rebuild goes on where it stopped. The catalog is replaced in one transaction;
    Chroma follows, and would be caught up at the next opening.
    """
    folder = config.index_path
    build = describe_build(config, embedder)
    files = _list(config, allow_empty=allow_empty)
    held = 0 if allow_empty else _articles_held(folder)
    working = folder / REBUILD_FOLDER
    try:
        catalog = WritableCatalog.open(working, build, create=True)
    except ArticleIndexError:  # left by a rebuild with another configuration
        shutil.rmtree(working)
        catalog = WritableCatalog.open(working, build, create=True)
    with catalog:
        indexer = Indexer(config, catalog, None, embedder, on_progress)
        report = FolderSync(catalog, indexer, on_progress).run(files, _guard(config, held))
        catalog.copy_over(folder)
    shutil.rmtree(working)
    with Catalog.open(folder, build) as rebuilt:
        store = open_store(config, rebuilt, locked=True, take_over=True, on_progress=on_progress)
        store.close()
    return report


def _list(config: Config, *, allow_empty: bool) -> list[SourceFile]:
    """The files of the articles' folder; none when it is missing and that is allowed."""
    try:
        return list_files(config.articles)
    except SourceError:
        if config.articles.exists():
            raise
        if allow_empty:
            return []
        held = _articles_held(config.index_path)
        if held:
            raise _would_empty(config, held, "does not exist") from None
        raise


def _guard(config: Config, held: int) -> Callable[[], None]:
    """What to do when no article was found: refuse, if the index holds some."""

    def refuse() -> None:
        if held:
            raise _would_empty(config, held, "has no article that can be read")

    return refuse


def _would_empty(config: Config, held: int, why: str) -> SourceError:
    return SourceError(
        f"{config.articles} {why}, and the index of {held} articles was left as it is.",
        "Bring the articles back, or, to empty the index, type: footnote sync --allow-empty",
    )


def _articles_held(folder: Path) -> int:
    """How many articles the index has, by whatever configuration it was built; 0 if none."""
    if not (folder / CATALOG_FILE).is_file():
        return 0
    try:
        with Catalog.open(folder) as catalog:
            return catalog.article_count()
    except (ArticleIndexError, sqlite3.Error):
        return 0  # damaged beyond reading: nothing to lose


def _make(folder: Path) -> None:
    try:
        folder.mkdir(parents=True, exist_ok=True)
    except OSError as error:
        raise _unwritable(folder, error) from error


def _unwritable(folder: Path, error: Exception) -> ArticleIndexError:
    return ArticleIndexError(
        f"The index in {folder} cannot be written: {error}.",
        "Mind free disk space and permissions; if it is damaged, type: footnote sync --rebuild",
    )
