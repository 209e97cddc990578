"""Chroma holds what the catalog holds, after crashes, rebuilds and other processes' writes too."""

from __future__ import annotations

import subprocess
import sys
import textwrap
from collections.abc import Iterator
from pathlib import Path

import numpy as np
import pytest
from fakes import WordEmbedder

from rag.catalog import Catalog
from rag.catalog_schema import describe_build
from rag.catalog_writer import ChunkRow, WritableCatalog
from rag.config import Config
from rag.store import STORE_FOLDER, WRITING_MARK, ChunkStore, index_lock
from rag.values import Article, Chunk, Span

EMBEDDER = WordEmbedder(dimension=384)
BUILD = describe_build(Config(), EMBEDDER)
NAME = "articles"


@pytest.fixture
def catalog(tmp_path: Path) -> Iterator[WritableCatalog]:
    with WritableCatalog.open(tmp_path, BUILD, create=True) as catalog:
        yield catalog


def put(catalog: WritableCatalog, article_id: str, texts: list[str], seed: int = 0) -> list[str]:
    """Commit an article of one chunk a text; returns the chunks' ids. Vectors are random."""
    vectors = np.random.default_rng(seed).normal(size=(len(texts), 384)).astype(np.float32)
    vectors /= np.linalg.norm(vectors, axis=1, keepdims=True)
    catalog.begin()
    catalog.put_article(Article(article_id, "".join(texts), source=article_id))
    start, chunks = 0, []
    for position, text in enumerate(texts):
        span = Span(start, start + len(text))
        chunks.append(Chunk(article_id, position, span, (span,)))
        start = span.end
    rows = zip(chunks, vectors, strict=True)
    catalog.put_chunks(ChunkRow(chunk, vector, b"t", b"w") for chunk, vector in rows)
    catalog.commit()
    return [chunk.id for chunk in chunks]


def assert_in_step(store: ChunkStore, catalog: Catalog) -> None:
    assert sorted(store.ids()) == sorted(catalog.chunk_ids())
    assert store.metadata == {**catalog.meta(), "generation": catalog.generation}


def test_a_query_gives_true_cosines_best_first(catalog: WritableCatalog) -> None:
    ids = put(catalog, "a", [f"text {i}. " for i in range(300)])
    store = ChunkStore.open(catalog, NAME)
    vectors = catalog.vectors(ids)
    for chunk_id, vector in list(zip(ids, vectors, strict=True))[::50]:
        found = store.query(vector, 10)
        cosines = dict(zip(ids, (vectors @ vector).tolist(), strict=True))
        assert found[0][0] == chunk_id
        assert [i for i, _ in found] == sorted(cosines, key=lambda i: -cosines[i])[:10]
        assert [c for _, c in found] == pytest.approx([cosines[i] for i, _ in found], abs=1e-3)


def test_an_empty_store_and_a_limit_above_its_size_are_no_errors(catalog: WritableCatalog) -> None:
    store = ChunkStore.open(catalog, NAME)
    vector = EMBEDDER.embed_question("words").vector
    assert store.query(vector, 10) == []
    store.apply([], put(catalog, "a", ["one ", "two"]))
    assert len(store.query(vector, 100)) == 2


def test_apply_follows_the_catalog(catalog: WritableCatalog) -> None:
    store = ChunkStore.open(catalog, NAME, locked=True)
    first = put(catalog, "a", ["one ", "two ", "three"])
    store.apply([], first)
    assert_in_step(store, catalog)
    catalog.begin()
    catalog.delete_article("a")
    again = put(catalog, "a", ["one, edited"], seed=1)
    store.apply(first, again)
    assert_in_step(store, catalog)
    [(_, cosine)] = store.query(catalog.vectors(again)[0], 5)
    assert cosine == pytest.approx(1.0, abs=1e-3)
    store.apply([*again, "unknown"], [])
    assert store.count() == 0


