"""What the controls of a run say of it: whether each comes out as it must if the scores mean much.

If refusing everything, copying a sentence, pasting an article or citing at random does as well as
the run, or if the answers do not change with the articles, the scores of the run tell nothing.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, replace

from eval.controls import (
    ALWAYS_REFUSE,
    EVERYTHING,
    NEVER_REFUSE,
    ORACLE,
    SHUFFLED,
    TOP_SENTENCE,
)
from eval.metrics import contains_answer, ratio
from eval.perturbing import Perturbed
from eval.scoring import Scores, score
from eval.values import EvalSet, Row
from rag.values import Status

GOLD_REMOVED = "gold left out"
FACT_SWAPPED = "fact swapped"
OLD_FACT_TOLD = "old_fact_told"

# At this share of its value in the run, a measure has collapsed.
COLLAPSED = 0.1
# Of the questions whose evidence is gone, at least so many must be refused. Not all: what is left
# of an article may be near enough to be quoted.
LEAST_REFUSED = 0.8
# The changed facts must be told at least this times as often as the old ones were.
LEAST_FOLLOWED = 0.9


@dataclass(frozen=True, slots=True)
class Verdict:
    """One measure of a control (``value``) beside the run's own (``run``, None if it has none).

    ``wanted`` says what must hold of it; ``holds`` is None where it cannot be told.
    """

    control: str
    measure: str
    wanted: str
    run: float | None
    value: float | None
    holds: bool | None

    def __str__(self) -> str:
        run = "" if self.run is None else f"{self.run:.3f} -> "
        value = "-" if self.value is None else f"{self.value:.3f}"
        word = {True: "ok", False: "NOT SO", None: "cannot be told"}[self.holds]
        return f"{self.control}: {self.measure} {self.wanted}: {run}{value}, {word}"


def verdicts_from_rows(run: Scores, controls: Mapping[str, Scores]) -> list[Verdict]:
    """On the controls that need no other articles.

    Refusing everything can be told from a good run only where something was answerable, and
    refusing nothing only where something was not.
    """

    def below(control: str, measure: str, where: str = "") -> Verdict:
        """``where`` names a measure of the run without which nothing can be told."""
        told = not where or run.value(where) is not None
        values = run.value(measure) if told else None, controls[control].value(measure)
        return _beside(control, measure, "is below the run's", values, lambda r, v: v < r)

    def whole(control: str, measure: str) -> Verdict:
        value = controls[control].value(measure)
        return _alone(control, measure, "is 1", value, lambda v: v == 1)

    def collapses(control: str, measure: str) -> Verdict:
        values = run.value(measure), controls[control].value(measure)
        return _beside(control, measure, "collapses", values, lambda r, v: v <= COLLAPSED * r)

    return [
        below(ALWAYS_REFUSE, "truthfulness", where="false_refusal_rate"),
        below(NEVER_REFUSE, "truthfulness", where="unanswerable_refused"),
        below(TOP_SENTENCE, "truthfulness"),
        below(TOP_SENTENCE, "right_sentence_cited"),
        below(EVERYTHING, "right_sentence_cited"),
        whole(ORACLE, "answers_right"),
        whole(ORACLE, "right_sentence_cited"),
        whole(ORACLE, "citation_validity"),
        collapses(SHUFFLED, "citation_precision"),
        collapses(SHUFFLED, "citation_recall"),
    ]


def verdict_without_gold(changed: Scores) -> Verdict:
    """On the answers to questions whose evidence was taken out of the articles."""
    wanted = f"is at least {LEAST_REFUSED}"
    value = changed.value("unanswerable_refused")
    return _alone(GOLD_REMOVED, "unanswerable_refused", wanted, value, lambda v: v >= LEAST_REFUSED)


def verdicts_on_swaps(
    eval_set: EvalSet, rows: Mapping[str, Row], changed: Perturbed, answers: Mapping[str, Row]
) -> list[Verdict]:
    """On the ``answers`` over changed facts, beside the ``rows`` of the same questions before."""
    same = tuple(q for q in eval_set.questions if q.id in changed.changed)
    before = score(replace(eval_set, questions=same), rows).value("answer_contained")
    after = score(changed.eval_set, answers).value("answer_contained")
    follows = f"is at least {LEAST_FOLLOWED} of the run's"
    return [
        _beside(
            FACT_SWAPPED,
            "answer_contained",
            follows,
            (before, after),
            lambda r, v: v >= LEAST_FOLLOWED * r,
        ),
        _alone(
            FACT_SWAPPED,
            OLD_FACT_TOLD,
            "is 0",
            _old_facts_told(eval_set, changed, answers),
            lambda v: v == 0,
        ),
    ]


def _old_facts_told(
    eval_set: EvalSet, changed: Perturbed, answers: Mapping[str, Row]
) -> float | None:
    """Of the answers given, those that tell the old fact and not the new one."""
    shares = []
    for name in changed.changed:
        row = answers.get(name)
        if row is not None and row.status is Status.ANSWERED:
            old, new = eval_set.gold[name].answers, changed.eval_set.gold[name].answers
            told = contains_answer(row.answer, old) and not contains_answer(row.answer, new)
            shares.append((float(told), 1.0))
    return ratio(shares)


def _alone(
    control: str, measure: str, wanted: str, value: float | None, test: Callable[[float], bool]
) -> Verdict:
    holds = None if value is None else test(value)
    return Verdict(control, measure, wanted, None, value, holds)


def _beside(
    control: str,
    measure: str,
    wanted: str,
    values: tuple[float | None, float | None],
    test: Callable[[float, float], bool],
) -> Verdict:
    run, value = values
    holds = None if run is None or value is None else test(run, value)
    return Verdict(control, measure, wanted, run, value, holds)
