"""Where an index keeps what Chroma searches: in files beside the catalog, or in a Chroma server."""

from __future__ import annotations

from rag.catalog import Catalog
from rag.config import Config
from rag.server_store import ServerStore
from rag.store import ChunkStore, Progress

Store = ChunkStore | ServerStore


def open_store(
    config: Config,
    catalog: Catalog,
    *,
    locked: bool = False,
    take_over: bool = False,
    on_progress: Progress | None = None,
) -> Store:
    """The store that ``config`` names, in step with ``catalog``; see the ``open`` of either.

    ``take_over``: fill a server's collection also where it was another index's.
    """
    if config.chroma:
        return ServerStore.open(
            catalog,
            config.collection,
            config.chroma,
            locked=locked,
            take_over=take_over,
            on_progress=on_progress,
        )
    return ChunkStore.open(catalog, config.collection, locked=locked, on_progress=on_progress)
