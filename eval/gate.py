"""Thresholds that a run must keep, for continuous integration.

A set brings its own in its ``set.toml``, instead of the defaults::

    [gate.at_least]
    right_sentence_cited = 0.8

    [gate.at_most]
    false_refusal_rate = 0.1

Any measure of the table can be named, by its name there.
"""

from __future__ import annotations

from collections.abc import Collection, Mapping
from dataclasses import dataclass, field
from pathlib import Path

from eval.datasets import SET_FILE, set_table
from eval.scoring import Scores
from eval.table import FORMATS
from eval.values import SetError
from rag.errors import choices

AT_LEAST, AT_MOST = BOUNDS = ("at_least", "at_most")


@dataclass(frozen=True, slots=True)
class Thresholds:
    """The least and the greatest values by measure; shares are of 1."""

    at_least: Mapping[str, float] = field(default_factory=dict)
    at_most: Mapping[str, float] = field(default_factory=dict)


DEFAULTS = Thresholds(
    at_least={
        "right_sentence_cited": 0.83,
        "unanswerable_refused": 0.72,
        "citation_validity": 1.0,
        "sentences_cited": 1.0,
        "citation_recall": 1.0,
        "short_answer_quoted": 1.0,
    }
)
"""What the engine reaches on ``eval/sets/seeds``, less two questions each of the first two, so
that a change that loses answers or refusals fails. They rise with the engine, to ``AIM``."""

AIM = Thresholds(at_least={"right_sentence_cited": 0.95, "unanswerable_refused": 0.95})
"""Where the engine shall get to. It is not there: see ``shortfalls``."""


# What a threshold means, for the reader of a failure; the others go by their names.
MEANINGS = {
    "right_sentence_cited": "answerable questions answered with the right sentence cited",
    "unanswerable_refused": "unanswerable questions refused",
    "false_refusal_rate": "answerable questions refused",
    "citation_validity": "citations whose quote is exactly the article's text at their offsets",
    "sentences_cited": "sentences of answers that have a citation",
    "citation_recall": "sentences of answers that the words they cite bear out",
    "short_answer_quoted": "answers whose short answer, if any, stands in one of their sentences",
}


def read_thresholds(source: str | Path, measures: Collection[str]) -> Thresholds:
    """The thresholds of the set at ``source``: its own if it has any, else ``DEFAULTS``.

    Raises ``SetError`` where ``[gate]`` holds anything but tables of numbers by names that are
    among ``measures``.
    """
    folder = Path(source)
    if not (folder / SET_FILE).is_file():
        return DEFAULTS
    table = set_table(folder).get("gate")
    if table is None:
        return DEFAULTS
    file = folder / SET_FILE
    if not isinstance(table, dict) or not table or not table.keys() <= set(BOUNDS):
        raise SetError(
            f"The [gate] of {file} must hold the tables {AT_LEAST} or {AT_MOST}, and nothing else.",
            f"Write [gate.{AT_LEAST}], and below it lines such as: right_sentence_cited = 0.8",
        )
    return Thresholds(**{bound: _numbers(file, bound, table, measures) for bound in table})


def shortfalls(scores: Scores) -> list[str]:
    """What a run lacks of ``AIM``, a sentence each; said beside the gate, and does not fail it."""
    values = {name: (scores.value(name), wanted) for name, wanted in AIM.at_least.items()}
    return [
        f"{name}: {value:.1%}, the aim is {wanted:.1%}."
        for name, (value, wanted) in values.items()
        if value is not None and value < wanted
    ]


def failures(scores: Scores, thresholds: Thresholds = DEFAULTS) -> list[str]:
    """Why the run does not pass, a sentence each; empty when it passes.

    A measure that could not be computed fails: nothing passes for want of evidence. So do a
    question without a row, a row of status ``error``, and a row or line that was left out.
    """
    reasons = []
    if scores.missing:
        reasons.append(f"{scores.missing} of {scores.questions} questions have no row.")
    if scores.errors:
        reasons.append(f"{scores.errors} questions ended in an error.")
    reasons.extend(f"Left out: {problem}." for problem in scores.problems)
    for name, least in thresholds.at_least.items():
        value = scores.value(name)
        if value is None or value < least:
            reasons.append(_reason(name, value, f"at least {_shown(name, least)}"))
    for name, most in thresholds.at_most.items():
        value = scores.value(name)
        if value is None or value > most:
            reasons.append(_reason(name, value, f"at most {_shown(name, most)}"))
    return reasons


def _reason(name: str, value: float | None, bound: str) -> str:
    of = f" of {MEANINGS[name]}" if name in MEANINGS else ""
    if value is None:
        return f"{name}: none counted; {bound}{of} is wanted."
    return f"{name}: {_shown(name, value)}{of}; {bound} is wanted."


def _shown(name: str, value: float) -> str:
    """As a percentage, unless the measure is no share."""
    return FORMATS[name].format(value) if name in FORMATS else f"{value:.1%}"


def _numbers(
    file: Path, bound: str, table: Mapping[str, object], measures: Collection[str]
) -> dict[str, float]:
    values = table[bound]
    if not isinstance(values, dict):
        raise SetError(
            f"gate.{bound} of {file} is no table.",
            f"Write [gate.{bound}], and below it a line for each measure.",
        )
    for name, value in values.items():
        if name not in measures:
            raise SetError(
                f"{file} gates on {name!r}, which is not measured.",
                f"The measures are {choices(measures)}.",
            )
        if not isinstance(value, int | float) or isinstance(value, bool):
            raise SetError(
                f"gate.{bound}.{name} of {file} is {value!r}.", "It must be a number, such as 0.8."
            )
    return {name: float(value) for name, value in values.items()}
