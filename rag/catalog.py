"""The catalog: every file, article and chunk of an index with its vectors; the source of truth.

This module reads; ``rag.catalog_writer`` writes. A catalog may be read from several threads.
"""

# ruff: noqa: S608 - what is put together into queries are constants; values are bound.

from __future__ import annotations

import hashlib
import json
import sqlite3
import threading
from collections.abc import Iterable, Iterator, Mapping, Sequence
from contextlib import closing, suppress
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any, Self

import numpy as np
import numpy.typing as npt

from rag.catalog_schema import (
    CATALOG_FILE,
    PAGE_ROWS,
    check_build,
    connect,
    connect_frozen,
    create_tables,
    damaged,
    has_index,
)
from rag.errors import ArticleIndexError
from rag.values import Article, Chunk, LoadProblem, Overview, Span

FloatArray = npt.NDArray[np.float32]
Row = tuple[Any, ...]

# On disk vectors are 16-bit: half the bytes, and a cosine moves by less than 0.001. Offsets of
# sentences are pairs of unsigned 32-bit integers. Both little-endian on every machine.
VECTOR_TYPE = np.dtype("<f2")
OFFSET_TYPE = np.dtype("<u4")

METADATA_COLUMNS = ("title", "author", "outlet", "date", "url", "language")
HEAD_COLUMNS = ", ".join(("id", "source", *METADATA_COLUMNS))
CHUNK_COLUMNS = "id, article_id, position, start_char, end_char, sentences"


@dataclass(frozen=True, slots=True)
class FileRecord:
    """A file as it was last read.

    A file whose size and ``mtime_ns`` are these is not read again; one with the same ``sha256``
    is not parsed again. Unless ``settled``, it is read at every sync: it could not be opened, or
    held an id that another file had.
    """

    name: str
    size: int
    mtime_ns: int
    sha256: str
    settled: bool
    problems: tuple[LoadProblem, ...]


@dataclass(frozen=True, slots=True)
class IndexedChunk:
    """What a vector store keeps of a chunk: ``text`` is the chunk's exact characters."""

    chunk: Chunk
    text: str
    vector: FloatArray


