"""The report's pages: self-contained, complete, and inert whatever an article holds."""

from __future__ import annotations

import re
import xml.etree.ElementTree as ET
from dataclasses import replace
from html.parser import HTMLParser
from pathlib import Path

import pytest
from eval_report_set import HOSTILE_TITLE, MARKUP, OVERRIDE, better_rows, hostile_rows, hostile_set
from hypothesis import given
from hypothesis import strategies as st
from markdown_it import MarkdownIt

from eval.curves import CurvePoint, ReliabilityBin
from eval.intervals import Interval
from eval.latency import Latency
from eval.plots import draw_reliability, draw_risk_coverage
from eval.presenting import CONTROL_COLUMNS, SLICE_COLUMNS
from eval.report import Report, collect
from eval.report_html import POLICY, report_html
from eval.report_markdown import code, report_markdown
from eval.report_parts import figure, percent, signed, table, with_interval, words
from eval.values import BadRow
from eval.verdicts import Verdict

VOID = {"meta", "br", "wbr"}
INERT_TAGS = {
    *("html", "head", "meta", "title", "style", "body", "header", "main", "nav", "section"),
    *("article", "figure", "figcaption", "details", "summary", "div", "p", "span", "small", "b"),
    *("i", "em", "q", "code", "mark", "ul", "ol", "li", "dl", "dt", "dd", "a", "wbr"),
    *("h1", "h2", "h3", "h4", "table", "thead", "tbody", "tr", "th", "td"),
    *("svg", "path", "circle", "text"),
}
ATTRIBUTES_WITH_ADDRESSES = {"href", "src", "action", "data", "xlink:href", "poster", "srcset"}


class Page(HTMLParser):
    """The tags, attributes and visible text of a page; fails on tags that do not nest."""

    def __init__(self, html: str) -> None:
        super().__init__()
        self.tags: set[str] = set()
        self.attributes: list[tuple[str, str]] = []
        self.text: list[str] = []
        self.marks: list[tuple[str, str]] = []
        self._open: list[str] = []
        self.feed(html)
        self.close()
        assert not self._open

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.tags.add(tag)
        self.attributes += [(name, value or "") for name, value in attrs]
        if tag == "mark":
            self.marks.append((dict(attrs)["class"] or "", ""))
        if tag not in VOID:
            self._open.append(tag)

    def handle_startendtag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.handle_starttag(tag, attrs)
        self.handle_endtag(tag)

    def handle_endtag(self, tag: str) -> None:
        assert self._open.pop() == tag

    def handle_data(self, data: str) -> None:
        if "style" not in self._open:
            self.text.append(data)
        if "mark" in self._open:
            self.marks[-1] = (self.marks[-1][0], self.marks[-1][1] + data)


@pytest.fixture(scope="module")
def report(tmp_path_factory: pytest.TempPathFactory) -> Report:
    folder = tmp_path_factory.mktemp("report")
    loaded = hostile_set(folder / "set")
    return collect(
        replace(loaded, name=f"set {MARKUP}"),
        better_rows(folder / "better.jsonl"),
        hostile_rows(folder / "rows.jsonl"),
    )


@pytest.fixture(scope="module")
def page(report: Report) -> Page:
    return Page(report_html(report))


def test_the_page_has_only_our_elements_and_no_handler_or_address(page: Page) -> None:
    assert page.tags <= INERT_TAGS
    for name, value in page.attributes:
        assert not name.startswith("on")
        assert name != "style"
        if name in ATTRIBUTES_WITH_ADDRESSES:
            assert re.fullmatch(r"#[\w-]+", value)


def test_every_link_leads_to_a_place_on_the_page(page: Page) -> None:
    places = [value for name, value in page.attributes if name == "id"]
    links = {value.removeprefix("#") for name, value in page.attributes if name == "href"}
    assert links <= set(places)
    assert len(places) == len(set(places))
    assert {"failures", "wrong-sentence", "comparison", "slices", "curves"} <= links


def test_the_page_forbids_itself_scripts_and_every_address(report: Report) -> None:
    html = report_html(report)
    assert f'http-equiv="Content-Security-Policy" content="{POLICY}"' in html
    assert POLICY.startswith("default-src 'none'")
    assert "script-src" not in POLICY
    style = html[html.index("<style>") : html.index("</style>")]
    assert "url(" not in style
    assert "@import" not in style
    assert "prefers-color-scheme: dark" in style


