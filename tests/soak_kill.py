"""Kills processes at random moments, and holds what is left against an index never killed.

Each kill hits a process of its own, forked from one that has imported everything, so that kills
fall on work and not on imports. After each, a fresh process opens the index as it was left: its
answers must be those of a never-killed index of the very articles that the catalog then holds,
which must be those of the folder before or after, or of batches between. Then a sync runs to its
end, and the index must be that of the folder.
"""

from __future__ import annotations

import json
import logging
import os
import shutil
import signal
import time
import traceback
from collections import Counter
from collections.abc import Callable
from dataclasses import dataclass, field, replace
from pathlib import Path
from random import Random
from typing import Any

from fakes import WordEmbedder

from rag.catalog import Catalog
from rag.config import Config
from rag.pipeline import Pipeline
from rag.syncing import sync
from ui.uploads import Upload

TOWNS = ("Ash", "Elm", "Oak", "Fir", "Yew", "Lime", "Rowan", "Alder", "Hazel", "Holly")
DEEDS = ("repair the bridge", "close the school", "sell the harbour", "paint the tower")
QUESTIONS = tuple(f"What did the {town} council vote to do?" for town in TOWNS[:3])
# Small chunks, so that a small folder is several batches of a sync.
CHUNK_TOKENS = (64, 96)
NEAR = 1e-3  # of a score: Chroma sums in another order than numpy

KINDS = ("sync", "sync", "sync", "upload", "upload", "rebuild", "migrate", "ask", "ask")


@dataclass
class Outcome:
    """What a soak came to; ``lost`` tells each difference from the twin."""

    kills: Counter[str] = field(default_factory=Counter)
    finished_first: int = 0
    mended: int = 0
    states: Counter[str] = field(default_factory=Counter)
    lost: list[str] = field(default_factory=list)
    slowest_seconds: float = 0.0


def story(random: Random, sentences: int = 45) -> str:
    """A text of many chunks."""
    lines = [
        f"The {random.choice(TOWNS)} council met on day {random.randrange(1000)}. It voted to "
        f"{random.choice(DEEDS)} of {random.choice(TOWNS)} for {random.randrange(10_000)} crowns."
        for _ in range(sentences)
    ]
    return "\n\n".join(lines)