class Catalog:
    """An open catalog. Close it, or use it as a context manager."""

    def __init__(self, folder: Path, connection: sqlite3.Connection) -> None:
        self.folder = folder
        self._connection = connection
        # One connection serves every thread, so reads queue here; each is short.
        self._lock = threading.RLock()
        self._frozen: tuple[Path, int] | None = None  # see connect_frozen

    @classmethod
    def open(
        cls, folder: Path, build: Mapping[str, str] | None = None, *, create: bool = False
    ) -> Self:
        """Open the catalog in ``folder``.

        With ``build`` (from ``describe_build``) the index must have been built with the same;
        without it, anything goes. ``create`` makes a missing catalog, for which ``build`` is
        needed. Raises ``ArticleIndexError`` when the index is missing, damaged, or differs.
        """
        file = folder / CATALOG_FILE
        if create and build is not None:
            folder.mkdir(parents=True, exist_ok=True)
        elif not has_index(folder):
            raise ArticleIndexError(f"There is no index in {folder}.", "Type: footnote sync")
        try:
            catalog = cls._connected(folder, file, create=create)
        except sqlite3.Error as error:
            raise damaged(folder, error) from error
        try:
            if create and build is not None and catalog._is_empty_file():
                create_tables(catalog._connection, build)
            check_build(catalog.meta(), build or {}, folder)
        except sqlite3.Error as error:
            catalog.close()
            raise damaged(folder, error) from error
        except ArticleIndexError:
            catalog.close()
            raise
        return catalog

    @classmethod
    def _connected(cls, folder: Path, file: Path, *, create: bool) -> Self:
        """A catalog that can be read, also on a disk that takes nothing more."""
        try:
            return cls(folder, connect(file))
        except sqlite3.OperationalError:
            if create:
                raise
            catalog = cls(folder, connect_frozen(file))
            catalog._frozen = file, file.stat().st_mtime_ns
            return catalog

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        self.close()

    def close(self) -> None:
        """Release the file. Closing twice does nothing."""
        with self._lock, suppress(sqlite3.ProgrammingError):
            self._connection.close()

    def copy_to(self, file: Path) -> None:
        """Write this catalog to a new file, as it was between two commits."""
        with closing(sqlite3.connect(file)) as target:
            # From a connection of its own: one that a page at a time is read from would not do.
            source = connect(self.folder / CATALOG_FILE)
            with closing(source):
                source.backup(target)
            target.execute("PRAGMA journal_mode = DELETE")  # one file, without its log

    # --- what the index is

    def meta(self) -> dict[str, str]:
        """What built the index, and its ``generation``."""
        return dict(self._rows("SELECT key, value FROM meta"))

    @property
    def generation(self) -> int:
        """Grows with every write, by whichever process: a reader that sees it grow reloads."""
        if self._frozen and self._frozen[0].stat().st_mtime_ns != self._frozen[1]:
            raise ArticleIndexError(
                f"The index in {self.folder} changed after it was opened on a full disk.",
                "Start the command again.",
            )
        return int(self._rows("SELECT value FROM meta WHERE key = 'generation'")[0][0])

    def article_count(self) -> int:
        """Distinct articles; aliases do not count."""
        return self._count("SELECT count(*) FROM articles")

    def overview(self) -> Overview:
        """What the collection is, without reading an article."""
        count, oldest, newest = self._rows(
            "SELECT count(*), min(nullif(date, '')), max(date) FROM articles"
        )[0]
        outlets = self._rows(
            "SELECT outlet FROM articles WHERE outlet != '' GROUP BY outlet"
            " ORDER BY count(*) DESC, outlet"
        )
        return Overview(count, oldest or "", newest or "", tuple(row[0] for row in outlets))

    def chunk_count(self) -> int:
        """Chunks that can be retrieved: those with sentences."""
        return self._count("SELECT count(*) FROM chunks WHERE vector IS NOT NULL")

    def files(self) -> dict[str, FileRecord]:
        """Every file as it was last read, by name."""
        rows = self._rows("SELECT name, size, mtime_ns, sha256, settled, problems FROM files")
        return {
            name: FileRecord(name, size, mtime_ns, sha256, bool(settled), _problems(problems))
            for name, size, mtime_ns, sha256, settled, problems in rows
        }

    # --- articles

    def article(self, article_id: str) -> Article:
        """The article with its text and aliases; an alias' id gives the article it repeats.

        Raises ``KeyError`` when the index has no such id.
        """
        rows = self._rows(
            f"SELECT {HEAD_COLUMNS}, boilerplate, text, text_hash FROM articles "
            "WHERE id = coalesce((SELECT article_id FROM aliases WHERE id = ?), ?)",
            (article_id, article_id),
        )
        if not rows:
            raise KeyError(article_id)
        *row, text_hash = rows[0]
        # SQLite does not notice a byte that changed on disk, and a quote must be the article's.
        if hash_text(row[-1]) != text_hash:
            raise damaged(self.folder, f"the text of {article_id} is not what was stored")
        return replace(article_of(row), aliases=self._aliases_of(row[0]))

    def articles(self) -> Iterator[Article]:
        """Every distinct article with its text and aliases, in the order of storing."""
        columns = f"{HEAD_COLUMNS}, boilerplate, text"
        for row in self._pages("articles", columns):
            yield replace(article_of(row), aliases=self._aliases_of(row[0]))

    def article_heads(self) -> list[Article]:
        """Every distinct article without text and boilerplate, sorted by id: for listings."""
        aliases: dict[str, list[str]] = {}
        for alias, article_id in self.duplicates():
            aliases.setdefault(article_id, []).append(alias)
        rows = self._rows(f"SELECT {HEAD_COLUMNS} FROM articles ORDER BY id")
        return [
            replace(article_of((*row, "[]", "")), aliases=tuple(aliases.get(row[0], ())))
            for row in rows
        ]

    def alias_heads(self) -> list[tuple[Article, str]]:
        """Every alias as an article without text, with the id that it repeats, sorted by id."""
        rows = self._rows(f"SELECT {HEAD_COLUMNS}, article_id FROM aliases ORDER BY id")
        return [(article_of((*row[:-1], "[]", "")), row[-1]) for row in rows]

    def duplicates(self) -> tuple[tuple[str, str], ...]:
        """Each alias with the id of the article it repeats, sorted."""
        rows = self._rows("SELECT id, article_id FROM aliases ORDER BY id")
        return tuple((alias, article_id) for alias, article_id in rows)

    # --- chunks

    def chunk_rows(self) -> Iterator[tuple[str, str, bytes]]:
        """(chunk id, article id, terms) of every chunk that can be retrieved.

        Read a page at a time: when ``generation`` grew meanwhile, read again.
        """
        yield from self._pages("chunks", "id, article_id, terms", "vector IS NOT NULL")

    def chunk_ids(self) -> list[str]:
        """The ids of every chunk that can be retrieved, in the order of storing."""
        rows = self._rows("SELECT id FROM chunks WHERE vector IS NOT NULL ORDER BY key")
        return [row[0] for row in rows]

    def article_chunks(self, article_id: str) -> tuple[Chunk, ...]:
        """Every chunk of an article in order, also those without sentences."""
        rows = self._rows(
            f"SELECT {CHUNK_COLUMNS} FROM chunks WHERE article_id = ? ORDER BY position",
            (article_id,),
        )
        return tuple(_chunk(row) for row in rows)

    def chunks(self, ids: Sequence[str]) -> dict[str, Chunk]:
        """The chunks with these ids; ids that the index does not have are left out."""
        return {row[0]: _chunk(row) for row in self._by_ids(CHUNK_COLUMNS, ids)}

    def tokens(self, ids: Sequence[str]) -> dict[str, bytes]:
        """The coded token vectors of these chunks; unknown ids are left out."""
        return {row[0]: row[1] for row in self._by_ids("id, tokens", ids) if row[1] is not None}

    def vectors(self, ids: Sequence[str]) -> FloatArray:
        """The vectors of these chunks as float32 [len(ids), dimension], in the order of ``ids``.

        Raises ``KeyError`` for an id that the index does not have or that has no vector.
        """
        if not ids:
            return np.zeros((0, int(self.meta()["dimension"])), dtype=np.float32)
        blobs = {row[0]: row[1] for row in self._by_ids("id, vector", ids) if row[1] is not None}
        return np.stack([_vector(blobs[chunk_id]) for chunk_id in ids])

    def indexed_chunks(self, ids: Sequence[str] | None = None) -> Iterator[IndexedChunk]:
        """What a vector store keeps of these chunks, or of all; unknown ids are left out."""
        columns = f"{CHUNK_COLUMNS}, vector"
        rows: Iterable[Row] = (
            self._pages("chunks", columns, "vector IS NOT NULL")
            if ids is None
            else self._by_ids(columns, ids)
        )
        article_id, text = "", ""
        for row in rows:
            chunk = _chunk(row)
            if row[-1] is None:
                continue
            if chunk.article_id != article_id:  # the chunks of an article follow one another
                article_id = chunk.article_id
                text = self._rows("SELECT text FROM articles WHERE id = ?", (article_id,))[0][0]
            yield IndexedChunk(chunk, chunk.span.of(text), _vector(row[-1]))

    # --- reading

    def _rows(self, query: str, values: Sequence[object] = ()) -> list[Row]:
        try:
            with self._lock:
                return self._connection.execute(query, values).fetchall()
        except sqlite3.ProgrammingError:
            raise  # a closed catalog, or a mistake of ours
        except (sqlite3.Error, OverflowError) as error:
            raise damaged(self.folder, error) from error

    def _count(self, query: str) -> int:
        return int(self._rows(query)[0][0])

    def _pages(self, table: str, columns: str, condition: str = "1") -> Iterator[Row]:
        """Every row, a page at a time, so that no thread holds the connection for long."""
        last = -1
        query = (
            f"SELECT key, {columns} FROM {table} WHERE key > ? AND {condition}"
            f" ORDER BY key LIMIT {PAGE_ROWS}"
        )
        while page := self._rows(query, (last,)):
            last = page[-1][0]
            for row in page:
                yield row[1:]

    def _by_ids(self, columns: str, ids: Sequence[str]) -> Iterator[Row]:
        for start in range(0, len(ids), PAGE_ROWS):
            page = ids[start : start + PAGE_ROWS]
            marks = ", ".join("?" * len(page))
            query = f"SELECT {columns} FROM chunks WHERE id IN ({marks}) ORDER BY key"
            yield from self._rows(query, page)

    def _aliases_of(self, article_id: str) -> tuple[str, ...]:
        rows = self._rows("SELECT id FROM aliases WHERE article_id = ? ORDER BY id", (article_id,))
        return tuple(row[0] for row in rows)

    def _is_empty_file(self) -> bool:
        return self._count("SELECT count(*) FROM sqlite_master") == 0


def hash_text(text: str) -> str:
    """The sha256 by which a text is known again."""
    return hashlib.sha256(text.encode()).hexdigest()


def article_of(row: Sequence[Any]) -> Article:
    """The article of a row of ``HEAD_COLUMNS``, boilerplate, text."""
    article_id, source, *metadata, boilerplate, text = row
    spans = tuple(Span(start, end) for start, end in json.loads(boilerplate))
    named = dict(zip(METADATA_COLUMNS, metadata, strict=True))
    return Article(id=article_id, text=text, source=source, boilerplate=spans, **named)


def _chunk(row: Row) -> Chunk:
    article_id, position, start, end, packed = row[1:6]
    offsets = np.frombuffer(packed, dtype=OFFSET_TYPE).reshape(-1, 2).tolist()
    return Chunk(article_id, position, Span(start, end), tuple(Span(a, b) for a, b in offsets))


def _vector(blob: bytes) -> FloatArray:
    return np.frombuffer(blob, dtype=VECTOR_TYPE).astype(np.float32)


def _problems(text: str) -> tuple[LoadProblem, ...]:
    return tuple(LoadProblem(source, reason) for source, reason in json.loads(text))
