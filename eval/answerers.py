"""Who answers a set's questions: the engine as it is delivered, or the baseline."""

from __future__ import annotations

import hashlib
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import replace
from pathlib import Path

from eval.running import Answerer, RunReport, run
from eval.values import FOOTNOTE, EvalSet
from rag.config import Config


def ask_all(
    config: Config,
    eval_set: EvalSet,
    out: Path,
    *,
    who: str = FOOTNOTE,
    index: str | Path | None = None,
    limit: int | None = None,
) -> RunReport:
    """Ask every question (the first ``limit``) and write the rows to ``out``, with progress bars.

    Rows that ``out`` holds are kept. ``index`` is the engine's, for these articles only.
    """
    from rag.printing import progress_bar

    # Only an index that was named for this command: one in footnote.toml belongs to the user's
    # own articles, and a sync would turn it into an index of the set's.
    place = Path(index) if index is not None else None
    settled = replace(config, articles=eval_set.articles, index=place)
    identity = {"answerer": who, "fingerprint": settled.fingerprint, "code": _code_hash()}
    make = footnote if who == FOOTNOTE else quickstart
    with make(settled, eval_set) as answerer, progress_bar("Asking") as move:
        return run(eval_set, answerer, out, limit, identity, move)


@contextmanager
def footnote(config: Config, eval_set: EvalSet) -> Iterator[Answerer]:
    """The engine's public ``ask`` over the set's articles, indexed first."""
    from rag.engine import QueryEngine
    from rag.printing import note, stage_bars

    del eval_set  # its articles are the configuration's
    engine = QueryEngine.open(config)
    try:
        with stage_bars() as move:
            report = engine.sync(on_progress=move)
        for problem in report.problems:
            note(f"{problem.source} was left out: {problem.reason}")
        yield engine.ask
    finally:
        engine.close()


@contextmanager
def quickstart(config: Config, eval_set: EvalSet) -> Iterator[Answerer]:
    """The LlamaIndex quickstart over the set's articles, indexed in memory."""
    from eval.quickstart import quickstart_of
    from rag.printing import progress_bar

    del config  # the tutorial has no settings
    with progress_bar("Indexing") as move:
        baseline = quickstart_of(eval_set, move)
    try:
        yield baseline.ask
    finally:
        baseline.close()


def _code_hash() -> str:
    """Of the pipeline's own sources: rows of yesterday's code must not pass for today's."""
    import rag

    digest = hashlib.sha256()
    for path in sorted(Path(str(rag.__file__)).parent.rglob("*.py")):
        digest.update(path.name.encode() + b"\0" + path.read_bytes())
    return digest.hexdigest()[:12]
