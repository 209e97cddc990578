"""The report as one HTML file that opens offline: no script, and nothing from anywhere else."""

from __future__ import annotations

from collections.abc import Mapping
from importlib.resources import files
from typing import Any

from eval.presenting import headlines, resampling_note
from eval.report import Report, RunView
from eval.report_comparison_html import comparison_html
from eval.report_failures_html import failures_html, summary_html
from eval.report_parts import (
    breakable,
    counted,
    ends,
    headline,
    meaning,
    note,
    one_line,
    section,
    small,
    table,
    words,
)
from eval.report_tables_html import (
    blame_html,
    controls_html,
    curves_html,
    measures_html,
    slices_html,
    stages_html,
    times_html,
)
from eval.scoring import Scores

# Nothing may be loaded or run, whatever an article manages to put on the page.
POLICY = "default-src 'none'; style-src 'unsafe-inline'; base-uri 'none'; form-action 'none'"
PROBLEMS_SHOWN = 20


def report_html(report: Report) -> str:
    """The page; it holds the style sheet and the plots."""
    run = report.run
    sections = {
        "comparison": ("Two runs", comparison_html(report.comparison)),
        "blame": ("Who is to blame", blame_html(run.scores)),
        "curves": ("How far to trust its confidence", curves_html(run)),
        "slices": ("Slices", slices_html(run.slicings)),
        "controls": ("Controls", controls_html(report.controls)),
        "judge": ("Second opinion on support", _second_opinions(report)),
        "measures": ("All measures", measures_html(run.scores)),
        "stages": ("Retrieval by stage", stages_html(run.scores)),
        "times": ("Times", times_html(run.scores)),
        "failures": ("Failures", failures_html(run)),
        "run": ("About this run" if report.other is None else "About these runs", _about(report)),
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
        f"<main>{_counts(run.scores)}{_headlines(report)}{summary_html(run)}"
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
    other = f" against {report.other.file}" if report.other else ""
    parts += [f"{report.run.file}{other}", report.made.replace("T", " ").replace("+00:00", " UTC")]
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


def _headlines(report: Report) -> str:
    """The figures of the run, each with that of the run that it is compared with below it."""
    told = headlines(report.run.scores.measures)
    other = report.other
    cards = "".join(
        f"<li><b>{headline(name, interval.value)}</b>"
        f"{small(f'95 %: {low_high}' if low_high else 'no interval')}"
        f"<span>{words(meaning(name))}</span>"
        f"{_in_other(other, name) if other else ''}</li>"
        for name, interval in told.items()
        for low_high in [ends(name, interval, headline)]
    )
    marks = note(resampling_note(told.values()))
    if other:
        one = f"<b>{breakable(report.run.file)}</b>"
        marks += note(f"All figures are of {one} where no other run is named.")
    return f'<ul class="headlines">{cards}</ul>{marks}' if cards else ""


def _second_opinions(report: Report) -> str:
    return "".join(
        f"<p>{words(' '.join(found.lines(model)))}</p>"
        for model, found in report.agreements.items()
    )


def _in_other(other: RunView, name: str) -> str:
    return small(f"{breakable(other.file)}: {headline(name, other.scores.value(name))}")


def _about(report: Report) -> str:
    """The manifest of every run, so that a figure can be traced to what made it."""
    if report.other is None:
        return _manifest(report.run)
    return "".join(
        f"<h3>{breakable(run.file)}</h3>{_manifest(run)}" for run in (report.run, report.other)
    )


def _manifest(run: RunView) -> str:
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
