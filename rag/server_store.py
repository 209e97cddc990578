"""Chunks in a Chroma server: what ``rag.store`` keeps in files beside the catalog, kept elsewhere.

The catalog stays on this machine and stays the truth: the server holds the vectors, the chunks'
texts and offsets, and answers which chunks are nearest. Its collection tells whose it is, and at
which generation of the catalog it was last complete; what lags is built beside and swapped.
"""

from __future__ import annotations

import itertools
import time
from collections.abc import Callable, Iterable, Sequence
from functools import partial
from typing import TYPE_CHECKING, Any, TypeVar, cast

from rag.catalog import Catalog, FloatArray, IndexedChunk
from rag.errors import ArticleIndexError
from rag.offline import keep_offline
from rag.store import Progress, index_lock

if TYPE_CHECKING:
    from chromadb.api import ClientAPI
    from chromadb.api.models.Collection import Collection

    from rag.chroma_server import ChromaServer
    from rag.vector_store import CompactVectorStore

# Chunks in one request: under 5 MB of JSON, where servers take 40 MB.
BATCH = 500
# What is built beside a collection, and while the two are swapped.
NEXT_SUFFIX = "-next"
# A swap is two requests; who asks between them finds no collection.
SWAP_SECONDS = 5.0
POLL_SECONDS = 0.1

Item = TypeVar("Item")


