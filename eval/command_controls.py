"""The command ``footnote eval controls``: what the scores of a run are worth."""

from __future__ import annotations

import argparse
from pathlib import Path

from eval.values import EvalSet
from rag.config import Config


def configure(subparsers: argparse._SubParsersAction[argparse.ArgumentParser]) -> None:
    """Options of ``footnote eval controls``."""
    controls = subparsers.add_parser("controls", help="stand a run beside those that know nothing")
    controls.add_argument("set", type=Path, metavar="SET", help="folder or file of the set")
    controls.add_argument(
        "--out", type=Path, default=Path("reports/controls"), metavar="FOLDER", help="for the rows"
    )
    controls.add_argument("--fresh", action="store_true", help="do not go on from rows in FOLDER")
    controls.add_argument(
        "--answerer",
        choices=("footnote", "quickstart"),
        default="footnote",
        help="who answers (footnote)",
    )


def run(config: Config, eval_set: EvalSet, args: argparse.Namespace) -> int:
    """Ask, print the table and the verdicts; 0 whatever they are: failing is the gate's task."""
    from eval.control_runs import ControlRuns

    index = getattr(args, "index", None)
    runs = ControlRuns(config, eval_set, args.out, who=args.answerer, index=index, fresh=args.fresh)
    report = runs.report()
    if args.json:
        from rag.printing import print_json

        print_json(report.as_dict())
    else:
        from rich.console import Console

        from eval.table_controls import print_controls

        print_controls(report, Console(highlight=False, emoji=False, width=110))
    return 0
