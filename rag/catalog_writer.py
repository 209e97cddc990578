"""The catalog as ``sync`` sees it: with the writes. Every write is part of a transaction."""

# ruff: noqa: S608 - what is put together into queries are constants; values are bound.

from __future__ import annotations

import json
import sqlite3
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from itertools import chain
from pathlib import Path

import numpy as np

from rag.catalog import (
    HEAD_COLUMNS,
    METADATA_COLUMNS,
    OFFSET_TYPE,
    VECTOR_TYPE,
    Catalog,
    FileRecord,
    FloatArray,
    article_of,
    hash_text,
)
from rag.catalog_schema import CATALOG_FILE, connect
from rag.values import Article, Chunk, Span


@dataclass(frozen=True, slots=True)
class Entry:
    """An id that the index knows: an article (its text left empty) or an alias of one.

    ``kept`` is the id under which the text is stored: the article's own, unless it is an alias.
    """

    article: Article
    text_hash: str
    kept: str

    @property
    def is_alias(self) -> bool:
        """Whether the text is stored under another id."""
        return self.kept != self.article.id


@dataclass(frozen=True, slots=True)
class ChunkRow:
    """A chunk to store; without sentences it has no vector, tokens or terms."""

    chunk: Chunk
    vector: FloatArray | None = None
    tokens: bytes | None = None
    terms: bytes | None = None


