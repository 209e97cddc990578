"""The same collection in a Chroma server: all features, its restarts, its silence, its token."""

from __future__ import annotations

import socket
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import replace
from pathlib import Path

import pytest
from chroma_servers import RunningChroma, TokenProxy
from conftest import SEEDS
from worlds import STORY, World, three_towns

from rag.catalog import Catalog
from rag.chroma_server import ChromaServer, Patience, has_sparse_index
from rag.cli import main
from rag.config import CHROMA_TOKEN_VARIABLE, Config, load_config
from rag.engine import QueryEngine
from rag.errors import ArticleIndexError, ConfigError
from rag.pipeline import Pipeline
from rag.server_store import ServerStore
from rag.syncing import sync

TOKEN = "a-token-that-nobody-may-see"
SHORT = Patience(answer=0.5, restart=0.5)
QUESTIONS = ("What did the Ash council vote?", "Where does work begin soon?", "Who met on Monday?")


@pytest.fixture(scope="module")
def chroma(tmp_path_factory: pytest.TempPathFactory) -> Iterator[RunningChroma]:
    server = RunningChroma(tmp_path_factory.mktemp("chroma"))
    server.start()
    yield server
    server.stop()


@pytest.fixture
def world(tmp_path: Path) -> World:
    return three_towns(tmp_path)


def served(world: World, address: str, tmp_path: Path) -> Config:
    """The world's articles, indexed a second time: in a server's collection of this test."""
    return replace(
        world.config,
        index=tmp_path / "served",
        chroma=address,
        collection=f"articles-{abs(hash(tmp_path))}",
    )


@contextmanager
def store_of(world: World, config: Config) -> Iterator[ServerStore]:
    with Catalog.open(config.index_path) as catalog:
        store = ServerStore.open(catalog, config.collection, config.chroma)
        yield store
        store.close()


def ranked(world: World, config: Config) -> list[list[tuple[str, float]]]:
    with Pipeline(config, world.embedder) as pipeline:
        return [
            [(hit.chunk.id, round(hit.scores.total, 3)) for hit in pipeline.search(question)]
            for question in QUESTIONS
        ]


def test_after_every_change_the_server_finds_what_the_files_find(
    world: World, chroma: RunningChroma, tmp_path: Path
) -> None:
    config = served(world, chroma.address, tmp_path)

    def add() -> None:
        world.write("new/fir.txt", STORY.format("Fir"))

    def edit() -> None:
        world.write("elm.txt", "Nobody came to the Elm meeting on Monday. The bridge fell down.")

    def rename() -> None:
        (world.root / "news" / "oak.txt").rename(world.root / "news" / "oak-2.txt")

    def remove() -> None:
        (world.root / "news" / "ash.txt").unlink()

    for change in (lambda: None, add, edit, rename, remove):
        change()
        world.sync()
        sync(config, world.embedder)
        assert ranked(world, config) == ranked(world, world.config)
        with world.catalog() as catalog, store_of(world, config) as store:
            assert sorted(store.ids()) == sorted(catalog.chunk_ids())
    sync(config, world.embedder, rebuild=True)
    assert ranked(world, config) == ranked(world, world.config)
    assert not (config.index_path / "chroma").exists()


def test_answers_are_those_of_the_files(
    chroma: RunningChroma, seeds_engine: QueryEngine, tmp_path: Path
) -> None:
    question = "How much are the contracts worth?"
    engine = QueryEngine.from_articles(SEEDS, index=tmp_path, chroma=chroma.address)
    answer = engine.query(question).answer
    engine.close()
    known = seeds_engine.query(question).answer
    assert answer.citations == known.citations != ()
    assert answer.confidence == pytest.approx(known.confidence, abs=1e-3)


def test_what_another_process_syncs_is_seen_at_the_next_question(
    world: World, chroma: RunningChroma, tmp_path: Path
) -> None:
    config = served(world, chroma.address, tmp_path)
    sync(config, world.embedder)
    with Pipeline(config, world.embedder) as pipeline:
        assert not any("Fir" in hit.text for hit in pipeline.search("Fir council"))
        world.write("fir.txt", STORY.format("Fir"))
        sync(config, world.embedder)
        assert "Fir" in pipeline.search("Fir council")[0].text
        sync(config, world.embedder, rebuild=True)  # swaps the collection that is open
        assert "Fir" in pipeline.search("Fir council")[0].text


def test_a_collection_that_lags_or_is_gone_is_filled_again_without_embedding(
    world: World, chroma: RunningChroma, tmp_path: Path
) -> None:
    config = served(world, chroma.address, tmp_path)
    sync(config, world.embedder)
    before = ranked(world, config)
    world.embedder.passages.clear()
    with store_of(world, config) as store:
        named = config.collection
        store._server.ask(lambda client: client.get_collection(named).delete(["ash.txt#0"]))
        assert ranked(world, config) == before
        store._server.ask(lambda client: client.delete_collection(named))
        assert ranked(world, config) == before
        assert not world.embedder.passages
        store.refresh()
        assert len(store.ids()) == store.count() == 3


def test_a_collection_of_another_index_is_left_alone(
    world: World, chroma: RunningChroma, tmp_path: Path
) -> None:
    config = served(world, chroma.address, tmp_path)
    sync(config, world.embedder)
    other = replace(config, index=tmp_path / "other")
    with pytest.raises(
        ArticleIndexError, match=r"is that of another index.*Choose another collection"
    ):
        sync(other, world.embedder)
    assert ranked(world, config)


