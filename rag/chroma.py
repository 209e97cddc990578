"""Opening Chroma's collections on disk. Takes half a second to import: import it late."""

from __future__ import annotations

import sqlite3
from contextlib import closing
from pathlib import Path

import chromadb
import numpy as np
from chromadb.api.models.Collection import Collection
from chromadb.api.shared_system_client import SharedSystemClient
from chromadb.config import Settings
from chromadb.errors import ChromaError, NotFoundError

__all__ = [
    "ChromaError",
    "Collection",
    "NotFoundError",
    "forget_clients",
    "is_failure",
    "open_collection",
    "probe",
]

# Candidates that the graph search weighs: above any number of results one stage asks for.
EF_SEARCH = 256

# Chroma indexes each chunk's text. SQLite gives an index entry above a quarter of a page a page
# to itself: with its usual 4 kB a chunk takes 8.3 kB, with this 5.0 kB.
DATABASE_FILE = "chroma.sqlite3"
DATABASE_PAGE_BYTES = 16_384


def open_collection(folder: Path, name: str, *, create: bool) -> Collection:
    """The collection ``name`` of the database in ``folder``.

    Raises ``NotFoundError`` when there is none and ``create`` is false.
    """
    if create and not (folder / DATABASE_FILE).exists():
        _create_database(folder)
    client = chromadb.PersistentClient(
        str(folder.absolute()), settings=Settings(anonymized_telemetry=False)
    )
    # embedding_function=None: Chroma's default one downloads a model when it is first used.
    if not create:
        return client.get_collection(name, embedding_function=None)
    return client.create_collection(
        name,
        configuration={"hnsw": {"space": "cosine", "ef_search": EF_SEARCH}},
        embedding_function=None,
        get_or_create=True,
    )


def _create_database(folder: Path) -> None:
    """An empty database file, for Chroma to fill: a page size can be chosen only now."""
    folder.mkdir(parents=True, exist_ok=True)
    with closing(sqlite3.connect(folder / DATABASE_FILE)) as connection:
        connection.execute(f"PRAGMA page_size = {DATABASE_PAGE_BYTES}")
        connection.execute("VACUUM")


def forget_clients() -> None:
    """Make the next client read the files anew instead of sharing what this process has open."""
    SharedSystemClient.clear_system_cache()


def is_failure(error: BaseException) -> bool:
    """Whether an error tells of files that Chroma cannot read or write.

    Its core is a library in Rust, whose panics are no ``Exception`` and have no name to import.
    """
    return isinstance(error, ChromaError | sqlite3.Error | ValueError | OSError) or (
        type(error).__name__ == "PanicException"
    )


def probe(folder: str, name: str) -> None:
    """Open a collection and search it, for a process that may die of it."""
    collection = open_collection(Path(folder), name, create=False)
    found = collection.get(limit=1, include=["embeddings"])["embeddings"]
    if found is not None and len(found):
        collection.query(query_embeddings=np.array(found), n_results=min(10, collection.count()))
