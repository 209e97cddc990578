"""Two runs side by side as Markdown: the differences, what was left out, what flipped."""

from __future__ import annotations

from eval.comparing import Comparison, Flip, RunAnswer
from eval.markdown import code, markdown_table
from eval.presenting import HEADLINES
from eval.report_parts import UNTOLD, counted, ends, figure, signed

FLIPS_SHOWN = 10


def comparison_markdown(comparison: Comparison) -> str:
    """The table of the headlines, then the notes, then the first flips, losses before gains."""
    lines = [
        (
            one.name,
            figure(one.name, one.first),
            figure(one.name, one.second),
            signed(one.name, one.delta.value),
            ends(one.name, one.delta, signed).replace("*", "\\*") or UNTOLD,
            UNTOLD if one.p_holm is None else f"{one.p_holm:.3g}",
        )
        for one in comparison.measures
        if one.name in HEADLINES
    ]
    first, second = code(comparison.first), code(comparison.second)
    head = ("measure", first, second, "difference", "95 % interval", "Holm p")
    said = (
        f"Of {counted(comparison.paired, 'question')} {second} does better on "
        f"{comparison.wins:,}, worse on {comparison.losses:,}, the same on {comparison.ties:,}."
    )
    notes = "\n".join(f"- {code(note)}" for note in comparison.notes)
    parts = (markdown_table(head, lines), said, notes, _flips(comparison))
    return "\n\n".join(part for part in parts if part)


def _flips(comparison: Comparison) -> str:
    if not comparison.flips:
        return "No question flipped."
    shown = [_flip(flip) for flip in comparison.flips[:FLIPS_SHOWN]]
    more = len(comparison.flips) - len(shown)
    rest = [f"- … and {more:,} more"] if more else []
    title = f"{counted(len(comparison.flips), 'question')} flipped:"
    return "\n".join([title, "", *shown, *rest])


def _flip(flip: Flip) -> str:
    wanted = " or ".join(code(answer) for answer in flip.gold[:3]) or "a refusal"
    return (
        f"- **{'gained' if flip.won else 'lost'}** {code(flip.question)}: {_side(flip.first)} → "
        f"{_side(flip.second)} (wanted: {wanted})"
    )


def _side(answer: RunAnswer) -> str:
    return f"{answer.outcome} {code(answer.text)}" if answer.text else str(answer.outcome)
