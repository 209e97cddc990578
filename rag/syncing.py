"""Makes the index equal to the folder: what was added, edited, renamed or removed, and no more."""

from __future__ import annotations

import shutil
import sqlite3
import time
from collections.abc import Callable, Collection, Mapping
from dataclasses import dataclass, replace
from pathlib import Path

from rag.catalog import Catalog
from rag.catalog_schema import build_differences, damaged, describe_build, has_index
from rag.catalog_writer import WritableCatalog
from rag.config import Config
from rag.embedding import Embedder
from rag.errors import ArticleIndexError, RemovalError, SourceError
from rag.folder_sync import FolderSync, lies_under
from rag.indexing import Indexer
from rag.loading import SourceFile, list_files
from rag.planning import check_removals, make_plan, removal_error
from rag.store import index_lock
from rag.stores import open_store
from rag.values import SyncPlan, SyncReport

# Where a rebuild collects the new catalog, so that the old one serves until it is complete.
REBUILD_FOLDER = "rebuilding"

Progress = Callable[[str, int, int], None]


def sync(
    config: Config,
    embedder: Embedder,
    on_progress: Progress | None = None,
    *,
    allow_empty: bool = False,
    allow_removals: bool = False,
    rebuild: bool = False,
) -> SyncReport:
    """Make the index at ``config.index_path`` equal to the articles at ``config.articles``.

    A file whose size and modification time are as before is not read: an edit that keeps both
    goes unseen. What cannot be opened for want of rights stays in the index. Work is committed
    in batches, so that after an interruption only what is missing is done. Syncs of one index
    take turns, also across processes.

    ``on_progress(stage, done, total)``: "reading" counts files, "embedding" chunks (its total
    grows as files are read), "storing" chunks of a Chroma collection that must be rebuilt.
    ``rebuild`` cuts and embeds everything anew, as does an index that was built with another
    embedder, chunker or size of chunks; the old index serves until that is done.

    Raises ``SourceError`` when the folder is missing, or when no article is left of an index
    that has some, unless ``allow_empty``; ``RemovalError`` when more than
    ``config.max_removed_share`` of the articles would go, unless ``allow_removals``, before
    anything is written; ``ArticleIndexError`` when the index cannot be read or written.
    """
    started = time.perf_counter()
    folder = config.index_path
    allowed = Allowed(allow_empty, allow_removals or allow_empty)
    if not _exists(config.articles):
        _list(config, allow_empty=allow_empty)  # raises before an index folder is made
    _make(folder)
    with index_lock(folder):
        try:
            why = "it was asked for" if rebuild else rebuild_reason(config, embedder)
            run = _rebuild if why else _sync
            report = run(config, embedder, on_progress, allowed)
        except (sqlite3.Error, OSError) as error:
            raise _unwritable(folder, error) from error
    return replace(report, seconds=time.perf_counter() - started, rebuilt=why)


def plan(config: Config, embedder: Embedder | None = None, *, rebuild: bool = False) -> SyncPlan:
    """What ``sync`` would do now; reads the folder and the index, and writes nothing.

    Whether the index would be built anew is told only with ``embedder``. Raises
    ``SourceError`` when the folder cannot be read and there is no index that would be kept,
    ``ArticleIndexError`` when the index is damaged.
    """
    files = _list(config, allow_empty=False)
    why = "it was asked for" if rebuild else ""
    try:
        if embedder is not None and not why:
            why = rebuild_reason(config, embedder)
        found = make_plan(config, files)
    except sqlite3.Error as error:
        raise damaged(config.index_path, error) from error
    left = found.held - len(found.articles.removed) + len(found.articles.added)
    refused: SourceError | None = removal_error(config, found)
    if found.held and not left:
        refused = _would_empty(config, found.held, "has no article that can be read")
    return replace(found, rebuild=why, refusal=str(refused or ""))


