"""The commands ``footnote eval init`` and ``export``: a set begun, a run for other tools."""

from __future__ import annotations

import argparse
import shlex
from collections.abc import Sequence
from pathlib import Path
from typing import TYPE_CHECKING

from eval.command_options import add_rows, add_set, count
from eval.values import EvalSet, SetError

if TYPE_CHECKING:
    from eval.drafting import Draft

FORMATS = ("squad", "trec", "alce", "ragas")
DRAFTED = 40


def configure_init(subparsers: argparse._SubParsersAction[argparse.ArgumentParser]) -> None:
    """Options of ``footnote eval init``."""
    init = subparsers.add_parser("init", help="draft questions over your articles, to be corrected")
    init.add_argument("folder", type=Path, metavar="FOLDER", help="the articles")
    init.add_argument(
        "--out", type=Path, metavar="FILE", help="a .csv to write (default: FOLDER-questions.csv)"
    )
    init.add_argument(
        "--count", type=count, default=DRAFTED, metavar="N", help=f"at most ({DRAFTED})"
    )
    init.add_argument(
        "--from-feedback",
        type=Path,
        metavar="FILE",
        help="instead of drafting: turn the chat's feedback.jsonl into questions",
    )
    init.add_argument("--force", action="store_true", help="write over FILE if it is there")


def configure_export(subparsers: argparse._SubParsersAction[argparse.ArgumentParser]) -> None:
    """Options of ``footnote eval export``."""
    export = subparsers.add_parser("export", help="write a run in another tool's format")
    add_set(export)
    add_rows(export)
    export.add_argument("--format", choices=FORMATS, required=True, help="whose format")
    export.add_argument("--out", type=Path, required=True, metavar="FILE", help="what to write")
    export.add_argument("--force", action="store_true", help="write over files that are there")


def run_init(args: argparse.Namespace) -> int:
    """Write the draft, read it back as a set, and say what to do with it."""
    from eval.datasets import load_set
    from eval.drafting import csv_of
    from eval.writing import write_new

    out = args.out or _beside(args.folder)
    _check_place(out, args.folder)
    drafts = _drafts(args)
    write_new({out: csv_of(drafts)}, force=args.force)
    loaded = load_set(out, args.folder)
    answerable = sum(gold.answerable for gold in loaded.gold.values())
    if args.json:
        from rag.printing import print_json

        counts = {"questions": len(loaded.questions), "answerable": answerable}
        print_json({"out": str(out), **counts, "problems": [str(p) for p in loaded.problems]})
    else:
        print(_next_steps(args, out, len(loaded.questions), answerable))
    return 0


def _beside(folder: Path) -> Path:
    """Where a draft lies unless told otherwise: beside the articles, under their name."""
    place = folder if folder.name and folder.name != ".." else folder.resolve()
    return place.with_name(f"{place.stem if place.is_file() else place.name}-questions.csv")


def _check_place(out: Path, folder: Path) -> None:
    if out.suffix.lower() != ".csv":
        raise SetError(f"{out} is no .csv file.", "Type: --out questions.csv")
    if folder.resolve() in out.resolve().parents:
        raise SetError(
            f"{out} would lie among the articles, and be read as one.",
            "Give an --out outside of them.",
        )


def _drafts(args: argparse.Namespace) -> Sequence[Draft]:
    """Made of the articles or of ratings; fewer than were wanted are told of."""
    from rag.printing import note

    if args.from_feedback:
        from eval.from_feedback import drafts_from_feedback

        drafts, silent = drafts_from_feedback(args.from_feedback)
        if silent:
            note(f"{silent} ratings say too little for a question, and were left out.")
        return drafts
    from eval.drafting import draft_set

    drafts = draft_set(args.folder, args.count)
    if len(drafts) < args.count:
        note(
            f"{len(drafts)} questions instead of {args.count}: the patterns find no more in these "
            "articles. They take plain English sentences with a name, a date or a figure, and make "
            "three in ten unanswerable. Add articles, or questions of your own."
        )
    return drafts


def _next_steps(args: argparse.Namespace, out: Path, questions: int, answerable: int) -> str:
    from eval.command_report import REPORTS

    rows = shlex.quote(str(REPORTS / f"{out.stem}.jsonl"))
    return (
        f"{questions} questions in {out}: {answerable} answered by a sentence of "
        f"the articles, {questions - answerable} that no article answers.\n"
        f"They were made {'of ratings' if args.from_feedback else 'by patterns'}. "
        "Open the file, mend or delete what reads badly, see that the\n"
        "unanswerable ones are so, and add what your readers would ask. Then type:\n"
        f"  footnote eval run {shlex.quote(str(out))} --articles {shlex.quote(str(args.folder))} "
        f"--out {rows}"
    )


def run_export(eval_set: EvalSet, args: argparse.Namespace) -> int:
    """Write the files and say which; what could not be exported is told beside it."""
    from eval.checked_rows import read_checked
    from eval.exporting import export
    from rag.printing import note, print_json

    checked = read_checked(eval_set, args.file)
    written = export(eval_set, checked.rows, args.format, args.out, force=args.force)
    lacking = [
        question.id
        for question in eval_set.questions
        if question.id not in checked.rows or checked.rows[question.id].status == "error"
    ]
    for remark in checked.notes:
        note(remark)
    if lacking:
        note(f"{len(lacking)} questions have no row, or one that ended in an error: left out.")
    if args.json:
        print_json({"written": [str(path) for path in written], "left_out": lacking})
    else:
        print("Written: " + ", ".join(str(path) for path in written))
    return 0
