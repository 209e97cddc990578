"""Running a set through an answerer: one row a question, resumable, with a manifest beside it."""

from __future__ import annotations

import inspect
import json
import os
import platform
import time
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from importlib import metadata
from pathlib import Path
from typing import Any

from eval.replies import Reply, reply_row
from eval.rows import dump_row, error_row, parse_row, read_rows
from eval.values import EvalSet, Question, Row, SetError

# ``answerer(question)``, or ``answerer(question, history)`` with the earlier turns.
Answerer = Callable[..., Reply]
Progress = Callable[[int, int], None]

MANIFEST_SUFFIX = ".manifest.json"
MANIFEST_FORMAT = 1
# Packages whose versions change answers or figures.
PACKAGES = (
    "footnote",
    "torch",
    "transformers",
    "sentence-transformers",
    "chromadb",
    "llama-index-core",
    "numpy",
)


@dataclass(frozen=True, slots=True)
class RunReport:
    """What a run left: all rows now in ``out``, how many were there before, seconds it took."""

    out: Path
    rows: Mapping[str, Row]
    kept: int
    seconds: float


def run(
    eval_set: EvalSet,
    answerer: Answerer,
    out: str | Path,
    limit: int | None = None,
    identity: Mapping[str, str] | None = None,
    on_progress: Progress | None = None,
) -> RunReport:
    """Ask every question (the first ``limit``) and write its row to ``out`` at once.

    Rows that ``out`` already holds are kept and their questions not asked again. ``identity``
    tells one configuration from another; it is recorded in ``out`` + ``.manifest.json``, and
    rows of another configuration or of other data are never mixed in: that raises ``SetError``.
    An exception of the answerer becomes a row of status ``error`` with its reason, and so does a
    reply that ``eval.replies`` cannot read.
    """
    path = Path(out)
    wanted = eval_set.questions[:limit]
    manifest = _manifest(eval_set, identity or {})
    kept = _resume(path, eval_set, manifest)
    path.parent.mkdir(parents=True, exist_ok=True)
    todo = [question for question in wanted if question.id not in kept]
    began = time.monotonic()
    rows = dict(kept)
    _write_manifest(path, manifest, rows, 0.0)
    try:
        with path.open("ab") as file:
            for done, question in enumerate(todo, start=len(wanted) - len(todo) + 1):
                line = _ask(question, answerer)
                file.write(line)
                file.flush()
                rows[question.id] = parse_row(json.loads(line))
                if on_progress:
                    on_progress(done, len(wanted))
    finally:
        seconds = time.monotonic() - began
        _write_manifest(path, manifest, rows, seconds)
    return RunReport(path, rows, len(kept), seconds)


def discard(out: str | Path) -> None:
    """Remove the rows of an earlier run and their manifest, if there are any."""
    path = Path(out)
    if path.exists():
        _rows_or_refuse(path)
        path.unlink()
    manifest_path(path).unlink(missing_ok=True)


def manifest_path(out: Path) -> Path:
    """Where the manifest of ``out`` lies."""
    return out.with_name(out.name + MANIFEST_SUFFIX)


def read_manifest(path: Path) -> dict[str, Any]:
    """The manifest beside the rows in ``path``; empty where there is none that can be read."""
    try:
        value = json.loads(manifest_path(path).read_text(encoding="utf-8"))
    except (OSError, ValueError):
        return {}
    return value if isinstance(value, dict) else {}


def _ask(question: Question, answerer: Answerer) -> bytes:
    """The line for one question, whatever the answerer does."""
    began = time.perf_counter()
    try:
        if question.history and _takes_history(answerer):
            reply = answerer(question.text, question.history)
        else:
            reply = answerer(question.text)
        row = reply_row(question.id, reply)
        row["timing_ms"].setdefault("total", _milliseconds_since(began))
        # Encoded here, so that a score that is no number, too, costs one row and not the run.
        line = dump_row(row).encode()
        parse_row(json.loads(line))
    except Exception as error:  # noqa: BLE001 - any answerer may be run; the row tells its failure
        reason = " ".join(f"{type(error).__name__}: {error}".split())
        readable = reason.encode("utf-8", "replace").decode()
        return dump_row(error_row(question.id, readable, _milliseconds_since(began))).encode()
    return line


def _milliseconds_since(began: float) -> float:
    return round(1000 * (time.perf_counter() - began), 3)


def _takes_history(answerer: Answerer) -> bool:
    """Whether it can be called with two positional arguments."""
    try:
        inspect.signature(answerer).bind("question", ())
    except TypeError:
        return False
    except ValueError:  # built in, without a signature: assume the documented form
        return True
    return True


def _resume(path: Path, eval_set: EvalSet, manifest: Mapping[str, Any]) -> dict[str, Row]:
    """The rows to keep. Cuts off a last line that an interruption left unfinished."""
    if not path.exists() or not path.stat().st_size:
        return {}
    rows = _rows_or_refuse(path)
    strangers = rows.keys() - {question.id for question in eval_set.questions}
    earlier = read_manifest(path)
    same = all(earlier.get(key) == manifest[key] for key in ("data_sha256", "identity"))
    if strangers or (rows and not same):
        what = "other questions or articles" if strangers else "another configuration or data"
        raise SetError(
            f"{path} holds rows of {what}; they cannot be continued.",
            "Give another --out, or --fresh to begin it anew.",
        )
    return rows


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


def _manifest(eval_set: EvalSet, identity: Mapping[str, str]) -> dict[str, Any]:
    return {
        "format": MANIFEST_FORMAT,
        "set": eval_set.name,
        "questions": len(eval_set.questions),
        "articles": len(eval_set.texts),
        "bad_rows": [str(problem) for problem in eval_set.problems],
        "data_sha256": eval_set.data_hash,
        "identity": dict(identity),
        "machine": {
            "system": platform.system(),
            "architecture": platform.machine(),
            "processors": os.cpu_count(),
            "python": platform.python_version(),
        },
        "versions": {name: _version(name) for name in PACKAGES},
        "began": datetime.now(UTC).isoformat(timespec="seconds"),
    }


def _version(package: str) -> str:
    try:
        return metadata.version(package)
    except metadata.PackageNotFoundError:
        return ""


def _write_manifest(
    path: Path, manifest: Mapping[str, Any], rows: Mapping[str, Row], seconds: float
) -> None:
    statuses: Sequence[str] = [row.status.value for row in rows.values()]
    errors = {row.id: row.answer for row in rows.values() if row.status == "error"}
    whole = {
        **manifest,
        "ended": datetime.now(UTC).isoformat(timespec="seconds"),
        "seconds": round(seconds, 3),
        "rows": {status: statuses.count(status) for status in sorted(set(statuses))},
        "errors": errors,
    }
    text = json.dumps(whole, indent=2, ensure_ascii=False) + "\n"
    manifest_path(path).write_text(text, encoding="utf-8")
