"""A report on two runs is on the one in question, names both, and tells what changed."""

from __future__ import annotations

import re
from dataclasses import replace
from html import unescape
from pathlib import Path

import pytest
from eval_small_set import small_set

from eval import run
from eval.controls import always_refuse, gold_oracle
from eval.report import Report, collect
from eval.report_comparison_markdown import FLIPS_SHOWN
from eval.report_files import folder_of
from eval.report_html import report_html
from eval.report_markdown import report_markdown


@pytest.fixture(scope="module")
def report(tmp_path_factory: pytest.TempPathFactory) -> Report:
    """A refuses everything, B answers as the gold has it, but for one error."""
    folder = tmp_path_factory.mktemp("report")
    loaded = small_set(folder / "set")
    oracle = gold_oracle(loaded)

    def failing(question, history=()):
        if question.startswith("And"):
            raise TimeoutError("no server")
        return oracle(question, history)

    before = run(loaded, always_refuse, folder / "old.jsonl").out
    return collect(loaded, before, run(loaded, failing, folder / "new.jsonl").out)


def test_the_run_in_question_comes_first_and_its_controls_are_its_own(report: Report) -> None:
    assert report.other is not None
    assert (report.run.file, report.other.file) == ("new.jsonl", "old.jsonl")
    assert report.run.scores.value("answered") == 2 / 3
    assert report.controls.run["answered"] == 2 / 3
    assert report.other.scores.value("answered") == 0
    told = report.as_dict()
    assert (told["run"]["file"], told["other"]["file"]) == ("new.jsonl", "old.jsonl")


def test_the_page_names_both_and_has_the_new_figures_with_the_old_below(report: Report) -> None:
    html = unescape(re.sub("<wbr>", "", report_html(report)))
    head = html[html.index("<header>") : html.index("</header>")]
    assert "new.jsonl against old.jsonl" in head
    cards = html.partition('<ul class="headlines">')[2].partition("</ul>")[0].split("<li>")[1:]
    assert all("old.jsonl: " in card for card in cards)
    [cited] = [card for card in cards if "right sentence" in card]
    assert cited.startswith("<b>100%</b>")
    assert "old.jsonl: 0.0%" in cited
    assert "<b>1</b> ended in an error" in html, "the new run's, not the old one's"
    about = html[html.index('<section id="run">') :]
    assert about.index("new.jsonl") < about.index("old.jsonl")
    assert about.count("always_refuse") == 1


def test_markdown_names_both_and_lists_flips_and_notes(report: Report) -> None:
    text = report_markdown(report)
    assert text.splitlines()[2] == "`new.jsonl` against `old.jsonl`"
    assert "| share of … | `new.jsonl` | 95 % interval | `old.jsonl` |" in text
    assert "- `new.jsonl: 1 of 4 questions have no row, or one that ended in an error.`" in text
    assert "2 questions flipped:" in text
    told = "- **gained** `When did the bridge open?`: refused → right `The bridge at Marn opened in"
    assert told in text
    assert "(wanted: `1911` or `in 1911`)" in text


def test_many_flips_are_cut_with_a_word_about_the_rest(report: Report) -> None:
    assert report.comparison is not None
    flips = report.comparison.flips * FLIPS_SHOWN
    text = report_markdown(replace(report, comparison=replace(report.comparison, flips=flips)))
    assert text.count("- **gained**") == FLIPS_SHOWN
    assert f"- … and {len(flips) - FLIPS_SHOWN} more" in text


def test_the_report_of_two_takes_the_place_of_neither_ones_own() -> None:
    before, after = Path("reports/a.jsonl"), Path("reports/b.jsonl")
    both = folder_of(before, after)
    assert both == Path("reports/b-against-a.report")
    assert both not in (folder_of(before), folder_of(after))
