"""Drawing with SVG elements; whatever goes into them is escaped."""

from __future__ import annotations

from collections.abc import Iterable
from html import escape

Attribute = str | float


def element(tag: str, content: str = "", **attributes: Attribute) -> str:
    """An element around ``content``, which is SVG already.

    ``_`` in a name stands for ``-`` (``stroke_width``), and one at its end for nothing
    (``class_``). Numbers are rounded to a tenth.
    """
    told = "".join(
        f' {name.rstrip("_").replace("_", "-")}="{_value(value)}"'
        for name, value in attributes.items()
    )
    return f"<{tag}{told}>{content}</{tag}>" if content else f"<{tag}{told}/>"


def label(x: float, y: float, words: str, **attributes: Attribute) -> str:
    """``words`` on the line ``y``, from ``x`` on unless ``text_anchor`` says otherwise."""
    return element("text", escape(words), x=x, y=y, **attributes)


def drawing(width: float, height: float, parts: Iterable[str], **attributes: Attribute) -> str:
    """An SVG document of ``parts``, a line each."""
    size: dict[str, Attribute] = {"width": width, "height": height}
    return element(
        "svg",
        "\n".join(["", *parts, ""]),
        xmlns="http://www.w3.org/2000/svg",
        **size,
        viewBox=f"0 0 {_value(width)} {_value(height)}",
        **attributes,
    )


def _value(value: Attribute) -> str:
    return escape(value) if isinstance(value, str) else f"{value:.1f}".removesuffix(".0")
