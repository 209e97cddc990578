"""The scores of a run by kind, outlet, date and length: where it is weak."""

from __future__ import annotations

import math
from bisect import bisect_left
from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any, NamedTuple

from eval.intervals import Interval, Resampler
from eval.measures import MEASURES, Judged
from eval.presenting import SLICE_COLUMNS
from eval.scoring import AGAINST_ANSWERABLE, beside_answerable
from rag.values import Article

# A longer table is not read; what is left goes into one line.
OUTLETS_SHOWN = 20
OTHERS = "other outlets"
UNKNOWN = "not told"
LAST = 1_000_000  # a rank behind all others


@dataclass(frozen=True, slots=True)
class SliceLine:
    """The questions of one label and the measures over them, by name."""

    label: str
    questions: int
    measures: Mapping[str, Interval]


@dataclass(frozen=True, slots=True)
class Slicing:
    """The questions divided by one property; every question with gold is in one line."""

    title: str
    lines: tuple[SliceLine, ...]


class _Label(NamedTuple):
    """The line that a question belongs to; lines are ordered by rank."""

    rank: int
    name: str


_NOT_KNOWN = _Label(LAST, UNKNOWN)


def slicings(judged: Sequence[Judged], articles: Mapping[str, Article]) -> tuple[Slicing, ...]:
    """By kind, and by each other property that divides these questions at all.

    ``articles`` by id tell outlets and dates; a question belongs to its gold article.
    """
    known = [one for one in judged if one.gold is not None]
    sources = [articles.get(_gold_article(one)) for one in known]
    kind = Slicing("Kind of question", _lines(known, _in_order([_kind(one) for one in known])))
    others = {
        "Outlet of the gold article": _by_size([a.outlet if a else "" for a in sources]),
        "Date of the gold article": _by_range([a.date or None if a else None for a in sources]),
        "Words of the question": _by_range([len(one.question.text.split()) for one in known]),
        "Words of the gold answer": _by_range([_gold_words(one) for one in known]),
    }
    divided = {title: labels for title, labels in others.items() if len(set(labels)) > 1}
    return (kind, *(Slicing(title, _lines(known, labels)) for title, labels in divided.items()))


def quartiles(values: Sequence[Any]) -> list[Any]:
    """The greatest value of each quarter of the sorted ``values``; equal values never part."""
    ordered = sorted(values)
    places = {math.ceil(len(ordered) * quarter / 4) - 1 for quarter in (1, 2, 3, 4)}
    return sorted({ordered[place] for place in places if place >= 0})


def _kind(judged: Judged) -> str:
    return judged.gold.kind if judged.gold else ""


def _gold_article(judged: Judged) -> str:
    """The article of the first evidence, else of the best judgement; empty where none is told."""
    if judged.gold and judged.gold.evidence:
        return judged.gold.evidence[0].doc_id
    return max(judged.relevant, key=lambda name: judged.relevant[name], default="")


def _gold_words(judged: Judged) -> int | None:
    answers = judged.gold.answers if judged.gold else ()
    return len(answers[0].split()) if answers else None


def _in_order(names: Sequence[str]) -> list[_Label]:
    """In the order in which the set has them."""
    ranks = {name: rank for rank, name in enumerate(dict.fromkeys(names))}
    return [_Label(ranks[name], name) for name in names]


def _by_size(names: Sequence[str]) -> list[_Label]:
    """The most frequent first, at most ``OUTLETS_SHOWN`` of them."""
    frequent = Counter(name for name in names if name).most_common(OUTLETS_SHOWN)
    labels = {name: _Label(rank, name) for rank, (name, _) in enumerate(frequent)}
    rest = _Label(LAST - 1, OTHERS)
    return [labels.get(name, rest) if name else _NOT_KNOWN for name in names]


def _by_range(values: Sequence[Any]) -> list[_Label]:
    """The quarter that each value lies in, as ``least to greatest``; None is not known."""
    told = [value for value in values if value is not None]
    greatest = quartiles(told)
    labels = []
    for place, last in enumerate(greatest):
        first = min(value for value in told if bisect_left(greatest, value) == place)
        labels.append(_Label(place, str(last) if first == last else f"{first} to {last}"))
    return [_NOT_KNOWN if v is None else labels[bisect_left(greatest, v)] for v in values]


def _lines(judged: Sequence[Judged], labels: Sequence[_Label]) -> tuple[SliceLine, ...]:
    groups: dict[_Label, list[Judged]] = {}
    for one, label in zip(judged, labels, strict=True):
        groups.setdefault(label, []).append(one)
    return tuple(
        SliceLine(label.name, len(inside), _measures(inside, judged))
        for label, inside in sorted(groups.items(), key=lambda group: group[0])
    )


def _measures(inside: Sequence[Judged], judged: Sequence[Judged]) -> dict[str, Interval]:
    """Of the columns, those that need questions of both sorts are told over more."""
    groups = dict.fromkeys(SLICE_COLUMNS, inside)
    beside = beside_answerable(inside, judged)
    groups.update({name: beside for name in AGAINST_ANSWERABLE if name in groups})
    return {name: _interval(name, group) for name, group in groups.items()}


def _interval(name: str, judged: Sequence[Judged]) -> Interval:
    if not judged:
        return Interval(None)
    resampler = Resampler([one.question.unit for one in judged])
    return resampler.interval([MEASURES[name](one) for one in judged])
