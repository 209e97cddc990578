"""What a sync stops before, and what it says first: the plan, large removals, closed doors."""

from __future__ import annotations

import json
import os
import shutil
import subprocess
import sys
from dataclasses import replace
from pathlib import Path
from random import Random
from typing import Any

import pytest
from worlds import STORY, World, three_towns

from rag.cli import main
from rag.errors import RemovalError, SourceError
from rag.planning import FEW_ARTICLES
from rag.syncing import plan, sync

TESTS = Path(__file__).resolve().parent
MANY = 2 * (FEW_ARTICLES + 1)


@pytest.fixture
def world(tmp_path: Path) -> World:
    return three_towns(tmp_path)


@pytest.fixture
def towns(tmp_path: Path) -> World:
    """A world of so many articles that half of them are worth a question."""
    world = World(tmp_path)
    for number in range(MANY):
        world.write(f"{number:02}.txt", STORY.format(f"Town{number}"))
    world.sync()
    return world


def take_away(world: World, count: int) -> None:
    for path in sorted((world.root / "news").iterdir())[:count]:
        path.unlink()


def fingerprints(folder: Path) -> dict[str, tuple[int, int]]:
    files = [path for path in folder.rglob("*") if path.is_file()]
    # The file by which SQLite's readers share memory is written by reading.
    return {
        str(path): (path.stat().st_mtime_ns, path.stat().st_size)
        for path in files
        if not path.name.endswith(("-shm", "-wal"))
    }


@pytest.mark.parametrize("seed", range(2))
def test_the_plan_is_what_the_sync_then_does_and_writes_nothing(tmp_path: Path, seed: int) -> None:
    random = Random(seed)
    world = World(tmp_path)
    world.write("always.txt", "This one stays as it is.")
    names, towns = [f"{letter}.txt" for letter in "abcdef"], ("Ash", "Elm", "Oak", "Fir")
    for _ in range(6):
        for name in random.sample(names, random.randint(1, 4)):
            world.write(name, random.choice(["", *map(STORY.format, towns)]))
        for name in random.sample(names, random.randint(0, 3)):
            (world.root / "news" / name).unlink(missing_ok=True)
        os.utime(world.root / "news" / "always.txt", ns=(0, random.randint(1, 1 << 60)))
        before = fingerprints(world.root)
        planned = plan(world.config, world.embedder)
        assert fingerprints(world.root) == before
        assert not planned.refusal
        report = world.sync()
        assert planned.articles == replace(report, embedded_chunks=0, seconds=0.0)
        assert plan(world.config).articles.changed is False


def test_a_plan_names_files_by_kind(world: World) -> None:
    first = plan(world.config)
    assert (first.added, first.held) == (("ash.txt", "elm.txt", "oak.txt"), 0)
    assert not world.config.index_path.exists()
    world.sync()
    world.write("fir.txt", STORY.format("Fir"))
    world.write("ash.txt", "Something else was said.")
    (world.root / "news" / "oak.txt").unlink()
    found = plan(world.config)
    assert (found.added, found.changed, found.removed) == (("fir.txt",), ("ash.txt",), ("oak.txt",))
    assert (found.unchanged, found.held, found.rebuild) == (1, 3, "")


def test_a_plan_says_that_everything_would_be_built_anew(world: World) -> None:
    world.sync()
    other = replace(world.config, chunk_tokens=64)
    assert "chunk_tokens 256 instead of 64" in plan(other, world.embedder).rebuild


