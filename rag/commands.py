"""The commands that come with the pipeline: sync, ask, search, backup, restore and doctor.

Each has the shape that a command from elsewhere has too (entry-point group
``footnote.commands``): a name, a line of help, ``configure(parser)`` and
``run(config, args) -> exit code``.
"""

from __future__ import annotations

import argparse
import sys
import tempfile
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, replace
from pathlib import Path
from typing import TYPE_CHECKING

from rag import doctor, printing
from rag.commands_backup import configure_backup, configure_restore, run_backup, run_restore
from rag.config import Config
from rag.errors import QuestionError, RemovalError
from rag.filtering import make_filters, take_mentions, with_article
from rag.options import add_language_model
from rag.serialising import (
    answer_to_dict,
    hit_to_dict,
    sync_plan_to_dict,
    sync_report_to_dict,
)
from rag.values import Filters, Status, SyncReport

if TYPE_CHECKING:
    from rag.pipeline import Pipeline

ANSWERED = 0
FAILED = 1
MISUSED = 2
ABSTAINED = 3

STDIN = "-"
MAX_HITS = 100

# What the first bytes of a document tell about its kind; everything else is read as plain text.
_SIGNATURES = ((b"%PDF-", ".pdf"), (b"PK\x03\x04", ".docx"), (b"<", ".html"), (b"{", ".jsonl"))


@dataclass(frozen=True, slots=True)
class Command:
    """One subcommand; ``run`` gets the configuration and the parsed options."""

    name: str
    help: str
    configure: Callable[[argparse.ArgumentParser], None]
    run: Callable[[Config, argparse.Namespace], int]


def configure_sync(parser: argparse.ArgumentParser) -> None:
    """Options of ``footnote sync``."""
    parser.add_argument(
        "--rebuild", action="store_true", help="start from an empty index: embed everything anew"
    )
    parser.add_argument(
        "--allow-empty", action="store_true", help="let an empty folder empty the index"
    )
    parser.add_argument(
        "--allow-removals", action="store_true", help="remove however many articles are gone"
    )
    parser.add_argument(
        "--dry-run", action="store_true", help="show what would change, and write nothing"
    )


def run_sync(config: Config, args: argparse.Namespace) -> int:
    """Make the index equal to the folder and report what changed."""
    if args.dry_run:
        return _show_plan(config, args)
    try:
        report = _synced(config, args, allow_removals=args.allow_removals)
    except RemovalError as error:
        if args.json or not printing.confirm(f"{error.wrong} Remove them all the same?"):
            raise
        report = _synced(config, args, allow_removals=True)
    if args.json:
        printing.print_json(sync_report_to_dict(report))
    else:
        printing.print_report(report)
    return ANSWERED


def _synced(config: Config, args: argparse.Namespace, *, allow_removals: bool) -> SyncReport:
    from rag.embedding import load_embedder
    from rag.syncing import sync

    with printing.stage_bars() as move:
        return sync(
            config,
            load_embedder(config.embedder),
            move,
            allow_empty=args.allow_empty,
            allow_removals=allow_removals,
            rebuild=args.rebuild,
        )


def _show_plan(config: Config, args: argparse.Namespace) -> int:
    from rag.embedding import load_embedder
    from rag.syncing import plan

    found = plan(config, load_embedder(config.embedder), rebuild=args.rebuild)
    if args.json:
        printing.print_json(sync_plan_to_dict(found))
    else:
        printing.print_plan(found)
    return FAILED if found.refusal else ANSWERED


def configure_ask(parser: argparse.ArgumentParser) -> None:
    """Options of ``footnote ask``."""
    _add_question(parser)
    add_language_model(parser)


def _add_question(parser: argparse.ArgumentParser) -> None:
    """The question, and which articles it is put to."""
    parser.add_argument(
        "question", nargs="+", metavar="QUESTION", help="the question, or - to read it from stdin"
    )
    group = parser.add_argument_group("which articles to ask (default: all)")
    group.add_argument("--since", default="", metavar="DATE", help="of this day, month or year on")
    group.add_argument("--until", default="", metavar="DATE", help="up to this day, month or year")
    group.add_argument(
        "--outlet", action="append", default=[], metavar="NAME", help="of this outlet; repeatable"
    )
    group.add_argument(
        "--article",
        action="append",
        default=[],
        metavar="TITLE",
        help="of this id, or with this in its title; repeatable",
    )


