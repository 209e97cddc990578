"""The catalog's file: its tables, how a connection is opened, and what built an index.

SQLite, because it survives ``kill -9`` at any moment, which Chroma does not: everything that
costs an embedding to make again lies here.
"""

from __future__ import annotations

import sqlite3
import time
import uuid
from collections.abc import Mapping
from contextlib import closing
from pathlib import Path
from typing import TYPE_CHECKING

from rag.chunking import CHUNKER_VERSION
from rag.config import Config
from rag.errors import ArticleIndexError
from rag.lexical import LEXICAL_VERSION
from rag.token_codes import TOKEN_CODE_VERSION

if TYPE_CHECKING:
    from rag.embedding import Embedder

CATALOG_FILE = "catalog.sqlite3"
SCHEMA_VERSION = "1"
REBUILD = "Type: footnote sync --rebuild"

# How long a connection waits for another one's transaction. Two syncs take turns by a lock of
# their own, so that only a copy at the end of a rebuild (seconds) is ever waited for.
BUSY_SECONDS = 60.0
BUSY_PAUSE_SECONDS = 0.02

# One page of a bulk read: short enough that nothing else waits for it.
PAGE_ROWS = 500

# `text_hash` is unique: the same text is stored once, its other ids are aliases. `start_char`
# and `end_char` are because END is a word of SQL. Cascades let an alias take over an article by
# renaming its row. Chunks without sentences have neither vector, tokens nor terms.
_METADATA = "title TEXT, author TEXT, outlet TEXT, date TEXT, url TEXT, language TEXT"
_SCHEMA = f"""
CREATE TABLE meta(key TEXT PRIMARY KEY, value TEXT NOT NULL) WITHOUT ROWID;
CREATE TABLE files(
    name TEXT PRIMARY KEY, size INTEGER NOT NULL, mtime_ns INTEGER NOT NULL,
    sha256 TEXT NOT NULL, settled INTEGER NOT NULL, problems TEXT NOT NULL);
CREATE TABLE articles(
    key INTEGER PRIMARY KEY, id TEXT NOT NULL UNIQUE, source TEXT NOT NULL,
    {_METADATA}, boilerplate TEXT NOT NULL, text_hash TEXT NOT NULL UNIQUE, text TEXT NOT NULL);
CREATE INDEX articles_source ON articles(source);
CREATE TABLE aliases(
    key INTEGER PRIMARY KEY, id TEXT NOT NULL UNIQUE, source TEXT NOT NULL,
    {_METADATA}, boilerplate TEXT NOT NULL,
    article_id TEXT NOT NULL REFERENCES articles(id) ON UPDATE CASCADE);
CREATE INDEX aliases_source ON aliases(source);
CREATE INDEX aliases_article ON aliases(article_id);
CREATE TABLE chunks(
    key INTEGER PRIMARY KEY, id TEXT NOT NULL UNIQUE,
    article_id TEXT NOT NULL REFERENCES articles(id) ON UPDATE CASCADE ON DELETE CASCADE,
    position INTEGER NOT NULL, start_char INTEGER NOT NULL, end_char INTEGER NOT NULL,
    sentences BLOB NOT NULL, vector BLOB, tokens BLOB, terms BLOB);
CREATE INDEX chunks_article ON chunks(article_id, position);
"""


def describe_build(config: Config, embedder: Embedder) -> dict[str, str]:
    """What an index is built with: whatever makes two indexes of the same articles differ."""
    return {
        "embedder": embedder.name,
        "embedder_fingerprint": embedder.fingerprint,
        "dimension": str(embedder.dimension),
        "chunk_tokens": str(min(config.chunk_tokens, embedder.max_tokens)),
        "chunker": CHUNKER_VERSION,
        "lexical": LEXICAL_VERSION,
        "token_code": TOKEN_CODE_VERSION,
        "schema": SCHEMA_VERSION,
    }


