"""Options that several commands share, with the names of their settings."""

from __future__ import annotations

import argparse

from rag.config import KEY_VARIABLE, LOCAL_MODEL, MODEL_FILE_SUFFIX


def add_language_model(parser: argparse.ArgumentParser) -> None:
    """``--llm`` and ``--llm-url``."""
    parser.add_argument(
        "--llm",
        metavar="MODEL",
        help=f"language model that drafts: {LOCAL_MODEL}, a {MODEL_FILE_SUFFIX} file, or a name at "
        f"--llm-url (its key in {KEY_VARIABLE})",
    )
    parser.add_argument("--llm-url", metavar="URL", help="address of an OpenAI-compatible endpoint")
