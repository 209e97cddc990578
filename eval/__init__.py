"""Grounding evaluation of any callable that maps a question to an answer.

Load a set of questions, run it through an answerer, score the rows against the gold. No language
model takes part::

    from eval import compare, load_set, run, score

    def bot(question):
        return "The fare is 3 crowns." if "fare" in question else None

    questions = load_set("my-set")
    report = run(questions, bot, "reports/bot.jsonl")
    scores = score(questions, report.out)
    print(scores.value("answer_contained"), scores.value("unanswerable_refused"))

    shy = run(questions, lambda question: None, "reports/shy.jsonl")
    comparison = compare(questions, shy.out, report.out)
    print(comparison.wins, comparison.losses)

Asked again, ``run`` goes on from the rows that are there; those of another bot it refuses, until
``fresh=True`` begins anew. A bot with a parameter called ``history`` is given the earlier turns. It
returns an ``Answer`` of
``rag``, a dict in the format of a row (``eval.rows``: ``{"answer", "sentences": [{"text",
"citations"}], ...}``), which gives citations to be checked, or as here the text alone, and None
to refuse.

The names are looked up in their modules when they are first used, so that the command line starts
fast.
"""

from __future__ import annotations

from importlib import import_module
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from eval.comparing import compare
    from eval.datasets import load_set
    from eval.running import run
    from eval.scoring import score

__all__ = ["compare", "load_set", "run", "score"]

_MODULES = {
    "compare": "eval.comparing",
    "load_set": "eval.datasets",
    "run": "eval.running",
    "score": "eval.scoring",
}


def __getattr__(name: str) -> Any:
    """The public name from the module that defines it; ``AttributeError`` for any other."""
    if name not in _MODULES:
        raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
    return getattr(import_module(_MODULES[name]), name)
