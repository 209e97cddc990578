"""The commands that put an index away in one file, and bring it back."""

from __future__ import annotations

import argparse
from pathlib import Path

from rag import printing
from rag.config import Config


def configure_backup(parser: argparse.ArgumentParser) -> None:
    """Options of ``footnote backup``."""
    parser.add_argument("file", metavar="FILE", type=Path, help="a new file for the backup")


def run_backup(config: Config, args: argparse.Namespace) -> int:
    """Write the index to a file; a sync may run meanwhile."""
    from rag.backup import backup

    _tell(args, "backed up", backup(config, args.file))
    return 0


def configure_restore(parser: argparse.ArgumentParser) -> None:
    """Options of ``footnote restore``."""
    parser.add_argument("file", metavar="FILE", type=Path, help="what footnote backup wrote")


def run_restore(config: Config, args: argparse.Namespace) -> int:
    """Put a backup in the place of the index; nothing is embedded again."""
    from rag.backup import restore

    with printing.stage_bars() as move:
        held = restore(config, args.file, move)
    _tell(args, "restored", held)
    return 0


def _tell(args: argparse.Namespace, done: str, held: int) -> None:
    if args.json:
        printing.print_json({"status": done, "articles": held, "file": str(args.file)})
    else:
        noun = "article" if held == 1 else "articles"
        print(f"{held:,} {noun} {done}: {printing.displayable(str(args.file))}")
