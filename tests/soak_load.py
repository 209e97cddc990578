"""Many readers ask the web chat at once while a sync runs: real process, real model, plain HTTP."""

from __future__ import annotations

import json
import re
import statistics
import subprocess
import sys
import threading
import time
import urllib.request
import uuid
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from random import Random
from typing import Any

from soak_kill import TOWNS, story

QUESTIONS = tuple(f"What did the {town} council vote to do?" for town in TOWNS)
ALONE = 40  # questions of the single user, whose 95th percentile is the measure
ASKED_IN_A_PAGE = 5
ERRORS = ("error of its own", "Type: footnote")
WAIT_SECONDS = 120.0


@dataclass
class Outcome:
    """Times are seconds of whole requests, from the question to the answer on the page."""

    users: int
    alone: list[float] = field(default_factory=list)
    together: list[float] = field(default_factory=list)
    errors: list[str] = field(default_factory=list)
    memory_mb: list[float] = field(default_factory=list)
    syncs: int = 0

    @property
    def p95(self) -> tuple[float, float]:
        """Of one user alone, and of all together."""
        return percentile(self.alone), percentile(self.together)


def percentile(values: list[float], share: int = 95) -> float:
    return statistics.quantiles(values, n=100)[share - 1] if len(values) > 1 else float("nan")


def load_soak(
    root: Path, users: int, seconds: float, pause: float = 0.0, articles: int = 40
) -> Outcome:
    """Ask for so long, with as many at once, over a folder that changes meanwhile.

    ``pause``: seconds, on average, that a user reads an answer before the next question.
    """
    random = Random(7)
    news = root / "news"
    news.mkdir(parents=True)
    for number in range(articles):
        (news / f"{number:03}.txt").write_text(story(random, 20))
    outcome = Outcome(users)
    command = [sys.executable, "-m", "rag.cli"]
    options = ["--articles", str(news), "--index", str(root / "index")]
    with chat([*command, "chat", "--port", "0", *options], root) as (address, pid):
        for first in range(0, ALONE, ASKED_IN_A_PAGE):
            with open_page(address) as page:
                for number in range(first, first + ASKED_IN_A_PAGE):
                    outcome.alone.append(page.ask(QUESTIONS[number % len(QUESTIONS)]))
        end = time.monotonic() + seconds
        outcome.memory_mb.append(memory_mb(pid))
        threads = [
            threading.Thread(target=_user, args=(address, end, pause, number, outcome))
            for number in range(users)
        ]
        threads.append(threading.Thread(target=_watch, args=(pid, end, outcome)))
        for thread in threads:
            thread.start()
        while time.monotonic() < end:
            (news / f"{random.randrange(articles):03}.txt").write_text(story(random, 20))
            done = subprocess.run(
                [*command, "sync", *options], check=False, capture_output=True, text=True
            )
            outcome.syncs += 1
            if done.returncode:
                outcome.errors.append(f"sync: {done.stderr}")
            time.sleep(max(0.0, min(5.0, end - time.monotonic())))
        for thread in threads:
            thread.join()
    return outcome


def _user(address: str, end: float, pause: float, number: int, outcome: Outcome) -> None:
    """Ask and read in turn; after ``ASKED_IN_A_PAGE`` questions close the page and open another."""
    random = Random(number)
    time.sleep(random.uniform(0, pause))
    while time.monotonic() < end:
        try:
            with open_page(address) as page:
                for _ in range(ASKED_IN_A_PAGE):
                    if time.monotonic() < end:
                        outcome.together.append(page.ask(random.choice(QUESTIONS)))
                        time.sleep(random.uniform(0, 2 * pause))
        except (OSError, ValueError) as error:
            outcome.errors.append(f"user {number}: {error}")


def _watch(pid: int, end: float, outcome: Outcome) -> None:
    while time.monotonic() < end:
        time.sleep(1.0)
        outcome.memory_mb.append(memory_mb(pid))


class Page:
    """The chat's page as a browser speaks to it: a queue to join, and events to read."""

    def __init__(self, address: str) -> None:
        self.address = address
        self.session = uuid.uuid4().hex
        config = self._json("/config")
        by_id = {part["id"]: part for part in config["components"]}
        box = next(
            number
            for number, part in by_id.items()
            if part["props"].get("elem_id") == "footnote-question"
        )
        self._event = next(
            event for event in config["dependencies"] if [box, "submit"] in event["targets"]
        )
        self._box = box

    def ask(self, question: str) -> float:
        """Returns the seconds until the answer. Raises ``ValueError`` without one."""
        started = time.monotonic()
        data = [question if part == self._box else None for part in self._event["inputs"]]
        event = {"data": data, "fn_index": self._event["id"], "session_hash": self.session}
        self._json("/gradio_api/queue/join", event)
        query = f"{self.address}/gradio_api/queue/data?session_hash={self.session}"
        seconds = None
        with urllib.request.urlopen(query, timeout=WAIT_SECONDS) as response:
            for line in response:  # to its end, as a browser does
                told = json.loads(line[5:]) if line.startswith(b"data:") else {}
                if told.get("msg") == "process_completed":
                    if not told.get("success") or any(e in str(told) for e in ERRORS):
                        raise ValueError(str(told)[:500])
                    seconds = time.monotonic() - started
        if seconds is None:
            raise ValueError("the stream ended without an answer")
        return seconds

    def _json(self, path: str, body: dict[str, Any] | None = None) -> Any:
        data = None if body is None else json.dumps(body).encode()
        headers = {"Content-Type": "application/json"}
        request = urllib.request.Request(self.address + path, data, headers)
        with urllib.request.urlopen(request, timeout=WAIT_SECONDS) as response:
            return json.loads(response.read())


@contextmanager
def open_page(address: str) -> Iterator[Page]:
    """A page with the connection that tells the server that it is open, until it is closed."""
    page = Page(address)
    alive = f"{address}/gradio_api/heartbeat/{page.session}"
    with urllib.request.urlopen(alive, timeout=WAIT_SECONDS):
        yield page


@contextmanager
def chat(command: list[str], folder: Path) -> Iterator[tuple[str, int]]:
    """The chat's process, its address and its number."""
    with (folder / "chat.log").open("w") as log:
        process = subprocess.Popen(command, stdout=subprocess.PIPE, stderr=log, text=True)
        try:
            assert process.stdout is not None
            lines = []
            for line in process.stdout:
                lines.append(line)
                if found := re.search(r"http://127\.0\.0\.1:\d+", line):
                    yield found[0], process.pid
                    break
            else:
                raise RuntimeError(f"the chat did not start: {lines}")
        finally:
            process.terminate()
            process.wait()


def memory_mb(pid: int) -> float:
    """What a process holds in memory (Linux)."""
    found = re.search(r"VmRSS:\s+(\d+)", Path(f"/proc/{pid}/status").read_text())
    return int(found[1]) / 1024 if found else 0.0