class ServerStore:
    """The collection of a catalog in a Chroma server; see ``rag.store.ChunkStore`` for the terms.

    Every method raises ``ArticleIndexError`` when the server cannot be asked.
    """

    def __init__(self, catalog: Catalog, name: str, server: ChromaServer, *, locked: bool) -> None:
        self._catalog = catalog
        self._name = name
        self._server = server
        self._locked = locked
        self._take_over = False
        self._opened: Collection | None = None
        self._opened_by: ClientAPI | None = None  # a collection ends with its connection

    @classmethod
    def open(
        cls,
        catalog: Catalog,
        name: str,
        address: str,
        *,
        locked: bool = False,
        take_over: bool = False,
        on_progress: Progress | None = None,
    ) -> ServerStore:
        """The collection ``name`` of the server at ``address``, in step with ``catalog``.

        One that is missing or out of step is built from the catalog, unless another process
        writes at the time.
        ``take_over``: also one that is another index's. Raises ``ArticleIndexError`` for that
        otherwise, and when the server cannot be asked.
        """
        keep_offline()
        from rag.chroma_server import ChromaServer

        store = cls(catalog, name, ChromaServer(address), locked=locked)
        store._take_over = take_over
        try:
            store._synchronise(on_progress)
        except BaseException:
            store.close()
            raise
        return store

    @property
    def vector_store(self) -> CompactVectorStore:
        """The llama-index vector store, for llama-index's own retrievers."""
        from rag.vector_store import CompactVectorStore

        found = CompactVectorStore.from_collection(self._server.ask(self._collection))
        return cast("CompactVectorStore", found)

    @property
    def metadata(self) -> dict[str, Any]:
        """What the collection remembers: what built it, and the catalog's generation."""
        return dict(self._server.ask(self._collection).metadata or {})

    def count(self) -> int:
        """How many chunks the store holds."""
        return int(self._server.ask(lambda client: self._collection(client).count()))

    def ids(self) -> list[str]:
        """The ids of every chunk in the store."""
        return list(
            self._server.ask(lambda client: self._collection(client).get(include=[])["ids"])
        )

    def query(self, vector: FloatArray, limit: int) -> list[tuple[str, float]]:
        """The chunks nearest to ``vector``: (chunk id, cosine similarity), best first."""
        from chromadb.errors import NotFoundError

        def nearest(client: ClientAPI) -> list[tuple[str, float]]:
            found = self._collection(client).query(
                query_embeddings=vector[None, :], n_results=limit, include=["distances"]
            )
            [ids], [distances] = found["ids"], found["distances"] or [[]]
            # Chroma's cosine distance is 1 - cosine.
            return [(name, 1.0 - away) for name, away in zip(ids, distances, strict=True)]

        try:
            return self._server.ask(nearest)
        except NotFoundError:  # another process swapped the collection
            self.refresh()
            return self._server.ask(nearest)

    def refresh(self) -> None:
        """Look at the server anew: another process may have written there."""
        self._opened = None
        self._synchronise()

    def close(self) -> None:
        """Let go of the server; the next use connects again."""
        self._opened = None
        self._server.close()

    # --- writing, under the index's lock

    def apply(self, removed: Sequence[str], added: Sequence[str]) -> None:
        """Follow a commit of the catalog: delete the chunks ``removed``, store ``added`` anew."""
        for ids in _batches(dict.fromkeys([*removed, *added])):
            self._server.ask(partial(self._forget, ids))
        self._add(self._collection, self._catalog.indexed_chunks(added))
        self._seal()

    def _forget(self, ids: list[str], client: ClientAPI) -> None:
        self._collection(client).delete(ids=ids)

    def rebuild(self, on_progress: Progress | None = None) -> None:
        """Build the collection beside the present one, from the catalog's vectors, and swap."""
        from rag.chroma_server import create_collection

        name = self._name + NEXT_SUFFIX
        self._server.ask(lambda client: self._drop(client, name))
        opened = self._server.ask(lambda client: create_collection(client, name))

        def current(client: ClientAPI) -> Collection:
            return client.get_collection(name, embedding_function=None)

        def swap(client: ClientAPI) -> None:
            if opened.id not in {found.id for found in self._named(client, self._name)}:
                self._drop(client, self._name)
                current(client).modify(name=self._name)

        self._add(current, self._catalog.indexed_chunks(), on_progress)
        self._server.ask(swap)
        self._opened = None
        self._seal()

    def _seal(self) -> None:
        """Tell that the collection is now what the catalog says; the last thing a write does."""
        told = self._wanted_metadata()
        self._server.ask(lambda client: self._collection(client).modify(metadata=told))
        self._opened = None

    def _named(self, client: ClientAPI, name: str) -> list[Collection]:
        """The collection called ``name``, if there is one."""
        from chromadb.errors import NotFoundError

        try:
            return [client.get_collection(name, embedding_function=None)]
        except NotFoundError:
            return []

    def _drop(self, client: ClientAPI, name: str) -> None:
        for _ in self._named(client, name):
            client.delete_collection(name)

    def _add(
        self,
        collection: Callable[[ClientAPI], Collection],
        chunks: Iterable[IndexedChunk],
        on_progress: Progress | None = None,
    ) -> None:
        """Store chunks; a batch that is sent again is stored once, as ids are unique."""
        from rag.vector_store import CompactVectorStore, chunk_node

        total, done = self._catalog.chunk_count() if on_progress else 0, 0
        for batch in _batches(chunks):
            nodes = [chunk_node(indexed) for indexed in batch]

            def add(client: ClientAPI, nodes: list[Any] = nodes) -> None:
                CompactVectorStore.from_collection(collection(client)).add(nodes)

            self._server.ask(add)
            done += len(batch)
            if on_progress is not None:
                on_progress("storing", done, total)

    # --- opening

    def _collection(self, client: ClientAPI) -> Collection:
        """The collection; raises Chroma's ``NotFoundError`` when there is none now."""
        if self._opened is None or self._opened_by is not client:
            self._opened = client.get_collection(self._name, embedding_function=None)
            self._opened_by = client
        return self._opened

    def _synchronise(self, on_progress: Progress | None = None) -> None:
        """See that the collection is in step, or build it if no other process is at it."""
        deadline = time.monotonic() + SWAP_SECONDS
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
                return  # being written, and good for what it holds
            if time.monotonic() > deadline:
                raise ArticleIndexError(
                    f"Another process is filling the collection {self._name!r} of"
                    f" {self._server.address}.",
                    "Wait for that footnote sync to end, then ask again.",
                )
            time.sleep(POLL_SECONDS)

    def _in_step(self) -> bool:
        from chromadb.errors import NotFoundError

        self._opened = None
        try:
            told = self.metadata
            owner, wanted = told.get("id"), self._wanted_metadata()
            if owner is not None and owner != wanted["id"] and not self._take_over:
                self._opened = None
                raise ArticleIndexError(
                    f"The collection {self._name!r} of {self._server.address} is that of another"
                    " index.",
                    "Choose another collection, or take that one: footnote sync --rebuild",
                )
            return told == wanted and self.count() == self._catalog.chunk_count()
        except NotFoundError:
            self._opened = None
            return False

    def _wanted_metadata(self) -> dict[str, str | int]:
        """The collection's mirror of the catalog's meta table."""
        return {**self._catalog.meta(), "generation": self._catalog.generation}


def _batches(items: Iterable[Item]) -> Iterable[list[Item]]:
    iterator = iter(items)
    while batch := list(itertools.islice(iterator, BATCH)):
        yield batch