def test_hostile_text_is_shown_and_not_obeyed(page: Page) -> None:
    text = "".join(page.text)
    shown = MARKUP.replace("\x1b", "\N{REPLACEMENT CHARACTER}")
    assert f"How many visitors \N{REPLACEMENT CHARACTER}{shown}?" in text
    assert " ".join(HOSTILE_TITLE.split()).replace("\x1b", "")[:60] in text
    assert OVERRIDE not in text
    assert "\x1b" not in text


def test_the_marks_hold_exactly_the_cited_and_the_gold_words(page: Page) -> None:
    # "It drew 4,200 visitors." is gold; ten characters later begins what was cited instead.
    assert [mark for mark in page.marks if mark[1] in ("It drew 4,", "200 visitors.")] == [
        ("gold", "It drew 4,"),
        ("both", "200 visitors."),
    ]
    assert ("gold", "The toll of the canal is 7 crowns.") in page.marks
    assert ("cited", "The quiet town of Marn has a brass band.") in page.marks


def test_counts_of_what_failed_stand_before_any_figure(report: Report) -> None:
    html = report_html(report)
    places = [html.index(words) for words in ("ended in an error", "missing</li>", "headlines")]
    assert places[0] < html.index('<ul class="headlines">')
    assert places[1] < html.index('<ul class="headlines">')
    assert '<li class="bad"><b>1</b> ended in an error</li>' in html


def test_many_problems_and_failures_are_cut_with_a_word_about_the_rest(report: Report) -> None:
    problems = tuple(BadRow("rows.jsonl", line, "not JSON") for line in range(1, 31))
    scores = replace(report.run.scores, problems=problems)
    faults = {fault: count + 4_000 for fault, count in report.run.faults.items()}
    run = replace(report.run, scores=scores, faults=faults)
    text = "".join(Page(report_html(replace(report, run=run))).text)
    assert "line 20" in text
    assert "line 21" not in text
    assert "and 10 more" in text
    assert text.count("And 4,000 more; the rows in rows.jsonl hold them all") == 6


def test_controls_stand_beside_the_run(report: Report) -> None:
    strange = f"always refuse {MARKUP}"
    found = report.controls
    page = Page(
        report_html(
            replace(
                report,
                controls=replace(
                    found,
                    scores={**found.scores, strange: found.run},
                    verdicts=(*found.verdicts, Verdict(strange, "f1", MARKUP, 0.5, None, None)),
                    changed={strange: 3},
                    skipped={strange: {MARKUP: 2}},
                ),
            )
        )
    )
    assert "controls" in [value for name, value in page.attributes if name == "id"]
    assert page.tags <= INERT_TAGS
    text = "".join(page.text)
    for told in ("gold oracle", "does not hold", "cannot be told", "3 questions changed; 2 left"):
        assert told in text


def test_blame_stages_and_times_have_their_places(report: Report) -> None:
    hits = dict.fromkeys(("dense hit@1", "late hit@1"), Interval(0.25))
    scores = replace(
        report.run.scores,
        measures={**report.run.scores.measures, **hits},
        latency={"retrieve": Latency(cold=1500.0, median=80.0, p95=None)},
    )
    told = replace(report, run=replace(report.run, scores=scores))
    text = "".join(Page(report_html(told)).text)
    markdown = report_markdown(told)
    for page in (text, markdown):
        assert "1,500.0" in page
        assert "missed by the retriever" in page
        assert "dense" in page
        assert "lexical" not in page


def test_a_run_without_gold_has_a_page_too(tmp_path: Path) -> None:
    loaded = hostile_set(tmp_path / "set")
    (tmp_path / "set" / "gold.jsonl").unlink()
    bare = replace(loaded, gold={}, relevant={})
    rows = hostile_rows(tmp_path / "rows.jsonl")
    for empty in (rows, tmp_path / "empty.jsonl"):
        (tmp_path / "empty.jsonl").touch()
        made = collect(bare, empty)
        Page(report_html(made))
        assert report_markdown(made)


