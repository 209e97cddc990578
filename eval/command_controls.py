"""The command ``footnote eval controls``: what the scores of a run are worth."""

from __future__ import annotations

import argparse
from pathlib import Path

from eval.command_options import add_answerer, add_set
from eval.command_report import leave_report, rows_of
from eval.values import EvalSet
from rag.config import Config


def configure(subparsers: argparse._SubParsersAction[argparse.ArgumentParser]) -> None:
    """Options of ``footnote eval controls``."""
    controls = subparsers.add_parser("controls", help="stand a run beside those that know nothing")
    add_set(controls)
    controls.add_argument(
        "file",
        type=Path,
        nargs="?",
        metavar="FILE",
        help="rows that run wrote, or where they go (reports/NAME.jsonl)",
    )
    controls.add_argument("--fresh", action="store_true", help="do not go on from earlier rows")
    add_answerer(controls)


def run(config: Config, eval_set: EvalSet, args: argparse.Namespace) -> int:
    """Ask, print the table and the verdicts; 0 whatever they are: failing is the gate's task."""
    from eval.control_report import write_controls
    from eval.control_runs import ControlRuns

    index = getattr(args, "index", None)
    file = args.file or rows_of(eval_set)
    runs = ControlRuns(config, eval_set, file, who=args.answerer, index=index, fresh=args.fresh)
    found = runs.controls()
    write_controls(found, file)
    _, page = leave_report(eval_set, file)
    if args.json:
        from rag.printing import print_json

        print_json({"set": eval_set.name, **found.as_dict()})
    else:
        from rich.console import Console

        from eval.table_controls import print_controls

        print_controls(eval_set.name, found, Console(highlight=False, emoji=False))
        if page:
            print(f"The report with them is {page}")
    return 0
