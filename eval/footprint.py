"""What an index costs: time, memory and room, each command measured in a process of its own.

The embedder's own ``encode`` over the same chunks, in the same run, is what the sync is held
against: a machine's speed is no figure, the ratio is.
"""

from __future__ import annotations

import json
import subprocess
import sys
import tempfile
import time
from collections.abc import Sequence
from dataclasses import asdict, dataclass
from pathlib import Path
from statistics import median
from typing import Any

from eval.values import EvalSet, SetError
from rag.catalog import Catalog
from rag.embedding import TITLE_SEPARATOR, default_model_path
from rag.offline import keep_offline

# Cold questions are asked this often; the median counts.
COLD_ASKS = 3
# The batch of sentence-transformers' own default.
ENCODE_BATCH = 32
KILOBYTE = 1_000
MEGABYTE = 1_000_000


@dataclass(frozen=True, slots=True)
class Footprint:
    """The costs of one set's index. Seconds of wall time, peak resident memory in MB."""

    name: str
    chunks: int
    tokens: int
    sync_seconds: float
    encode_seconds: float
    unchanged_seconds: float
    cold_ask_seconds: float
    sync_memory: float
    ask_memory: float
    chunk_kilobytes: float

    @property
    def rate(self) -> float:
        """Tokens that a sync embeds in a second, over those that ``encode`` does."""
        return self.encode_seconds / self.sync_seconds

    @property
    def unchanged(self) -> float:
        """Time of a sync that finds nothing new, over that of the first."""
        return self.unchanged_seconds / self.sync_seconds

    def as_dict(self) -> dict[str, Any]:
        """Everything, ready for ``json.dumps``."""
        return {**asdict(self), "rate": self.rate, "unchanged": self.unchanged}


def measure_footprint(eval_set: EvalSet) -> Footprint:
    """Index the set's articles twice in a temporary folder, and ask cold: as delivered."""
    with tempfile.TemporaryDirectory(prefix="footnote-footprint-") as folder:
        index = Path(folder) / "index"
        place = ["--articles", str(eval_set.articles), "--index", str(index)]
        first = _footnote("sync", *place)
        again = _footnote("sync", *place)
        asked = [
            _footnote("ask", *place, question.text) for question in eval_set.questions[:COLD_ASKS]
        ]
        texts = _chunk_texts(index)
        size = sum(file.stat().st_size for file in index.rglob("*") if file.is_file())
    tokens, encode_seconds = _encode(texts)
    return Footprint(
        name=eval_set.name,
        chunks=len(texts),
        tokens=tokens,
        sync_seconds=first.output["seconds"],
        encode_seconds=encode_seconds,
        unchanged_seconds=again.output["seconds"],
        cold_ask_seconds=median(run.seconds for run in asked),
        sync_memory=first.memory,
        ask_memory=max(run.memory for run in asked),
        chunk_kilobytes=size / max(len(texts), 1) / KILOBYTE,
    )


def describe(footprint: Footprint) -> list[str]:
    """The figures, a line each."""
    f = footprint
    return [
        f"{f.name}: {f.chunks:,} chunks, {f.tokens:,} tokens",
        f"first sync          {f.sync_seconds:8.1f} s   {f.sync_memory:6.0f} MB at its peak",
        f"encode alone        {f.encode_seconds:8.1f} s   sync has {f.rate:.2f} of its rate",
        f"sync, none changed  {f.unchanged_seconds:8.1f} s   {f.unchanged:.1%} of the first",
        f"ask, cold process   {f.cold_ask_seconds:8.1f} s   {f.ask_memory:6.0f} MB at its peak",
        f"index on disk       {f.chunk_kilobytes:8.1f} kB a chunk",
    ]


@dataclass(frozen=True, slots=True)
class _Run:
    """A command that ended: what it printed, its seconds, and its peak memory in MB."""

    output: dict[str, Any]
    seconds: float
    memory: float


# A process counts the memory of the one that it was forked from as its own peak: between this
# process, which may have grown, and the command stands a small one that starts it and tells.
_LAUNCHER = """
import json, resource, subprocess, sys, time
began = time.perf_counter()
ended = subprocess.run([sys.executable, "-m", "rag.cli", *sys.argv[1:]], stdout=subprocess.PIPE)
seconds = time.perf_counter() - began
memory = resource.getrusage(resource.RUSAGE_CHILDREN).ru_maxrss
print(json.dumps([ended.returncode, ended.stdout.decode(), seconds, memory]))
"""


def _footnote(*arguments: str) -> _Run:
    """Run ``footnote ... --json`` in a process of its own."""
    launched = subprocess.run(  # noqa: S603 - our own command
        [sys.executable, "-c", _LAUNCHER, *arguments, "--json"], stdout=subprocess.PIPE, check=True
    )
    code, text, seconds, memory = json.loads(launched.stdout)
    if code not in (0, 3):  # answered, abstained
        raise SetError(f"footnote {arguments[0]} failed.", "Its message is above.")
    unit = 1 if sys.platform == "darwin" else 1024  # ru_maxrss is in bytes there, else in kB
    return _Run(json.loads(text), seconds, memory * unit / MEGABYTE)


def _chunk_texts(index: Path) -> list[str]:
    """The text of each embedded chunk as the model reads it, its title in front."""
    with Catalog.open(index) as catalog:
        articles = {article.id: article for article in catalog.articles()}
        return [
            articles[item.chunk.article_id].title
            + TITLE_SEPARATOR
            + " ".join(
                span.of(articles[item.chunk.article_id].text) for span in item.chunk.sentences
            )
            for item in catalog.indexed_chunks()
        ]


def _encode(texts: Sequence[str]) -> tuple[int, float]:
    """The tokens of ``texts``, and the seconds that sentence-transformers takes for them."""
    keep_offline()
    from sentence_transformers import SentenceTransformer
    from transformers.utils.logging import disable_progress_bar

    disable_progress_bar()
    model = SentenceTransformer(str(default_model_path()), device="cpu")
    limit = model.max_seq_length or 0
    encoded = model.tokenizer(list(texts), truncation=True, max_length=limit, verbose=False)
    model.encode(list(texts[:1]), show_progress_bar=False)
    began = time.perf_counter()
    model.encode(list(texts), batch_size=ENCODE_BATCH, show_progress_bar=False)
    return sum(map(len, encoded["input_ids"])), time.perf_counter() - began