@pytest.mark.parametrize("rebuild", [False, True])
def test_a_sync_that_would_remove_more_than_the_share_stops_first(
    towns: World, rebuild: bool
) -> None:
    take_away(towns, MANY // 2 + 1)
    before = towns.state()
    for _ in range(2):
        with pytest.raises(RemovalError, match="footnote sync --allow-removals") as stopped:
            sync(towns.config, towns.embedder, rebuild=rebuild)
        assert (stopped.value.removed, stopped.value.held) == (MANY // 2 + 1, MANY)
        assert towns.state() == before
        towns.check()
    assert "--allow-removals" in plan(towns.config).refusal
    towns.sync(allow_removals=True, rebuild=rebuild)
    assert len(towns.state()["articles"]) == MANY - MANY // 2 - 1


def test_half_of_the_articles_may_go_and_any_share_by_setting(towns: World) -> None:
    take_away(towns, MANY // 2)
    strict = replace(towns.config, max_removed_share=0.1)
    with pytest.raises(RemovalError):
        sync(strict, towns.embedder)
    assert len(towns.sync().removed) == MANY // 2


def test_of_few_articles_any_number_may_go(world: World) -> None:
    world.sync()
    take_away(world, 2)
    assert len(world.sync().removed) == 2


def test_moving_and_editing_everything_is_no_removal(towns: World) -> None:
    news = towns.root / "news"
    news.rename(towns.root / "aside")
    news.mkdir()
    (towns.root / "aside").rename(news / "archive")
    assert len(towns.sync().renamed) == MANY
    for number, path in enumerate(sorted((news / "archive").iterdir())):
        path.write_text(f"Town{number} has changed its mind since then.")
    assert len(towns.sync().edited) == MANY


def test_a_file_of_rows_that_was_cut_short_counts_by_its_rows(tmp_path: Path) -> None:
    world = World(tmp_path)
    rows = [{"_id": str(i), "text": STORY.format(f"Town{i}")} for i in range(MANY)]
    world.rows("all.jsonl", *rows)
    world.sync()
    world.rows("all.jsonl", *rows[:3])
    with pytest.raises(RemovalError):
        sync(world.config, world.embedder)
    world.rows("all.jsonl", *rows[3:])
    assert len(world.sync().removed) == 3


# --- closed doors: root opens any, so these run in a process without that right

CLOSED = """
import ctypes, sys
sys.path[:0] = {paths!r}
DROP_FROM_BOUNDS, READ_ANY, SEARCH_ANY = 24, 1, 2  # prctl and capabilities of Linux
import os
if os.environ.get("AGAIN") is None:
    for right in (READ_ANY, SEARCH_ANY):
        ctypes.CDLL(None).prctl(DROP_FROM_BOUNDS, right, 0, 0, 0)
    os.environ["AGAIN"] = "1"
    os.execv(sys.executable, [sys.executable, *sys.orig_argv[1:]])
from pathlib import Path
from worlds import World
from rag.errors import FootnoteError
from rag.syncing import plan, sync
world = World(Path({root!r}))
try:
    planned = plan(world.config)
    report = sync(world.config, world.embedder, rebuild={rebuild!r})
    assert planned.articles.problems == report.problems
    assert planned.articles.unchanged == report.unchanged
    print("removed", *report.removed)
    print("edited", *report.edited)
    print(*[f"{{p.source}}: {{p.reason}}" for p in report.problems], sep="\\n")
except FootnoteError as error:
    print(type(error).__name__, error)
"""


def sync_without_rights(world: World, *, rebuild: bool = False) -> str:
    paths = [str(TESTS), str(TESTS.parent)]
    code = CLOSED.format(paths=paths, root=str(world.root), rebuild=rebuild)
    done = subprocess.run(
        [sys.executable, "-c", code], check=True, stdout=subprocess.PIPE, text=True
    )
    return done.stdout


@pytest.fixture
def mixed(world: World) -> World:
    world.write("sub/fir.txt", STORY.format("Fir"))
    world.write("sub/deep/yew.txt", STORY.format("Yew"))
    world.sync()
    return world


@pytest.mark.parametrize("mode", [0o000, 0o444])
def test_what_lies_in_a_closed_folder_stays_in_the_index(mixed: World, mode: int) -> None:
    before = mixed.state()
    sub = mixed.root / "news" / "sub"
    sub.chmod(mode)
    try:
        told = sync_without_rights(mixed)
        refused = sync_without_rights(mixed, rebuild=True)
    finally:
        sub.chmod(0o755)
    assert told.startswith("removed\nedited\nsub")
    assert "permission denied" in told
    assert refused.startswith("RemovalError 2 of 5 articles lie where they cannot be read")
    assert mixed.state() == before
    mixed.check()


def test_a_changed_file_that_cannot_be_opened_stays_as_it_was_last_read(mixed: World) -> None:
    before = mixed.state()
    path = mixed.write("ash.txt", "Another story altogether, which nobody may read.")
    path.chmod(0o000)
    told = sync_without_rights(mixed)
    path.chmod(0o644)
    assert "ash.txt: permission denied" in told
    assert mixed.state() == before
    assert mixed.sync().edited == ("ash.txt",)


def test_a_closed_folder_of_articles_leaves_the_index_and_says_so(mixed: World) -> None:
    before = mixed.state()
    news = mixed.root / "news"
    for closed in (news, mixed.root / "around"):
        if closed != news:
            closed.mkdir()
            news.rename(closed / "news")
            news.symlink_to(closed / "news")
        closed.chmod(0o000)
        told = sync_without_rights(mixed)
        closed.chmod(0o755)
        assert told.startswith("SourceError")
        assert "cannot be read: Permission denied" in told
        assert mixed.state() == before


# --- the command


def run(capsys: pytest.CaptureFixture[str], *arguments: str) -> tuple[int, str, str]:
    capsys.readouterr()
    code = main(arguments)
    captured = capsys.readouterr()
    return code, captured.out, captured.err


def test_the_command_shows_the_plan_and_asks_for_a_flag(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    news = tmp_path / "news"
    news.mkdir()
    for number in range(MANY):
        (news / f"{number:02}.txt").write_text(f"Town {number} opened a bridge.")
    options = ["--articles", str(news), "--index", str(tmp_path / "index")]
    assert run(capsys, "sync", *options)[0] == 0
    for number in range(MANY - 2):
        (news / f"{number:02}.txt").unlink()
    code, out, _ = run(capsys, "sync", "--dry-run", *options)
    assert (code, f"{MANY - 2} removed" in out, "--allow-removals" in out) == (1, True, True)
    shown: dict[str, Any] = json.loads(run(capsys, "sync", "--dry-run", "--json", *options)[1])
    assert shown["files"]["unchanged"] == 2
    assert len(shown["articles"]["removed"]) == len(shown["files"]["removed"]) == MANY - 2
    code, _, err = run(capsys, "sync", *options)
    assert (code, "--allow-removals" in err) == (1, True)
    assert run(capsys, "sync", "--allow-removals", *options)[0] == 0
    assert json.loads(run(capsys, "sync", "--dry-run", "--json", *options)[1])["held"] == 2


def test_a_vanished_folder_is_told_by_a_plan_too(world: World) -> None:
    world.sync()
    shutil.rmtree(world.root / "news")
    with pytest.raises(SourceError, match="index of 3 articles was left as it is"):
        plan(world.config)
