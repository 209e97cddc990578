"""Rows of a file that are known to answer a set: what compares or exports runs begins here."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path

from eval.rows import read_rows
from eval.running import manifest_path, read_manifest
from eval.values import EvalSet, Row, SetError


@dataclass(frozen=True, slots=True)
class CheckedRows:
    """Rows by question, and ``notes`` on what could not be checked or read, a sentence each."""

    rows: Mapping[str, Row]
    notes: tuple[str, ...] = ()


def read_checked(eval_set: EvalSet, path: str | Path) -> CheckedRows:
    """The rows of ``path``, which must be of a run over these very questions and articles.

    Raises ``SetError`` when the file cannot be read, when its manifest tells of other data, or
    when it has rows for questions that the set has not. Without a manifest that is a note.
    """
    file = Path(path)
    rows, bad = read_rows(file)
    notes = [f"Left out: {problem}." for problem in bad]
    told = read_manifest(file).get("data_sha256")
    strangers = sorted(rows.keys() - {question.id for question in eval_set.questions})
    if strangers:
        raise _other_data(
            file, eval_set, f"it answers {strangers[0]!r}, which is no question of it"
        )
    if told is None:
        notes.append(
            f"{manifest_path(file).name} is missing: that {file.name} answers these very questions "
            "over these very articles cannot be checked."
        )
    elif told != eval_set.data_hash:
        raise _other_data(file, eval_set, "its manifest names other questions, gold or articles")
    return CheckedRows(rows, tuple(notes))


def _other_data(file: Path, eval_set: EvalSet, why: str) -> SetError:
    return SetError(
        f"{file} is no run of the set {eval_set.name!r} as it now is: {why}.",
        "Name the set that was run, or run this one with: footnote eval run SET --out FILE",
    )
