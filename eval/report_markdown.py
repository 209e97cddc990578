"""The report in short as Markdown, for the discussion of a pull request.

Words of articles, questions and files stand in code spans: nothing in one is a link, an image,
markup, or a mention of a person, and it cannot end the cell of a table.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence

from eval.intervals import Interval
from eval.report import Report
from eval.report_comparison import Comparison
from eval.report_failures import Failure
from eval.report_parts import HEADLINES, UNTOLD, counted, figure, percent, signed
from eval.report_slices import Slicing
from eval.scoring import Scores
from eval.table import SLICE_COLUMNS
from rag.printing import displayable

FAILURES_SHOWN = 10
LONGEST_CODE = 160
# The two characters that end a code span or a cell, by ones that look alike.
_LOOK_ALIKE = str.maketrans({"`": "ʼ", "|": "¦"})


def report_markdown(report: Report) -> str:
    """Counts of what failed first, then tables, then the first failures."""
    run = report.run
    parts = [
        f"### Evaluation of {code(report.set_name)}",
        _counts(run.scores),
        _measures(run.scores),
        _comparison(report, report.comparison) if report.comparison else "",
        "".join(_slicing(slicing) for slicing in run.slicings[:1]),
        _faults(report),
    ]
    return "\n\n".join(part.strip() for part in parts if part.strip()) + "\n"


def code(text: str) -> str:
    """``text`` on one line in a code span; shortened when it is long."""
    line = displayable(text).translate(_LOOK_ALIKE)
    if len(line) > LONGEST_CODE:
        line = line[: LONGEST_CODE - 1] + "…"
    return f"`{line}`" if line else UNTOLD


def _counts(scores: Scores) -> str:
    return (
        f"{scores.asked:,} of {counted(scores.questions, 'question')} asked, "
        f"**{counted(scores.errors, 'error')}**, {scores.missing:,} missing, "
        f"{counted(len(scores.problems), 'bad row')}."
    )


def _measures(scores: Scores) -> str:
    lines = [
        (meaning.removeprefix("of "), percent(interval.value), _ends(interval))
        for name, meaning in HEADLINES.items()
        if (interval := scores.measures.get(name, Interval(None))).value is not None
    ]
    return _table(("share of …", "value", "95 % interval"), lines)


def _ends(interval: Interval) -> str:
    if interval.low is None:
        return UNTOLD
    return f"{percent(interval.low)} to {percent(interval.high)}"


def _comparison(report: Report, comparison: Comparison) -> str:
    other = report.other.file if report.other else ""
    lines = [
        (
            name,
            figure(name, delta.first),
            figure(name, delta.second),
            signed(name, delta.difference.value),
        )
        for name, delta in comparison.deltas.items()
        if name in HEADLINES and delta.difference.value is not None
    ]
    flipped = (
        f"{counted(comparison.gained, 'question')} gained, {comparison.lost:,} lost of "
        f"{comparison.shared:,} (McNemar’s exact test: p = {comparison.p:.3f})."
    )
    head = ("measure", code(report.run.file), code(other), "difference")
    return f"{_table(head, lines)}\n\n{flipped}"


def _slicing(slicing: Slicing) -> str:
    lines = [
        (
            code(line.label),
            f"{line.questions:,}",
            *(figure(name, line.measures[name].value) for name in SLICE_COLUMNS),
        )
        for line in slicing.lines
    ]
    return _table((slicing.title.lower(), "questions", *SLICE_COLUMNS.values()), lines)


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


def _table(head: Sequence[str], lines: Iterable[Sequence[str]]) -> str:
    rows = [head, ("---", *("---:" for _ in head[1:])), *lines]
    return "\n".join(f"| {' | '.join(row)} |" for row in rows)