class Soak:
    """One folder, its index, and the random edits to it."""

    def __init__(self, root: Path, seed: int, articles: int) -> None:
        self.root = root
        self.random = Random(seed)
        self.articles = articles
        self.outcome = Outcome()
        self.chunk_tokens = CHUNK_TOKENS[0]
        self._uploaded = ("", "")
        self._twins: dict[str, Any] = {}
        self._seconds: dict[str, float] = {}
        self.news = root / "news"
        self.news.mkdir(parents=True)
        for number in range(articles):
            (self.news / f"{number:03}.txt").write_text(story(self.random))

    @property
    def config(self) -> Config:
        return Config(
            articles=self.news,
            index=self.root / "index",
            chunk_tokens=self.chunk_tokens,
            max_removed_share=1.0,
        )

    def run(self, kills: int) -> Outcome:
        self._finish("sync")
        while sum(self.outcome.kills.values()) < kills:
            kind = self.random.choice(KINDS)
            before = self._on_disk()
            if kind == "sync":
                self._edit()
            elif kind == "upload":
                self._uploaded = f"up{self.random.randrange(10**9)}.txt", story(self.random)
            elif kind == "migrate":
                self.chunk_tokens = CHUNK_TOKENS[self.chunk_tokens == CHUNK_TOKENS[0]]
            self._strike(kind)
            self._check(kind, before)
        return self.outcome

    # --- what is done to it

    def _edit(self) -> None:
        names = sorted(self._on_disk())
        for name in self.random.sample(names, self.random.randint(1, self.articles // 2)):
            path = self.news / name
            deed = self.random.choice(("edit", "edit", "remove", "rename"))
            if deed == "edit":
                path.write_text(story(self.random))
            elif deed == "remove":
                path.unlink()
            else:
                path.rename(self.news / f"{self.random.randrange(10**9)}.txt")
        self._uploaded = ("", "")
        while len(self._on_disk()) < self.articles:
            (self.news / f"{self.random.randrange(10**9)}.txt").write_text(story(self.random))

    def _strike(self, kind: str) -> None:
        """Do it in a process of its own, killed at a random moment."""
        longest = self._seconds.get(kind, 1.0)
        started = time.monotonic()
        child = fork(lambda: self._do(kind))
        time.sleep(self.random.uniform(0.0, 1.1 * longest))
        os.kill(child, signal.SIGKILL)
        _, status = os.waitpid(child, 0)
        if os.WIFSIGNALED(status):
            self.outcome.kills[kind] += 1
        else:
            self.outcome.finished_first += 1
            self._seconds[kind] = time.monotonic() - started
            if status:
                self.outcome.lost.append(f"{kind} failed by itself: {status}")

    def _finish(self, kind: str) -> None:
        started = time.monotonic()
        _, status = os.waitpid(fork(lambda: self._do(kind)), 0)
        self._seconds.setdefault(kind, time.monotonic() - started)
        if status:
            self.outcome.lost.append(f"{kind} after a kill ended with {status}")

    def _do(self, kind: str) -> None:
        if kind == "ask":
            self._told(self.config)
            return
        if kind == "upload":
            with Upload(self.config, self._uploaded[0]) as file:
                for line in self._uploaded[1].splitlines(keepends=True):
                    file.write(line.encode())
                file.keep()
            sync(self.config, WordEmbedder())
        else:
            sync(self.config, WordEmbedder(), rebuild=kind == "rebuild")

    # --- what must hold then

    def _check(self, kind: str, before: dict[str, str]) -> None:
        name, whole_text = self._uploaded
        if self._on_disk().get(name, whole_text) != whole_text:
            self.outcome.lost.append(f"{kind}: {name} is half an upload")
        started = time.monotonic()
        left = self._told_by_child(self.config)
        self.outcome.slowest_seconds = max(self.outcome.slowest_seconds, time.monotonic() - started)
        if "failed" in left:
            self.outcome.lost.append(f"{kind}: opening failed: {left['failed']}")
        else:
            self._compare(kind, left)
            after = self._on_disk()
            held = left["articles"]
            strange = [i for i, text in held.items() if text not in (before.get(i), after.get(i))]
            self.outcome.lost += [f"{kind}: {i} is of neither state" for i in strange]
            gone = [i for i in before.keys() & after.keys() if i not in held]
            self.outcome.lost += [f"{kind}: {i} is missing" for i in gone]
            state = "before" if held == before else "after" if held == after else "between"
            self.outcome.states[state] += 1
            self.outcome.mended += bool(left["warnings"])
        self._finish("sync")
        whole = self._told_by_child(self.config)
        if whole.get("articles") != self._on_disk():
            self.outcome.lost.append(f"{kind}: the next sync did not make it whole: {whole}"[:500])
        else:
            self._compare(f"{kind}, then sync", whole)

    def _compare(self, kind: str, told: dict[str, Any]) -> None:
        twin = self._twin(told["articles"], told["chunk_tokens"])
        for question, ours, theirs in zip(QUESTIONS, told["answers"], twin, strict=True):
            if not same(ours, theirs):
                self.outcome.lost.append(f"{kind}: {question}\n  {ours}\n  {theirs}"[:1500])

    def _twin(self, articles: dict[str, str], chunk_tokens: int) -> Any:
        """The answers of an index of these articles that nothing was ever killed over."""
        key = json.dumps([chunk_tokens, sorted(articles.items())])
        if key not in self._twins:
            root = self.root / "twin"
            shutil.rmtree(root, ignore_errors=True)
            (root / "news").mkdir(parents=True)
            for name, text in articles.items():
                (root / "news" / name).write_text(text)
            config = replace(
                self.config,
                articles=root / "news",
                index=root / "index",
                chunk_tokens=chunk_tokens,
            )
            _, status = os.waitpid(fork(lambda: sync(config, WordEmbedder())), 0)
            assert status == 0
            self._twins = {key: self._told_by_child(config)["answers"]}
        return self._twins[key]

    def _on_disk(self) -> dict[str, str]:
        """What a sync reads: an upload that was killed leaves a hidden file, which it does not."""
        files = (path for path in self.news.iterdir() if not path.name.startswith("."))
        return {path.name: path.read_text() for path in files}

    def _told_by_child(self, config: Config) -> dict[str, Any]:
        reading, writing = os.pipe()

        def tell() -> None:
            with os.fdopen(writing, "w") as file:
                json.dump(self._told(config), file)

        child = fork(tell, closing=reading)
        os.close(writing)
        with os.fdopen(reading) as file:
            text = file.read()
        _, status = os.waitpid(child, 0)
        found: dict[str, Any] = json.loads(text) if status == 0 else {"failed": f"status {status}"}
        return found

    def _told(self, config: Config) -> dict[str, Any]:
        """Everything that a reader can see of the index, by whatever chunks it was built."""
        warnings: list[str] = []
        handler = logging.Handler()
        handler.emit = lambda record: warnings.append(record.getMessage())  # type: ignore[method-assign]
        logging.getLogger("rag.store").addHandler(handler)
        with Catalog.open(config.index_path) as catalog:
            built = replace(config, chunk_tokens=int(catalog.meta()["chunk_tokens"]))
        with Pipeline(built, WordEmbedder()) as pipeline:
            answers = [answer_rows(pipeline, question) for question in QUESTIONS]
            articles = {article.id: article.text for article in pipeline.articles()}
        return {
            "articles": articles,
            "answers": answers,
            "chunk_tokens": built.chunk_tokens,
            "warnings": warnings,
        }


def answer_rows(pipeline: Pipeline, question: str) -> dict[str, Any]:
    """An answer as ids, spans and scores; each quote is checked against its article."""
    answer = pipeline.ask(question)
    for citation in answer.citations:
        text = pipeline.article(citation.article_id).text
        assert text[citation.start : citation.end] == citation.quote
    hits = [[h.chunk.id, h.chunk.span.start, h.chunk.span.end, h.scores.total] for h in answer.hits]
    quotes = sorted([c.article_id, c.start, c.end] for c in answer.citations)
    return {"status": answer.status.value, "hits": hits, "quotes": quotes}


def same(ours: dict[str, Any], theirs: dict[str, Any]) -> bool:
    """Whether two indexes answer alike. Those that score alike may stand in any order."""
    scores = [row[3] for row in ours["hits"]], [row[3] for row in theirs["hits"]]
    if len(scores[0]) != len(scores[1]) or ours["status"] != theirs["status"]:
        return False
    if any(abs(a - b) > NEAR for a, b in zip(*scores, strict=True)):
        return False
    last = scores[0][-1] + NEAR if scores[0] else 0.0  # of equals at the end, any may be left out
    found, expected = (
        {tuple(r[:3]) for r in side["hits"] if r[3] > last} for side in (ours, theirs)
    )
    return found == expected


def fork(work: Callable[[], object], closing: int | None = None) -> int:
    """Run ``work`` in a process of its own; it ends with 0, or with 1 and a traceback."""
    child = os.fork()
    if child:
        return child
    try:
        if closing is not None:
            os.close(closing)
        work()
    except BaseException:  # noqa: BLE001 - a fork must not go on as its parent
        traceback.print_exc()
        os._exit(1)
    os._exit(0)


def prepare() -> None:
    """Import what children use, so that they start with the work."""
    import rag.chroma
    import rag.vector_store  # noqa: F401


def kill_soak(root: Path, kills: int, seed: int, articles: int = 14) -> Outcome:
    """Kill so many processes over one index; what was lost is in the outcome."""
    prepare()
    shutil.rmtree(root, ignore_errors=True)
    return Soak(root, seed, articles).run(kills)
