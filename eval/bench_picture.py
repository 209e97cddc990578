"""A bar chart as SVG, for the README: one group of bars a set, with whiskers for intervals."""

from __future__ import annotations

from collections.abc import Sequence

from eval.intervals import Interval
from eval.svg import drawing, element, label

Bars = Sequence[tuple[str, Sequence[tuple[str, Interval]]]]

WIDTH, LABELS, MARGIN = 760, 250, 24
ROW, GROUP_GAP, HEAD = 24, 40, 52
FIRST, OTHER, INK, QUIET = "#0f766e", "#94a3b8", "#1f2937", "#6b7280"


def draw_bars(title: str, groups: Bars) -> str:
    """Bars of values in [0, 1]; the first of each group stands out. Text is escaped."""
    parts = [element("rect", width="100%", height="100%", fill="white")]
    parts.append(_text(MARGIN, 30, title, size=16, weight=600))
    top = HEAD
    for name, bars in groups:
        parts.append(_text(MARGIN, top + 18, name, size=14, weight=600))
        top += GROUP_GAP - 12
        for place, (words, interval) in enumerate(bars):
            parts += _bar(top, words, interval, FIRST if place == 0 else OTHER)
            top += ROW
        top += GROUP_GAP - 24
    return drawing(WIDTH, top + 8, parts, font_family="sans-serif") + "\n"


def _bar(top: float, words: str, interval: Interval, colour: str) -> list[str]:
    parts = [_text(MARGIN + 12, top + 16, words)]
    if interval.value is None:
        return parts
    start, end = _x(0.0), _x(interval.value)
    parts.append(
        element("rect", x=start, y=top + 4, width=end - start, height=ROW - 8, rx=2, fill=colour)
    )
    if interval.low is not None and interval.high is not None:
        line = f"M{_x(interval.low):.1f} {top + ROW / 2:.1f}H{_x(interval.high):.1f}"
        parts.append(element("path", d=line, stroke=INK, stroke_width=1.5))
    parts.append(_text(_x(1.0) + 14, top + 16, f"{interval.value:.3f}"))
    return parts


def _x(value: float) -> float:
    return LABELS + MARGIN + value * (WIDTH - LABELS - MARGIN - 90)


def _text(x: float, y: float, words: str, size: int = 13, weight: int = 400) -> str:
    colour = INK if weight > 400 else QUIET
    return label(x, y, words, font_size=size, font_weight=weight, fill=colour)
