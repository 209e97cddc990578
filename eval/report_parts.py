"""What the pages of a report are made of: inert text, figures and tables as HTML.

Every word that comes from an article, a question, a row or a file name goes through ``words`` or
``one_line``; what the functions here call HTML has been through them.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable, Sequence

from eval.intervals import Interval
from eval.presenting import FORMATS, MEANINGS, interval_mark, shown
from rag.escaping import escape, escape_line

UNTOLD = "–"

# Control characters, and those that turn the direction of writing for more than themselves: one
# in a quote could reverse the marks around it. Shown as a replacement character each.
_STEERING = re.compile("[\x00-\x08\x0b-\x1f\x7f-\x9f\u202a-\u202e\u2066-\u2069]")
REPLACEMENT = "\N{REPLACEMENT CHARACTER}"
# Escaped: "_", ".", "-" and "/".
_JOINTS = re.compile(r"&#(?:95|46|45|47);")


def words(text: str) -> str:
    """``text`` with its line breaks as inert HTML."""
    plain = text.replace("\r\n", "\n").replace("\r", "\n")
    return escape(_STEERING.sub(REPLACEMENT, plain))


def one_line(text: str) -> str:
    """``text`` on one line as inert HTML, for names and titles."""
    return escape_line(text)


def breakable(name: str) -> str:
    """A measure's or a file's name as inert HTML that may break behind its punctuation."""
    return _JOINTS.sub(r"\g<0><wbr>", one_line(name))


def figure(name: str, value: float | None) -> str:
    """A value of a measure as its table shows it."""
    return shown(name, value, UNTOLD).replace("-", "−")


def signed(name: str, value: float | None) -> str:
    """A difference of two values of a measure, with its sign."""
    told = figure(name, value)
    return f"+{told}" if value is not None and value > 0 and told[0] != "+" else told


def percent(value: float | None) -> str:
    """A share of 1 in per cent, to a tenth: rounded as the tables round it."""
    return UNTOLD if value is None else f"{round(value, 3):.1%}".replace("100.0", "100")


def headline(name: str, value: float | None) -> str:
    """A share in per cent, any other measure in its format."""
    return figure(name, value) if name in FORMATS else percent(value)


def meaning(name: str) -> str:
    """What a headline counts, as words behind its figure."""
    return f"{name}: {MEANINGS[name]}" if name in FORMATS else f"of {MEANINGS[name]}"


def ends(name: str, interval: Interval, told: Callable[[str, float | None], str] = figure) -> str:
    """The interval's ends as ``told`` writes them, and its mark; empty without any."""
    if interval.low is None:
        return ""
    return f"{told(name, interval.low)} to {told(name, interval.high)}{interval_mark(interval)}"


def with_interval(name: str, interval: Interval) -> str:
    """A share, and below it the ends of its interval where it has one."""
    if interval.low is None or interval.high is None:
        return figure(name, interval.value)
    told = f"{interval.low:.2f}–{interval.high:.2f}{interval_mark(interval)}"
    return figure(name, interval.value) + small(told)


def note(text: str | None) -> str:
    """A remark as HTML; empty without one."""
    return f'<p class="note">{text}</p>' if text else ""


def small(told: str) -> str:
    """HTML on a line of its own, below what it belongs to."""
    return f'<small class="ends">{told}</small>'


def table(head: Sequence[str], lines: Iterable[Sequence[str]], classes: str = "") -> str:
    """A table of HTML cells; the first cell of each line is its heading."""
    heads = "".join(f'<th scope="col">{cell}</th>' for cell in head)
    body = "".join(
        f'<tr><th scope="row">{first}</th>{"".join(f"<td>{cell}</td>" for cell in rest)}</tr>'
        for first, *rest in lines
    )
    return (
        f'<div class="scrolls" tabindex="0"><table class="{classes}"><thead><tr>{heads}</tr>'
        f"</thead><tbody>{body}</tbody></table></div>"
    )


def section(name: str, title: str, body: str) -> str:
    """A part of the page that ``#name`` leads to; empty where there is nothing in it."""
    return f'<section id="{name}"><h2>{title}</h2>{body}</section>' if body else ""


def counted(number: int, noun: str) -> str:
    """``1 question``, ``2,000 questions``."""
    return f"{number:,} {noun}{'' if number == 1 else 's'}"
