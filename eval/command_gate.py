"""The command ``footnote eval gate``: fail a run that is below its set's thresholds."""

from __future__ import annotations

import argparse
import sys
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any

from eval.command_report import leave_report, print_report, rows_of
from eval.values import EvalSet, SetError
from rag.config import Config

if TYPE_CHECKING:
    from eval.gate import Thresholds
    from eval.report import Report

NAME = "gate"
PASSED = 0
FAILED = 1


@dataclass(frozen=True, slots=True)
class Gated:
    """A run with its thresholds and what it fails of them; ``page`` is its report's."""

    report: Report
    page: Path | None
    thresholds: Thresholds
    reasons: tuple[str, ...]

    def as_dict(self) -> dict[str, Any]:
        """Everything, ready for ``json.dumps``."""
        scores = self.report.run.scores.as_dict()
        return {"passed": not self.reasons, "reasons": list(self.reasons), "scores": scores}


def configure(subparsers: argparse._SubParsersAction[argparse.ArgumentParser]) -> None:
    """Options of ``footnote eval gate``."""
    gate = subparsers.add_parser(NAME, help="fail when a run is below its thresholds")
    gate.add_argument(
        "set", type=Path, nargs="?", metavar="SET", help="default: each of the project's own sets"
    )
    gate.add_argument(
        "file",
        type=Path,
        nargs="?",
        metavar="FILE",
        help="rows; without it the set is run anew (reports/NAME-gate.jsonl)",
    )


def thresholds_of(source: Path, eval_set: EvalSet) -> Thresholds:
    """Those of the set; read before anything is asked, for its set.toml may hold a slip."""
    from eval.gate import read_thresholds
    from eval.scoring import score

    return read_thresholds(source, score(eval_set, {}).measures.keys())


def gate(
    config: Config,
    eval_set: EvalSet,
    thresholds: Thresholds,
    file: Path | None = None,
    index: str | None = None,
) -> Gated:
    """Gate on the rows in ``file``; without them the set is run anew, into a file of the gate's."""
    from eval.answerers import ask_all
    from eval.gate import failures

    if file is None:
        file = rows_of(eval_set, NAME)
        _discard_own(file, eval_set)
        ask_all(config, eval_set, file, index=index)
    report, page = leave_report(eval_set, file)
    reasons = failures(report.run.scores, thresholds)
    return Gated(report, page, thresholds, tuple(reasons))


def _discard_own(file: Path, eval_set: EvalSet) -> None:
    """Remove the rows of an earlier gate over this set; raises ``SetError`` for another set's."""
    from eval.running import discard, read_manifest

    source = read_manifest(file).get("source")
    if file.exists() and source != eval_set.source:
        raise SetError(
            f"{file} holds rows of {source or 'another run'}, not of {eval_set.source}.",
            f"Move them away, or name the rows to be gated on: footnote eval run SET --out FILE, "
            f"then footnote eval {NAME} SET FILE.",
        )
    discard(file)


def print_gated(gated: Gated) -> None:
    """The table, what fails, and what is short of the aim."""
    from eval.gate import shortfalls

    scores = gated.report.run.scores
    print_report(gated.report, gated.page)
    for reason in gated.reasons:
        print(f"gate: {reason}", file=sys.stderr)
    for shortfall in shortfalls(scores, gated.thresholds):
        print(f"short of the aim: {shortfall}")
    print(f"The gate of {scores.name} {'fails' if gated.reasons else 'passes'}.")
