"""The command ``footnote eval report``, and the report that ``run`` and ``gate`` leave."""

from __future__ import annotations

import argparse
from pathlib import Path
from typing import TYPE_CHECKING

from eval.command_options import add_rows, add_set, count
from eval.values import EvalSet, SetError

if TYPE_CHECKING:
    from eval.report import Report

REPORTS = Path("reports")


def configure(subparsers: argparse._SubParsersAction[argparse.ArgumentParser]) -> None:
    """Options of ``footnote eval report``."""
    report = subparsers.add_parser("report", help="write a run as HTML, Markdown and JSON")
    add_set(report)
    add_rows(report)
    report.add_argument(
        "other", type=Path, nargs="?", metavar="FILE2", help="rows to be compared with FILE's"
    )
    report.add_argument("--out", type=Path, metavar="FOLDER", help="default: beside the rows")
    report.add_argument(
        "--failures", type=count, metavar="N", help="show the first N of each kind of failure"
    )


def run(eval_set: EvalSet, args: argparse.Namespace) -> int:
    """Write the report and say where it is; 0 whatever it tells."""
    from eval.report import FAILURES_SHOWN, collect
    from eval.report_files import folder_of, write_report

    shown = args.failures or FAILURES_SHOWN
    report = collect(eval_set, args.file, args.other, failures_shown=shown)
    page = write_report(report, args.out or folder_of(args.file, args.other))
    if args.json:
        from rag.printing import print_json

        print_json(report.as_dict())
    else:
        print(f"The report is {page}; report.md and report.json lie beside it.")
    return 0


def leave_report(eval_set: EvalSet, file: Path) -> tuple[Report, Path | None]:
    """Write the report beside the rows; its page is None, with a note, in a closed folder."""
    from eval.report import collect
    from eval.report_files import folder_of, write_report
    from rag.printing import note

    report = collect(eval_set, file)
    try:
        return report, write_report(report, folder_of(file))
    except SetError as error:
        note(str(error))
        return report, None


def print_report(report: Report, page: Path | None) -> None:
    """The tables of the run, what its controls say, and where the page is."""
    from rich.console import Console

    from eval.table import print_scores
    from eval.table_controls import print_verdicts

    console = Console(highlight=False, emoji=False)
    print_scores(report.run.scores, console)
    print_verdicts(report.controls, console)
    if page:
        print(f"The report is {page}")


def rows_of(eval_set: EvalSet, command: str = "") -> Path:
    """Where the rows of a set lie unless another file is named; those of a ``command`` apart."""
    return REPORTS / f"{eval_set.name}{command and f'-{command}'}.jsonl"
