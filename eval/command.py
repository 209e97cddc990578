"""The command ``footnote eval``: run a set, score its rows, gate and report on them."""

from __future__ import annotations

import argparse
import sys
from pathlib import Path
from typing import TYPE_CHECKING

from eval import (
    command_compare,
    command_controls,
    command_judge,
    command_report,
    command_sets,
)
from rag.config import Config

if TYPE_CHECKING:
    from eval.running import RunReport
    from eval.scoring import Scores
    from eval.values import EvalSet

NAME = "eval"
HELP = "measure the answers on a set of questions"

PASSED = 0
FAILED = 1

OWN_SET = Path(__file__).parent / "sets" / "seeds"
REPORTS = Path("reports")


def configure(parser: argparse.ArgumentParser) -> None:
    """Options of ``footnote eval`` and its subcommands."""
    subparsers = parser.add_subparsers(dest="eval_command", metavar="WHAT", required=True)
    command_sets.configure_init(subparsers)
    run = subparsers.add_parser("run", help="ask every question and write one row each")
    run.add_argument("set", type=Path, metavar="SET", help="folder or file of the set")
    run.add_argument("--out", type=Path, required=True, metavar="FILE", help="where rows go")
    run.add_argument(
        "--limit", type=command_sets.count, metavar="N", help="ask only the first N questions"
    )
    run.add_argument("--fresh", action="store_true", help="do not go on from rows in FILE")
    run.add_argument(
        "--answerer",
        choices=("footnote", "quickstart"),
        default="footnote",
        help="who answers (footnote)",
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
    command_compare.configure(subparsers)
    command_sets.configure_export(subparsers)
    command_controls.configure(subparsers)
    command_judge.configure(subparsers, command_sets.count)
    command_report.configure(subparsers, command_sets.count)
    bench = subparsers.add_parser("bench", help="stand beside the LlamaIndex quickstart and BM25")
    bench.add_argument(
        "sets", type=Path, nargs="*", default=[OWN_SET], metavar="SET", help="default: over seeds/"
    )
    bench.add_argument("--out", type=Path, default=REPORTS / "bench", metavar="FOLDER")
    bench.add_argument(
        "--held-out", action="store_true", help="count only questions that chose no weight"
    )
    footprint = subparsers.add_parser("footprint", help="what an index costs: time, memory, room")
    footprint.add_argument(
        "set", type=Path, nargs="?", default=OWN_SET, metavar="SET", help="default: over seeds/"
    )


def run(config: Config, args: argparse.Namespace) -> int:
    """Run the chosen subcommand; 1 when a question ended in an error or the gate fails, else 0."""
    commands = {
        "init": _init,
        "run": _run,
        "score": _score,
        "compare": _compare,
        "export": _export,
        "gate": _gate,
        "report": _report,
        "controls": _controls,
        "judge": _judge,
        "bench": _bench,
        "footprint": _footprint,
    }
    return commands[args.eval_command](config, args)


def _init(_config: Config, args: argparse.Namespace) -> int:
    return command_sets.run_init(args)


def _run(config: Config, args: argparse.Namespace) -> int:
    from eval.answerers import ask_all
    from eval.running import discard

    eval_set = _load(args)
    if args.fresh:
        discard(args.out)
    report = ask_all(
        config,
        eval_set,
        args.out,
        who=args.answerer,
        index=_named_index(args),
        limit=args.limit,
    )
    scores = _scores(eval_set, report)
    page = command_report.leave_report(eval_set, report.out)
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
        if page:
            print(f"The report is {page}")
    return FAILED if scores.errors else PASSED


def _score(_config: Config, args: argparse.Namespace) -> int:
    from eval.scoring import score

    scores = score(_load(args), args.file, args.cluster)
    if args.json:
        _print_json(scores.as_dict())
    else:
        _print_table(scores)
    return PASSED


def _compare(_config: Config, args: argparse.Namespace) -> int:
    return command_compare.run(_load(args), args)


def _export(_config: Config, args: argparse.Namespace) -> int:
    return command_sets.run_export(_load(args), args)


def _gate(config: Config, args: argparse.Namespace) -> int:
    from eval.answerers import ask_all
    from eval.gate import failures, read_thresholds, shortfalls
    from eval.running import discard
    from eval.scoring import score

    eval_set = _load(args)
    # Before anything is asked: a set may take minutes, and its set.toml hold a slip.
    thresholds = read_thresholds(args.set, score(eval_set, {}).measures.keys())
    file = args.file
    if file is None:
        file = REPORTS / f"{eval_set.name}.jsonl"
        discard(file)
        ask_all(config, eval_set, file, index=_named_index(args))
    scores = score(eval_set, file)
    reasons = failures(scores, thresholds)
    page = command_report.leave_report(eval_set, file)
    if args.json:
        _print_json({"passed": not reasons, "reasons": reasons, "scores": scores.as_dict()})
        return FAILED if reasons else PASSED
    _print_table(scores)
    for reason in reasons:
        print(f"gate: {reason}", file=sys.stderr)
    for shortfall in shortfalls(scores):
        print(f"short of the aim: {shortfall}")
    if page:
        print(f"The report is {page}")
    print("The gate fails." if reasons else "The gate passes.")
    return FAILED if reasons else PASSED


def _controls(config: Config, args: argparse.Namespace) -> int:
    return command_controls.run(config, _load(args), args)


def _judge(_config: Config, args: argparse.Namespace) -> int:
    return command_judge.run(_load(args), args)


def _report(_config: Config, args: argparse.Namespace) -> int:
    return command_report.run(_load(args), args)


def _bench(config: Config, args: argparse.Namespace) -> int:
    from rich.console import Console

    from eval.bench import bench, print_bench, write_bench

    results = []
    for path in args.sets:
        args.set = path
        results.append(
            bench(config, _load(args), args.out, _named_index(args), held_out=args.held_out)
        )
    write_bench(results, args.out)
    if args.json:
        _print_json([result.as_dict() for result in results])
        return PASSED
    for result in results:
        print_bench(result, Console(highlight=False, emoji=False, width=120))
    print(f"As JSON and as a picture in {args.out}.")
    return PASSED


def _footprint(_config: Config, args: argparse.Namespace) -> int:
    from eval.footprint import describe, measure_footprint

    footprint = measure_footprint(_load(args))
    if args.json:
        _print_json(footprint.as_dict())
    else:
        print("\n".join(describe(footprint)))
    return PASSED


def _named_index(args: argparse.Namespace) -> str | None:
    return getattr(args, "index", None)


def _load(args: argparse.Namespace) -> EvalSet:
    from eval.datasets import load_set
    from rag.printing import note

    eval_set = load_set(args.set, getattr(args, "articles", None))
    for problem in eval_set.problems:
        note(f"left out: {problem}")
    return eval_set


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
