"""Running a set through an answerer: one row a question, resumable, with a manifest beside it."""

from __future__ import annotations

import inspect
import json
import time
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path

from eval.identity import Identity, identity_of
from eval.manifest import Manifest, manifest_path, read_manifest
from eval.replies import Reply, reply_row
from eval.resuming import discard, failed, kept_rows, remove_rows
from eval.rows import dump_row, error_row, parse_row
from eval.values import EvalSet, Question, Row
from rag.values import Status

# ``answerer(question)``, or ``answerer(question, history)`` with the earlier turns.
Answerer = Callable[..., Reply]
Progress = Callable[[int, int], None]

HISTORY = "history"

__all__ = ["Answerer", "RunReport", "discard", "manifest_path", "read_manifest", "run"]


@dataclass(frozen=True, slots=True)
class RunReport:
    """What a run left: all rows now in ``out``, how many were there before, seconds it took."""

    out: Path
    rows: Mapping[str, Row]
    kept: int
    seconds: float


def run(  # noqa: PLR0913 - the public function: whoever calls it names its options
    eval_set: EvalSet,
    answerer: Answerer,
    out: str | Path,
    limit: int | None = None,
    identity: Mapping[str, str] | Identity | None = None,
    on_progress: Progress | None = None,
    *,
    fresh: bool = False,
) -> RunReport:
    """Ask every question (the first ``limit``) and write its row to ``out`` at once.

    Rows that ``out`` already holds are kept and their questions not asked again, but those that
    ended in an error are; ``fresh`` begins anew. ``identity`` tells one configuration from
    another, by default as ``eval.identity`` reads it off the callable; it is recorded in ``out`` +
    ``.manifest.json``, and rows of another one or of other data are never mixed in: that raises
    ``SetError``, as does going on with a callable that cannot be told from others. An answerer
    with a parameter called ``history`` is given the earlier turns in it. An exception of the
    answerer becomes a row of status ``error`` with its reason, and so does a reply that
    ``eval.replies`` cannot read.
    """
    path = Path(out)
    if fresh:
        discard(path)
    given = identity or identity_of(answerer)
    who = given if isinstance(given, Identity) else Identity(given)
    rows = kept_rows(path, eval_set, who.compared, guessed=not identity)
    wanted = eval_set.questions[:limit]
    again = failed(rows) & {question.id for question in wanted}
    rows = {name: row for name, row in rows.items() if name not in again}
    kept = len(rows)
    todo = [question for question in wanted if question.id not in rows]
    if not todo and manifest_path(path).exists():
        return RunReport(path, rows, kept, 0.0)
    path.parent.mkdir(parents=True, exist_ok=True)
    manifest = Manifest(path, eval_set, who, read_manifest(path) if rows or again else {})
    if again:
        remove_rows(path, again)
    manifest.write(rows, 0)
    try:
        with path.open("ab") as file:
            for question, row, line in _answered(todo, answerer):
                file.write(line)
                file.flush()
                rows[question.id] = row
                if on_progress:
                    on_progress(len(wanted) - len(todo) + len(rows) - kept, len(wanted))
    finally:
        seconds = manifest.write(rows, len(rows) - kept)
    return RunReport(path, rows, kept, seconds)


def _answered(
    questions: list[Question], answerer: Answerer
) -> Iterator[tuple[Question, Row, bytes]]:
    """Each question with its row and the row's line; the session's first answer is marked.

    That one waits for models to load, in a session that goes on as in the first.
    """
    give = _giving_history(answerer)
    cold = True
    for question in questions:
        line = _ask(question, give, cold=cold)
        row = parse_row(json.loads(line))
        cold = cold and row.status is Status.ERROR
        yield question, row, line


def _ask(question: Question, give: Callable[[Question], Reply], *, cold: bool) -> bytes:
    """The line for one question, whatever the answerer does."""
    began = time.perf_counter()
    try:
        row = reply_row(question.id, give(question))
        row["timing_ms"].setdefault("total", _milliseconds_since(began))
        if cold:
            row["first_of_session"] = True
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


def _giving_history(answerer: Answerer) -> Callable[[Question], Reply]:
    """Calls it with the earlier turns if it takes them, and else with the question alone.

    It takes them as ``history``, or where it cannot be called without a second argument that has
    no name. Any other parameter is the bot's own: turns for a ``top_k`` would be nonsense.
    """
    try:
        parameters = inspect.signature(answerer).parameters
    except (TypeError, ValueError):  # built in, without a signature
        return lambda question: answerer(question.text)
    named = parameters.get(HISTORY)
    if named is not None and named.kind in (named.POSITIONAL_OR_KEYWORD, named.KEYWORD_ONLY):
        return lambda question: answerer(question.text, **{HISTORY: question.history})
    second = [*parameters.values()][1:2]
    if any(
        one.kind is one.POSITIONAL_ONLY and (one.name == HISTORY or one.default is one.empty)
        for one in second
    ):
        return lambda question: answerer(question.text, question.history)
    return lambda question: answerer(question.text)
