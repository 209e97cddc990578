"""The report in short as Markdown, for the discussion of a pull request.

Words of articles, questions and files stand in code spans (``eval.markdown``). Of two runs all but
the comparison is of the second, the one in question.
"""

from __future__ import annotations

from collections.abc import Sequence

from eval.control_report import Controls
from eval.markdown import code, markdown_table
from eval.presenting import (
    CONTROL_COLUMNS,
    SLICE_COLUMNS,
    by_stage,
    headlines,
    resampling_note,
)
from eval.report import Report
from eval.report_comparison_markdown import comparison_markdown
from eval.report_failures import Failure
from eval.report_parts import UNTOLD, counted, ends, figure, headline, meaning
from eval.report_slices import Slicing
from eval.scoring import Scores
from eval.table import milliseconds

FAILURES_SHOWN = 10


def report_markdown(report: Report) -> str:
    """Counts of what failed first, then tables, then the first failures."""
    run = report.run
    parts = [
        f"### Evaluation of {code(report.set_name)}",
        f"{code(run.file)} against {code(report.other.file)}" if report.other else "",
        _counts(run.scores),
        _headlines(report),
        comparison_markdown(report.comparison) if report.comparison else "",
        "".join(_slicing(slicing) for slicing in run.slicings[:1]),
        _blame(run.scores),
        _controls(report.controls),
        *(_second_opinion(one.lines(model)) for model, one in report.agreements.items()),
        _stages(run.scores),
        _times(run.scores),
        _faults(report),
    ]
    return "\n\n".join(part.strip() for part in parts if part.strip()) + "\n"


def _counts(scores: Scores) -> str:
    return (
        f"{scores.asked:,} of {counted(scores.questions, 'question')} asked, "
        f"**{counted(scores.errors, 'error')}**, {scores.missing:,} missing, "
        f"{counted(len(scores.problems), 'bad row')}."
    )


def _headlines(report: Report) -> str:
    """The figures of the run, and beside them those of the run that it is compared with."""
    told = headlines(report.run.scores.measures)
    other = report.other
    lines = [
        (
            meaning(name).removeprefix("of "),
            headline(name, interval.value),
            ends(name, interval, headline).replace("*", "\\*") or UNTOLD,
            *([headline(name, other.scores.value(name))] if other else []),
        )
        for name, interval in told.items()
    ]
    marks = resampling_note(told.values())
    told_marks = "\n\n\\" + marks if marks else ""
    names = [code(report.run.file), "95 % interval", code(other.file)] if other else []
    head = ("share of …", *(names or ["value", "95 % interval"]))
    return markdown_table(head, lines) + told_marks


def _blame(scores: Scores) -> str:
    told = [f"{count:,} {verdict.value}" for verdict, count in scores.blame.items() if count]
    return f"What became of them: {', '.join(told)}." if told else ""


def _controls(controls: Controls) -> str:
    """The table of the controls, and those that do not come out as they must."""
    names = [name for name in CONTROL_COLUMNS if controls.run.get(name) is not None]
    if not names:
        return ""
    runs = {"this run": controls.run, **controls.lines}
    lines = [
        (who, *(figure(name, values.get(name)) for name in names)) for who, values in runs.items()
    ]
    head = ("controls", *(CONTROL_COLUMNS[name] for name in names))
    told = sum(verdict.holds is not None for verdict in controls.verdicts)
    verdicts = [f"- **does not hold**: {code(str(verdict))}" for verdict in controls.failing] or [
        f"{told} of {len(controls.verdicts)} checks on the controls hold."
    ]
    return "\n".join([markdown_table(head, lines), "", *verdicts])


def _second_opinion(lines: Sequence[str]) -> str:
    return "\n".join(f"- {code(line.strip())}" for line in lines)


def _stages(scores: Scores) -> str:
    stages = by_stage(scores)
    lines = [
        (stage, *(figure(name, interval.value) for name, interval in measures.items()))
        for stage, measures in stages.items()
    ]
    return markdown_table(("ranked by", *next(iter(stages.values()))), lines) if lines else ""


def _times(scores: Scores) -> str:
    lines = [(code(stage), *milliseconds(one, UNTOLD)) for stage, one in scores.latency.items()]
    head = ("milliseconds", "first question", "median", "95th percentile")
    return markdown_table(head, lines) if lines else ""


def _slicing(slicing: Slicing) -> str:
    lines = [
        (
            code(line.label),
            f"{line.questions:,}",
            *(figure(name, line.measures[name].value) for name in SLICE_COLUMNS),
        )
        for line in slicing.lines
    ]
    return markdown_table((slicing.title.lower(), "questions", *SLICE_COLUMNS.values()), lines)


def _faults(report: Report) -> str:
    run = report.run
    total = sum(run.faults.values())
    if not total:
        return "No question failed."
    counts = ", ".join(f"{count:,} {fault}" for fault, count in run.faults.items())
    shown = [_failure(failure) for failure in _in_turn(run.failures)][:FAILURES_SHOWN]
    more = total - len(shown)
    note = [f"- … and {more:,} more"] if more else []
    return "\n".join([f"{counted(total, 'failure')}: {counts}.", "", *shown, *note])


def _in_turn(failures: Sequence[Failure]) -> list[Failure]:
    """The first of each fault, then the second of each: a few show all that goes wrong."""
    places: dict[str, int] = {}
    turns = []
    for failure in failures:
        places[failure.fault] = places.get(failure.fault, -1) + 1
        turns.append(places[failure.fault])
    order = sorted(range(len(failures)), key=lambda index: turns[index])
    return [failures[index] for index in order]


def _failure(failure: Failure) -> str:
    gold = " or ".join(code(answer) for answer in failure.gold_answers[:3])
    wanted = gold if failure.answerable else "a refusal"
    return (
        f"- **{failure.fault}** {code(failure.question)} → {code(failure.answer)}"
        f" (wanted: {wanted or 'an answer'})"
    )
