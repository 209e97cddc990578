"""Thresholds that a run must keep, for continuous integration.

A set brings its own, instead of the defaults, in its ``set.toml`` or, where it is one file, in a
``.toml`` of the same name beside it::

    [gate.at_least]
    right_sentence_cited = 0.8

    [gate.at_most]
    false_refusal_rate = 0.1

    [gate.aim]
    right_sentence_cited = 0.95
    false_refusal_rate = 0.05

Any measure of the table can be named, by its name there. What a run lacks of an aim is said and
fails nothing; of ``LOWER_IS_BETTER`` an aim is the greatest value, of the others the least.
"""

from __future__ import annotations

from collections.abc import Collection, Mapping
from dataclasses import dataclass, field
from pathlib import Path

from eval.datasets import SET_FILE, read_toml
from eval.presenting import FORMATS, MEANINGS
from eval.scoring import Scores
from eval.values import SetError
from rag.errors import choices

AT_LEAST, AT_MOST, AIM = BOUNDS = ("at_least", "at_most", "aim")


LOWER_IS_BETTER = frozenset(
    {
        "answer_words",
        "answerability_ece",
        "aurc",
        "citations_out_of_range",
        "correctness_ece",
        "false_refusal_rate",
        "median_ms",
    }
)


@dataclass(frozen=True, slots=True)
class Thresholds:
    """The least and the greatest values by measure, and those aimed at; shares are of 1."""

    at_least: Mapping[str, float] = field(default_factory=dict)
    at_most: Mapping[str, float] = field(default_factory=dict)
    aim: Mapping[str, float] = field(default_factory=dict)


DEFAULTS = Thresholds(
    at_least={
        "citation_validity": 1.0,
        "sentences_cited": 1.0,
        "citation_recall": 1.0,
        "short_answer_quoted": 1.0,
    }
)
"""What every answer that is made of quotes keeps, on whatever set."""


def read_thresholds(source: str | Path, measures: Collection[str]) -> Thresholds:
    """The thresholds of the set at ``source``: its own if it has any, else ``DEFAULTS``.

    Raises ``SetError`` where ``[gate]`` holds anything but tables of numbers by names that are
    among ``measures``.
    """
    path = Path(source)
    file = path / SET_FILE if path.is_dir() else path.with_suffix(".toml")
    table = read_toml(file).get("gate") if file.is_file() else None
    if table is None:
        return DEFAULTS
    if not isinstance(table, dict) or not table or not table.keys() <= set(BOUNDS):
        raise SetError(
            f"The [gate] of {file} must hold the tables {choices(BOUNDS)}, and nothing else.",
            f"Write [gate.{AT_LEAST}], and below it lines such as: right_sentence_cited = 0.8",
        )
    return Thresholds(**{bound: _numbers(file, bound, table, measures) for bound in table})


def shortfalls(scores: Scores, thresholds: Thresholds) -> list[str]:
    """What a run lacks of the aim, a sentence each; said beside the gate, and does not fail it."""
    values = {name: (scores.value(name), wanted) for name, wanted in thresholds.aim.items()}
    return [
        f"{name}: {_shown(name, value)}, the aim is {_shown(name, wanted)}."
        for name, (value, wanted) in values.items()
        if value is not None and _is_short(name, value, wanted)
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


def _is_short(name: str, value: float, wanted: float) -> bool:
    return value > wanted if name in LOWER_IS_BETTER else value < wanted


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
