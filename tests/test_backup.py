"""A backup holds a whole state of the index, and a restore brings it back without embedding."""

from __future__ import annotations

import shutil
import threading
from pathlib import Path

import pytest
from worlds import STORY, World, three_towns

from rag.backup import backup, restore
from rag.catalog import Catalog
from rag.catalog_schema import CATALOG_FILE
from rag.cli import main
from rag.errors import ArticleIndexError, SourceError
from rag.syncing import sync


@pytest.fixture
def world(tmp_path: Path) -> World:
    return three_towns(tmp_path)


def test_a_restore_brings_the_state_of_the_backup_back(world: World, tmp_path: Path) -> None:
    world.sync()
    before = world.state()
    assert backup(world.config, tmp_path / "b.footnote") == 3
    world.write("ash.txt", "Something else was said there.")
    world.write("fir.txt", STORY.format("Fir"))
    world.sync()
    assert world.state() != before
    with world.catalog() as reader:
        generation = reader.generation
        assert restore(world.config, tmp_path / "b.footnote") == 3
        assert reader.generation > generation  # an open chat sees it
    assert world.state() == before
    world.check()
    assert world.sync().edited == ("ash.txt",)


@pytest.mark.parametrize("harm", ["gone", "garbage"])
def test_a_restore_needs_no_index_and_no_articles(world: World, tmp_path: Path, harm: str) -> None:
    world.sync()
    before = world.state()
    backup(world.config, tmp_path / "b.footnote")
    if harm == "gone":
        shutil.rmtree(world.config.index_path)
    else:
        (world.config.index_path / CATALOG_FILE).write_bytes(b"no database" * 1000)
    shutil.rmtree(world.root / "news")
    embedded = len(world.embedder.passages)
    restore(world.config, tmp_path / "b.footnote")
    assert world.state() == before
    assert len(world.embedder.passages) == embedded
    world.check()


def test_a_backup_while_a_sync_writes_is_a_state_between_two_commits(
    world: World, tmp_path: Path
) -> None:
    for number in range(600):
        world.write(f"{number}.txt", STORY.format(f"Town{number}"))
    syncing = threading.Thread(target=lambda: sync(world.config, world.embedder))
    syncing.start()
    files: list[Path] = []
    while syncing.is_alive():
        file = tmp_path / f"{len(files)}.footnote"
        try:
            backup(world.config, file)
        except ArticleIndexError:  # the sync has not begun it yet
            assert not files
            continue
        files.append(file)
    syncing.join()
    assert files
    whole = sorted(world.state()["chunks"])
    sizes = set()
    for file in (files[0], files[len(files) // 2], files[-1]):
        copy = World(tmp_path / f"copy{file.stem}", world.embedder)
        restore(copy.config, file)
        copy.check()
        stored = copy.state()["chunks"]
        assert set(stored) <= set(whole)
        sizes.add(len(stored))
    assert max(sizes) <= len(whole)


def test_what_is_no_backup_is_refused_and_the_index_stays(world: World, tmp_path: Path) -> None:
    world.sync()
    before = world.state()
    good = tmp_path / "good.footnote"
    backup(world.config, good)
    with pytest.raises(SourceError, match="exists already"):
        backup(world.config, good)
    (tmp_path / "text").write_text("no backup")
    (tmp_path / "short").write_bytes(good.read_bytes()[: good.stat().st_size // 2])
    for name in ("text", "short", "none"):
        with pytest.raises(SourceError):
            restore(world.config, tmp_path / name)
    with pytest.raises(SourceError, match="cannot be written"):
        backup(world.config, tmp_path / "no folder" / "b.footnote")
    assert world.state() == before
    world.check()


def test_the_commands(world: World, tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    world.sync()
    options = ["--articles", str(world.config.articles), "--index", str(world.config.index_path)]
    file = str(tmp_path / "b.footnote")
    assert main(["backup", file, *options]) == 0
    shutil.rmtree(world.config.index_path)
    assert main(["restore", file, *options]) == 0
    assert capsys.readouterr().out.count("3 articles") == 2
    with Catalog.open(world.config.index_path) as catalog:
        assert catalog.article_count() == 3
    assert main(["backup", file, *options]) == 1
    assert "exists already" in capsys.readouterr().err
