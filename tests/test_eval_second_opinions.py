"""The retrieval measures of a whole run agree with trec_eval's; so do refusals with scikit-learn's.

The arithmetic of single metrics is held against scikit-learn and SciPy in their own tests.
"""

from __future__ import annotations

from pathlib import Path

import ir_measures
import pytest
from hypothesis import given
from hypothesis import strategies as st
from ir_measures import RR, Success, nDCG
from sklearn.metrics import precision_recall_fscore_support, roc_auc_score

from eval.scoring import score
from eval.values import EvalSet, Gold, Question, Row
from rag.values import Status

ARTICLES = [f"article-{number}" for number in range(14)]
THEIRS = {
    "hit@1": Success @ 1,
    "hit@5": Success @ 5,
    "hit@10": Success @ 10,
    "mrr@10": RR @ 10,
    "ndcg@10": nDCG @ 10,
}

grades = st.dictionaries(st.sampled_from(ARTICLES), st.integers(1, 3), min_size=1, max_size=5)
rankings = st.lists(st.sampled_from(ARTICLES), max_size=14, unique=True)


def set_of(relevant: dict[str, dict[str, int]], gold: dict[str, Gold]) -> EvalSet:
    names = relevant or gold
    questions = tuple(Question(name, "Where?", unit=name) for name in names)
    texts = {name: f"The text of {name}." for name in ARTICLES}
    return EvalSet("made", Path("made"), questions, gold, relevant, texts)


@given(st.lists(st.tuples(grades, rankings), min_size=1, max_size=8))
def test_retrieval_agrees_with_trec_eval(asked: list[tuple[dict[str, int], list[str]]]) -> None:
    relevant = {f"q{place}": graded for place, (graded, _) in enumerate(asked)}
    # trec_eval orders by score, not by place.
    ranked = {
        f"q{place}": {name: float(-rank) for rank, name in enumerate(names)}
        for place, (_, names) in enumerate(asked)
    }
    rows = {
        name: Row(name, Status.ABSTAINED, retrieved=tuple(found.items()))
        for name, found in ranked.items()
    }
    ours = score(set_of(relevant, {}), rows)
    theirs = ir_measures.calc_aggregate(list(THEIRS.values()), relevant, ranked)
    for name, measure in THEIRS.items():
        assert ours.value(name) == pytest.approx(theirs[measure]), name


@given(
    st.lists(
        st.tuples(st.booleans(), st.booleans(), st.sampled_from([0.1, 0.4, 0.6, 0.9])),
        min_size=1,
        max_size=30,
    )
)
def test_refusals_and_confidence_agree_with_scikit_learn(
    asked: list[tuple[bool, bool, float]],
) -> None:
    names = [f"q{place}" for place in range(len(asked))]
    gold = {
        name: Gold(answerable, "any") for name, (answerable, _, _) in zip(names, asked, strict=True)
    }
    rows = {
        name: Row(name, Status.ABSTAINED if refused else Status.ANSWERED, confidence=confidence)
        for name, (_, refused, confidence) in zip(names, asked, strict=True)
    }
    ours = score(set_of({}, gold), rows)
    unanswerable = [not answerable for answerable, _, _ in asked]
    refused = [one for _, one, _ in asked]
    precision, recall, f1, _ = precision_recall_fscore_support(
        unanswerable, refused, average="binary", zero_division=0
    )
    # Where nothing counts there is no value here, and 0 there.
    assert (ours.value("abstention_precision") or 0) == pytest.approx(precision)
    assert (ours.value("unanswerable_refused") or 0) == pytest.approx(recall)
    assert (ours.value("abstention_f1") or 0) == pytest.approx(f1)
    if len(set(unanswerable)) == 2:
        answerable, confidences = zip(*((a, c) for a, _, c in asked), strict=True)
        assert ours.value("answerability_auroc") == pytest.approx(
            roc_auc_score(answerable, confidences)
        )
