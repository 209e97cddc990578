"""A bar chart as SVG, for the README: one group of bars a set, with whiskers for intervals."""

from __future__ import annotations

from collections.abc import Sequence
from html import escape

from eval.intervals import Interval

Bars = Sequence[tuple[str, Sequence[tuple[str, Interval]]]]

WIDTH, LABELS, MARGIN = 760, 250, 24
ROW, GROUP_GAP, HEAD = 24, 40, 52
FIRST, OTHER, INK, QUIET = "#0f766e", "#94a3b8", "#1f2937", "#6b7280"


def draw_bars(title: str, groups: Bars) -> str:
    """Bars of values in [0, 1]; the first of each group stands out. Text is escaped."""
    parts = [_text(MARGIN, 30, title, size=16, weight=600)]
    top = HEAD
    for name, bars in groups:
        parts.append(_text(MARGIN, top + 18, name, size=14, weight=600))
        top += GROUP_GAP - 12
        for place, (label, interval) in enumerate(bars):
            parts += _bar(top, label, interval, FIRST if place == 0 else OTHER)
            top += ROW
        top += GROUP_GAP - 24
    size = f'width="{WIDTH}" height="{top + 8}" viewBox="0 0 {WIDTH} {top + 8}"'
    head = f'<svg xmlns="http://www.w3.org/2000/svg" {size} font-family="sans-serif">'
    background = '<rect width="100%" height="100%" fill="white"/>'
    return "\n".join([head, background, *parts, "</svg>", ""])


def _bar(top: float, label: str, interval: Interval, colour: str) -> list[str]:
    parts = [_text(MARGIN + 12, top + 16, label)]
    if interval.value is None:
        return parts
    start, end = _x(0.0), _x(interval.value)
    parts.append(
        f'<rect x="{start}" y="{top + 4}" width="{end - start:.1f}" height="{ROW - 8}" '
        f'rx="2" fill="{colour}"/>'
    )
    if interval.low is not None and interval.high is not None:
        middle = top + ROW / 2
        parts.append(
            f'<path d="M{_x(interval.low)} {middle}H{_x(interval.high)}" stroke="{INK}" '
            f'stroke-width="1.5"/>'
        )
    parts.append(_text(_x(1.0) + 14, top + 16, f"{interval.value:.3f}"))
    return parts


def _x(value: float) -> float:
    return round(LABELS + MARGIN + value * (WIDTH - LABELS - MARGIN - 90), 1)


def _text(x: float, y: float, text: str, size: int = 13, weight: int = 400) -> str:
    colour = INK if weight > 400 else QUIET
    return (
        f'<text x="{x}" y="{y}" font-size="{size}" font-weight="{weight}" fill="{colour}">'
        f"{escape(text)}</text>"
    )
