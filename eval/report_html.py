"""The report as one HTML file that opens offline: no script, and nothing from anywhere else."""

from __future__ import annotations

from collections.abc import Mapping
from importlib.resources import files
from typing import Any

from eval.intervals import Interval
from eval.plots import draw_reliability, draw_risk_coverage
from eval.report import Report, RunView
from eval.report_comparison_html import comparison_html
from eval.report_failures_html import failures_html, summary_html
from eval.report_parts import (
    HEADLINES,
    UNTOLD,
    breakable,
    counted,
    figure,
    one_line,
    percent,
    section,
    small,
    table,
    with_interval,
    words,
)
from eval.report_slices import Slicing
from eval.scoring import Scores
from eval.table import SLICE_COLUMNS

# Nothing may be loaded or run, whatever an article manages to put on the page.
POLICY = "default-src 'none'; style-src 'unsafe-inline'; base-uri 'none'; form-action 'none'"
PROBLEMS_SHOWN = 20


def report_html(report: Report) -> str:
    """The page; it holds the style sheet and the plots."""
    run = report.run
    sections = {
        "comparison": ("Two runs", comparison_html(report)),
        "curves": ("How far to trust its confidence", _curves(run)),
        "slices": ("Slices", "".join(_slicing(slicing) for slicing in run.slicings)),
        "measures": ("All measures", _measures(run.scores)),
        "controls": ("Controls", _controls(run.scores, report.controls)),
        "failures": ("Failures", failures_html(run)),
        "run": ("About this run", _about(run)),
    }
    told = {name: part for name, part in sections.items() if part[1]}
    links = "".join(f'<a href="#{name}">{title}</a>' for name, (title, _) in told.items())
    return (
        f'<!DOCTYPE html>\n<html lang="en">\n<head>\n<meta charset="utf-8">\n'
        f'<meta http-equiv="Content-Security-Policy" content="{POLICY}">\n'
        '<meta name="viewport" content="width=device-width, initial-scale=1">\n'
        '<meta name="color-scheme" content="light dark">\n'
        '<meta name="referrer" content="no-referrer">\n'
        f"<title>Evaluation of {one_line(report.set_name)}</title>\n"
        f"<style>\n{_style()}</style>\n</head>\n<body>\n"
        f"<header><h1>Evaluation of {one_line(report.set_name)}</h1>"
        f'<p class="details">{_byline(report)}</p></header>\n'
        f"<main>{_counts(run.scores)}{_headlines(run.scores)}{summary_html(run)}"
        f"<nav>{links}</nav>\n"
        + "\n".join(section(name, title, body) for name, (title, body) in told.items())
        + "</main>\n</body>\n</html>\n"
    )


def _style() -> str:
    return (files("eval") / "report_style.css").read_text(encoding="utf-8")


def _byline(report: Report) -> str:
    identity = report.run.manifest.get("identity")
    who = identity.get("answerer") if isinstance(identity, dict) else None
    parts = [str(who)] if who else []
    parts += [report.run.file, report.made.replace("T", " ").replace("+00:00", " UTC")]
    return " · ".join(one_line(part) for part in parts)


def _counts(scores: Scores) -> str:
    """What was not measured comes first: errors, questions without a row, rows left out."""
    amiss = {
        "ended in an error": scores.errors,
        "missing": scores.missing,
        "bad rows left out": len(scores.problems),
    }
    items = "".join(
        f'<li class="{"bad" if count else "good"}"><b>{count:,}</b> {name}</li>'
        for name, count in amiss.items()
    )
    problems = "".join(f"<li>{words(str(bad))}</li>" for bad in scores.problems[:PROBLEMS_SHOWN])
    more = len(scores.problems) - PROBLEMS_SHOWN
    problems += f"<li>and {more:,} more</li>" if more > 0 else ""
    return (
        f'<ul class="counts"><li><b>{scores.asked:,}</b> of '
        f"{counted(scores.questions, 'question')} asked</li>{items}</ul>"
        + (f'<ul class="problems">{problems}</ul>' if problems else "")
    )


def _headlines(scores: Scores) -> str:
    cards = "".join(
        f"<li><b>{percent(interval.value)}</b>{small(_ends(interval))}<span>{meaning}</span></li>"
        for name, meaning in HEADLINES.items()
        if (interval := scores.measures.get(name, Interval(None))).value is not None
    )
    return f'<ul class="headlines">{cards}</ul>' if cards else ""


def _ends(interval: Interval) -> str:
    if interval.low is None:
        return "no interval"
    return f"95 %: {percent(interval.low)} to {percent(interval.high)}"


def _measures(scores: Scores) -> str:
    lines = [
        (breakable(name), figure(name, interval.value), _interval(name, interval))
        for name, interval in scores.measures.items()
        if interval.value is not None
    ]
    return table(("measure", "value", "95 % interval"), lines)


def _interval(name: str, interval: Interval) -> str:
    if interval.low is None:
        return UNTOLD
    return f"{figure(name, interval.low)} to {figure(name, interval.high)}"


def _curves(run: RunView) -> str:
    drawn = {
        "Risk against coverage": (
            draw_risk_coverage(run.curve) if run.curve else "",
            f"Answers are given in the order of their confidence. The lower the line, the better "
            f"the confidence tells right from wrong; its mean height is the AURC, "
            f"{figure('aurc', run.scores.value('aurc'))}.",
        ),
        "Reliability": (
            draw_reliability(run.bins) if any(found.count for found in run.bins) else "",
            "Below the line confidence promises too much, above it too little; the mean "
            "distance, weighted by questions, is the ECE, "
            f"{figure('confidence_ece', run.scores.value('confidence_ece'))}.",
        ),
    }
    figures = "".join(
        f"<figure><h3>{title}</h3>{plot}<figcaption>{caption}</figcaption></figure>"
        for title, (plot, caption) in drawn.items()
        if plot
    )
    return f'<div class="figures">{figures}</div>' if figures else ""


def _slicing(slicing: Slicing) -> str:
    lines = [
        (
            breakable(line.label) + small(counted(line.questions, "question")),
            *(with_interval(name, line.measures[name]) for name in SLICE_COLUMNS),
        )
        for line in slicing.lines
    ]
    head = (slicing.title, *SLICE_COLUMNS.values())
    return table(head, lines, "slices") if lines else ""


def _controls(scores: Scores, controls: Mapping[str, Scores]) -> str:
    if not controls:
        return ""
    names = [name for name in HEADLINES if name in scores.measures]
    runs = {"this run": scores, **controls}
    lines = [
        (one_line(who), *(figure(name, run.measures[name].value) for name in names))
        for who, run in runs.items()
    ]
    note = (
        '<p class="note">What the measures give to answerers that know the gold or know nothing: '
        "a measure that a control wins says little by itself.</p>"
    )
    return note + table(("answerer", *map(breakable, names)), lines)


def _about(run: RunView) -> str:
    """The manifest, so that a figure can be traced to what made it."""
    lines = [(one_line(name), told) for name, told in _flat(run.manifest) if told]
    return table(("", ""), lines, "about") if lines else ""


def _flat(manifest: Mapping[str, Any], prefix: str = "") -> list[tuple[str, str]]:
    found: list[tuple[str, str]] = []
    for name, value in manifest.items():
        if isinstance(value, dict):
            found += _flat(value, f"{prefix}{name} ")
        elif not isinstance(value, list):  # the bad rows are told above
            found.append((f"{prefix}{name}", words(str(value))))
    return found
