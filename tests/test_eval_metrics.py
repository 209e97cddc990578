import inspect
import math
import random
from types import ModuleType

import pytest
from hypothesis import given
from hypothesis import strategies as st
from sklearn.metrics import ndcg_score, precision_recall_fscore_support, roc_auc_score

from eval import citations, evidence, metrics, set_statistics
from eval.values import Passage

TEXTS = {"a": "One. Two. Three.", "b": "One. Two."}


def cite(doc_id: str, start: int, end: int, text: str = "") -> Passage:
    return Passage(doc_id, start, end, text or TEXTS.get(doc_id, "")[start:end])


def test_normalise_is_squads() -> None:
    assert metrics.normalise("  The $45 billion, a deal!") == "45 billion deal"
    assert metrics.normalise("Rostec’s") == metrics.normalise("Rostec's") == "rostecs"
    assert metrics.normalise("Theatre analysis") == "theatre analysis"


def test_containment_takes_whole_words_only() -> None:
    assert metrics.contains_answer("It exceeds $45 billion.", ["45 billion"])
    assert metrics.contains_answer("It exceeds $45 billion.", ["50", "The $45 Billion"])
    assert not metrics.contains_answer("It exceeds $45 billion.", ["5 billion"])
    assert not metrics.contains_answer("Anything", ["the", ""])
    assert not metrics.contains_answer("Anything", [])


def test_exact_match_and_f1_by_hand() -> None:
    assert metrics.exact_match("The Ida Holm", ["ida holm."]) == 1
    assert metrics.exact_match("Ida", ["Ida Holm", "I. Holm"]) == 0
    # One of one predicted word is right, one of two wanted is found: 2 * 1 / (1 + 2).
    assert metrics.token_f1("Ida", ["Ida Holm"]) == pytest.approx(2 / 3)
    assert metrics.token_f1("Ida Ida", ["Ida"]) == pytest.approx(2 / 3)
    assert metrics.token_f1("Ida", ["Bo", "Ida"]) == 1
    assert metrics.token_f1("Ida", ["Bo"]) == 0


def test_unanswerable_wants_the_empty_prediction() -> None:
    for measure in (metrics.exact_match, metrics.token_f1):
        assert measure("", []) == 1
        assert measure("something", []) == 0
        assert measure("", ["something"]) == 0


def test_retrieval_by_hand() -> None:
    ranked, relevant = ["x", "x", "a", "b"], {"a": 1, "c": 1}
    assert metrics.distinct(ranked) == ["x", "a", "b"]
    assert metrics.hit_at_k(ranked, relevant, 1) == 0
    assert metrics.hit_at_k(ranked, relevant, 2) == 1
    assert metrics.reciprocal_rank(ranked, relevant, 10) == 0.5
    assert metrics.reciprocal_rank(ranked, relevant, 1) == 0
    ideal = 1 + 1 / math.log2(3)
    assert metrics.ndcg(ranked, relevant, 10) == pytest.approx((1 / math.log2(3)) / ideal)
    assert metrics.ndcg([], relevant, 10) == 0
    assert metrics.ndcg(ranked, {}, 10) == 0


def test_ndcg_agrees_with_scikit_learn() -> None:
    source = random.Random(1)
    for _ in range(50):
        names = [f"d{i}" for i in range(12)]
        grades = {name: source.randrange(4) for name in names}
        source.shuffle(names)
        if any(grades.values()):
            expected = ndcg_score(
                [[grades[n] for n in names]], [[-i for i in range(len(names))]], k=5
            )
            assert metrics.ndcg(names, grades, 5) == pytest.approx(expected)


def test_abstention_agrees_with_scikit_learn() -> None:
    source = random.Random(2)
    refused = [source.random() < 0.4 for _ in range(200)]
    answerable = [source.random() < 0.6 for _ in range(200)]
    pairs = list(zip(refused, answerable, strict=True))
    precision, recall, f1, _ = precision_recall_fscore_support(
        [not a for a in answerable], refused, average="binary"
    )
    assert metrics.ratio(metrics.abstention_precision(*p) for p in pairs) == pytest.approx(
        precision
    )
    assert metrics.ratio(metrics.abstention_recall(*p) for p in pairs) == pytest.approx(recall)
    assert metrics.ratio(metrics.abstention_f1(*p) for p in pairs) == pytest.approx(f1)
    wrongly = sum(r and a for r, a in pairs)
    assert metrics.ratio(metrics.false_refusal_rate(*p) for p in pairs) == wrongly / sum(answerable)


def test_ratio_of_nothing_is_none() -> None:
    assert metrics.ratio([]) is None
    assert metrics.ratio([metrics.LEFT_OUT, (0.0, 0.0)]) is None


@pytest.mark.parametrize(
    "citation",
    [
        cite("a", 0, 4, "Two."),
        cite("a", -6, -1, "Three"),
        cite("a", 10, 99, "Three."),
        cite("a", 5, 5, "x"),
        cite("nowhere", 0, 4, "One."),
    ],
)
def test_invalid_citations_stay_in_the_denominator(citation: Passage) -> None:
    assert metrics.citation_validity([citation, cite("a", 0, 4)], TEXTS) == (1, 2)


@given(st.lists(st.tuples(st.sampled_from([0.1, 0.2, 0.5, 0.9]), st.booleans()), min_size=2))
def test_auroc_agrees_with_scikit_learn(pairs: list[tuple[float, bool]]) -> None:
    scores, labels = [p[0] for p in pairs], [p[1] for p in pairs]
    found = metrics.auroc(scores, labels)
    if len(set(labels)) == 2:
        assert found == pytest.approx(roc_auc_score(labels, scores))
    else:
        assert found is None


@pytest.mark.parametrize("module", [metrics, citations, evidence, set_statistics])
def test_every_metric_tells_its_source_or_that_it_has_none(module: ModuleType) -> None:
    made = [
        found
        for _, found in inspect.getmembers(module, inspect.isfunction)
        if found.__module__ == module.__name__
        and found.__annotations__.get("return") in {"Share", "Statistic"}
        and not found.__name__.startswith("_")
    ]
    assert made
    assert [one.__name__ for one in made if "ource" not in (one.__doc__ or "")] == []
