"""The command ``footnote eval judge``: a language model's second opinion on support."""

from __future__ import annotations

import argparse
import os
from itertools import islice
from pathlib import Path

from eval.command_options import add_rows, add_set, count
from eval.command_report import leave_report
from eval.values import EvalSet

KEY_VARIABLE = "OPENAI_API_KEY"


def configure(subparsers: argparse._SubParsersAction[argparse.ArgumentParser]) -> None:
    """Options of ``footnote eval judge``."""
    judge = subparsers.add_parser(
        "judge", help="ask a language model whether quotes bear their sentences out"
    )
    add_set(judge)
    add_rows(judge)
    judge.add_argument("--url", required=True, help="OpenAI-compatible, as http://HOST:PORT/v1")
    judge.add_argument("--model", required=True, metavar="NAME", help="the model's name there")
    judge.add_argument(
        "--key-variable",
        default=KEY_VARIABLE,
        metavar="NAME",
        help=f"environment variable with the key, if one is needed ({KEY_VARIABLE})",
    )
    judge.add_argument("--limit", type=count, metavar="N", help="ask of only the first N sentences")
    judge.add_argument(
        "--cache", type=Path, default=Path("reports/judge"), metavar="FOLDER", help="for opinions"
    )


def run(eval_set: EvalSet, args: argparse.Namespace) -> int:
    """Ask of every sentence, and print how far the model agrees with ``eval.support``."""
    from eval.agreement import agreement, pairs
    from eval.agreement_files import write_agreement
    from eval.judge import Endpoint, LlmJudge
    from eval.rows import read_rows
    from rag.printing import note, print_json, progress_bar

    rows, problems = read_rows(args.file)
    for problem in problems:
        note(f"left out: {problem}")
    endpoint = Endpoint(args.url, args.model, os.environ.get(args.key_variable, "").strip())
    asked = list(islice(pairs(eval_set, rows), args.limit))
    with progress_bar("Judging") as move:
        found = agreement(asked, LlmJudge(endpoint, args.cache), move)
    write_agreement(args.model, found, args.file)
    _, page = leave_report(eval_set, args.file)
    if args.json:
        print_json({"model": args.model, **found.as_dict()})
    else:
        print("\n".join(found.lines(args.model)))
        if page:
            print(f"The report with it is {page}")
    return 0