def run_ask(config: Config, args: argparse.Namespace) -> int:
    """Answer one question; the exit code tells an answer from an abstention."""
    question = _question(config, args.question)
    with open_pipeline(config) as pipeline:
        question, filters = _restricted(pipeline, question, args)
        answer = pipeline.ask(question, filters=filters)
    if args.json:
        printing.print_json(answer_to_dict(answer))
    else:
        printing.print_answer(answer)
    return {Status.ANSWERED: ANSWERED, Status.ABSTAINED: ABSTAINED}.get(answer.status, FAILED)


def configure_search(parser: argparse.ArgumentParser) -> None:
    """Options of ``footnote search``."""
    _add_question(parser)
    parser.add_argument(
        "--limit", type=_limit, default=10, metavar="N", help="passages to show (default 10)"
    )


def run_search(config: Config, args: argparse.Namespace) -> int:
    """Show the passages that rank highest, with the scores that ranked them."""
    question = _question(config, args.question)
    with open_pipeline(config) as pipeline:
        question, filters = _restricted(pipeline, question, args)
        hits = pipeline.search(question, args.limit, filters)
    if args.json:
        printing.print_json({"question": question, "hits": [hit_to_dict(hit) for hit in hits]})
    else:
        printing.print_hits(hits)
    return ANSWERED if hits else ABSTAINED


def configure_doctor(parser: argparse.ArgumentParser) -> None:
    """Options of ``footnote doctor``."""
    add_language_model(parser)


def run_doctor(config: Config, args: argparse.Namespace) -> int:
    """Check everything that can be wrong, and say what to type."""
    checks = doctor.examine(config)
    if args.json:
        printing.print_json(doctor.checks_to_dict(checks))
    else:
        printing.print_checks(checks)
    return FAILED if any(check.state is doctor.State.FAIL for check in checks) else ANSWERED


COMMANDS: tuple[Command, ...] = (
    Command("sync", "make the index equal to the articles' folder", configure_sync, run_sync),
    Command("ask", "answer one question with footnotes", configure_ask, run_ask),
    Command("search", "show the passages a question finds", configure_search, run_search),
    Command("backup", "write the index to one file", configure_backup, run_backup),
    Command("restore", "bring an index back from a backup", configure_restore, run_restore),
    Command("doctor", "check the installation and the index", configure_doctor, run_doctor),
)


def _limit(text: str) -> int:
    number = int(text) if text.isdecimal() else 0
    if not 1 <= number <= MAX_HITS:
        raise argparse.ArgumentTypeError(f"must be a whole number from 1 to {MAX_HITS}")
    return number


def _question(config: Config, words: Sequence[str]) -> str:
    """The question from the command line's words, or from standard input for a lone dash."""
    if list(words) != [STDIN]:
        return " ".join(words)
    if str(config.articles) == STDIN:
        raise QuestionError(
            "Standard input cannot hold both the articles and the question.",
            'Write the question out: footnote ask --articles - "..."',
        )
    return sys.stdin.buffer.read().decode("utf-8", "replace").strip()


def _restricted(
    pipeline: Pipeline, question: str, args: argparse.Namespace
) -> tuple[str, Filters | None]:
    """The question without its ``@title``, and what it and the options restrict it to."""
    if not (args.since or args.until or args.outlet or args.article or "@" in question):
        return question, None
    heads = pipeline.article_heads()
    mentioned = take_mentions(question, heads)
    filters = make_filters(
        heads,
        since=args.since,
        until=args.until,
        outlets=args.outlet,
        articles=args.article,
    )
    for article_id in mentioned.articles:
        filters = with_article(filters, article_id)
    return mentioned.question, filters or None


@contextmanager
def open_pipeline(config: Config) -> Iterator[Pipeline]:
    """The pipeline over the configured index, which is made first if there is none at all."""
    from rag.pipeline import Pipeline

    with _source(config) as settled, Pipeline(settled) as pipeline:
        if not doctor.is_indexed(settled):
            with printing.stage_bars() as move:
                report = pipeline.sync(on_progress=move)
            for problem in report.problems:
                printing.note(f"{problem.source} was left out: {problem.reason}")
        elif changes := doctor.changes_since_sync(settled):
            printing.note(f"{changes} {doctor.SYNC}")
        yield pipeline


@contextmanager
def _source(config: Config) -> Iterator[Config]:
    """``config`` itself; for articles on standard input, one over a temporary copy of them."""
    if str(config.articles) != STDIN:
        yield config
        return
    data = sys.stdin.buffer.read()
    head = data.lstrip()
    suffix = next((s for signature, s in _SIGNATURES if head.startswith(signature)), ".txt")
    with tempfile.TemporaryDirectory(prefix="footnote-") as folder:
        articles = Path(folder) / "articles"
        articles.mkdir()
        (articles / f"stdin{suffix}").write_bytes(data)
        yield replace(config, articles=articles, index=Path(folder) / "index")
