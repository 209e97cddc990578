"""The command ``footnote eval``: run a set, score its rows, gate and report on them."""

from __future__ import annotations

import argparse
from pathlib import Path
from typing import TYPE_CHECKING

from eval import (
    command_claims,
    command_compare,
    command_controls,
    command_gate,
    command_judge,
    command_report,
    command_sets,
)
from eval.command_loading import load
from eval.command_options import add_answerer, add_rows, add_set, count
from rag.config import Config
from rag.options import add_language_model

if TYPE_CHECKING:
    from eval.scoring import Scores

NAME = "eval"
HELP = "measure the answers on a set of questions"

# Those that go on from the rows that they find.
RESUMED = frozenset({"run", "controls", "bench"})

OWN_SETS = SEEDS, MARROWEY, SEED_CONVERSATIONS, CONVERSATIONS = tuple(
    Path(__file__).parent / "sets" / name
    for name in ("seeds", "marrowey", "conversations-seeds", "conversations")
)


def configure(parser: argparse.ArgumentParser) -> None:
    """Options of ``footnote eval`` and its subcommands."""
    subparsers = parser.add_subparsers(dest="eval_command", metavar="WHAT", required=True)
    command_sets.configure_init(subparsers)
    run = subparsers.add_parser("run", help="ask every question and write one row each")
    add_set(run)
    run.add_argument("--out", type=Path, required=True, metavar="FILE", help="where rows go")
    run.add_argument("--limit", type=count, metavar="N", help="ask only the first N questions")
    run.add_argument("--fresh", action="store_true", help="do not go on from rows in FILE")
    add_answerer(run)
    add_language_model(run)
    run.add_argument(
        "--unchecked", action="store_true", help="show the model's drafts as they are: a control"
    )
    score = subparsers.add_parser("score", help="print the table of a run")
    add_set(score)
    add_rows(score)
    score.add_argument("--cluster", metavar="NAME", help="score only this cluster (dev, test)")
    command_gate.configure(subparsers)
    command_compare.configure(subparsers)
    command_sets.configure_export(subparsers)
    command_controls.configure(subparsers)
    command_judge.configure(subparsers)
    command_claims.configure(subparsers)
    command_report.configure(subparsers)
    bench = subparsers.add_parser("bench", help="stand beside the LlamaIndex quickstart and BM25")
    bench.add_argument(
        "sets", type=Path, nargs="*", default=[SEEDS], metavar="SET", help="default: over seeds/"
    )
    bench.add_argument(
        "--out", type=Path, default=command_report.REPORTS / "bench", metavar="FOLDER"
    )
    bench.add_argument(
        "--held-out", action="store_true", help="count only questions that chose no weight"
    )
    footprint = subparsers.add_parser("footprint", help="what an index costs: time, memory, room")
    footprint.add_argument(
        "set", type=Path, nargs="?", default=SEEDS, metavar="SET", help="default: over seeds/"
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
        "claims": _claims,
        "bench": _bench,
        "footprint": _footprint,
    }
    try:
        return commands[args.eval_command](config, args)
    except KeyboardInterrupt:
        if args.eval_command in RESUMED:
            _tell_how_to_go_on(fresh=getattr(args, "fresh", False))
        raise


def _tell_how_to_go_on(*, fresh: bool) -> None:
    from rag.printing import note

    without = " without --fresh" if fresh else ""
    note(f"Interrupted. What was answered is kept: type the same command again{without} to go on.")


def _init(_config: Config, args: argparse.Namespace) -> int:
    return command_sets.run_init(args)


def _run(config: Config, args: argparse.Namespace) -> int:
    from eval.answerers import UNCHECKED, ask_all
    from eval.running import discard

    eval_set = load(config, args)
    if args.fresh:
        discard(args.out)
    report = ask_all(
        config,
        eval_set,
        args.out,
        who=UNCHECKED if args.unchecked else args.answerer,
        index=_named_index(args),
        limit=args.limit,
    )
    told, page = command_report.leave_report(eval_set, report.out)
    scores = told.run.scores
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
        command_report.print_report(told, page)
        print(f"{len(report.rows)} rows in {report.out} ({report.kept} were there before)")
    return command_gate.FAILED if scores.errors else command_gate.PASSED


def _score(config: Config, args: argparse.Namespace) -> int:
    from eval.scoring import score

    scores = score(load(config, args), args.file, args.cluster)
    if args.json:
        _print_json(scores.as_dict())
    else:
        _print_table(scores)
    return command_gate.PASSED


def _compare(config: Config, args: argparse.Namespace) -> int:
    return command_compare.run(load(config, args), args)


def _claims(_config: Config, args: argparse.Namespace) -> int:
    return command_claims.run(args)


def _export(config: Config, args: argparse.Namespace) -> int:
    return command_sets.run_export(load(config, args), args)


def _gate(config: Config, args: argparse.Namespace) -> int:
    """Each set in turn, after the thresholds of all are known to be of use."""
    sources = [args.set] if args.set else OWN_SETS
    sets = [load(config, args, source) for source in sources]
    wanted = [command_gate.thresholds_of(*pair) for pair in zip(sources, sets, strict=True)]
    gated = []
    for eval_set, thresholds in zip(sets, wanted, strict=True):
        gated.append(command_gate.gate(config, eval_set, thresholds, args.file, _named_index(args)))
        if not args.json:
            command_gate.print_gated(gated[-1])
    if args.json:
        told = [one.as_dict() for one in gated]
        _print_json(told[0] if args.set else {"sets": told})
    return command_gate.FAILED if any(one.reasons for one in gated) else command_gate.PASSED


def _controls(config: Config, args: argparse.Namespace) -> int:
    return command_controls.run(config, load(config, args), args)


def _judge(config: Config, args: argparse.Namespace) -> int:
    return command_judge.run(load(config, args), args)


def _report(config: Config, args: argparse.Namespace) -> int:
    return command_report.run(load(config, args), args)


def _bench(config: Config, args: argparse.Namespace) -> int:
    from rich.console import Console

    from eval.bench import bench, print_bench, write_bench

    results = []
    for path in args.sets:
        args.set = path
        results.append(
            bench(config, load(config, args), args.out, _named_index(args), held_out=args.held_out)
        )
    write_bench(results, args.out)
    if args.json:
        _print_json([result.as_dict() for result in results])
        return command_gate.PASSED
    for result in results:
        print_bench(result, Console(highlight=False, emoji=False, width=120))
    print(f"As JSON and as a picture in {args.out}.")
    return command_gate.PASSED


def _footprint(config: Config, args: argparse.Namespace) -> int:
    from eval.footprint import describe, measure_footprint

    footprint = measure_footprint(load(config, args))
    if args.json:
        _print_json(footprint.as_dict())
    else:
        print("\n".join(describe(footprint)))
    return command_gate.PASSED


def _named_index(args: argparse.Namespace) -> str | None:
    return getattr(args, "index", None)


def _print_json(value: object) -> None:
    from rag.printing import print_json

    print_json(value)


def _print_table(scores: Scores) -> None:
    from rich.console import Console

    from eval.table import print_scores

    print_scores(scores, Console(highlight=False, emoji=False))
