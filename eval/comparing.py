"""Two runs over the same questions, compared in pairs: what changed, and whether it is noise.

Everything is the second run less the first: "what does B bring over A". Only questions that both
runs answered without an error are paired, and the others are counted.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence, Sized
from dataclasses import asdict, dataclass, replace
from enum import StrEnum
from pathlib import Path
from typing import Any

from eval.checked_rows import CheckedRows, read_checked
from eval.intervals import Interval, Resampler, holm, mcnemar_exact
from eval.measures import MEASURES, Judged, is_right, judge
from eval.metrics import Share, ratio
from eval.set_measures import SET_MEASURES, outcomes
from eval.set_statistics import Statistic
from eval.values import EvalSet, Row, SetError

Rows = str | Path | Mapping[str, Row]


class Outcome(StrEnum):
    """What became of a question; refusing what is unanswerable is right."""

    RIGHT = "right"
    REFUSED = "refused"
    WRONG = "wrong"


# An answer that was withheld misleads nobody: it stands between right and wrong.
RANKS = {Outcome.WRONG: 0, Outcome.REFUSED: 1, Outcome.RIGHT: 2}


@dataclass(frozen=True, slots=True)
class MeasureDelta:
    """One measure of both runs; ``delta`` is the second less the first, paired.

    ``higher``, ``equal`` and ``lower`` count the questions on which the second's value is so,
    none for a measure of the whole set (``eval.set_measures``).
    ``p`` is exact McNemar's where the measure says yes or no of the same questions in both runs,
    ``p_holm`` the same after Holm's correction over all measures that have one; else None.
    """

    name: str
    first: float
    second: float
    delta: Interval
    higher: int
    equal: int
    lower: int
    p: float | None = None
    p_holm: float | None = None


@dataclass(frozen=True, slots=True)
class RunAnswer:
    """What one run made of a question; ``text`` is empty for a refusal."""

    outcome: Outcome
    text: str


@dataclass(frozen=True, slots=True)
class Flip:
    """A question whose outcome differs between the runs. ``gold`` is empty: unanswerable."""

    id: str
    question: str
    kind: str
    gold: tuple[str, ...]
    first: RunAnswer
    second: RunAnswer

    @property
    def won(self) -> bool:
        """Whether the second run did better."""
        return RANKS[self.second.outcome] > RANKS[self.first.outcome]


@dataclass(frozen=True, slots=True)
class Comparison:
    """Two runs side by side. ``paired`` questions count; ``notes`` tell what does not, and why.

    ``wins``, ``ties`` and ``losses`` of the second run are over the paired questions with gold,
    by outcome: right is better than refused, and refused better than wrong.
    """

    name: str
    first: str
    second: str
    questions: int
    paired: int
    notes: tuple[str, ...]
    wins: int
    ties: int
    losses: int
    measures: tuple[MeasureDelta, ...]
    flips: tuple[Flip, ...]

    def as_dict(self) -> dict[str, Any]:
        """Everything, ready for ``json.dumps``."""
        return asdict(self)


def compare(eval_set: EvalSet, first: Rows, second: Rows, cluster: str | None = None) -> Comparison:
    """``second`` beside ``first``, each a file that ``run`` wrote or rows by question.

    ``cluster`` compares only the questions of that cluster. Raises ``SetError`` when a file is
    of another set or of other articles, or when the two have no question in common.
    """
    names = _names(first, second)
    runs = [_read(eval_set, rows) for rows in (first, second)]
    questions = [q for q in eval_set.questions if cluster is None or q.cluster == cluster]
    judged = [{one.question.id: one for one in judge(eval_set, r.rows, questions)} for r in runs]
    common = [q.id for q in questions if q.id in judged[0] and q.id in judged[1]]
    if not common:
        raise SetError(
            f"{names[0]} and {names[1]} have no question of {eval_set.name!r} in common.",
            "Give two runs over the same set, and a cluster that it has.",
        )
    before, after = ([found[name] for name in common] for found in judged)
    known = [pair for pair in zip(before, after, strict=True) if pair[0].gold is not None]
    flips = [_flip(*pair) for pair in known if outcome(pair[0]) is not outcome(pair[1])]
    wins = sum(flip.won for flip in flips)
    return Comparison(
        name=eval_set.name if cluster is None else f"{eval_set.name} ({cluster})",
        first=names[0],
        second=names[1],
        questions=len(questions),
        paired=len(common),
        notes=tuple(_notes(names, runs, judged, len(questions))),
        wins=wins,
        ties=len(known) - len(flips),
        losses=len(flips) - wins,
        measures=_with_holm(_deltas(before, after)),
        flips=tuple(sorted(flips, key=lambda flip: flip.won)),
    )


def outcome(judged: Judged) -> Outcome:
    """Right, refused or wrong, by the typed status and the gold, which it must have."""
    if not judged.answerable:
        return Outcome.WRONG if judged.answered else Outcome.RIGHT
    if not judged.answered:
        return Outcome.REFUSED
    return Outcome.RIGHT if is_right(judged) else Outcome.WRONG


def run_names(first: Path, second: Path) -> tuple[str, str]:
    """What to call two files of rows: their names, with as many folders as tell them apart."""
    parts = [path.absolute().parts for path in (first, second)]
    for depth in range(1, min(map(len, parts))):
        names = [Path(*found[-depth:]).as_posix() for found in parts]
        if names[0] != names[1]:
            return names[0], names[1]
    return first.name, second.name


def _names(first: Rows, second: Rows) -> tuple[str, str]:
    if isinstance(first, Mapping) or isinstance(second, Mapping):
        named = zip((first, second), "AB", strict=True)
        names = [name if isinstance(rows, Mapping) else Path(rows).name for rows, name in named]
        return names[0], names[1]
    return run_names(Path(first), Path(second))


def _read(eval_set: EvalSet, rows: Rows) -> CheckedRows:
    return read_checked(eval_set, rows) if isinstance(rows, str | Path) else CheckedRows(rows)


def _notes(
    names: Sequence[str], runs: Sequence[CheckedRows], judged: Sequence[Sized], questions: int
) -> Iterator[str]:
    for name, checked, found in zip(names, runs, judged, strict=True):
        yield from (f"{name}: {note}" for note in checked.notes)
        if len(found) < questions:
            yield (
                f"{name}: {questions - len(found)} of {questions} questions have no row, or one "
                "that ended in an error."
            )


def _deltas(before: Sequence[Judged], after: Sequence[Judged]) -> list[MeasureDelta]:
    resampler = Resampler([one.question.unit for one in before])
    deltas = [_delta(name, share, before, after, resampler) for name, share in MEASURES.items()]
    first, second = outcomes(before), outcomes(after)
    deltas += [
        _set_delta(name, of(first), of(second), resampler) for name, of in SET_MEASURES.items()
    ]
    return [delta for delta in deltas if delta is not None]


def _set_delta(
    name: str, first: Statistic, second: Statistic, resampler: Resampler
) -> MeasureDelta | None:
    """One measure of the whole set; None where either run does not tell it."""
    if first.value is None or second.value is None:
        return None
    delta = resampler.statistic_difference(second, first)
    return MeasureDelta(name, first.value, second.value, delta, higher=0, equal=0, lower=0)


def _delta(
    name: str,
    share: Callable[[Judged], Share],
    before: Sequence[Judged],
    after: Sequence[Judged],
    resampler: Resampler,
) -> MeasureDelta | None:
    """One measure of both; None where either run has nothing to count."""
    first, second = [share(one) for one in before], [share(one) for one in after]
    values = ratio(first), ratio(second)
    if values[0] is None or values[1] is None:
        return None
    both = [(a, b) for a, b in zip(first, second, strict=True) if a[1] and b[1]]
    signs = [_sign(b[0] / b[1] - a[0] / a[1]) for a, b in both]
    return MeasureDelta(
        name=name,
        first=values[0],
        second=values[1],
        delta=resampler.difference(second, first),
        higher=signs.count(1),
        equal=signs.count(0),
        lower=signs.count(-1),
        p=_mcnemar(first, second),
    )


def _sign(difference: float) -> int:
    return (difference > 0) - (difference < 0)


def _mcnemar(first: Sequence[Share], second: Sequence[Share]) -> float | None:
    """The p value where every question counts as 0 or 1, and in both runs or in neither."""
    said = {share for shares in (first, second) for share in shares}
    same = all(a[1] == b[1] for a, b in zip(first, second, strict=True))
    if not same or not said <= {(0.0, 0.0), (0.0, 1.0), (1.0, 1.0)}:
        return None
    return mcnemar_exact([bool(n) for n, _ in first], [bool(n) for n, _ in second])


def _with_holm(deltas: Sequence[MeasureDelta]) -> tuple[MeasureDelta, ...]:
    tested = [delta for delta in deltas if delta.p is not None]
    adjusted = holm([delta.p for delta in tested if delta.p is not None])
    by_name = {delta.name: p for delta, p in zip(tested, adjusted, strict=True)}
    return tuple(replace(delta, p_holm=by_name.get(delta.name)) for delta in deltas)


def _flip(before: Judged, after: Judged) -> Flip:
    gold = before.gold
    right = () if gold is None else gold.answers or tuple(p.text for p in gold.evidence)
    return Flip(
        id=before.question.id,
        question=before.question.text,
        kind=gold.kind if gold else "",
        gold=right if before.answerable else (),
        first=_answer(before),
        second=_answer(after),
    )


def _answer(judged: Judged) -> RunAnswer:
    return RunAnswer(outcome(judged), judged.row.answer if judged.answered else "")
