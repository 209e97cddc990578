"""Killed, damaged, starved of disk, shared: the index answers as before, or says what to type."""

from __future__ import annotations

import json
import os
import shutil
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path
from random import Random
from typing import Any

import pytest
from worlds import STORY, World

from rag.catalog_schema import CATALOG_FILE
from rag.store import STORE_FOLDER

TESTS = Path(__file__).resolve().parent
QUESTIONS = ("What did the Town3 council vote to repair?", "When does work begin in Town7?")

# A process of its own: what is damaged may end it, and a limit on files must not be ours.
ASK = """
import json, logging, resource, sys
sys.path[:0] = {paths!r}
from pathlib import Path
from worlds import World
from rag.errors import FootnoteError
from rag.pipeline import Pipeline
import rag.chroma, rag.vector_store
told = {{"warnings": []}}
class Kept(logging.Handler):
    def emit(self, record):
        told["warnings"].append(record.getMessage())
logging.getLogger("rag.store").addHandler(Kept())
world = World(Path({root!r}))
if {limit!r}:
    resource.setrlimit(resource.RLIMIT_FSIZE, ({limit!r}, {limit!r}))
try:
    if {syncing!r}:
        from rag.syncing import sync
        sync(world.config, world.embedder)
    with Pipeline(world.config, world.embedder) as pipeline:
        told["hits"] = [
            sorted([h.article.id, h.chunk.span.start, h.text, round(h.scores.total, 3)] for h in
            pipeline.search(question, 5)) for question in {questions!r}]
        told["texts"] = [h.article.text for q in {questions!r} for h in pipeline.search(q, 5)]
except FootnoteError as error:
    told["error"] = str(error)
print(json.dumps(told))
"""


def ask(world: World, *, limit: int = 0, syncing: bool = False) -> dict[str, Any]:
    paths = [str(TESTS), str(TESTS.parent)]
    code = ASK.format(
        paths=paths, root=str(world.root), limit=limit, syncing=syncing, questions=QUESTIONS
    )
    done = subprocess.run([sys.executable, "-c", code], check=False, capture_output=True, text=True)
    assert done.returncode == 0, done.stderr
    told: dict[str, Any] = json.loads(done.stdout)
    return told


@pytest.fixture(scope="module")
def sound(tmp_path_factory: pytest.TempPathFactory) -> tuple[World, dict[str, Any]]:
    world = World(tmp_path_factory.mktemp("sound"))
    for number in range(12):
        world.write(f"{number}.txt", STORY.format(f"Town{number}"))
    world.sync()
    return world, ask(world)


@pytest.fixture
def world(sound: tuple[World, dict[str, Any]], tmp_path: Path) -> World:
    shutil.copytree(sound[0].root, tmp_path, dirs_exist_ok=True)
    return World(tmp_path)


def truncate(path: Path) -> None:
    os.truncate(path, path.stat().st_size // 2)


def flip(path: Path) -> None:
    data = bytearray(path.read_bytes())
    for place in Random(1).choices(range(len(data)), k=20) if data else ():
        data[place] ^= 0xFF
    path.write_bytes(bytes(data) or b"\xff" * 100)


@pytest.mark.parametrize("harm", [truncate, flip, Path.unlink])
@pytest.mark.parametrize("pattern", ["*.sqlite3", "*/*.bin"])
def test_damaged_files_of_chroma_are_built_again_and_told(
    sound: tuple[World, dict[str, Any]], world: World, harm: Callable[[Path], None], pattern: str
) -> None:
    for path in (world.config.index_path / STORE_FOLDER).glob(pattern):
        harm(path)
    told = ask(world)
    assert told["hits"] == sound[1]["hits"]
    assert any("built again from the catalog" in warning for warning in told["warnings"])
    assert ask(world) == sound[1] | {"warnings": []}


def test_an_index_that_was_copied_is_not_taken_for_a_damaged_one(
    sound: tuple[World, dict[str, Any]], world: World
) -> None:
    for path in world.config.index_path.rglob("*"):
        os.utime(path)
    assert ask(world) == sound[1] | {"warnings": []}


@pytest.mark.parametrize("seed", range(4))
def test_a_damaged_catalog_is_told_or_harmless(
    sound: tuple[World, dict[str, Any]], world: World, seed: int
) -> None:
    file = world.config.index_path / CATALOG_FILE
    random = Random(seed)
    if seed == 0:
        truncate(file)
    else:
        data = bytearray(file.read_bytes())
        for place in random.choices(range(100, len(data)), k=200):
            data[place] ^= random.randrange(1, 256)
        file.write_bytes(bytes(data))
    told = ask(world)
    if "error" in told:
        assert "footnote sync --rebuild" in told["error"]
    else:
        assert set(told["texts"]) <= {STORY.format(f"Town{number}") for number in range(12)}
    world.sync(rebuild=True)
    assert ask(world)["hits"] == sound[1]["hits"]


def test_on_a_full_disk_the_index_stays_answers_and_the_sync_says_so(
    sound: tuple[World, dict[str, Any]], world: World
) -> None:
    before = world.state()
    for number in range(12, 60):
        world.write(f"{number}.txt", STORY.format(f"Town{number}") * 30)
    for limit in (1, 40_000, 200_000):
        told = ask(world, limit=limit, syncing=True)
        assert "free disk space" in told["error"]
        assert world.state() == before
    assert ask(world, limit=1)["hits"] == sound[1]["hits"]
    assert ask(world)["hits"] == sound[1]["hits"]
    assert len(world.sync().added) == 48


@pytest.mark.parametrize(
    "soak",
    [
        ["kill", "--kills", "6", "--articles", "4"],
        ["processes", "--rounds", "4"],
    ],
)
def test_a_short_soak_loses_nothing(soak: list[str]) -> None:
    done = subprocess.run(
        [sys.executable, str(TESTS / "soak.py"), *soak], check=False, capture_output=True, text=True
    )
    assert done.returncode == 0, done.stdout + done.stderr
