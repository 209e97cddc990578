"""The set that a command of ``footnote eval`` was given, loaded, with what was left out told."""

from __future__ import annotations

import argparse
from pathlib import Path
from typing import TYPE_CHECKING

from rag.config import Config

if TYPE_CHECKING:
    from eval.values import EvalSet


def load(config: Config, args: argparse.Namespace, source: Path | None = None) -> EvalSet:
    """The set at ``source``, by default the command's ``SET``."""
    from eval.datasets import load_set
    from rag.printing import note

    path = source or args.set
    articles = getattr(args, "articles", None) or _configured_articles(config, path)
    eval_set = load_set(path, articles)
    for problem in eval_set.problems:
        note(f"left out: {problem}")
    return eval_set


def _configured_articles(config: Config, source: Path) -> Path | None:
    """The articles of the settings, for a file of questions alone; other sets name their own.

    None where nobody set any and there are none at the default either.
    """
    from eval.handwritten import HAND_WRITTEN_SUFFIXES
    from rag.printing import note

    alone = source.suffix.lower() in HAND_WRITTEN_SUFFIXES and source.is_file()
    if not alone or (config.articles == Config.articles and not config.articles.exists()):
        return None
    note(f"The articles are those in {config.articles}, by the settings.")
    return config.articles
