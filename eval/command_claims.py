"""The command ``footnote eval claims``: how often the claim check is right, by kind."""

from __future__ import annotations

import argparse
from pathlib import Path

CLAIMS = Path(__file__).parent / "sets" / "claims" / "test.jsonl"


def configure(subparsers: argparse._SubParsersAction[argparse.ArgumentParser]) -> None:
    """Options of ``footnote eval claims``."""
    claims = subparsers.add_parser("claims", help="score the claim check on pairs, by kind")
    claims.add_argument(
        "file",
        type=Path,
        nargs="?",
        default=CLAIMS,
        metavar="FILE",
        help="pairs (default: those that ours was not fitted to)",
    )


def run(args: argparse.Namespace) -> int:
    """Score every pair and print the table."""
    from rich.console import Console
    from rich.text import Text

    from eval.claims import load_pairs, score_pairs
    from eval.table import ends, table_of
    from rag.printing import displayable, note, print_json
    from rag.verification import verify

    pairs, problems = load_pairs(args.file)
    for problem in problems:
        note(f"left out: {problem}")
    scores = score_pairs(pairs, verify)
    if args.json:
        print_json({"pairs": len(pairs), **scores.as_dict()})
        return 0
    table = table_of("claims", ("pairs", "value", "95\u00a0%\u00a0interval"), scores.kinds)
    for name, interval in scores.measures.items():
        table.add_row(name, "", _shown(interval.value), ends(name, interval))
    for kind, interval in scores.kinds.items():
        row = (str(scores.counts[kind]), _shown(interval.value), ends(kind, interval))
        table.add_row(Text(displayable(kind)), *row)
    Console(highlight=False).print(table)
    return 0


def _shown(value: float | None) -> str:
    return "-" if value is None else f"{value:.3f}"
