"""The commands ``footnote eval init`` and ``export``: a set begun, a run for other tools."""

from __future__ import annotations

import argparse
import shlex
from pathlib import Path

from eval.command_options import add_rows, add_set, count
from eval.values import EvalSet, SetError

FORMATS = ("squad", "trec", "alce", "ragas")
DRAFTED = 40


def configure_init(subparsers: argparse._SubParsersAction[argparse.ArgumentParser]) -> None:
    """Options of ``footnote eval init``."""
    init = subparsers.add_parser("init", help="draft questions over your articles, to be corrected")
    init.add_argument("folder", type=Path, metavar="FOLDER", help="the articles")
    init.add_argument("--out", type=Path, required=True, metavar="FILE", help="a .csv to write")
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
    from eval.drafting import csv_of, draft_set
    from eval.writing import write_new

    if args.out.suffix.lower() != ".csv":
        raise SetError(f"{args.out} is no .csv file.", "Type: --out questions.csv")
    if args.folder.resolve() in args.out.resolve().parents:
        raise SetError(
            f"{args.out} would lie among the articles, and be read as one.",
            "Give an --out outside of them.",
        )
    if args.from_feedback:
        from eval.from_feedback import drafts_from_feedback
        from rag.printing import note

        drafts, silent = drafts_from_feedback(args.from_feedback)
        if silent:
            note(f"{silent} ratings say too little for a question, and were left out.")
    else:
        drafts = draft_set(args.folder, args.count)
    write_new({args.out: csv_of(drafts)}, force=args.force)
    loaded = load_set(args.out, args.folder)
    answerable = sum(gold.answerable for gold in loaded.gold.values())
    if args.json:
        from rag.printing import print_json

        counts = {"questions": len(loaded.questions), "answerable": answerable}
        print_json({"out": str(args.out), **counts, "problems": [str(p) for p in loaded.problems]})
        return 0
    out, folder = shlex.quote(str(args.out)), shlex.quote(str(args.folder))
    print(
        f"{len(loaded.questions)} questions in {args.out}: {answerable} answered by a sentence of "
        f"the articles, {len(loaded.questions) - answerable} that no article answers.\n"
        f"They were made {'of ratings' if args.from_feedback else 'by patterns'}. "
        "Open the file, mend or delete what reads badly, see that the\n"
        "unanswerable ones are so, and add what your readers would ask. Then type:\n"
        f"  footnote eval run {out} --articles {folder} --out rows.jsonl"
    )
    return 0


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
