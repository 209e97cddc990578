"""The command ``footnote eval``: run a set, score its rows, gate on them."""

from __future__ import annotations

import argparse
import hashlib
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import replace
from pathlib import Path
from typing import TYPE_CHECKING

from rag.config import Config

if TYPE_CHECKING:
    from eval.running import Answerer, RunReport
    from eval.scoring import Scores
    from eval.values import EvalSet

NAME = "eval"
HELP = "measure the answers on a set of questions"

PASSED = 0
FAILED = 1

OWN_SET = Path(__file__).parent / "sets" / "seeds"
REPORTS = Path("reports")
ANSWERERS = ("footnote", "quickstart")


def configure(parser: argparse.ArgumentParser) -> None:
    """Options of ``footnote eval`` and its subcommands."""
    subparsers = parser.add_subparsers(dest="eval_command", metavar="WHAT", required=True)
    run = subparsers.add_parser("run", help="ask every question and write one row each")
    run.add_argument("set", type=Path, metavar="SET", help="folder or file of the set")
    run.add_argument("--out", type=Path, required=True, metavar="FILE", help="where rows go")
    run.add_argument("--limit", type=_count, metavar="N", help="ask only the first N questions")
    run.add_argument("--fresh", action="store_true", help="do not go on from rows in FILE")
    run.add_argument(
        "--answerer", choices=ANSWERERS, default=ANSWERERS[0], help="who answers (footnote)"
    )
    score = subparsers.add_parser("score", help="print the table of a run")
    score.add_argument("set", type=Path, metavar="SET", help="folder or file of the set")
    score.add_argument("file", type=Path, metavar="FILE", help="rows that run wrote")
    score.add_argument("--cluster", metavar="NAME", help="score only this cluster (dev, test)")
    gate = subparsers.add_parser("gate", help="fail when a run is below its thresholds")
    gate.add_argument(
        "set", type=Path, nargs="?", default=OWN_SET, metavar="SET", help="default: over seeds/"
    )
    gate.add_argument(
        "file", type=Path, nargs="?", metavar="FILE", help="rows; without it the set is run anew"
    )


def run(config: Config, args: argparse.Namespace) -> int:
    """Run the chosen subcommand; 1 when a question ended in an error or the gate fails, else 0."""
    return {"run": _run, "score": _score, "gate": _gate}[args.eval_command](config, args)


def _run(config: Config, args: argparse.Namespace) -> int:
    eval_set = _load(args)
    report = _ask_all(config, eval_set, args.out, args)
    scores = _scores(eval_set, report)
    if args.json:
        _print_json(
            {
                "out": str(report.out),
                "rows": len(report.rows),
                "kept": report.kept,
                "seconds": round(report.seconds, 3),
                "scores": scores.as_dict(),
            }
        )
    else:
        _print_table(scores)
        print(f"{len(report.rows)} rows in {report.out} ({report.kept} were there before)")
    return FAILED if scores.errors else PASSED


def _score(_config: Config, args: argparse.Namespace) -> int:
    from eval.scoring import score

    scores = score(_load(args), args.file, args.cluster)
    if args.json:
        _print_json(scores.as_dict())
    else:
        _print_table(scores)
    return PASSED


def _gate(config: Config, args: argparse.Namespace) -> int:
    from eval.gate import failures, shortfalls
    from eval.scoring import score

    eval_set = _load(args)
    file = args.file
    if file is None:
        file = REPORTS / f"{eval_set.name}.jsonl"
        args.fresh = True
        _ask_all(config, eval_set, file, args)
    scores = score(eval_set, file)
    reasons = failures(scores)
    if args.json:
        _print_json({"passed": not reasons, "reasons": reasons, "scores": scores.as_dict()})
        return FAILED if reasons else PASSED
    _print_table(scores)
    for reason in reasons:
        print(f"gate: {reason}", file=sys.stderr)
    for shortfall in shortfalls(scores):
        print(f"short of the aim: {shortfall}")
    print("The gate fails." if reasons else "The gate passes.")
    return FAILED if reasons else PASSED


def _load(args: argparse.Namespace) -> EvalSet:
    from eval.datasets import load_set
    from rag.printing import note

    eval_set = load_set(args.set, getattr(args, "articles", None))
    for problem in eval_set.problems:
        note(f"left out: {problem}")
    return eval_set


def _ask_all(config: Config, eval_set: EvalSet, out: Path, args: argparse.Namespace) -> RunReport:
    from eval.running import discard, run
    from rag.printing import progress_bar

    # Only an index that was named for this command: one in footnote.toml belongs to the user's
    # own articles, and a sync would turn it into an index of the set's.
    named = getattr(args, "index", None)
    settled = replace(
        config, articles=eval_set.articles, index=Path(named) if named is not None else None
    )
    who = getattr(args, "answerer", ANSWERERS[0])
    identity = {"answerer": who, "fingerprint": settled.fingerprint, "code": _code_hash()}
    if getattr(args, "fresh", False):
        discard(out)
    make = _footnote if who == ANSWERERS[0] else _quickstart
    with make(settled, eval_set) as answerer, progress_bar("Asking") as move:
        return run(eval_set, answerer, out, getattr(args, "limit", None), identity, move)


@contextmanager
def _footnote(config: Config, eval_set: EvalSet) -> Iterator[Answerer]:
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
def _quickstart(config: Config, eval_set: EvalSet) -> Iterator[Answerer]:
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


def _scores(eval_set: EvalSet, report: RunReport) -> Scores:
    from eval.scoring import score

    return score(eval_set, report.rows)


def _print_json(value: object) -> None:
    from rag.printing import print_json

    print_json(value)


def _print_table(scores: Scores) -> None:
    from rich.console import Console

    from eval.table import print_scores

    print_scores(scores, Console(highlight=False, emoji=False))


def _count(text: str) -> int:
    if not text.isdecimal() or not int(text):
        raise argparse.ArgumentTypeError("must be a whole number from 1")
    return int(text)