def test_many_chunks_survive_many_deletions(catalog: WritableCatalog) -> None:
    ids = put(catalog, "a", [f"{i} " for i in range(2500)])
    store = ChunkStore.open(catalog, NAME)
    store.apply(ids[:2400], [])
    assert sorted(store.ids()) == sorted(ids[2400:])
    assert len(store.query(catalog.vectors(ids[:1])[0], 100)) == 100


def test_texts_of_any_script_and_control_characters_are_kept(catalog: WritableCatalog) -> None:
    texts = ["نص ", "新聞🚀\x00", '\r\n"{\\u0000}" \u2028', "<b>x</b>"]
    put(catalog, "a", texts)
    nodes = ChunkStore.open(catalog, NAME).vector_store.get_nodes(None)
    assert sorted(node.get_content() for node in nodes) == sorted(texts)


def test_the_collection_is_an_ordinary_llama_index_vector_store(catalog: WritableCatalog) -> None:
    from llama_index.core import VectorStoreIndex
    from llama_index.core.embeddings import MockEmbedding
    from llama_index.core.vector_stores import MetadataFilter, MetadataFilters
    from llama_index.vector_stores.chroma import ChromaVectorStore

    put(catalog, "a/é.txt", ["The first. ", "The second."])
    put(catalog, "b", ["Another article."], seed=1)
    collection = ChunkStore.open(catalog, NAME).vector_store.client
    index = VectorStoreIndex.from_vector_store(
        ChromaVectorStore(chroma_collection=collection), embed_model=MockEmbedding(embed_dim=384)
    )
    nodes = {hit.node_id: hit.node for hit in index.as_retriever(similarity_top_k=9).retrieve("?")}
    assert {i: node.get_content() for i, node in nodes.items()} == {
        "a/é.txt#0": "The first. ",
        "a/é.txt#1": "The second.",
        "b#0": "Another article.",
    }
    second = nodes["a/é.txt#1"]
    assert second.metadata == {"article_id": "a/é.txt", "start": 11, "end": 22}
    filters = MetadataFilters(filters=[MetadataFilter(key="article_id", value="b")])
    only = index.as_retriever(similarity_top_k=9, filters=filters).retrieve("?")
    assert [hit.node_id for hit in only] == ["b#0"]


def test_a_store_that_lags_behind_the_catalog_is_caught_up_when_it_is_opened(
    catalog: WritableCatalog,
) -> None:
    store = ChunkStore.open(catalog, NAME)
    store.apply([], put(catalog, "a", ["one"]))
    late = put(catalog, "b", ["two"], seed=1)  # and here the process dies
    assert store.ids() == ["a#0"]
    reopened = ChunkStore.open(catalog, NAME)
    assert_in_step(reopened, catalog)
    assert reopened.query(catalog.vectors(late)[0], 1)[0][0] == "b#0"


def test_an_edit_that_keeps_the_number_of_chunks_is_noticed_too(catalog: WritableCatalog) -> None:
    ChunkStore.open(catalog, NAME).apply([], put(catalog, "a", ["one"]))
    catalog.begin()
    catalog.delete_article("a")
    put(catalog, "a", ["changed"], seed=1)
    [node] = ChunkStore.open(catalog, NAME).vector_store.get_nodes(None)
    assert node.get_content() == "changed"


@pytest.mark.parametrize("harm", ["mark", "no folder", "garbage", "other name"])
def test_a_broken_store_is_rebuilt_from_the_catalog(
    catalog: WritableCatalog, tmp_path: Path, harm: str
) -> None:
    put(catalog, "a", ["one ", "two"])
    ChunkStore.open(catalog, "elsewhere" if harm == "other name" else NAME).close()
    if harm == "mark":  # with it, not even SQLite's file may be trusted
        (tmp_path / WRITING_MARK).touch()
        for file in (tmp_path / STORE_FOLDER).rglob("*.bin"):
            file.write_bytes(b"\xff" * 100)
    elif harm == "no folder":
        (tmp_path / STORE_FOLDER).rename(tmp_path / "gone")
    elif harm == "garbage":
        (tmp_path / STORE_FOLDER / "chroma.sqlite3").write_bytes(b"no database" * 1000)
    done: list[tuple[str, int, int]] = []
    store = ChunkStore.open(catalog, NAME, on_progress=lambda *step: done.append(step))
    assert done == [("storing", 2, 2)]
    assert not (tmp_path / WRITING_MARK).exists()
    assert_in_step(store, catalog)


