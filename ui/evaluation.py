"""The tab with the last report of ``footnote eval``: looked for when it is opened, in a frame.

The report is a page of its own without scripts, served under its own address because links
within a page do not work in a frame's ``srcdoc``. Header and frame forbid it scripts and every
address besides, so that not even another file in its place could act on the chat.
"""

from __future__ import annotations

from datetime import UTC, datetime
from pathlib import Path
from typing import TYPE_CHECKING

from rag.escaping import escape, escape_line

if TYPE_CHECKING:
    from starlette.requests import Request
    from starlette.responses import Response

# Where ``footnote eval gate`` and the README's commands leave their reports.
REPORTS = Path("reports")
REPORT_FILE = "report.html"
REPORT_ADDRESS = "/footnote/report"
REPORT_POLICY = "sandbox; default-src 'none'; style-src 'unsafe-inline'"

_COMMAND = "footnote eval run SET --out reports/NAME.jsonl"


def last_report(folder: Path = REPORTS) -> Path | None:
    """The newest ``report.html`` in ``folder`` or a folder in it; None where there is none."""
    found = (folder / REPORT_FILE, *folder.glob(f"*/{REPORT_FILE}"))
    dated = [(path.stat().st_mtime, path) for path in found if path.is_file()]
    return max(dated)[1] if dated else None


def evaluation_html(root_path: str = "") -> str:
    """The last report in a frame, or what to type to get one; see ``Config.root_path``."""
    path = last_report()
    if path is None:
        return (
            '<div class="fn-empty"><h3>No report yet</h3><p>A report shows how often the answers '
            "are right, by questions whose answers are known. To make one, type</p>"
            f"<p><code>{escape(_COMMAND)}</code></p><p>and open this tab again.</p></div>"
        )
    made = path.stat().st_mtime
    when = datetime.fromtimestamp(made, UTC).strftime("%Y-%m-%d %H:%M UTC")
    # The time makes another address of another report, which the browser then loads.
    address = f"{root_path}{REPORT_ADDRESS}?made={made:.0f}"
    return (
        f'<p class="fn-meta"><b>{escape_line(str(path))}</b>, {when} · '
        f'<a href="{address}" target="_blank" rel="noopener">alone in a tab ↗</a></p>'
        f'<iframe class="fn-report" title="Evaluation report" sandbox=""'
        f' src="{address}"></iframe>'
    )


def serve_report(_request: Request) -> Response:
    """The last report's page; 404 where there is none."""
    from starlette.responses import FileResponse, PlainTextResponse

    path = last_report()
    if path is None:
        return PlainTextResponse("There is no report.", status_code=404)
    headers = {"content-security-policy": REPORT_POLICY, "cache-control": "no-store"}
    return FileResponse(path, media_type="text/html", headers=headers)
