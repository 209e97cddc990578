"""What the pages of a report are made of: inert text, figures and tables as HTML.

Every word that comes from an article, a question, a row or a file name goes through ``words`` or
``one_line``; what the functions here call HTML has been through them.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Sequence

from eval.intervals import Interval
from eval.table import FORMATS
from rag.escaping import escape, escape_line

# The figures at the head of a report, and what each says.
HEADLINES = {
    "right_sentence_cited": "of answerable questions answered with the right sentence cited",
    "answer_contained": "of answerable questions have the gold answer in their answer",
    "unanswerable_refused": "of unanswerable questions refused",
    "false_refusal_rate": "of answerable questions refused",
    "citation_validity": "of citations quote the article exactly at their offsets",
    "hit@10": "of questions have a gold article among the first ten found",
}
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
    return UNTOLD if value is None else FORMATS.get(name, "{:.3f}").format(value)


def signed(name: str, value: float | None) -> str:
    """A difference of two values of a measure, with its sign."""
    shown = figure(name, value)
    return f"+{shown}" if value is not None and value > 0 else shown.replace("-", "−")


def percent(value: float | None) -> str:
    """A share of 1 in per cent, to a tenth: rounded as the tables round it."""
    return UNTOLD if value is None else f"{round(value, 3):.1%}".replace("100.0", "100")


def with_interval(name: str, interval: Interval) -> str:
    """A share, and below it the ends of its interval where it has one."""
    if interval.low is None or interval.high is None:
        return figure(name, interval.value)
    return figure(name, interval.value) + small(f"{interval.low:.2f}–{interval.high:.2f}")


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