class WritableCatalog(Catalog):
    """A catalog with its writes, for one thread that holds the index's lock.

    ``begin`` opens a transaction, ``commit`` ends it and raises the generation; what was not
    committed is undone by ``close``.
    """

    _changes_before = 0

    def begin(self) -> None:
        """Open a transaction, unless one is open."""
        if not self._connection.in_transaction:
            self._connection.execute("BEGIN IMMEDIATE")
            self._changes_before = self._connection.total_changes

    def commit(self) -> bool:
        """End the open transaction; returns whether it wrote anything, and so a generation."""
        if self._connection.total_changes == self._changes_before:
            self.rollback()
            return False
        self._set_generation(self.generation + 1)
        self._connection.execute("COMMIT")
        return True

    def rollback(self) -> None:
        """Undo the open transaction, if there is one."""
        if self._connection.in_transaction:
            self._connection.execute("ROLLBACK")

    def copy_over(self, folder: Path) -> None:
        """Replace what the catalog in ``folder`` holds by this one's rows, in one transaction.

        Whoever has that catalog open sees its generation grow. A file that is no database any
        more is replaced as a whole.
        """
        file = folder / CATALOG_FILE
        try:
            self._copy_into(file)
        except sqlite3.DatabaseError:
            for leftover in (file, *folder.glob(f"{CATALOG_FILE}-*")):
                leftover.unlink(missing_ok=True)
            self._copy_into(file)

    def _copy_into(self, file: Path) -> None:
        target = connect(file)
        try:
            known = target.execute("SELECT 1 FROM sqlite_master WHERE name = 'meta'").fetchone()
            query = "SELECT value FROM meta WHERE key = 'generation'"
            row = target.execute(query).fetchone() if known else None
            self._set_generation(1 + max(self.generation, int(row[0]) if row else 0))
            self._connection.backup(target)
        finally:
            target.close()

    def _set_generation(self, generation: int) -> None:
        query = "UPDATE meta SET value = ? WHERE key = 'generation'"
        self._connection.execute(query, (str(generation),))

    # --- files

    def put_file(self, record: FileRecord) -> None:
        """Remember a file as it was read now."""
        problems = json.dumps([[problem.source, problem.reason] for problem in record.problems])
        self._connection.execute(
            "INSERT OR REPLACE INTO files VALUES (?, ?, ?, ?, ?, ?)",
            (
                record.name,
                record.size,
                record.mtime_ns,
                record.sha256,
                int(record.settled),
                problems,
            ),
        )

    def delete_file(self, name: str) -> None:
        """Forget a file."""
        self._connection.execute("DELETE FROM files WHERE name = ?", (name,))

    # --- articles and aliases

    def sources(self) -> dict[str, str]:
        """The file of every article and alias, by id."""
        query = "SELECT id, source FROM articles UNION ALL SELECT id, source FROM aliases"
        return dict(self._rows(query))

    def ids_from(self, source: str) -> set[str]:
        """The ids of the articles and aliases of one file."""
        query = "SELECT id FROM articles WHERE source = ? UNION ALL SELECT id FROM aliases"
        return {row[0] for row in self._rows(f"{query} WHERE source = ?", (source, source))}

    def aliases(self, article_id: str) -> list[str]:
        """The ids that repeat this article's text, in the order of storing."""
        query = "SELECT id FROM aliases WHERE article_id = ? ORDER BY key"
        return [row[0] for row in self._rows(query, (article_id,))]

    def entry(self, article_id: str) -> Entry | None:
        """What the index knows under an id or an alias' id."""
        rows = self._rows(
            f"SELECT {HEAD_COLUMNS}, boilerplate, text_hash, id FROM articles WHERE id = ?",
            (article_id,),
        ) or self._rows(
            f"SELECT {_of_alias()}, aliases.boilerplate, text_hash, article_id "
            "FROM aliases JOIN articles ON articles.id = article_id WHERE aliases.id = ?",
            (article_id,),
        )
        if not rows:
            return None
        *head, text_hash, kept = rows[0]
        return Entry(article_of((*head, "")), text_hash, kept)

    def id_of_text(self, text_hash: str) -> str | None:
        """The id under which a text is stored, if it is."""
        rows = self._rows("SELECT id FROM articles WHERE text_hash = ?", (text_hash,))
        return rows[0][0] if rows else None

    def put_article(self, article: Article) -> None:
        """Store an article whose text and id the index does not have."""
        values = (*_head(article), hash_text(article.text), article.text)
        self._connection.execute(
            f"INSERT INTO articles({HEAD_COLUMNS}, boilerplate, text_hash, text) "
            f"VALUES ({_marks(values)})",
            values,
        )

    def put_alias(self, article: Article, kept: str) -> None:
        """Store that ``article`` has the very text of the article ``kept``."""
        values = (*_head(article), kept)
        self._connection.execute(
            f"INSERT INTO aliases({HEAD_COLUMNS}, boilerplate, article_id) "
            f"VALUES ({_marks(values)})",
            values,
        )

    def update_head(self, entry: Entry, article: Article) -> None:
        """Give the article or alias of ``entry`` the metadata of ``article``, id included."""
        table = "aliases" if entry.is_alias else "articles"
        columns = ", ".join(f"{name} = ?" for name in HEAD_COLUMNS.split(", "))
        self._connection.execute(
            f"UPDATE {table} SET {columns}, boilerplate = ? WHERE id = ?",
            (*_head(article), entry.article.id),
        )

    def rename_article(self, entry: Entry, article: Article) -> list[str]:
        """Store an article under the id and metadata of ``article``, its chunks unchanged.

        Returns the new ids of the chunks that can be retrieved.
        """
        self.update_head(entry, article)  # the chunks' article_id follows by cascade
        query = "UPDATE chunks SET id = article_id || '#' || position WHERE article_id = ?"
        self._connection.execute(query, (article.id,))
        return self.retrievable_ids(article.id)

    def delete_article(self, article_id: str) -> None:
        """Delete an article without aliases, and its chunks."""
        self._connection.execute("DELETE FROM articles WHERE id = ?", (article_id,))

    def delete_alias(self, alias: str) -> None:
        """Forget an alias."""
        self._connection.execute("DELETE FROM aliases WHERE id = ?", (alias,))

    # --- chunks

    def retrievable_ids(self, article_id: str) -> list[str]:
        """The ids of an article's chunks that have sentences."""
        query = "SELECT id FROM chunks WHERE article_id = ? AND vector IS NOT NULL"
        return [row[0] for row in self._rows(query, (article_id,))]

    def put_chunks(self, rows: Iterable[ChunkRow]) -> None:
        """Store chunks of articles that are stored."""
        self._connection.executemany(
            "INSERT INTO chunks(id, article_id, position, start_char, end_char, sentences, "
            "vector, tokens, terms) VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?)",
            (_chunk_values(row) for row in rows),
        )

    def delete_chunks(self, article_id: str) -> None:
        """Delete every chunk of an article."""
        self._connection.execute("DELETE FROM chunks WHERE article_id = ?", (article_id,))


def _head(article: Article) -> tuple[str, ...]:
    """The values of ``HEAD_COLUMNS`` and boilerplate."""
    spans = json.dumps([[span.start, span.end] for span in article.boilerplate])
    metadata = (getattr(article, name) for name in METADATA_COLUMNS)
    return (article.id, article.source, *metadata, spans)


def _of_alias() -> str:
    return ", ".join(f"aliases.{name}" for name in HEAD_COLUMNS.split(", "))


def _marks(values: Sequence[object]) -> str:
    return ", ".join("?" * len(values))


def _chunk_values(row: ChunkRow) -> tuple[object, ...]:
    chunk = row.chunk
    vector = None if row.vector is None else row.vector.astype(VECTOR_TYPE).tobytes()
    return (
        chunk.id,
        chunk.article_id,
        chunk.position,
        chunk.span.start,
        chunk.span.end,
        _packed(chunk.sentences),
        vector,
        row.tokens,
        row.terms,
    )


def _packed(spans: Sequence[Span]) -> bytes:
    offsets = chain.from_iterable((span.start, span.end) for span in spans)
    return np.fromiter(offsets, dtype=OFFSET_TYPE).tobytes()
