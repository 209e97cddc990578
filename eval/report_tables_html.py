"""The tables and plots of a run's report as HTML."""

from __future__ import annotations

from eval.control_report import Controls
from eval.judged import Blame
from eval.plots import draw_reliability, draw_risk_coverage
from eval.presenting import (
    CONTROL_COLUMNS,
    SLICE_COLUMNS,
    by_stage,
    grouped,
    resampling_note,
)
from eval.report import RunView
from eval.report_parts import (
    UNTOLD,
    breakable,
    counted,
    ends,
    figure,
    note,
    one_line,
    small,
    table,
    with_interval,
)
from eval.report_slices import Slicing
from eval.scoring import Scores
from eval.table import milliseconds
from eval.verdicts import Verdict

SIGNS = {True: "holds", False: "does not hold", None: "cannot be told"}
BLAMED = {Blame.RETRIEVER, Blame.REFUSED, Blame.ANSWERER, Blame.UNANSWERABLE}


def curves_html(run: RunView) -> str:
    """Both plots, each with what it shows; empty where nothing can be drawn."""
    drawn = {
        "Risk against coverage": (
            draw_risk_coverage(run.curve) if run.curve else "",
            f"Answers come in the order of their confidence, then all refusals, which are wrong "
            f"where the question could be answered. The lower the line, the better "
            f"the confidence tells right from wrong; its mean height is the AURC, "
            f"{figure('aurc', run.scores.value('aurc'))}.",
        ),
        "Reliability": (
            draw_reliability(run.bins) if any(found.count for found in run.bins) else "",
            "Below the line confidence promises too much, above it too little; the mean "
            "distance, weighted by questions, is the ECE, "
            f"{figure('answerability_ece', run.scores.value('answerability_ece'))}.",
        ),
    }
    figures = "".join(
        f"<figure><h3>{title}</h3>{plot}<figcaption>{caption}</figcaption></figure>"
        for title, (plot, caption) in drawn.items()
        if plot
    )
    return f'<div class="figures">{figures}</div>' if figures else ""


def slices_html(slicings: tuple[Slicing, ...]) -> str:
    """A table for each property that divides the questions."""
    tables = [_slicing(slicing) for slicing in slicings if slicing.lines]
    intervals = [
        interval
        for slicing in slicings
        for line in slicing.lines
        for interval in line.measures.values()
    ]
    return "".join(tables) + note(resampling_note(intervals)) if tables else ""


def _slicing(slicing: Slicing) -> str:
    lines = [
        (
            breakable(line.label) + small(counted(line.questions, "question")),
            *(with_interval(name, line.measures[name]) for name in SLICE_COLUMNS),
        )
        for line in slicing.lines
    ]
    return table((slicing.title, *SLICE_COLUMNS.values()), lines, "slices")


def measures_html(scores: Scores) -> str:
    """All measures by group, with intervals."""
    tables = [
        f"<h3>{group}</h3>"
        + table(
            ("measure", "value", "95 % interval"),
            [
                (breakable(name), figure(name, interval.value), ends(name, interval) or UNTOLD)
                for name, interval in measures.items()
            ],
            "measures",
        )
        for group, measures in grouped(scores).items()
    ]
    return "".join(tables) + note(resampling_note(scores.measures.values())) if tables else ""


def blame_html(scores: Scores) -> str:
    """What became of the questions, and through whom."""
    if not any(scores.blame.values()):
        return ""
    total = sum(scores.blame.values())
    lines = [
        (
            f"<b>{verdict.value}</b>" if verdict in BLAMED and count else verdict.value,
            f"{count:,}",
            f"{count / total:.1%}",
        )
        for verdict, count in scores.blame.items()
    ]
    return table(("what became of the question", "questions", "share"), lines)


def stages_html(scores: Scores) -> str:
    """The ranking of all stages together beside that of each."""
    stages = by_stage(scores)
    if not stages:
        return ""
    names = list(next(iter(stages.values())))
    lines = [
        (one_line(stage), *(with_interval(name, measures[name]) for name in names))
        for stage, measures in stages.items()
    ]
    told = note(
        "Each stage orders what all together let through, which flatters it; "
        "<code>footnote eval bench</code> ranks without one in earnest."
    )
    return told + table(("ranked by", *names), lines)


def times_html(scores: Scores) -> str:
    """Milliseconds by stage, cold and warm."""
    lines = [
        (one_line(stage), *milliseconds(latency, UNTOLD))
        for stage, latency in scores.latency.items()
    ]
    head = ("milliseconds", "first question", "median", "95th percentile")
    told = (
        "The first question after a start waits for models to load; median and percentile are of "
        "the others."
    )
    return note(told) + table(head, lines) if lines else ""


def controls_html(controls: Controls) -> str:
    """Answerers that know the gold or know nothing, what that says, and what was left out."""
    names = [name for name in CONTROL_COLUMNS if controls.run.get(name) is not None]
    runs = {"this run": controls.run, **controls.lines}
    lines = [
        (one_line(who), *(figure(name, values.get(name)) for name in names))
        for who, values in runs.items()
    ]
    told = note(
        "What the measures give to answerers that know the gold or know nothing. Where a control "
        "does not come out as it must, the measure says little of this run."
    )
    head = ("answerer", *(CONTROL_COLUMNS[name] for name in names))
    verdicts = table(
        ("what must hold", "run", "control", ""), map(_verdict, controls.verdicts), "verdicts"
    )
    return f"{told}{table(head, lines)}{verdicts}{_changed(controls)}" if names else ""


def _verdict(verdict: Verdict) -> tuple[str, ...]:
    colour = {True: "gained", False: "lost", None: "kind"}[verdict.holds]
    return (
        f"{one_line(verdict.control)}: {breakable(verdict.measure)} {one_line(verdict.wanted)}",
        figure(verdict.measure, verdict.run),
        figure(verdict.measure, verdict.value),
        f'<b class="{colour}">{SIGNS[verdict.holds]}</b>',
    )


def _changed(controls: Controls) -> str:
    """Of the controls with other articles, how many questions they changed."""
    if not controls.skipped:
        return note(
            "<code>footnote eval controls</code> adds two with other articles: the evidence left "
            "out, where it must refuse, and the facts swapped, where the answer must follow."
        )
    return "".join(
        note(
            f"{one_line(control)}: {counted(controls.changed.get(control, 0), 'question')} changed"
            + "".join(f"; {count:,} left out: {one_line(why)}" for why, count in reasons.items())
        )
        for control, reasons in controls.skipped.items()
    )
