"""Where Footnote meets Chroma and llama-index's vector store. Slow to import: import it late."""

from __future__ import annotations

import json
from collections.abc import Sequence
from pathlib import Path
from typing import Any, cast

import chromadb
import numpy as np
from chromadb.api.shared_system_client import SharedSystemClient
from chromadb.config import Settings
from chromadb.errors import ChromaError, NotFoundError
from llama_index.core.schema import BaseNode, TextNode
from llama_index.core.vector_stores import VectorStoreQuery
from llama_index.vector_stores.chroma import ChromaVectorStore

from rag.catalog import IndexedChunk

__all__ = [
    "ChromaError",
    "CompactVectorStore",
    "NotFoundError",
    "VectorStoreQuery",
    "chunk_node",
    "forget_clients",
    "open_vector_store",
]

# Candidates that the graph search weighs: above any number of results one stage asks for.
EF_SEARCH = 256


class CompactVectorStore(ChromaVectorStore):
    """llama-index's Chroma store, at half its size on disk.

    The text is kept once, in the node's own JSON, and not as Chroma's document: nobody searches
    the full-text index over documents, and it costs 3 kB for a chunk of 850 characters. What is
    stored reads as it should through an ordinary ``ChromaVectorStore``.
    """

    def add(self, nodes: Sequence[BaseNode], **_: Any) -> list[str]:
        """Store text nodes with their embeddings; at most 5,461, and at least one."""
        ids = [node.node_id for node in nodes]
        self._collection.add(
            ids=ids,
            embeddings=np.array([node.get_embedding() for node in nodes], dtype=np.float32),
            metadatas=[_compact_metadata(node) for node in nodes],
        )
        return ids


def chunk_node(indexed: IndexedChunk) -> TextNode:
    """A chunk as llama-index knows it: exact text, offsets, vector, and ``article_id``."""
    chunk = indexed.chunk
    return TextNode(
        id_=chunk.id,
        text=indexed.text,
        embedding=indexed.vector.tolist(),
        metadata={
            "article_id": chunk.article_id,
            "start": chunk.span.start,
            "end": chunk.span.end,
        },
    )


def open_vector_store(folder: Path, name: str, *, create: bool) -> CompactVectorStore:
    """The collection ``name`` of the database in ``folder``.

    Raises ``NotFoundError`` when there is none and ``create`` is false.
    """
    client = chromadb.PersistentClient(
        str(folder.absolute()), settings=Settings(anonymized_telemetry=False)
    )
    # embedding_function=None: Chroma's default one downloads a model when it is first used.
    collection = (
        client.create_collection(
            name,
            configuration={"hnsw": {"space": "cosine", "ef_search": EF_SEARCH}},
            embedding_function=None,
            get_or_create=True,
        )
        if create
        else client.get_collection(name, embedding_function=None)
    )
    return cast("CompactVectorStore", CompactVectorStore.from_collection(collection))


def forget_clients() -> None:
    """Make the next client read the files anew instead of sharing what this process has open."""
    SharedSystemClient.clear_system_cache()


def _compact_metadata(node: BaseNode) -> dict[str, Any]:
    """What llama-index needs to read the node back; its own dump spells out every default.

    Kept short, because Chroma indexes each string and SQLite gives an index entry above 1,000
    bytes a page of 4 kB to itself. Only ``article_id`` stands beside the node, for filters.
    """
    content = {"id_": node.node_id, "metadata": node.metadata, "text": node.get_content()}
    return {
        "article_id": node.metadata["article_id"],
        "_node_content": json.dumps(content, ensure_ascii=False, separators=(",", ":")),
    }
