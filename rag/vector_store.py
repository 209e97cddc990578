"""Chunks as llama-index's vector store keeps them in Chroma. Slow to import: import it late."""

from __future__ import annotations

import json
from collections.abc import Sequence
from typing import Any

import numpy as np
from llama_index.core.schema import BaseNode, TextNode
from llama_index.vector_stores.chroma import ChromaVectorStore

from rag.catalog import IndexedChunk


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
