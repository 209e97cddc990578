"""Chunks in Chroma, through llama-index: derived from the catalog, and rebuilt from it at will.

Chroma 1.5.9 does not survive a kill while it writes: such a database may crash the process that
opens it. So a file marks the time of writing; a database that was left with the mark is deleted
unopened and built again from the catalog's vectors. One that merely lags behind the catalog is
told by its generation, and built again as well.
"""

from __future__ import annotations

import fcntl
import itertools
import os
import shutil
import threading
import time
from collections.abc import Callable, Iterable, Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING, Any, TypeVar, cast

from rag.catalog import Catalog, FloatArray, IndexedChunk
from rag.errors import ArticleIndexError
from rag.offline import keep_offline

if TYPE_CHECKING:
    from types import ModuleType

    from chromadb.api.models.Collection import Collection

    from rag.vector_store import CompactVectorStore

STORE_FOLDER = "chroma"
WRITING_MARK = "chroma.writing"
LOCK_FILE = "sync.lock"

# Chunks in one call to Chroma: well below its limit of 5,461, and 1.5 MB of vectors.
BATCH = 1000

# How long a reader waits for another process that writes to Chroma at this moment: a rebuild
# stores about a thousand chunks a second.
WRITER_SECONDS = 300.0
POLL_SECONDS = 0.1

Progress = Callable[[str, int, int], None]
Item = TypeVar("Item")