def rebuild_reason(config: Config, embedder: Embedder) -> str:
    """How the index's build differs from what a sync would build with; empty if it does not."""
    if not has_index(config.index_path):
        return ""
    with Catalog.open(config.index_path) as catalog:
        differing = build_differences(catalog.meta(), describe_build(config, embedder))
    return f"the index was built with {', '.join(differing)}" if differing else ""


@dataclass(frozen=True, slots=True)
class Allowed:
    """What a sync may do to an index although it looks like a mistake."""

    empty: bool
    removals: bool


def _sync(
    config: Config, embedder: Embedder, on_progress: Progress | None, allowed: Allowed
) -> SyncReport:
    folder = config.index_path
    build = describe_build(config, embedder)
    files = _list(config, allow_empty=allowed.empty)
    with WritableCatalog.open(folder, build, create=True) as catalog:
        held = 0 if allowed.empty else len(catalog.sources())
        if not allowed.removals:
            check_removals(config, catalog, files)
        store = open_store(config, catalog, locked=True, on_progress=on_progress)
        indexer = Indexer(config, catalog, store, embedder, on_progress)
        report = FolderSync(catalog, indexer, on_progress).run(files, _guard(config, held))
        store.close()
        return report


def _rebuild(
    config: Config, embedder: Embedder, on_progress: Progress | None, allowed: Allowed
) -> SyncReport:
    """Fill a catalog of its own, then put it in the old one's place.

    An interrupted rebuild goes on where it stopped. The catalog is replaced in one transaction;
    Chroma follows, and would be caught up at the next opening.
    """
    folder = config.index_path
    build = describe_build(config, embedder)
    files = _list(config, allow_empty=allowed.empty)
    old = _sources_held(folder)
    held = 0 if allowed.empty else len(old)
    if old and not allowed.removals:
        with WritableCatalog.open(folder) as catalog:
            check_removals(config, catalog, files)
    working = folder / REBUILD_FOLDER
    try:
        catalog = WritableCatalog.open(working, build, create=True)
    except ArticleIndexError:  # left by a rebuild with another configuration
        shutil.rmtree(working)
        catalog = WritableCatalog.open(working, build, create=True)
    with catalog:
        indexer = Indexer(config, catalog, None, embedder, on_progress)
        one_pass = FolderSync(catalog, indexer, on_progress)
        report = one_pass.run(files, _guard(config, held))
        if not allowed.removals:
            _check_barred(config, old, one_pass.barred)
        catalog.copy_over(folder)
    shutil.rmtree(working)
    with Catalog.open(folder, build) as rebuilt:
        store = open_store(config, rebuilt, locked=True, take_over=True, on_progress=on_progress)
        store.close()
    return report


def _check_barred(config: Config, old: Mapping[str, str], barred: Collection[str]) -> None:
    """Refuse to lose in a rebuild what cannot be read, which a sync leaves as it is."""
    lost = [name for name in old.values() if lies_under(name, barred)]
    if lost:
        raise RemovalError(
            f"{len(lost)} of {len(old)} articles lie where they cannot be read ({lost[0]}), and "
            f"the index in {config.index_path} was left as it is.",
            "Allow reading them, or, to lose them, type: footnote sync --rebuild --allow-removals",
            len(lost),
            len(old),
        )


def _exists(path: Path) -> bool:
    """Whether there is something at ``path``; what cannot be looked at counts as there."""
    try:
        return path.exists()
    except OSError:
        return True


def _list(config: Config, *, allow_empty: bool) -> list[SourceFile]:
    """The files of the articles' folder; none when it is missing and that is allowed."""
    try:
        return list_files(config.articles)
    except SourceError:
        if _exists(config.articles):
            raise
        if allow_empty:
            return []
        held = len(_sources_held(config.index_path))
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


def _sources_held(folder: Path) -> dict[str, str]:
    """The file of every article that the index has, by whatever configuration it was built."""
    if not has_index(folder):
        return {}
    try:
        with WritableCatalog.open(folder) as catalog:
            return catalog.sources()
    except (ArticleIndexError, sqlite3.Error):
        return {}  # damaged beyond reading: nothing to lose


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
