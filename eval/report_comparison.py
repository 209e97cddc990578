"""Two runs over the same questions, for a report: differences with intervals, and what flipped."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from eval.intervals import Interval, Resampler, mcnemar_exact
from eval.measures import MEASURES, Judged
from eval.report_failures import fault_of, shortened

FLIPS_SHOWN = 100


@dataclass(frozen=True, slots=True)
class Delta:
    """A measure of both runs over the questions they share, and ``second - first``, paired."""

    first: float | None
    second: float | None
    difference: Interval


@dataclass(frozen=True, slots=True)
class Flip:
    """A question that one run got right and the other wrong; faults are empty where right."""

    id: str
    kind: str
    question: str
    gold_answers: tuple[str, ...]
    answerable: bool
    first_answer: str
    first_fault: str
    second_answer: str
    second_fault: str


@dataclass(frozen=True, slots=True)
class Comparison:
    """``shared`` questions have a row without error in both runs; only they are compared.

    ``p`` is of McNemar's exact test on right and wrong. ``flips`` are the first
    ``FLIPS_SHOWN`` of the ``gained + lost`` questions.
    """

    shared: int
    deltas: Mapping[str, Delta]
    gained: int
    lost: int
    p: float
    flips: tuple[Flip, ...]


def compare_judged(first: Sequence[Judged], second: Sequence[Judged]) -> Comparison:
    """The comparison of two runs over one set."""
    others = {one.question.id: one for one in second}
    pairs = [(one, others[one.question.id]) for one in first if one.question.id in others]
    known = [(a, b) for a, b in pairs if a.gold is not None]
    right = [(fault_of(a) is None, fault_of(b) is None) for a, b in known]
    flipped = [pair for pair, (a, b) in zip(known, right, strict=True) if a is not b]
    gained = sum(b and not a for a, b in right)
    return Comparison(
        shared=len(pairs),
        deltas=_deltas(pairs),
        gained=gained,
        lost=len(flipped) - gained,
        p=mcnemar_exact([a for a, _ in right], [b for _, b in right]),
        flips=tuple(_flip(a, b) for a, b in flipped[:FLIPS_SHOWN]),
    )


def _deltas(pairs: Sequence[tuple[Judged, Judged]]) -> dict[str, Delta]:
    resampler = Resampler([one.question.unit for one, _ in pairs])
    deltas = {}
    for name, share in MEASURES.items():
        first, second = [share(a) for a, _ in pairs], [share(b) for _, b in pairs]
        deltas[name] = Delta(
            resampler.interval(first).value,
            resampler.interval(second).value,
            resampler.difference(second, first),
        )
    return deltas


def _flip(first: Judged, second: Judged) -> Flip:
    gold = first.gold
    return Flip(
        id=first.question.id,
        kind=gold.kind if gold else "",
        question=first.question.text,
        gold_answers=gold.answers if gold else (),
        answerable=first.answerable,
        first_answer=shortened(first.row.answer),
        first_fault=str(fault_of(first) or ""),
        second_answer=shortened(second.row.answer),
        second_fault=str(fault_of(second) or ""),
    )
