"""Who answers a set's questions: the engine as it is delivered, or the baseline."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import replace
from pathlib import Path
from typing import TYPE_CHECKING

from eval.provenance import engine_identity
from eval.running import Answerer, RunReport, run
from eval.values import FOOTNOTE, EvalSet, SetError
from rag.config import Config

if TYPE_CHECKING:
    from rag.pipeline import Pipeline

UNCHECKED = "unchecked"
"""The engine with a language model whose drafts nobody checks."""


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
    identity = engine_identity(settled, who)
    make = {FOOTNOTE: footnote, UNCHECKED: unchecked}.get(who, quickstart)
    with make(settled, eval_set) as answerer, progress_bar("Asking") as move:
        return run(eval_set, answerer, out, limit, identity, move)


@contextmanager
def footnote(config: Config, eval_set: EvalSet) -> Iterator[Answerer]:
    """The engine's public ``ask`` over the set's articles, indexed first."""
    from rag.pipeline import Pipeline

    del eval_set  # its articles are the configuration's
    with Pipeline(config) as pipeline:
        _sync(pipeline)
        yield pipeline.ask


@contextmanager
def unchecked(config: Config, eval_set: EvalSet) -> Iterator[Answerer]:
    """The same model and the same decision to answer, and its drafts shown as they are."""
    from eval.unchecked import UncheckedPipeline

    del eval_set
    if not config.llm:
        raise SetError("There is no model whose drafts could be shown.", "Add --llm MODEL.")
    with UncheckedPipeline(config) as pipeline:
        _sync(pipeline)
        yield pipeline.ask


def _sync(pipeline: Pipeline) -> None:
    from rag.printing import note, stage_bars

    with stage_bars() as move:
        report = pipeline.sync(on_progress=move)
    for problem in report.problems:
        note(f"{problem.source} was left out: {problem.reason}")


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