def test_markdown_is_headings_tables_and_code_and_nothing_that_acts(report: Report) -> None:
    text = report_markdown(report)
    html = MarkdownIt("commonmark", {"html": True}).enable("table").render(text)
    rendered = Page(html)
    assert rendered.tags <= {
        *("h3", "p", "strong", "code", "ul", "li", "table", "thead", "tbody", "tr", "th", "td"),
    }
    widths = [row.count("<td") for row in re.findall(r"<tr>.*?</tr>", html, flags=re.DOTALL)]
    assert set(widths) == {0, 4, 6, 2 + len(SLICE_COLUMNS), 1 + len(CONTROL_COLUMNS)}
    # Outside code a forge would turn these into a link and a mention.
    outside = re.sub(r"<code>.*?</code>", "", html)
    assert "evil.example" not in outside
    assert "@" not in outside.replace("hit@10", "")
    assert "1 error**" in text


@given(st.text(st.characters(codec="utf-8")))
def test_any_text_is_one_code_span_in_one_cell(text: str) -> None:
    source = f"| a | b |\n| --- | --- |\n| {code(text)} | end |\n"
    html = MarkdownIt("commonmark", {"html": True}).enable("table").render(source)
    rendered = Page(html)
    assert rendered.tags <= {"table", "thead", "tbody", "tr", "th", "td", "code"}
    assert html.count("<td") == 2
    assert "".join(rendered.text).split()[-1] == "end"


@given(st.text(st.characters(codec="utf-8")))
def test_any_text_is_inert_in_html(text: str) -> None:
    rendered = Page(f"<p>{words(text)}</p>")
    assert rendered.tags == {"p"}
    plain = text.replace("\r\n", "\n").replace("\r", "\n")
    assert len("".join(rendered.text)) == len(plain)


def test_figures_as_people_write_them() -> None:
    assert (percent(0.8625), percent(1.0), percent(None)) == ("86.3%", "100%", "–")
    assert (figure("answer_words", 43.44), figure("f1", 0.5), figure("f1", None)) == (
        "43.4",
        "0.500",
        "–",
    )
    assert (signed("f1", 0.5), signed("f1", -0.5), signed("f1", 0.0)) == (
        "+0.500",
        "−0.500",
        "0.000",
    )
    assert with_interval("f1", Interval(0.5)) == "0.500"
    assert "0.25–0.75" in with_interval("f1", Interval(0.5, 0.25, 0.75))
    assert table(("a", "b"), [("x", "1")]).count("<td>") == 1


def points(svg: str) -> list[tuple[float, float]]:
    root = ET.fromstring(svg)
    [line] = [e for e in root.iter() if e.get("class") == "line"]
    return [tuple(map(float, p.split())) for p in (line.get("d") or "")[1:].split("L")]  # type: ignore[misc]


def test_the_risk_coverage_plot_puts_points_where_they_belong() -> None:
    curve = (CurvePoint(0.5, 0.0), CurvePoint(1.0, 0.25))
    (left, bottom), (right, top) = points(draw_risk_coverage(curve))
    root = ET.fromstring(draw_risk_coverage(curve))
    ticks = {
        (e.text or ""): (float(e.get("x") or 0), float(e.get("y") or 0))
        for e in root.iter()
        if e.get("class") == "tick"
    }
    assert "25%" in ticks, "the axis ends at the next round risk"
    assert top == pytest.approx(ticks["25%"][1] - 4)
    assert (ticks["40%"][0] + ticks["60%"][0]) / 2 == pytest.approx(left, abs=0.2)
    assert right == pytest.approx(ticks["100%"][0], abs=0.1)
    assert bottom > top


def test_the_reliability_plot_has_a_circle_for_each_bin_that_holds_something() -> None:
    bins = (
        ReliabilityBin(0.0, 0.5, 0, None, None),
        ReliabilityBin(0.5, 0.8, 10, 0.6, 0.5),
        ReliabilityBin(0.8, 1.0, 40, 0.9, 1.0),
    )
    root = ET.fromstring(draw_reliability(bins))
    circles = [e for e in root.iter() if e.get("class") == "bubble"]
    assert len(circles) == 2
    small, large = (float(circle.get("r") or 0) for circle in circles)
    assert large == pytest.approx(2 * small), "areas are as the counts"
    assert "10 questions" in "".join(circles[0].itertext())


def test_plots_of_nothing_are_axes() -> None:
    for svg in (draw_risk_coverage(()), draw_reliability(())):
        assert not [e for e in ET.fromstring(svg).iter() if e.get("class") in ("line", "bubble")]
