"""The command ``footnote eval compare``: two runs over one set, in pairs."""

from __future__ import annotations

import argparse
from pathlib import Path

from eval.command_options import add_set
from eval.values import EvalSet


def configure(subparsers: argparse._SubParsersAction[argparse.ArgumentParser]) -> None:
    """Options of ``footnote eval compare``."""
    compare = subparsers.add_parser("compare", help="stand two runs side by side, in pairs")
    add_set(compare)
    compare.add_argument("first", type=Path, metavar="A", help="rows of the run to compare with")
    compare.add_argument("second", type=Path, metavar="B", help="rows of the run in question")
    compare.add_argument("--cluster", metavar="NAME", help="compare only this cluster (dev, test)")


def run(eval_set: EvalSet, args: argparse.Namespace) -> int:
    """Print the comparison; 0 whatever it shows: to fail a run is the gate's business."""
    from eval.comparing import compare

    comparison = compare(eval_set, args.first, args.second, args.cluster)
    if args.json:
        from rag.printing import print_json

        print_json(comparison.as_dict())
        return 0
    from rich.console import Console

    from eval.table_compare import print_comparison

    print_comparison(comparison, Console(highlight=False, emoji=False))
    return 0
