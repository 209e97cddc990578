"""Files that a command makes: all of them or none, and never over another without being told."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path

from eval.values import SetError


def write_new(files: Mapping[Path, str], *, force: bool = False) -> None:
    """Write each text (UTF-8) to its path; raises ``SetError`` before anything is written.

    A file that is there is an error unless ``force``, and so is a folder that cannot be made.
    """
    for path in files:
        if path.exists() and (path.is_dir() or not force):
            mend = "Give another --out." if path.is_dir() else "Give another --out, or --force."
            raise SetError(f"{path} is there already.", mend)
    try:
        for path, text in files.items():
            path.parent.mkdir(parents=True, exist_ok=True)
            path.write_text(text, encoding="utf-8", newline="")
    except OSError as error:
        raise SetError(
            f"{path} cannot be written: {error.strerror}.", "Give another --out."
        ) from error
