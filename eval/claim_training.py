"""Fits the table ``claim`` of ``rag/weights.json``: how much each finding of the check counts.

``python -m eval.claim_training``, to run after ``eval.entailment_training``: a logistic regression
over the pairs of ``eval/sets/claims/left-out.jsonl`` and the clauses of its quotes. The reader was
not taught these, so that it counts for what it is worth on pairs that it never saw. What is printed
is of the same pairs, each group judged by a fit without it.
"""

from __future__ import annotations

import random

import numpy as np
import numpy.typing as npt
from sklearn.model_selection import GroupKFold

from eval.entailment_clauses import lifted_claims
from eval.entailment_training import SEED, written
from eval.training import logistic, write_table
from rag.claim_checks import FAULTS, FEATURES, features
from rag.claim_features import gather
from rag.claim_reading import read
from rag.weights import BIAS

Floats = npt.NDArray[np.float32]

INVERSE_PENALTY = 0.1  # the C of scikit-learn
FOLDS = 6


def found() -> tuple[Floats, npt.NDArray[np.bool_], npt.NDArray[np.intp]]:
    """Of the claims of one sentence: [claims, FEATURES], whether it is true, its group's number."""
    rows, true, groups = [], [], []
    source = random.Random(SEED)
    for number, group in enumerate(written("left-out.jsonl")):
        for claim, supported in (*group.claims, *lifted_claims(group.quotes, source)):
            sentences = read(claim)
            evidence = gather(sentences[0], group.quotes)
            if len(sentences) == 1 and evidence.alignment is not None:
                rows.append(features(sentences[0], group.quotes, evidence))
                true.append(supported)
                groups.append(number)
    return np.stack(rows), np.array(true), np.array(groups)


def fit(rows: Floats, true: npt.NDArray[np.bool_]) -> dict[str, float]:
    """The weights by name, and the bias. A fault that would speak for a claim weighs nothing."""
    counted = list(FEATURES)
    while True:
        columns = rows[:, [FEATURES.index(name) for name in counted]]
        table = logistic(columns, true, counted, inverse_penalty=INVERSE_PENALTY)
        counted = [name for name in counted if name not in FAULTS or table[name] <= 0.0]
        if len(counted) == columns.shape[1]:
            return dict.fromkeys(FEATURES, 0.0) | table


def balanced_accuracy(
    rows: Floats, true: npt.NDArray[np.bool_], groups: npt.NDArray[np.intp]
) -> float:
    """Mean of the shares of true and of false claims judged right, by cross-validation."""
    supported = np.zeros(len(true), dtype=bool)
    for taught, judged in GroupKFold(FOLDS).split(rows, true, groups):
        table = fit(rows[taught], true[taught])
        weights = np.array([table[name] for name in FEATURES])
        supported[judged] = rows[judged] @ weights + table[BIAS] > 0.0
    return float(supported[true].mean() + (~supported[~true]).mean()) / 2


def main() -> None:
    """Fit, write the table, and tell how good it is."""
    rows, true, groups = found()
    write_table("claim", fit(rows, true))
    print(f"balanced accuracy on {len(true):,} pairs: {balanced_accuracy(rows, true, groups):.3f}")


if __name__ == "__main__":
    main()
