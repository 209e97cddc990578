"""Rows of an earlier run: which of them are kept, and files that are not to be touched."""

from __future__ import annotations

import json
import os
from collections.abc import Mapping
from pathlib import Path
from typing import Any

from eval.identity import UNREAD
from eval.manifest import manifest_path, read_manifest
from eval.rows import read_rows
from eval.values import EvalSet, Row, SetError
from rag.values import Status

ANEW = "Give another --out, or --fresh to begin it anew (in Python: fresh=True)."


def kept_rows(
    path: Path, eval_set: EvalSet, identity: Mapping[str, Any], *, guessed: bool
) -> dict[str, Row]:
    """The rows of ``path`` that a run by ``identity`` goes on from, empty where there are none.

    ``guessed``: the identity was read off the callable. Cuts off a last line that an interruption
    left unfinished; raises ``SetError`` for rows of another bot, another configuration or other
    data.
    """
    if not path.exists() or not path.stat().st_size:
        return {}
    rows = _rows_or_refuse(path)
    if rows.keys() - {question.id for question in eval_set.questions}:
        raise SetError(
            f"{path} holds rows of other questions or articles; they cannot be continued.", ANEW
        )
    earlier = read_manifest(path)
    told = earlier.get("identity")
    if rows and earlier.get("data_sha256") != eval_set.data_hash:
        raise SetError(
            f"{path} holds rows of another configuration or data; they cannot be continued.", ANEW
        )
    if rows and guessed and (told != identity or UNREAD in identity):
        raise SetError(*_another_bot(path, told, identity))
    if rows and told != identity:
        raise SetError(f"{path} holds rows of another configuration.", ANEW)
    return rows


def remove_rows(path: Path, names: set[str]) -> None:
    """Take the rows of these questions out of ``path``, all at once: they are asked again."""
    with path.open("rb") as file:
        kept = [line for line in file if line.strip() and json.loads(line)["_id"] not in names]
    unfinished = path.with_name(f"{path.name}.{os.getpid()}")
    unfinished.write_bytes(b"".join(kept))
    unfinished.replace(path)


def failed(rows: Mapping[str, Row]) -> set[str]:
    """The questions that ended in an error: of an outage, perhaps, and so worth another try."""
    return {name for name, row in rows.items() if row.status is Status.ERROR}


def discard(out: str | Path) -> None:
    """Remove the rows of an earlier run and their manifest, if there are any."""
    path = Path(out)
    if path.exists():
        _rows_or_refuse(path)
        path.unlink()
    manifest_path(path).unlink(missing_ok=True)


def _another_bot(path: Path, told: Any, identity: Mapping[str, Any]) -> tuple[str, str]:
    """What is wrong, and what to type: only its owner knows whether it is the same."""
    if UNREAD in identity:
        reason = f"it holds {identity[UNREAD]}, which cannot be compared"
    else:
        reason = "its code, or a value that it holds, is not the same"
    same = f", or if it is the same bot, identity={told}" if told else ""
    return (
        f"{path} holds rows of another bot, or of one that cannot be told from this: {reason}.",
        f"Give fresh=True to begin it anew, another out{same}.",
    )


def _rows_or_refuse(path: Path) -> dict[str, Row]:
    """The rows of ``path``, its torn last line removed; never touches a file of another kind."""
    data = path.read_bytes()
    whole = data[: data.rfind(b"\n") + 1]
    rows, problems = read_rows(path)
    lines = whole.count(b"\n")
    if any(problem.line <= lines for problem in problems) or (not rows and whole.strip()):
        raise SetError(
            f"{path} holds lines that are no rows of a run ({problems[0].reason})."
            if problems
            else f"{path} holds no rows of a run.",
            "Give another --out: this file is left as it is.",
        )
    if len(whole) < len(data):
        if not whole:
            # Nothing in the file is known to be ours but its name and its manifest.
            _refuse_without_manifest(path)
        with path.open("r+b") as file:
            file.truncate(len(whole))
        rows, _ = read_rows(path)
    return rows


def _refuse_without_manifest(path: Path) -> None:
    if not manifest_path(path).exists():
        raise SetError(f"{path} holds no rows of a run.", "Give another --out.")
