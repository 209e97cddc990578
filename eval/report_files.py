"""The files of a report: HTML to look at, Markdown to paste, JSON for machines."""

from __future__ import annotations

import json
from pathlib import Path

from eval.report import Report
from eval.report_html import report_html
from eval.report_markdown import report_markdown
from eval.values import SetError

FOLDER_SUFFIX = ".report"


def folder_of(file: Path, other: Path | None = None) -> Path:
    """Where the report on the rows in ``file`` lies unless told otherwise: beside them.

    That on ``other`` compared with them has a folder of its own beside ``other``, so that it takes
    the place of neither run's own report.
    """
    if other is None:
        return file.with_suffix(FOLDER_SUFFIX)
    return other.with_name(f"{other.stem}-against-{file.stem}{FOLDER_SUFFIX}")


def write_report(report: Report, folder: Path) -> Path:
    """Write ``report.html``, ``report.md`` and ``report.json``; returns the HTML file's path.

    Raises ``SetError`` when the folder cannot be written.
    """
    files = {
        "report.json": json.dumps(report.as_dict(), indent=1, ensure_ascii=False) + "\n",
        "report.md": report_markdown(report),
        "report.html": report_html(report),
    }
    try:
        folder.mkdir(parents=True, exist_ok=True)
        for name, text in files.items():
            # Half of a surrogate pair, which JSON can hold, is no UTF-8.
            (folder / name).write_bytes(text.encode("utf-8", "replace"))
    except OSError as error:
        raise SetError(
            f"The report cannot be written to {folder}: {error.strerror or error}.",
            "Give another folder with --out.",
        ) from error
    return folder / "report.html"
