"""Chunks in Chroma, through llama-index: derived from the catalog, and rebuilt from it at will.

A database that was left half-written, or is damaged, is deleted unopened and built again from the
catalog's vectors (see ``rag.store_guard``). One that merely lags behind the catalog is told by its
generation, and built again as well. While another process writes, and wherever Chroma cannot be
used at all (a full disk, no right to write), questions are answered from the catalog's vectors.
"""

from __future__ import annotations

import fcntl
import itertools
import logging
import shutil
import threading
from collections.abc import Callable, Iterable, Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING, Any, TypeVar, cast

from rag.catalog import Catalog, FloatArray, IndexedChunk
from rag.errors import ArticleIndexError
from rag.offline import keep_offline
from rag.store_guard import STORE_FOLDER, WRITING_MARK, Condition, StoreGuard

if TYPE_CHECKING:
    from types import ModuleType

    from chromadb.api.models.Collection import Collection

    from rag.vector_store import CompactVectorStore

__all__ = ["STORE_FOLDER", "WRITING_MARK", "ChunkStore", "index_lock"]

LOCK_FILE = "sync.lock"

# Chunks in one call to Chroma: well below its limit of 5,461, and 1.5 MB of vectors.
BATCH = 1000

# How long a reader waits for another process that opens or writes at this moment: opening takes
# a tenth of a second. After that it searches without Chroma.
PATIENCE_SECONDS = 1.0

