"""The report's plots as SVG: risk against coverage, and reliability.

Colours come from the page's style sheet by class, so that light and dark are its business.
"""

from __future__ import annotations

import math
from collections.abc import Sequence

from eval.curves import CurvePoint, ReliabilityBin
from eval.svg import drawing, element, label

# At this width a plot fills a phone, and its letters keep their size.
WIDTH, HEIGHT = 340, 290
LEFT, RIGHT, TOP, BOTTOM = 58, 14, 14, 50
# Area of the circle for a bin that holds every question.
LARGEST_RADIUS, SMALLEST_RADIUS = 16, 2.5
HIGHEST = (0.1, 0.25, 0.5, 1.0)  # risks at which the axis may end: each a fifth is round
TICKS = 5  # intervals of an axis


def draw_risk_coverage(curve: Sequence[CurvePoint]) -> str:
    """The error rate among the surest answers, against how many of them are given."""
    greatest = max((point.risk for point in curve), default=0.0)
    highest = next((end for end in HIGHEST if greatest <= end), 1.0)
    places = [f"{_x(p.coverage):.1f} {_y(p.risk / highest):.1f}" for p in curve]
    parts = _axes("share of answers given, surest first", "share of these that is wrong", highest)
    if places:
        parts.append(element("path", d="M" + "L".join(places), class_="line"))
        last = curve[-1]
        words = f"all answers: {last.risk:.0%}"
        y = _y(last.risk / highest)
        parts.append(element("circle", cx=_x(last.coverage), cy=y, r=3.5, class_="dot"))
        below = y + 18 if y < TOP + 30 else y - 10
        parts.append(label(_x(1.0) - 6, below, words, text_anchor="end", class_="value"))
    return _plot(parts, "Risk against coverage")


def draw_reliability(bins: Sequence[ReliabilityBin]) -> str:
    """The share of questions whose answer is there, against the confidence that it is.

    A circle's area is the number of its questions; on the diagonal confidence is honest.
    """
    parts = _axes("confidence that the articles hold the answer", "share where they do", 1.0)
    diagonal = f"M{_x(0):.1f} {_y(0):.1f}L{_x(1):.1f} {_y(1):.1f}"
    parts.append(element("path", d=diagonal, class_="ideal"))
    most = max((found.count for found in bins), default=0)
    for found in bins:
        if found.mean_confidence is None or found.mean_outcome is None:
            continue
        radius = max(SMALLEST_RADIUS, LARGEST_RADIUS * math.sqrt(found.count / most))
        told = (
            f"{found.count} questions, confidence {found.mean_confidence:.2f}, "
            f"true of {found.mean_outcome:.0%}"
        )
        parts.append(
            element(
                "circle",
                element("title", told),
                cx=_x(found.mean_confidence),
                cy=_y(found.mean_outcome),
                r=radius,
                class_="bubble",
            )
        )
    return _plot(parts, "Reliability")


def _plot(parts: Sequence[str], name: str) -> str:
    return drawing(WIDTH, HEIGHT, parts, class_="plot", role="img", aria_label=name)


def _axes(across: str, up: str, highest: float) -> list[str]:
    """Grid lines, ticks and labels; the axis upwards ends at ``highest``."""
    parts = []
    for step in range(TICKS + 1):
        share = step / TICKS
        line = f"M{_x(0):.1f} {_y(share):.1f}H{_x(1):.1f}"
        parts.append(element("path", d=line, class_="grid" if step else "axis"))
        tick = f"{share * highest:.0%}"
        parts.append(label(LEFT - 6, _y(share) + 4, tick, text_anchor="end", class_="tick"))
        parts.append(
            label(_x(share), _y(0) + 17, f"{share:.0%}", text_anchor="middle", class_="tick")
        )
    parts.append(label((_x(0) + _x(1)) / 2, HEIGHT - 8, across, text_anchor="middle"))
    turned = f"translate(13 {(_y(0) + _y(1)) / 2:.1f}) rotate(-90)"
    parts.append(label(0, 0, up, text_anchor="middle", transform=turned))
    return parts


def _x(share: float) -> float:
    return LEFT + share * (WIDTH - LEFT - RIGHT)


def _y(share: float) -> float:
    return HEIGHT - BOTTOM - share * (HEIGHT - TOP - BOTTOM)
