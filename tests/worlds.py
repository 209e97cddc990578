"""A folder of articles, an index over it, and the checks that must hold after every sync."""

from __future__ import annotations

import json
import sqlite3
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from fakes import WordEmbedder

from rag.catalog import Catalog
from rag.catalog_schema import CATALOG_FILE, describe_build
from rag.chroma import forget_clients, open_collection
from rag.config import Config
from rag.store import STORE_FOLDER
from rag.syncing import sync
from rag.values import Article, SyncReport

STORY = (
    "The {0} council met on Monday. It voted to repair the {0} bridge.\n\nWork begins in {0} soon."
)


@dataclass
class World:
    """A folder of articles, an index over it, and an embedder that counts."""

    root: Path
    embedder: WordEmbedder = field(default_factory=WordEmbedder)

    @property
    def config(self) -> Config:
        return Config(articles=self.root / "news", index=self.root / "index")

    def write(self, name: str, text: str) -> Path:
        path = self.root / "news" / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(text, encoding="utf-8")
        return path

    def rows(self, name: str, *rows: dict[str, str]) -> Path:
        return self.write(name, "\n".join(json.dumps(row) for row in rows))

    def sync(self, **options: Any) -> SyncReport:
        """Sync, check what must always hold, and forget what was embedded before."""
        self.embedder.passages.clear()
        report = sync(self.config, self.embedder, **options)
        assert report.embedded_chunks == len(self.embedder.passages)
        self.check()
        return report

    def catalog(self) -> Catalog:
        return Catalog.open(self.config.index_path, describe_build(self.config, self.embedder))

    def check(self) -> None:
        """Chunks tile their articles; Chroma has those with sentences, and no others."""
        with self.catalog() as catalog:
            with_sentences = []
            for article in catalog.articles():
                chunks = catalog.article_chunks(article.id)
                assert "".join(chunk.span.of(article.text) for chunk in chunks) == article.text
                with_sentences += [chunk.id for chunk in chunks if chunk.sentences]
            assert sorted(with_sentences) == sorted(catalog.chunk_ids())
            # Read as it lies, not through ChunkStore, which would mend what sync left wrong.
            forget_clients()
            folder = self.config.index_path / STORE_FOLDER
            store = open_collection(folder, self.config.collection, create=False)
            assert sorted(store.get(include=[])["ids"]) == sorted(with_sentences)
            assert store.metadata["generation"] == catalog.generation

    def state(self) -> dict[str, list[tuple[Any, ...]]]:
        """Every row but the keys, the generation and the files' times."""
        with sqlite3.connect(self.config.index_path / CATALOG_FILE) as connection:
            queries = {
                "files": "SELECT name, size, sha256, settled, problems FROM files",
                "articles": "SELECT id, source, title, boilerplate, text FROM articles",
                "aliases": "SELECT id, source, article_id FROM aliases",
                "chunks": "SELECT id, article_id, sentences, vector, tokens, terms FROM chunks",
            }
            state = {
                name: sorted(connection.execute(query).fetchall())
                for name, query in queries.items()
            }
        connection.close()
        return state

    def article(self, article_id: str) -> Article:
        with self.catalog() as catalog:
            return catalog.article(article_id)


def three_towns(root: Path) -> World:
    """A world of three articles that share most of their words."""
    world = World(root)
    for town in ("Ash", "Elm", "Oak"):
        world.write(f"{town.lower()}.txt", STORY.format(town))
    return world
