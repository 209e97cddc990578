"""Thresholds that a run must reach, for continuous integration."""

from __future__ import annotations

from dataclasses import dataclass

from eval.scoring import Scores


@dataclass(frozen=True, slots=True)
class Thresholds:
    """Least values, as shares of 1.

    The defaults are what the engine reaches on ``eval/sets/seeds``, less two questions each, so
    that a change that loses answers or refusals fails. They rise with the engine, to ``AIM``.
    """

    right_sentence_cited: float = 0.83
    unanswerable_refused: float = 0.72
    citation_validity: float = 1.0
    sentences_cited: float = 1.0
    citation_recall: float = 1.0
    short_answer_quoted: float = 1.0


AIM = Thresholds(right_sentence_cited=0.95, unanswerable_refused=0.95)
"""Where the engine shall get to. It is not there: see ``shortfalls``."""


# What each threshold means, for the reader of a failure.
MEANINGS = {
    "right_sentence_cited": "answerable questions answered with the right sentence cited",
    "unanswerable_refused": "unanswerable questions refused",
    "citation_validity": "citations whose quote is exactly the article's text at their offsets",
    "sentences_cited": "sentences of answers that have a citation",
    "citation_recall": "sentences of answers that the words they cite bear out",
    "short_answer_quoted": "answers whose short answer, if any, stands in one of their sentences",
}


def shortfalls(scores: Scores) -> list[str]:
    """What a run lacks of ``AIM``, a sentence each; said beside the gate, and does not fail it."""
    values = {name: (scores.value(name), getattr(AIM, name)) for name in MEANINGS}
    return [
        f"{name}: {value:.1%}, the aim is {wanted:.1%}."
        for name, (value, wanted) in values.items()
        if value is not None and value < wanted
    ]


def failures(scores: Scores, thresholds: Thresholds | None = None) -> list[str]:
    """Why the run does not pass, a sentence each; empty when it passes.

    A measure that could not be computed fails: nothing passes for want of evidence. So do a
    question without a row, a row of status ``error``, and a row or line that was left out.
    """
    least = thresholds or Thresholds()
    reasons = []
    if scores.missing:
        reasons.append(f"{scores.missing} of {scores.questions} questions have no row.")
    if scores.errors:
        reasons.append(f"{scores.errors} questions ended in an error.")
    reasons.extend(f"Left out: {problem}." for problem in scores.problems)
    for name, meaning in MEANINGS.items():
        value, wanted = scores.value(name), getattr(least, name)
        if value is None:
            reasons.append(f"{name}: none counted; at least {wanted:.1%} of {meaning} is wanted.")
        elif value < wanted:
            reasons.append(f"{name}: {value:.1%} of {meaning}; at least {wanted:.1%} is wanted.")
    return reasons
