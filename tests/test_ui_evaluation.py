"""The tab with the last report: which one it is, and what is said where there is none."""

from __future__ import annotations

import os
import urllib.error
import urllib.request
from collections.abc import Iterator
from pathlib import Path

import pytest
from chat_page import event_loops_closed

import eval.command_report
import eval.report_files
from ui import evaluation
from ui.evaluation import REPORT_ADDRESS, evaluation_html, last_report


@pytest.fixture(autouse=True)
def folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.chdir(tmp_path)
    return tmp_path


def write(path: Path, text: str, when: int) -> Path:
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text(text)
    os.utime(path, (when, when))
    return path


def test_reports_are_looked_for_where_the_evaluation_leaves_them() -> None:
    rows = eval.command_report.REPORTS / "seeds.jsonl"
    found = write(eval.report_files.folder_of(rows) / evaluation.REPORT_FILE, "<p>", 1_000)
    assert last_report() == found


def test_without_a_report_the_tab_says_what_to_type() -> None:
    assert last_report() is None
    assert "footnote eval run SET" in evaluation_html().replace("&#46;", ".")
    Path("reports").mkdir()
    assert "<iframe" not in evaluation_html()


def test_the_newest_report_is_shown_in_a_closed_frame() -> None:
    write(Path("reports/a.report/report.html"), "old", 1_000)
    newest = write(Path("reports/b.report/report.html"), "new", 3_000)
    write(Path("reports/report.html"), "middle", 2_000)
    assert last_report() == newest
    html = evaluation_html()
    assert 'sandbox=""' in html
    assert f'src="{REPORT_ADDRESS}?made=3000"' in html
    assert "b&#46;report" in html


def test_a_folders_name_is_inert() -> None:
    write(Path("reports/<img src=x onerror=alert(1)>/report.html"), "new", 1_000)
    html = evaluation_html()
    assert "<img" not in html
    assert "onerror=" not in html


@pytest.fixture
def address() -> Iterator[str]:
    import gradio as gr

    from ui.serving import start

    with event_loops_closed():
        with gr.Blocks(analytics_enabled=False) as page:
            gr.HTML("page")
        address = start(page, "127.0.0.1", 0)
    yield address
    page.close(verbose=False)


def test_a_report_is_served_with_headers_that_keep_it_from_acting(address: str) -> None:
    with pytest.raises(urllib.error.HTTPError, match="404") as refused:
        urllib.request.urlopen(address + REPORT_ADDRESS, timeout=30)
    refused.value.close()
    write(Path("reports/report.html"), "<p>report</p>", 1_000)
    with urllib.request.urlopen(address + REPORT_ADDRESS, timeout=30) as answer:
        assert answer.read() == b"<p>report</p>"
        policies = answer.headers.get_all("content-security-policy")
    assert evaluation.REPORT_POLICY in policies
    assert "sandbox" in evaluation.REPORT_POLICY
    assert "script-src" not in evaluation.REPORT_POLICY
