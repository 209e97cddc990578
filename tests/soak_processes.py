"""Several processes over one index: two that sync in turns, and readers that must never notice.

After each sync the newest article and those that are gone are published; every question that is
asked from then on must find the one and none of the others.
"""

from __future__ import annotations

import json
import os
import shutil
import signal
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path

from fakes import WordEmbedder
from soak_kill import fork, prepare

from rag.config import Config
from rag.pipeline import Pipeline
from rag.syncing import sync

READERS = ("a chat", "an evaluation")
ARTICLES = 40
TOWN = "The village of Town{0} opened its Town{0} museum on a Monday. Many guests came to see it."


@dataclass
class Outcome:
    """What the readers saw; ``wrong`` tells each question that was answered from the past."""

    rounds: int = 0
    syncs: int = 0
    questions: int = 0
    slowest_seconds: float = 0.0
    wrong: list[str] = field(default_factory=list)


def process_soak(root: Path, rounds: int) -> Outcome:
    """So many rounds of an edit and two syncs at once, with readers asking all the while."""
    prepare()
    shutil.rmtree(root, ignore_errors=True)
    news = root / "news"
    news.mkdir(parents=True)
    config = Config(articles=news, index=root / "index")
    numbers = list(range(ARTICLES))
    for number in numbers:
        (news / f"{number}.txt").write_text(TOWN.format(number))
    outcome = Outcome()
    # Also this in a fork: Chroma's threads do not live on in one of a process that has used it.
    _, failed = os.waitpid(fork(lambda: sync(config, WordEmbedder())), 0)
    assert not failed
    publish(root, ARTICLES - 1, [])
    with readers(root, config, outcome):
        for number in range(ARTICLES, ARTICLES + rounds):
            (news / f"{number}.txt").write_text(TOWN.format(number))
            (news / f"{number - ARTICLES}.txt").unlink()
            children = [fork(lambda: sync(config, WordEmbedder())) for _ in range(2)]
            for child in children:
                outcome.syncs += 1
                if os.waitpid(child, 0)[1]:
                    outcome.wrong.append(f"a sync of round {number} failed")
            outcome.rounds += 1
            publish(root, number, list(range(number - ARTICLES + 1)))
            time.sleep(0.2)  # for questions that are asked in peace
    return outcome


def publish(root: Path, newest: int, gone: list[int]) -> None:
    """Tell the readers what must be found from now on, and what must not."""
    working = root / "state.new"
    working.write_text(json.dumps([newest, gone]))
    working.replace(root / "state")


@contextmanager
def readers(root: Path, config: Config, outcome: Outcome) -> Iterator[None]:
    """Processes that ask until the block ends, and then hand in what they saw."""
    children = {name: fork(lambda name=name: read(root, config, name)) for name in READERS}
    try:
        yield
    finally:
        for child in children.values():
            os.kill(child, signal.SIGTERM)
    for name, child in children.items():
        if os.waitpid(child, 0)[1]:
            outcome.wrong.append(f"{name} ended with an error")
            continue
        told = json.loads((root / name).read_text())
        outcome.questions += told["questions"]
        outcome.slowest_seconds = max(outcome.slowest_seconds, told["slowest"])
        outcome.wrong += told["wrong"]
        if not told["questions"]:
            outcome.wrong.append(f"{name} was never answered")


def read(root: Path, config: Config, name: str) -> None:
    """Ask about the newest article, again and again, until told to stop."""
    stopping: list[int] = []
    signal.signal(signal.SIGTERM, lambda number, _: stopping.append(number))
    questions, slowest, wrong = 0, 0.0, []
    with Pipeline(config, WordEmbedder()) as pipeline:
        while not stopping:
            newest, gone = json.loads((root / "state").read_text())
            started = time.monotonic()
            hits = pipeline.search(f"When did the village of Town{newest} open its museum?", 20)
            slowest = max(slowest, time.monotonic() - started)
            questions += 1
            found = {hit.article.id for hit in hits}
            if f"{newest}.txt" not in found:
                wrong.append(f"{name} missed {newest}")
            wrong += [f"{name} found {old}, which is gone" for old in gone if f"{old}.txt" in found]
    (root / name).write_text(
        json.dumps({"questions": questions, "slowest": slowest, "wrong": wrong})
    )