def connect(file: Path) -> sqlite3.Connection:
    """A connection for use by several threads, one at a time, without implicit transactions."""
    connection = sqlite3.connect(
        file, timeout=BUSY_SECONDS, isolation_level=None, check_same_thread=False
    )
    try:
        _write_ahead(connection)
        # In WAL mode NORMAL never damages the file. A power cut may undo the last commits; Chroma
        # is then ahead of the catalog, which is noticed by its generation and mended.
        connection.execute("PRAGMA synchronous = NORMAL")
        connection.execute("PRAGMA foreign_keys = ON")
    except sqlite3.Error:
        connection.close()
        raise
    return connection


def _write_ahead(connection: sqlite3.Connection) -> None:
    """Switch to the write-ahead log, waiting for others as every later statement does.

    SQLite does not wait here: of two processes that open a new file, one is told "locked" at once.
    """
    deadline = time.monotonic() + BUSY_SECONDS
    while True:
        try:
            connection.execute("PRAGMA journal_mode = WAL")
        except sqlite3.OperationalError as error:
            if error.sqlite_errorcode != sqlite3.SQLITE_BUSY or time.monotonic() > deadline:
                raise
            time.sleep(BUSY_PAUSE_SECONDS)
        else:
            return


def connect_frozen(file: Path) -> sqlite3.Connection:
    """A connection for a full or write-protected disk: SQLite's log needs room even to read.

    It sees the file as it is now and takes no part in locking. Raises ``sqlite3.Error`` where
    commits still lie in the log.
    """
    log = file.with_name(f"{file.name}-wal")
    if log.exists() and log.stat().st_size:
        raise sqlite3.OperationalError("its log cannot be read on a full or write-protected disk")
    address = f"{file.absolute().as_uri()}?mode=ro&immutable=1"
    return sqlite3.connect(address, uri=True, isolation_level=None, check_same_thread=False)


def has_index(folder: Path) -> bool:
    """Whether there is an index in ``folder``, be it damaged.

    A file without tables is none: its first sync has only begun, or died there.
    """
    file = folder / CATALOG_FILE
    if not file.is_file():
        return False
    try:
        with closing(connect(file)) as connection:
            found = connection.execute("SELECT count(*) FROM sqlite_master").fetchone()
            return bool(found[0])
    except sqlite3.Error:
        return True


def create_tables(connection: sqlite3.Connection, build: Mapping[str, str]) -> None:
    """Lay out an empty catalog that remembers ``build``; one transaction.

    Its random ``id`` tells it from a catalog that was here before and happened to reach the same
    generation: a store that follows the one must not pass for a store of the other.
    """
    connection.executescript(f"BEGIN IMMEDIATE; {_SCHEMA}")
    entries = [*build.items(), ("generation", "0"), ("id", uuid.uuid4().hex)]
    connection.executemany("INSERT INTO meta VALUES (?, ?)", entries)
    connection.execute("COMMIT")


def build_differences(found: Mapping[str, str], wanted: Mapping[str, str]) -> list[str]:
    """Each part in which an index differs from what is ``wanted``, in words."""
    return [
        f"{key} {found.get(key, 'unknown')} instead of {value}"
        for key, value in wanted.items()
        if found.get(key) != value
    ]


def check_build(found: Mapping[str, str], wanted: Mapping[str, str], folder: Path) -> None:
    """Raise ``ArticleIndexError`` naming each part in which an index differs from ``wanted``."""
    differing = build_differences(found, wanted)
    if differing:
        raise ArticleIndexError(
            f"The index in {folder} was built with {', '.join(differing)}.",
            f"{REBUILD} (or set back what was changed).",
        )


def damaged(folder: Path, error: Exception | str) -> ArticleIndexError:
    """The error for a catalog that cannot be read, or holds what was not written."""
    # An operational error may come from the disk or the rights as well as from the file.
    mend = (
        f"Mind free disk space and permissions; if it is damaged, {REBUILD[0].lower()}{REBUILD[1:]}"
        if isinstance(error, sqlite3.OperationalError)
        else REBUILD
    )
    return ArticleIndexError(f"The index in {folder} cannot be read: {error}.", mend)
