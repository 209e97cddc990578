"""``make scaling``: what an index of so many articles costs, by the real command and model.

python tests/scaling.py 1000 10000
python tests/scaling.py --invented 10000 100000

Each size is a folder of invented articles of about 900 characters (one or two chunks), synced by
``footnote sync`` in a process of its own, once anew and once unchanged, and asked in another. A
line for each size: seconds, articles and chunks a second, disk, peak memory, question time.
``--invented`` puts vectors of 384 numbers that no model made in the place of the embedder's: the
rate and the questions are then without the model, all else is as large as with it.
"""

from __future__ import annotations

import argparse
import json
import os
import statistics
import subprocess
import sys
import tempfile
import time
from pathlib import Path
from random import Random

sys.path.insert(0, str(Path(__file__).resolve().parent.parent))

from soak_kill import TOWNS, story

SENTENCES = 9
QUESTIONS = tuple(f"What did the {town} council vote to do?" for town in TOWNS)
ROUNDS = 3
MEGABYTE = 1024 * 1024
HEADS = ("articles", "chunks", "sync s", "articles/s", "sync again s", "disk MB", "sync peak MB",
         "open s", "question median s", "question p95 s", "asking peak MB")  # fmt: skip


def main() -> int:
    parser = argparse.ArgumentParser(description="What an index costs by its number of articles.")
    parser.add_argument("sizes", nargs="*", type=int, default=[1000, 10000])
    parser.add_argument("--invented", action="store_true", help="vectors without a model")
    args = parser.parse_args()
    sizes = args.sizes
    print(f"{os.cpu_count()} cores", *HEADS, sep=" | ", flush=True)
    for size in sizes:
        with tempfile.TemporaryDirectory(prefix="footnote-scaling-") as folder:
            print(*measure(Path(folder), size, invented=args.invented), sep=" | ", flush=True)
    return 0


def measure(root: Path, size: int, *, invented: bool) -> list[str]:
    """One line of the table."""
    random = Random(size)
    (root / "news").mkdir()
    for number in range(size):
        (root / "news" / f"{number:06}.txt").write_text(story(random, SENTENCES))
    options = ["--articles", str(root / "news"), "--index", str(root / "index")]
    command = [sys.executable, "-m", "rag.cli", "sync", *options]
    if invented:
        command = [sys.executable, "-c", EMBEDDER.format(SYNCING), *options[1::2]]
    asking = EMBEDDER.format(ASKING) if invented else f"embedder = None\n{ASKING}"
    (seconds, peak), (again, _) = run(command), run(command)
    told = json.loads(
        subprocess.run(
            [sys.executable, "-c", asking, *options[1::2], json.dumps(QUESTIONS * ROUNDS)],
            check=True, capture_output=True, text=True, cwd=Path(__file__).parent.parent,
        ).stdout
    )  # fmt: skip
    disk = sum(file.stat().st_size for file in (root / "index").rglob("*") if file.is_file())
    times = told["seconds"]
    figures = (
        seconds, size / seconds, again, disk / MEGABYTE, peak, told["open"],
        statistics.median(times), statistics.quantiles(times, n=20)[-1], told["peak"],
    )  # fmt: skip
    return [f"{size}", f"{told['chunks']}", *(f"{figure:.3g}" for figure in figures)]


def run(command: list[str]) -> tuple[float, float]:
    """Seconds and peak megabytes of a command (Linux counts its memory in kB)."""
    started = time.monotonic()
    process = subprocess.Popen(command, stdout=subprocess.DEVNULL, cwd=Path(__file__).parent.parent)
    _, status, used = os.wait4(process.pid, 0)
    process.returncode = os.waitstatus_to_exitcode(status)
    if process.returncode:
        raise SystemExit(f"{command} ended with {process.returncode}")
    return time.monotonic() - started, used.ru_maxrss / 1024


EMBEDDER = """
import sys
sys.path.insert(0, "tests")
from fakes import WordEmbedder
embedder = WordEmbedder(dimension=384)
{}
"""

SYNCING = """
from pathlib import Path
from rag.config import Config
from rag.syncing import sync
sync(Config(articles=Path(sys.argv[1]), index=Path(sys.argv[2])), embedder)
"""

ASKING = """
import json, resource, sys, time
from pathlib import Path
from rag.catalog import Catalog
from rag.config import Config
from rag.engine import QueryEngine
articles, index, questions = sys.argv[1:]
begun = time.monotonic()
engine = QueryEngine.open(Config(articles=Path(articles), index=Path(index)), embedder)
engine.ask(json.loads(questions)[0])
opened, seconds = time.monotonic() - begun, []
for question in json.loads(questions):
    started = time.monotonic()
    engine.ask(question)
    seconds.append(time.monotonic() - started)
engine.close()
with Catalog.open(Path(index)) as catalog:
    chunks = catalog.chunk_count()
peak = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024
print(json.dumps({"open": opened, "seconds": seconds, "chunks": chunks, "peak": peak}))
"""


if __name__ == "__main__":
    sys.exit(main())