@contextmanager
def index_lock(folder: Path, *, wait: bool = True) -> Iterator[bool]:
    """Hold the lock by which the writers of an index take turns; yields whether it was obtained.

    With ``wait`` it is always obtained in the end. A process that dies gives it back.
    """
    folder.mkdir(parents=True, exist_ok=True)
    with (folder / LOCK_FILE).open("w") as file:
        try:
            fcntl.flock(file, fcntl.LOCK_EX if wait else fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            yield False
        else:
            yield True  # closing the file gives the lock back


class ChunkStore:
    """The Chroma collection beside a catalog. Make it with ``open``; any thread may query it."""

    def __init__(self, catalog: Catalog, name: str, *, locked: bool) -> None:
        self._catalog = catalog
        self._folder = catalog.folder / STORE_FOLDER
        self._mark = catalog.folder / WRITING_MARK
        self._name = name
        self._locked = locked
        self._opened: Collection | None = None
        self._opening = threading.RLock()

    @classmethod
    def open(
        cls,
        catalog: Catalog,
        name: str,
        *,
        locked: bool = False,
        on_progress: Progress | None = None,
    ) -> ChunkStore:
        """The collection ``name`` beside ``catalog``, in step with it.

        A store that is missing, damaged or out of step is rebuilt from the catalog, reported by
        ``on_progress("storing", chunks done, chunks)``. Is another process writing at the
        time, the store is opened as that one left it; ``refresh`` when ``catalog.generation``
        grows. ``locked``: the caller holds ``index_lock`` and means to write.

        Raises ``ArticleIndexError`` when another process keeps it closed for minutes.
        """
        store = cls(catalog, name, locked=locked)
        store._synchronise(on_progress)
        return store

    @property
    def vector_store(self) -> CompactVectorStore:
        """The llama-index vector store, for writing and for llama-index's own retrievers."""
        from rag.vector_store import CompactVectorStore

        return cast("CompactVectorStore", CompactVectorStore.from_collection(self._collection))

    @property
    def _collection(self) -> Collection:
        """The collection, for reading without llama-index, which takes seconds to import."""
        with self._opening:
            if self._opened is None:
                self._synchronise()
            assert self._opened is not None  # noqa: S101 - _synchronise opens or raises
            return self._opened

    @property
    def metadata(self) -> dict[str, Any]:
        """What the collection remembers: what built it, and the catalog's generation."""
        return dict(self._collection.metadata or {})

    def count(self) -> int:
        """How many chunks the store holds."""
        return int(self._collection.count())

    def ids(self) -> list[str]:
        """The ids of every chunk in the store."""
        return list(self._collection.get(include=[])["ids"])

    def query(self, vector: FloatArray, limit: int) -> list[tuple[str, float]]:
        """The chunks nearest to ``vector``: (chunk id, cosine similarity), best first."""
        try:
            return self._nearest(vector, limit)
        except _chroma().ChromaError:
            # Another process rebuilt the collection: the one of this handle is no more.
            self.refresh()
            return self._nearest(vector, limit)

    def refresh(self) -> None:
        """Read the files anew: an open handle does not see what another process wrote."""
        with self._opening:
            self.close()
            self._synchronise()

    def close(self) -> None:
        """Let go of the collection; the next use opens it again."""
        with self._opening:
            self._opened = None
            _chroma().forget_clients()

    # --- writing, under the index's lock

    def apply(self, removed: Sequence[str], added: Sequence[str]) -> None:
        """Follow a commit of the catalog: delete the chunks ``removed``, store ``added`` anew."""
        with self._writing():
            collection = self._collection
            for ids in _batches(dict.fromkeys([*removed, *added])):
                collection.delete(ids=ids)
            self._add(self._catalog.indexed_chunks(added))
            collection.modify(metadata=self._wanted_metadata())

    def rebuild(self, on_progress: Progress | None = None) -> None:
        """Throw the collection away and build it from the catalog's vectors, without embedding."""
        with self._writing():
            self.close()
            shutil.rmtree(self._folder, ignore_errors=True)
            self._opened = _chroma().open_collection(self._folder, self._name, create=True)
            self._add(self._catalog.indexed_chunks(), on_progress)
            self._collection.modify(metadata=self._wanted_metadata())

    @contextmanager
    def _writing(self) -> Iterator[None]:
        """Mark the database as being written. The mark stays when writing fails."""
        with self._mark.open("w") as file:
            os.fsync(file.fileno())
        try:
            yield
        except _chroma().ChromaError as error:
            raise ArticleIndexError(
                f"Chroma could not write to {self._folder}: {error}.",
                "Mind free disk space and permissions, then type: footnote sync",
            ) from error
        self._mark.unlink()

    def _add(self, chunks: Iterable[IndexedChunk], on_progress: Progress | None = None) -> None:
        total, done = self._catalog.chunk_count() if on_progress else 0, 0
        from rag.vector_store import chunk_node

        store = self.vector_store
        for batch in _batches(chunks):
            store.add([chunk_node(indexed) for indexed in batch])
            done += len(batch)
            if on_progress is not None:
                on_progress("storing", done, total)

    # --- opening

    def _synchronise(self, on_progress: Progress | None = None) -> None:
        """Open the store, rebuilt if it must be and no other process is at it."""
        deadline = time.monotonic() + WRITER_SECONDS
        while not self._in_step():
            if self._locked:
                self.rebuild(on_progress)
                return
            with index_lock(self._catalog.folder, wait=False) as obtained:
                # A sync may have ended since: look again now that none can start.
                if obtained and not self._in_step():
                    self.rebuild(on_progress)
                    return
            if obtained or self._opened is not None:
                return
            if time.monotonic() > deadline:
                raise ArticleIndexError(
                    f"Another process has been writing to {self._folder} for minutes.",
                    "Wait for that footnote sync to end, or end it.",
                )
            time.sleep(POLL_SECONDS)

    def _in_step(self) -> bool:
        """Open the store if that is safe; whether it then says what the catalog says."""
        self.close()
        # Not even opened with the mark: a half-written database may crash the process.
        if self._mark.exists() or not self._folder.is_dir():
            return False
        try:
            self._opened = _chroma().open_collection(self._folder, self._name, create=False)
            same_count = self.count() == self._catalog.chunk_count()
            return same_count and self.metadata == self._wanted_metadata()
        except (_chroma().ChromaError, ValueError):
            self._opened = None
            return False

    def _wanted_metadata(self) -> dict[str, str | int]:
        """The collection's mirror of the catalog's meta table."""
        return {**self._catalog.meta(), "generation": self._catalog.generation}

    def _nearest(self, vector: FloatArray, limit: int) -> list[tuple[str, float]]:
        found = self._collection.query(
            query_embeddings=vector[None, :], n_results=limit, include=["distances"]
        )
        [ids], [distances] = found["ids"], found["distances"] or [[]]
        # Chroma's cosine distance is 1 - cosine.
        return [(name, 1.0 - distance) for name, distance in zip(ids, distances, strict=True)]


def _chroma() -> ModuleType:
    """The module that imports Chroma, half a second the first time."""
    keep_offline()
    from rag import chroma

    return chroma


def _batches(items: Iterable[Item]) -> Iterator[list[Item]]:
    iterator = iter(items)
    while batch := list(itertools.islice(iterator, BATCH)):
        yield batch
