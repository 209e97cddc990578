"""What a sync must not do: lose an index, lose work, or let two syncs meet."""

from __future__ import annotations

import shutil
import subprocess
import sys
import textwrap
from pathlib import Path

import pytest
from fakes import WordEmbedder
from worlds import STORY, World, three_towns

from rag.catalog import Catalog
from rag.catalog_schema import CATALOG_FILE
from rag.errors import ArticleIndexError, SourceError
from rag.syncing import REBUILD_FOLDER, sync


@pytest.fixture
def world(tmp_path: Path) -> World:
    return three_towns(tmp_path)


def empty(world: World, how: str) -> None:
    news = world.root / "news"
    if how == "all fail":
        for path in news.iterdir():
            path.write_bytes(b"")
        return
    shutil.rmtree(news)
    if how == "empty":
        news.mkdir()


@pytest.mark.parametrize("rebuild", [False, True])
@pytest.mark.parametrize("how", ["vanished", "empty", "all fail"])
def test_an_index_is_emptied_only_when_told_to(world: World, how: str, rebuild: bool) -> None:
    world.sync()
    before = world.state()
    empty(world, how)
    for _ in range(2):
        with pytest.raises(SourceError, match=r"index of 3 articles.*footnote sync --allow-empty"):
            sync(world.config, world.embedder, rebuild=rebuild)
        world.check()
        assert world.state() == before
    report = world.sync(allow_empty=True, rebuild=rebuild)
    assert world.state()["articles"] == []
    assert rebuild or set(report.removed) == {"ash.txt", "elm.txt", "oak.txt"}


def test_a_missing_folder_without_an_index_is_an_error_that_leaves_nothing(tmp_path: Path) -> None:
    world = World(tmp_path)
    with pytest.raises(SourceError):
        sync(world.config, world.embedder)
    assert list(tmp_path.iterdir()) == []


def test_an_empty_folder_without_an_index_makes_an_empty_one(tmp_path: Path) -> None:
    world = World(tmp_path)
    world.config.articles.mkdir()
    assert not world.sync().changed


def test_an_interrupted_sync_goes_on_where_it_stopped(world: World) -> None:
    for number in range(300):
        world.write(f"{number}.txt", STORY.format(f"Town{number}"))
    whole = World(world.root / "whole")
    shutil.copytree(world.root / "news", whole.root / "news")
    expected = whole.sync().embedded_chunks
    world.embedder.fail_after = 256
    with pytest.raises(RuntimeError, match="interrupted"):
        sync(world.config, world.embedder)
    with world.catalog() as catalog:
        done = catalog.chunk_count()
    assert 0 < done < expected
    world.check()
    world.embedder.fail_after = None
    assert world.sync().embedded_chunks == expected - done
    assert world.state() == whole.state()


def test_one_long_article_is_embedded_in_parts(world: World) -> None:
    world.write("long.txt", "\n\n".join(STORY.format(f"Town{i}") for i in range(4000)))
    steps: list[tuple[str, int, int]] = []
    report = world.sync(on_progress=lambda *step: steps.append(step))
    assert report.embedded_chunks > 256
    assert ("reading", 4, 4) in steps
    embedding = [(done, total) for stage, done, total in steps if stage == "embedding"]
    assert embedding[-1] == (report.embedded_chunks, report.embedded_chunks)
    assert all(done <= total for done, total in embedding)
    assert len(embedding) > 1


def test_the_catalog_alone_is_enough_to_mend_the_store(world: World) -> None:
    world.sync()
    shutil.rmtree(world.config.index_path / "chroma")
    world.write("yew.txt", STORY.format("Yew"))
    assert world.sync().added == ("yew.txt",)


def test_another_embedder_rebuilds_beside_the_index_that_serves_until_then(world: World) -> None:
    world.sync()
    before, first = world.state(), world.embedder
    world.embedder = WordEmbedder(name="other", dimension=32, fail_after=0)
    with pytest.raises(RuntimeError, match="interrupted"):
        sync(world.config, world.embedder)
    assert world.state() == before
    world.embedder = first
    world.check()
    world.embedder = WordEmbedder(name="other", dimension=32)
    report = world.sync()
    assert "dimension 64 instead of 32" in report.rebuilt
    assert report.embedded_chunks == len(before["chunks"])
    assert not (world.config.index_path / REBUILD_FOLDER).exists()
    assert world.sync().rebuilt == ""


def test_a_rebuild_gives_the_same_index_and_embeds_everything(world: World) -> None:
    embedded = world.sync().embedded_chunks
    before = world.state()
    with world.catalog() as reader:
        generation = reader.generation
        assert world.sync(rebuild=True).embedded_chunks == embedded
        assert reader.generation > generation
    assert world.state() == before


def test_a_rebuild_replaces_a_damaged_index_and_an_interrupted_one(world: World) -> None:
    world.sync()
    before = world.state()
    (world.config.index_path / CATALOG_FILE).write_bytes(b"no database" * 1000)
    with pytest.raises(ArticleIndexError, match="--rebuild"):
        sync(world.config, world.embedder)
    interrupted = WordEmbedder(name="other", fail_after=0)
    with pytest.raises(RuntimeError, match="interrupted"):
        sync(world.config, interrupted, rebuild=True)
    world.sync(rebuild=True)
    assert world.state() == before


def test_an_index_folder_that_cannot_be_made_says_so(world: World) -> None:
    (world.root / "index").write_text("a file in its place")
    with pytest.raises(ArticleIndexError, match="cannot be written"):
        sync(world.config, world.embedder)


def test_two_syncs_at_once_take_turns(world: World) -> None:
    for number in range(40):
        world.write(f"{number}.txt", STORY.format(f"Town{number}"))
    paths = [str(Path(__file__).parent), str(Path(__file__).parent.parent)]
    program = f"""
        import sys
        from pathlib import Path
        sys.path[:0] = {paths!r}
        from worlds import World
        world = World(Path({str(world.root)!r}))
        from rag.syncing import sync
        print(sync(world.config, world.embedder).embedded_chunks)
    """
    command = [sys.executable, "-c", textwrap.dedent(program)]
    processes = [subprocess.Popen(command, stdout=subprocess.PIPE, text=True) for _ in range(2)]
    embedded = sorted(int(process.communicate()[0]) for process in processes)
    assert [process.returncode for process in processes] == [0, 0]
    assert embedded[0] == 0
    world.check()
    with Catalog.open(world.config.index_path) as catalog:
        assert catalog.chunk_count() == embedded[1]