_log = logging.getLogger(__name__)

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
        self._guard = StoreGuard(catalog.folder)
        self._name = name
        self._locked = locked
        self._opened: Collection | None = None
        self._token = ""  # of the contents that are open
        self._generation = -1  # of the catalog, when they were opened in step with it
        self._exact: tuple[int, list[str], FloatArray] | None = None
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
        ``on_progress("storing", chunks done, chunks)``; damage is logged as a warning. Is
        another process writing at the time, the store is opened as that one left it; ``refresh``
        when ``catalog.generation`` grows. ``locked``: the caller holds ``index_lock`` and means
        to write.

        Raises ``ArticleIndexError`` when it is locked and Chroma cannot write.
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
            if self._opened is None:
                raise ArticleIndexError(
                    f"Chroma's database in {self._folder} cannot be opened now.",
                    "Wait for a footnote sync to end; mind free disk space and permissions.",
                )
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
        found = self._nearest(vector, limit)
        if found is None and not self._guard.is_being_written():
            # Another process wrote since: what is open here is no more.
            self.refresh()
            found = self._nearest(vector, limit)
        return self._nearest_exactly(vector, limit) if found is None else found

    def refresh(self) -> None:
        """Read the files anew: an open handle does not see what another process wrote."""
        with self._opening:
            self.close()
            self._synchronise()

    def close(self) -> None:
        """Let go of the collection; the next use opens it again."""
        with self._opening:
            self._opened, self._token, self._generation = None, "", -1
            _chroma().forget_clients()

    # --- writing, under the index's lock

    def apply(self, removed: Sequence[str], added: Sequence[str]) -> None:
        """Follow a commit of the catalog: delete the chunks ``removed``, store ``added`` anew."""
        with self._opening, self._writing():
            if self._opened is None or self._token != self._guard.token():
                self.close()
                self._opened = _chroma().open_collection(self._folder, self._name, create=False)
            collection = self._opened
            for ids in _batches(dict.fromkeys([*removed, *added])):
                collection.delete(ids=ids)
            self._add(collection, self._catalog.indexed_chunks(added))
            collection.modify(metadata=self._wanted_metadata())

    def rebuild(self, on_progress: Progress | None = None) -> None:
        """Throw the collection away and build it from the catalog's vectors, without embedding."""
        with self._opening, self._writing():
            self.close()
            shutil.rmtree(self._folder, ignore_errors=True)
            self._opened = _chroma().open_collection(self._folder, self._name, create=True)
            self._add(self._opened, self._catalog.indexed_chunks(), on_progress)
            self._opened.modify(metadata=self._wanted_metadata())

    @contextmanager
    def _writing(self) -> Iterator[None]:
        """Write alone, marked, and sealed after; what is open is then in step."""
        try:
            with self._guard.writing():
                yield
                if self._opened is not None:
                    self._opened.count()  # the last that Chroma has to write, it writes when read
        except BaseException as error:
            self.close()
            if _chroma().is_failure(error):
                raise ArticleIndexError(
                    f"Chroma could not write to {self._folder}: {error}.",
                    "Mind free disk space and permissions, then type: footnote sync",
                ) from error
            raise
        self._token, self._generation = self._guard.token(), self._catalog.generation

    def _add(
        self,
        collection: Collection,
        chunks: Iterable[IndexedChunk],
        on_progress: Progress | None = None,
    ) -> None:
        total, done = self._catalog.chunk_count() if on_progress else 0, 0
        from rag.vector_store import CompactVectorStore, chunk_node

        store = cast("CompactVectorStore", CompactVectorStore.from_collection(collection))
        for batch in _batches(chunks):
            store.add([chunk_node(indexed) for indexed in batch])
            done += len(batch)
            if on_progress is not None:
                on_progress("storing", done, total)

    # --- opening

    def _synchronise(self, on_progress: Progress | None = None) -> None:
        """Open the store, rebuilt if it must be and no other process is at it."""
        with self._opening:
            condition = self._open_if_safe()
            if condition is Condition.SEALED and self._generation >= 0:
                return
            if self._locked:
                self._mend(condition, on_progress)
                return
            with _index_lock_if_free(self._catalog.folder) as obtained:
                if not obtained:
                    return  # who writes now will leave it in step
                condition = self._open_if_safe()  # a sync may have ended since
                if condition is Condition.SEALED and self._generation >= 0:
                    return
                try:
                    self._mend(condition, on_progress)
                except (ArticleIndexError, OSError) as error:
                    _log.warning("Questions are answered without Chroma: %s", error)

    def _mend(self, condition: Condition | None, on_progress: Progress | None) -> None:
        """Rebuild, and say so where something was broken."""
        if condition not in (Condition.SEALED, Condition.MISSING, None):
            _log.warning(
                "Chroma's database in %s was %s. It is built again from the catalog; nothing is "
                "embedded again and nothing is lost.",
                self._folder,
                condition.value,
            )
        self.rebuild(on_progress)

    def _open_if_safe(self) -> Condition | None:
        """Open the store if that harms nobody; how it was found, None if it is in use.

        ``_generation`` is then the catalog's if the two say the same, and below 0 if not.
        """
        self.close()
        brief = 0.0 if self._guard.is_being_written() else PATIENCE_SECONDS
        with self._guard.alone(None if self._locked else brief) as obtained:
            if not obtained:
                return None
            condition = self._guard.condition()
            if condition is Condition.DOUBTFUL and self._guard.survives_opening(self._name):
                condition = Condition.SEALED
            if condition is Condition.SEALED:
                try:
                    with self._guard.opening():
                        self._open_in_step()
                    self._token = self._guard.token()
                except BaseException as error:
                    self.close()
                    if not _chroma().is_failure(error):
                        raise
                    return Condition.CHANGED
            return condition

    def _open_in_step(self) -> None:
        generation = self._catalog.generation
        try:
            opened = _chroma().open_collection(self._folder, self._name, create=False)
        except _chroma().NotFoundError:
            return
        self._opened = opened
        # Counting makes Chroma read what it will search, and write what it has not written yet.
        same_count = opened.count() == self._catalog.chunk_count()
        if same_count and self.metadata == self._wanted_metadata():
            self._generation = generation

    def _wanted_metadata(self) -> dict[str, str | int]:
        """The collection's mirror of the catalog's meta table."""
        return {**self._catalog.meta(), "generation": self._catalog.generation}

    def _nearest(self, vector: FloatArray, limit: int) -> list[tuple[str, float]] | None:
        """What Chroma finds; None if it fails, or would not tell what the catalog holds now."""
        try:
            with self._guard.searching() as undisturbed:
                opened = self._opened
                current = self._token == self._guard.token()
                in_step = self._generation == self._catalog.generation
                if opened is None or not (undisturbed and current and in_step):
                    return None
                found = opened.query(
                    query_embeddings=vector[None, :], n_results=limit, include=["distances"]
                )
        except BaseException as error:
            if not _chroma().is_failure(error):
                raise
            return None
        [ids], [distances] = found["ids"], found["distances"] or [[]]
        # Chroma's cosine distance is 1 - cosine.
        return [(name, 1.0 - distance) for name, distance in zip(ids, distances, strict=True)]

    def _nearest_exactly(self, vector: FloatArray, limit: int) -> list[tuple[str, float]]:
        """What Chroma would find, from the catalog's vectors, all of which are compared."""
        with self._opening:
            generation = self._catalog.generation
            if self._exact is None or self._exact[0] != generation:
                ids = self._catalog.chunk_ids()
                self._exact = generation, ids, self._catalog.vectors(ids)
            _, ids, vectors = self._exact
        cosines = vectors @ vector
        order = cosines.argsort()[::-1][:limit]
        return [(ids[place], float(cosines[place])) for place in order]


@contextmanager
def _index_lock_if_free(folder: Path) -> Iterator[bool]:
    """The index's lock without waiting; not obtained either where nothing may be written."""
    try:
        lock = index_lock(folder, wait=False)
        obtained = lock.__enter__()
    except OSError:
        yield False
        return
    try:
        yield obtained
    finally:
        lock.__exit__(None, None, None)


def _chroma() -> ModuleType:
    """The module that imports Chroma, half a second the first time."""
    keep_offline()
    from rag import chroma

    return chroma


def _batches(items: Iterable[Item]) -> Iterator[list[Item]]:
    iterator = iter(items)
    while batch := list(itertools.islice(iterator, BATCH)):
        yield batch
