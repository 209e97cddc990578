"""The manifest beside the rows of a run: what was asked, by whom, with what, and when."""

from __future__ import annotations

import json
import os
import platform
import time
from collections.abc import Mapping, Sequence
from datetime import UTC, datetime
from importlib import metadata
from pathlib import Path
from typing import Any

from eval.identity import Identity
from eval.values import EvalSet, Row

MANIFEST_SUFFIX = ".manifest.json"
MANIFEST_FORMAT = 2
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


class Manifest:
    """Of the rows in ``out``, written anew as they grow.

    A run that is gone on with keeps when it first began; its ``seconds`` are those of all its
    ``sessions`` (``{"began", "ended", "seconds", "rows"}``, the rows that each wrote). ``machine``
    and ``versions`` are the last session's. ``earlier`` is the manifest that is gone on with.
    """

    def __init__(
        self, out: Path, eval_set: EvalSet, identity: Identity, earlier: Mapping[str, Any]
    ) -> None:
        self._path = manifest_path(out)
        self._started = time.monotonic()
        self._began = _now()
        self._sessions = _sessions(earlier)
        self._fields = {
            "format": MANIFEST_FORMAT,
            "set": eval_set.name,
            "source": eval_set.source,
            "questions": len(eval_set.questions),
            "articles": len(eval_set.texts),
            "bad_rows": [str(problem) for problem in eval_set.problems],
            "data_sha256": eval_set.data_hash,
            "identity": dict(identity.compared),
            **identity.recorded,
            "machine": _machine(),
            "versions": {name: version_of(name) for name in PACKAGES},
            "began": earlier.get("began") or self._began,
        }

    def write(self, rows: Mapping[str, Row], asked: int) -> float:
        """Write it for ``rows``, ``asked`` of them in this session; returns its seconds so far."""
        seconds = time.monotonic() - self._started
        ended = _now()
        session = {
            "began": self._began,
            "ended": ended,
            "seconds": round(seconds, 3),
            "rows": asked,
        }
        sessions = [*self._sessions, session]
        statuses: Sequence[str] = [row.status.value for row in rows.values()]
        whole = {
            **self._fields,
            "ended": ended,
            "seconds": round(sum(one["seconds"] for one in sessions), 3),
            "sessions": sessions,
            "rows": {status: statuses.count(status) for status in sorted(set(statuses))},
            "errors": {row.id: row.answer for row in rows.values() if row.status == "error"},
        }
        text = json.dumps(whole, indent=2, ensure_ascii=False) + "\n"
        self._path.write_text(text, encoding="utf-8")
        return seconds


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


def _sessions(earlier: Mapping[str, Any]) -> list[dict[str, Any]]:
    """Those of an earlier manifest; one of format 1 tells of the last session only."""
    if not earlier:
        return []
    found = earlier.get("sessions", [{key: earlier.get(key) for key in ("began", "ended")}])
    if not isinstance(found, list):
        return []
    last = earlier.get("seconds") if "sessions" not in earlier else 0.0
    return [{"seconds": last or 0.0, **one} for one in found if isinstance(one, dict)]


def _now() -> str:
    return datetime.now(UTC).isoformat(timespec="seconds")


def _machine() -> dict[str, Any]:
    return {
        "system": platform.system(),
        "architecture": platform.machine(),
        "processors": os.cpu_count(),
        "python": platform.python_version(),
    }


def version_of(package: str) -> str:
    """The installed package's version; empty where it is not installed."""
    try:
        return metadata.version(package)
    except metadata.PackageNotFoundError:
        return ""
