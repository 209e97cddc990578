"""The catalog gives back what was written, remembers what built it, and undoes what failed."""

from __future__ import annotations

import sqlite3
import threading
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import closing
from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest
from fakes import WordEmbedder

from rag.catalog import Catalog, FileRecord
from rag.catalog_schema import CATALOG_FILE, connect, describe_build
from rag.catalog_writer import ChunkRow, WritableCatalog
from rag.config import Config
from rag.errors import ArticleIndexError
from rag.values import Article, Chunk, LoadProblem, Span

BUILD = describe_build(Config(), WordEmbedder())
TEXT = "Élan 🚀 one.\r\nNul \x00 two.\n\nboilerplate"
ARTICLE = Article(
    id="a/é.txt",
    text=TEXT,
    title="Title",
    author="Author",
    outlet="Outlet",
    date="2024-01-02",
    url="https://example.org/é",
    language="fr",
    source="a/é.txt",
    boilerplate=(Span(26, len(TEXT)),),
)
FIRST = Chunk(ARTICLE.id, 0, Span(0, 26), (Span(0, 12), Span(14, 24)))
LAST = Chunk(ARTICLE.id, 1, Span(26, len(TEXT)), ())
VECTOR = WordEmbedder().embed_question("one two").vector


@pytest.fixture
def catalog(tmp_path: Path) -> Iterator[WritableCatalog]:
    with WritableCatalog.open(tmp_path, BUILD, create=True) as catalog:
        catalog.begin()
        yield catalog


def fill(catalog: WritableCatalog) -> None:
    catalog.begin()
    catalog.put_article(ARTICLE)
    catalog.put_alias(replace(ARTICLE, id="copy", source="copy.txt", title="Other"), ARTICLE.id)
    catalog.put_chunks([ChunkRow(FIRST, VECTOR, b"tokens", b"terms"), ChunkRow(LAST)])
    catalog.put_file(FileRecord("f", 1, 2**62, "sha", True, (LoadProblem("f", "why"),)))
    assert catalog.commit()


def test_everything_written_is_read_back(catalog: WritableCatalog) -> None:
    fill(catalog)
    kept = replace(ARTICLE, aliases=("copy",))
    assert catalog.article(ARTICLE.id) == catalog.article("copy") == kept
    assert list(catalog.articles()) == [kept]
    assert catalog.article_heads() == [replace(kept, text="", boilerplate=())]
    assert catalog.duplicates() == (("copy", ARTICLE.id),)
    assert catalog.article_chunks(ARTICLE.id) == (FIRST, LAST)
    assert catalog.chunks([LAST.id, FIRST.id, "no"]) == {FIRST.id: FIRST, LAST.id: LAST}
    assert list(catalog.chunk_rows()) == [(FIRST.id, ARTICLE.id, b"terms")]
    assert catalog.tokens([FIRST.id, LAST.id, "no"]) == {FIRST.id: b"tokens"}
    assert (catalog.article_count(), catalog.chunk_count()) == (1, 1)
    assert catalog.files()["f"].problems == (LoadProblem("f", "why"),)
    [indexed] = catalog.indexed_chunks()
    assert (indexed.chunk, indexed.text) == (FIRST, FIRST.span.of(TEXT))


def test_vectors_come_in_the_order_asked_for_and_nearly_exact(catalog: WritableCatalog) -> None:
    fill(catalog)
    other = WordEmbedder().embed_question("three").vector
    catalog.begin()
    catalog.put_chunks([ChunkRow(replace(FIRST, position=9), other, b"", b"")])
    catalog.commit()
    ids = [f"{ARTICLE.id}#9", FIRST.id, f"{ARTICLE.id}#9"]
    vectors = catalog.vectors(ids)
    assert vectors.dtype == np.float32
    np.testing.assert_allclose(vectors, [other, VECTOR, other], atol=1e-3)
    assert catalog.vectors([]).shape == (0, 64)
    for unknown in ("no", LAST.id):
        with pytest.raises(KeyError):
            catalog.vectors([unknown])


def test_bulk_reads_cross_pages(catalog: WritableCatalog) -> None:
    catalog.put_article(ARTICLE)
    chunks = [replace(FIRST, position=position) for position in range(1234)]
    catalog.put_chunks(ChunkRow(chunk, VECTOR, b"", b"") for chunk in chunks)
    catalog.commit()
    ids = [chunk.id for chunk in chunks]
    assert [row[0] for row in catalog.chunk_rows()] == ids == catalog.chunk_ids()
    assert catalog.vectors(ids).shape == (1234, 64)
    assert len(catalog.chunks(ids)) == len(list(catalog.indexed_chunks(ids))) == 1234


def test_an_unknown_article_is_a_key_error(catalog: WritableCatalog) -> None:
    with pytest.raises(KeyError):
        catalog.article("none")


def test_the_generation_grows_with_commits_that_wrote_and_shows_in_other_connections(
    catalog: WritableCatalog, tmp_path: Path
) -> None:
    with Catalog.open(tmp_path, BUILD) as other:
        before = other.generation
        assert not catalog.commit()
        assert other.generation == before
        fill(catalog)
        assert other.generation == before + 1
        assert other.article(ARTICLE.id).text == TEXT


def test_what_was_not_committed_is_undone(tmp_path: Path) -> None:
    with WritableCatalog.open(tmp_path, BUILD, create=True) as catalog:
        catalog.begin()
        catalog.put_article(ARTICLE)
    with Catalog.open(tmp_path, BUILD) as catalog:
        assert (catalog.article_count(), catalog.generation) == (0, 0)


