"""Arguments that several commands of ``footnote eval`` share."""

from __future__ import annotations

import argparse
from pathlib import Path

from eval.values import ANSWERERS, FOOTNOTE


def add_set(parser: argparse.ArgumentParser) -> None:
    """``SET``, required."""
    parser.add_argument("set", type=Path, metavar="SET", help="folder or file of the set")


def add_rows(parser: argparse.ArgumentParser) -> None:
    """``FILE``, rows that are there."""
    parser.add_argument("file", type=Path, metavar="FILE", help="rows that run wrote")


def add_answerer(parser: argparse.ArgumentParser) -> None:
    """``--answerer``."""
    parser.add_argument(
        "--answerer", choices=ANSWERERS, default=FOOTNOTE, help=f"who answers ({FOOTNOTE})"
    )


def count(text: str) -> int:
    """A whole number from 1, as an option's value."""
    if not text.isdecimal() or not int(text):
        raise argparse.ArgumentTypeError("must be a whole number from 1")
    return int(text)