def test_a_store_in_step_is_not_rebuilt(catalog: WritableCatalog) -> None:
    put(catalog, "a", ["one ", "two"])
    first = ChunkStore.open(catalog, NAME).vector_store.client.id
    assert ChunkStore.open(catalog, NAME).vector_store.client.id == first


def test_while_another_writes_the_store_is_opened_as_it_is(
    catalog: WritableCatalog, tmp_path: Path
) -> None:
    ChunkStore.open(catalog, NAME).apply([], put(catalog, "a", ["one"]))
    with index_lock(tmp_path):
        put(catalog, "b", ["two"], seed=1)
        assert ChunkStore.open(catalog, NAME).ids() == ["a#0"]
    assert_in_step(ChunkStore.open(catalog, NAME), catalog)


def run(tmp_path: Path, code: str) -> subprocess.Popen[str]:
    """Another process with an open catalog and store of the same index; it may ``put``."""
    prelude = f"""
        import sys
        from pathlib import Path
        sys.path[:0] = {[str(Path(__file__).parent), str(Path(__file__).parent.parent)]!r}
        from test_store import *
        catalog = WritableCatalog.open(Path({str(tmp_path)!r}), BUILD)
        store = ChunkStore.open(catalog, NAME)
    """
    program = textwrap.dedent(prelude) + textwrap.dedent(code)
    return subprocess.Popen([sys.executable, "-c", program], stdout=subprocess.PIPE, text=True)


def test_another_process_writes_are_seen_after_a_refresh(
    catalog: WritableCatalog, tmp_path: Path
) -> None:
    store = ChunkStore.open(catalog, NAME)
    store.apply([], put(catalog, "a", ["one ", "two"]))
    code = """
        catalog.begin()
        catalog.delete_article("a")
        store.apply(["a#0", "a#1"], put(catalog, "b", ["three"], seed=1))
    """
    with run(tmp_path, code) as process:
        assert process.wait() == 0
    store.refresh()
    assert_in_step(store, catalog)
    with run(tmp_path, "store.rebuild()") as process:
        assert process.wait() == 0
    assert store.query(catalog.vectors(["b#0"])[0], 1)[0][0] == "b#0"  # without being told


def test_a_kill_while_writing_leaves_an_index_that_opens(
    catalog: WritableCatalog, tmp_path: Path
) -> None:
    put(catalog, "a", [f"{i} " for i in range(500)])
    code = """
        print("writing", flush=True)
        while True:
            store.apply(catalog.chunk_ids(), catalog.chunk_ids())
    """
    for _ in range(2):
        with run(tmp_path, code) as process:
            assert process.stdout is not None
            assert process.stdout.readline() == "writing\n"
            process.kill()
        assert_in_step(ChunkStore.open(catalog, NAME), catalog)


def test_a_chunk_takes_little_room(catalog: WritableCatalog, tmp_path: Path) -> None:
    generator = np.random.default_rng(0)
    lengths = generator.normal(850, 200, 2000).clip(100).astype(int)
    texts = ["".join(generator.choice(list("etaoinshrdlu  "), length)) for length in lengths]
    put(catalog, "news/an-article-with-a-name.txt", texts)
    ChunkStore.open(catalog, NAME).close()
    files = [path for path in (tmp_path / STORE_FOLDER).rglob("*") if path.is_file()]
    # 11,200 bytes as llama-index stores a node by itself, with the pages that SQLite is used to.
    assert sum(path.stat().st_size for path in files) / len(texts) < 6500
