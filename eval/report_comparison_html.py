"""Two runs side by side as HTML: the differences, and the questions that flipped."""

from __future__ import annotations

from eval.intervals import Interval
from eval.report import Report
from eval.report_comparison import Comparison, Flip
from eval.report_failures_html import gold_html
from eval.report_parts import (
    breakable,
    counted,
    figure,
    one_line,
    signed,
    small,
    table,
    words,
)


def comparison_html(report: Report) -> str:
    """The comparison of both runs; empty where there is one run."""
    comparison, other = report.comparison, report.other
    if comparison is None or other is None:
        return ""
    first, second = breakable(report.run.file), breakable(other.file)
    lines = [
        (
            breakable(name),
            figure(name, delta.first),
            figure(name, delta.second),
            _difference(name, delta.difference),
        )
        for name, delta in comparison.deltas.items()
        if delta.difference.value is not None
    ]
    head = ("measure", first, second, "difference")
    return (
        f"<p>{_verdict(comparison, first, second)}</p>"
        f"{table(head, lines, 'comparison')}{_flips(comparison, first, second)}"
    )


def _verdict(comparison: Comparison, first: str, second: str) -> str:
    return (
        f"<b>{second}</b> against <b>{first}</b>, over the "
        f"{counted(comparison.shared, 'question')} that both answered without error: "
        f"{comparison.gained:,} gained, {comparison.lost:,} lost "
        f"(McNemar’s exact test: p = {comparison.p:.3f})."
    )


def _difference(name: str, difference: Interval) -> str:
    """The difference, bold where its interval leaves out zero, and below it the interval."""
    shown = signed(name, difference.value)
    if difference.low is None:
        return shown
    ends = small(f"{signed(name, difference.low)} to {signed(name, difference.high)}")
    return f"<b>{shown}</b>{ends}" if _is_clear(difference) else f"{shown}{ends}"


def _is_clear(difference: Interval) -> bool:
    low, high = difference.low, difference.high
    return low is not None and high is not None and (low > 0 or high < 0)


def _flips(comparison: Comparison, first: str, second: str) -> str:
    if not comparison.flips:
        return '<p class="note">No question flipped.</p>'
    more = comparison.gained + comparison.lost - len(comparison.flips)
    note = f'<p class="note">And {more:,} more.</p>' if more else ""
    return (
        f"<h3>Questions that flipped</h3>"
        f"{''.join(_flip(flip, first, second) for flip in comparison.flips)}{note}"
    )


def _flip(flip: Flip, first: str, second: str) -> str:
    gained = not flip.second_fault
    sides = _side(first, flip.first_answer, flip.first_fault) + _side(
        second, flip.second_answer, flip.second_fault
    )
    return (
        f'<details class="failure flip"><summary><span class="asked" dir="auto">'
        f"{words(flip.question)}</span>"
        f'<small class="kind"><b class="{"gained" if gained else "lost"}">'
        f"{'gained' if gained else 'lost'}</b> · {one_line(flip.kind)}</small></summary>"
        f'<div class="inside"><p>Gold: {gold_html(flip.answerable, flip.gold_answers)}</p>'
        f'<div class="sides">{sides}</div></div></details>'
    )


def _side(name: str, answer: str, fault: str) -> str:
    verdict = f'<b class="lost">{fault}</b>' if fault else '<b class="gained">right</b>'
    return f'<div><h4>{name} · {verdict}</h4><p dir="auto">{words(answer)}</p></div>'
