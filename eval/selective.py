"""What an answerer would reach if it gave only its surest answers; and what a right one is worth.

``eval.metrics`` has the area under the risk-coverage curve.
"""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np

from eval.metrics import Share


def coverage_at_accuracy(
    confidences: Sequence[float], correct: Sequence[bool], accuracy: float = 0.95
) -> float | None:
    """The largest share of the answers, surest first, of which at least ``accuracy`` are right.

    0 where no such share exists; None without answers. Answers of equal confidence are given or
    withheld together. Source: coverage at a target accuracy, as in Kamath, Jia and Liang,
    Selective Question Answering under Domain Shift, ACL 2020.
    """
    if not confidences:
        return None
    values, right = np.asarray(confidences, dtype=float), np.asarray(correct, dtype=float)
    order = np.argsort(-values, kind="stable")
    values, right = values[order], right[order]
    counts = np.arange(1, len(values) + 1)
    last_of_its_confidence = np.append(values[1:] != values[:-1], True)
    # Whole numbers of answers: 19 of 20 is .95, whatever the division says of it.
    reached = np.cumsum(right) >= np.round(accuracy * counts, 9)
    kept = counts[last_of_its_confidence & reached]
    return float(kept.max() / len(values)) if len(kept) else 0.0


def truthfulness(answered: bool, right: bool) -> Share:
    """1 for a right answer, 0 for a refusal, -1 for a wrong answer; the mean is in [-1, 1].

    Any answer to an unanswerable question is wrong; refusing one is 0 as any refusal is, so that
    refusing everything is worth 0. Source: the score of CRAG with accurate, missing and incorrect
    answers (Yang et al., Comprehensive RAG Benchmark, 2024).
    """
    return (0.0 if not answered else 1.0 if right else -1.0, 1.0)