def test_deleting_an_article_deletes_its_chunks(catalog: WritableCatalog) -> None:
    fill(catalog)
    catalog.begin()
    catalog.delete_alias("copy")
    catalog.delete_article(ARTICLE.id)
    assert catalog.article_chunks(ARTICLE.id) == ()


def test_an_article_with_aliases_cannot_be_deleted(catalog: WritableCatalog) -> None:
    fill(catalog)
    with pytest.raises(sqlite3.IntegrityError):
        catalog.delete_article(ARTICLE.id)


def test_a_renamed_article_keeps_vectors_tokens_and_aliases(catalog: WritableCatalog) -> None:
    fill(catalog)
    catalog.begin()
    entry = catalog.entry(ARTICLE.id)
    assert entry is not None
    renamed = replace(ARTICLE, id="new", source="new.txt", date="2025-01-01")
    assert catalog.rename_article(entry, renamed) == ["new#0"]
    assert catalog.article("copy") == replace(renamed, aliases=("copy",))
    assert catalog.article_chunks("new") == tuple(
        replace(c, article_id="new") for c in (FIRST, LAST)
    )
    assert catalog.tokens(["new#0"]) == {"new#0": b"tokens"}
    assert catalog.chunks([FIRST.id]) == {}


def test_threads_may_read_at_once(catalog: WritableCatalog) -> None:
    fill(catalog)
    texts: list[str] = []

    def read() -> None:
        texts.extend(catalog.article("copy").text for _ in range(50))

    threads = [threading.Thread(target=read) for _ in range(8)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert texts == [TEXT] * 400


@pytest.mark.parametrize(
    ("config", "embedder", "part"),
    [
        (Config(), WordEmbedder(name="other"), "embedder words instead of other"),
        (Config(), WordEmbedder(fingerprint="2"), "embedder_fingerprint 1 instead of 2"),
        (Config(), WordEmbedder(dimension=32), "dimension 64 instead of 32"),
        (Config(chunk_tokens=100), WordEmbedder(), "chunk_tokens 256 instead of 100"),
    ],
)
def test_an_index_that_was_built_otherwise_is_refused(
    tmp_path: Path, config: Config, embedder: WordEmbedder, part: str
) -> None:
    WritableCatalog.open(tmp_path, BUILD, create=True).close()
    for create in (False, True):
        with pytest.raises(ArticleIndexError, match=part) as raised:
            Catalog.open(tmp_path, describe_build(config, embedder), create=create)
        assert "footnote sync --rebuild" in raised.value.mend
    Catalog.open(tmp_path).close()  # what asks for no configuration is let in


def test_more_chunk_tokens_than_the_embedder_reads_make_no_difference() -> None:
    assert describe_build(Config(chunk_tokens=8000), WordEmbedder()) == BUILD


def test_a_missing_index_says_what_to_type(tmp_path: Path) -> None:
    with pytest.raises(ArticleIndexError, match=r"There is no index in .*footnote sync"):
        Catalog.open(tmp_path / "none", BUILD)
    assert not (tmp_path / "none").exists()


@pytest.mark.parametrize("content", [b"no database" * 1000, b"SQLite format 3\0" + b"x" * 5000])
def test_a_damaged_index_says_what_to_type(tmp_path: Path, content: bytes) -> None:
    (tmp_path / CATALOG_FILE).write_bytes(content)
    for create in (False, True):
        with pytest.raises(ArticleIndexError, match=r"cannot be read.*--rebuild"):
            Catalog.open(tmp_path, BUILD, create=create)


def test_a_copy_over_another_catalog_is_seen_by_those_who_have_it_open(tmp_path: Path) -> None:
    old = replace(ARTICLE, text="old")
    with WritableCatalog.open(tmp_path / "old", BUILD, create=True) as target:
        target.begin()
        target.put_article(old)
        target.commit()
        before = target.generation
        with WritableCatalog.open(tmp_path / "new", BUILD, create=True) as source:
            fill(source)
            source.copy_over(tmp_path / "old")
        assert target.article(ARTICLE.id).text == TEXT
        assert target.generation > before


def test_a_copy_over_a_damaged_or_missing_catalog_replaces_it(
    catalog: WritableCatalog, tmp_path: Path
) -> None:
    fill(catalog)
    for name in ("damaged", "missing"):
        (tmp_path / name).mkdir()
    (tmp_path / "damaged" / CATALOG_FILE).write_bytes(b"no database" * 1000)
    for name in ("damaged", "missing"):
        catalog.copy_over(tmp_path / name)
        with Catalog.open(tmp_path / name, BUILD) as copy:
            assert copy.article(ARTICLE.id).text == TEXT


def test_several_may_open_a_new_file_at_once(tmp_path: Path) -> None:
    """SQLite's own time-out does not cover the switch to the write-ahead log: without a wait of
    ours, one of eleven such files ends in "database is locked"."""

    def opens(file: Path, together: threading.Barrier) -> str:
        together.wait()
        with closing(connect(file)) as connection:
            return str(connection.execute("PRAGMA journal_mode").fetchone()[0])

    with ThreadPoolExecutor(4) as pool:
        for number in range(80):
            together = threading.Barrier(4)
            told = [pool.submit(opens, tmp_path / f"{number}.db", together) for _ in range(4)]
            assert [one.result() for one in told] == ["wal"] * 4
