"""Two runs side by side as HTML: the differences, and the questions that flipped."""

from __future__ import annotations

from eval.comparing import Comparison, Flip, MeasureDelta, Outcome, RunAnswer
from eval.intervals import Interval
from eval.presenting import resampling_note
from eval.report_failures import shortened
from eval.report_failures_html import gold_html
from eval.report_parts import (
    UNTOLD,
    breakable,
    counted,
    ends,
    figure,
    note,
    one_line,
    signed,
    small,
    table,
    words,
)

FLIPS_SHOWN = 100
HEAD_NOTE = (
    "Bold: the interval of the difference, paired and by clusters, leaves out zero. Holm p: exact "
    "McNemar, corrected for being many. The last column counts the questions on which the second "
    "run’s value is higher, equal and lower."
)


def comparison_html(comparison: Comparison | None) -> str:
    """The comparison of two runs; empty where there is none."""
    if comparison is None:
        return ""
    first, second = breakable(comparison.first), breakable(comparison.second)
    head = ("measure", first, second, "difference", "Holm p", "+ / = / −")
    return (
        f"<p>{_verdict(comparison, first, second)}</p>"
        f"{''.join(note(words(told)) for told in comparison.notes)}"
        f"{table(head, map(_line, comparison.measures), 'comparison')}"
        f"{note(HEAD_NOTE)}{note(resampling_note(one.delta for one in comparison.measures))}"
        f"{_flips(comparison, first, second)}"
    )


def _verdict(comparison: Comparison, first: str, second: str) -> str:
    return (
        f"<b>{second}</b> against <b>{first}</b>, over the "
        f"{counted(comparison.paired, 'question')} that both answered without error: better on "
        f"{comparison.wins:,}, worse on {comparison.losses:,}, the same on {comparison.ties:,}."
    )


def _line(measure: MeasureDelta) -> tuple[str, ...]:
    name = measure.name
    return (
        breakable(name),
        figure(name, measure.first),
        figure(name, measure.second),
        _difference(name, measure.delta),
        UNTOLD if measure.p_holm is None else f"{measure.p_holm:.3g}",
        f"{measure.higher:,} / {measure.equal:,} / {measure.lower:,}",
    )


def _difference(name: str, difference: Interval) -> str:
    """The difference, bold where its interval leaves out zero, and below it the interval."""
    shown = signed(name, difference.value)
    clear = difference.low is not None and difference.high is not None
    clear = clear and (difference.low > 0 or difference.high < 0)
    told = ends(name, difference, signed)
    return (f"<b>{shown}</b>" if clear else shown) + (small(told) if told else "")


def _flips(comparison: Comparison, first: str, second: str) -> str:
    shown = comparison.flips[:FLIPS_SHOWN]
    if not shown:
        return note("No question flipped.")
    more = len(comparison.flips) - len(shown)
    return (
        f"<h3>Questions that flipped</h3>{''.join(_flip(flip, first, second) for flip in shown)}"
        f"{note(f'And {more:,} more, which report.json holds.' if more else None)}"
    )


def _flip(flip: Flip, first: str, second: str) -> str:
    change = "gained" if flip.won else "lost"
    return (
        f'<details class="failure flip"><summary><span class="asked" dir="auto">'
        f"{words(flip.question)}</span>"
        f'<small class="kind"><b class="{change}">{change}</b> · {one_line(flip.kind)}</small>'
        f'</summary><div class="inside"><p>Gold: {gold_html(bool(flip.gold), flip.gold)}</p>'
        f'<div class="sides">{_side(first, flip.first)}{_side(second, flip.second)}</div></div>'
        "</details>"
    )


def _side(name: str, answer: RunAnswer) -> str:
    colour = "gained" if answer.outcome is Outcome.RIGHT else "lost"
    return (
        f'<div><h4>{name} · <b class="{colour}">{answer.outcome}</b></h4>'
        f'<p dir="auto">{words(shortened(answer.text))}</p></div>'
    )