def test_a_server_that_is_restarted_is_waited_for(world: World, tmp_path: Path) -> None:
    server = RunningChroma(tmp_path / "chroma")
    server.start()
    config = served(world, server.address, tmp_path)
    sync(config, world.embedder)
    found: list[object] = []
    with Pipeline(config, world.embedder) as pipeline:
        before = [hit.chunk.id for hit in pipeline.search(QUESTIONS[0])]
        server.stop()
        ask = threading.Thread(
            target=lambda: found.extend(hit.chunk.id for hit in pipeline.search(QUESTIONS[0]))
        )
        ask.start()
        server.start()
        ask.join()
        assert found == before
    server.stop()
    world.write("fir.txt", STORY.format("Fir"))
    write = threading.Thread(target=lambda: sync(config, world.embedder))
    write.start()
    server.start()
    write.join()
    with Pipeline(config, world.embedder) as pipeline:
        assert "Fir" in pipeline.search("Fir council")[0].text
    server.stop()


def test_a_server_that_is_gone_is_told_with_what_to_do() -> None:
    with socket.create_server(("127.0.0.1", 0)) as free:
        address = f"http://127.0.0.1:{free.getsockname()[1]}"
    with pytest.raises(ArticleIndexError, match=r"cannot be reached: .*Start it, or leave"):
        ChromaServer(address, SHORT).version()


def test_a_server_that_stays_silent_is_not_waited_for() -> None:
    with socket.create_server(("127.0.0.1", 0)) as silent:
        address = f"http://127.0.0.1:{silent.getsockname()[1]}"
        with pytest.raises(ArticleIndexError, match=r"did not answer within 0.5 s.*overloaded"):
            ChromaServer(address, SHORT).version()


def test_a_server_that_is_no_chroma_is_told(chroma: RunningChroma) -> None:
    proxy = TokenProxy(chroma.port, "x")
    proxy._server.RequestHandlerClass._pass_on = lambda handler: handler._reply(200, b"<html>")  # type: ignore[attr-defined]
    proxy._server.RequestHandlerClass.do_GET = proxy._server.RequestHandlerClass._pass_on  # type: ignore[attr-defined]
    with pytest.raises(ArticleIndexError, match="did not do what was asked"):
        ChromaServer(proxy.address, SHORT).version()
    proxy.close()


def test_the_token_goes_with_every_request_and_into_no_message(
    world: World,
    chroma: RunningChroma,
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
    capfd: pytest.CaptureFixture[str],
    caplog: pytest.LogCaptureFixture,
) -> None:
    proxy = TokenProxy(chroma.port, TOKEN)
    config = served(world, proxy.address, tmp_path)
    for token in ("", TOKEN + "-wrong"):
        monkeypatch.setenv(CHROMA_TOKEN_VARIABLE, token)
        with pytest.raises(ArticleIndexError, match=r"refused access \(401\)") as refused:
            sync(config, world.embedder)
        assert CHROMA_TOKEN_VARIABLE in refused.value.mend
        assert TOKEN not in str(refused.value)
    monkeypatch.setenv(CHROMA_TOKEN_VARIABLE, TOKEN)
    proxy.headers.clear()
    sync(config, world.embedder)
    assert ranked(world, config)
    assert {headers.get("x-chroma-token") for headers in proxy.headers} == {TOKEN}
    assert TOKEN not in repr(load_config())
    common = ["--articles", str(config.articles), "--index", str(tmp_path / "x"), "--json"]
    main(["doctor", *common, "--chroma", proxy.address])
    told = capfd.readouterr()
    assert TOKEN not in told.out + told.err + caplog.text
    proxy.close()


def test_a_token_is_not_sent_unencrypted_to_another_machine(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setenv(CHROMA_TOKEN_VARIABLE, TOKEN)
    with pytest.raises(ConfigError, match="unencrypted") as refused:
        ChromaServer("http://chroma.example:8000")
    assert TOKEN not in str(refused.value)
    ChromaServer("https://chroma.example")
    monkeypatch.setenv(CHROMA_TOKEN_VARIABLE, TOKEN + "\r\nX-Other: 1")
    with pytest.raises(ConfigError, match="no header may have") as refused:
        ChromaServer("https://chroma.example")
    assert TOKEN not in str(refused.value)


@pytest.mark.parametrize(
    "address",
    ["localhost:8000", "ftp://h", "http://", f"http://u:{TOKEN}@h", f"http://h/?k={TOKEN}", "http://h/p"],
)  # fmt: skip
def test_only_a_bare_address_is_a_server(address: str) -> None:
    with pytest.raises(ConfigError) as refused:
        Config(chroma=address)
    assert TOKEN not in str(refused.value)


def test_the_token_is_no_setting(tmp_path: Path) -> None:
    load_config(environ={CHROMA_TOKEN_VARIABLE: TOKEN})
    (tmp_path / "footnote.toml").write_text(f'chroma_token = "{TOKEN}"')
    with pytest.raises(ConfigError, match="no setting 'chroma_token'") as refused:
        load_config(tmp_path / "footnote.toml")
    assert TOKEN not in str(refused.value)


def test_the_engine_that_chroma_run_serves_has_no_sparse_index(chroma: RunningChroma) -> None:
    server = ChromaServer(chroma.address)
    assert not has_sparse_index(server, "sparse-probe")
    names = server.ask(lambda client: [found.name for found in client.list_collections()])
    assert "sparse-probe" not in names
    server.close()
