"""The arithmetic of the fitting: what it must find in data whose answer is known."""

from __future__ import annotations

import numpy as np
import pytest

from eval.claim_training import fit
from eval.training import AGAINST, LISTWISE_PENALTY, half, listwise, logistic
from rag.claim_checks import FAULTS, FEATURES, WEIGHTS
from rag.weights import BIAS

GROUPS, CANDIDATES = 60, 12


def test_a_half_is_for_good() -> None:
    """A cluster that changed its half would bring questions it was fitted on into the report."""
    assert [half(cluster) for cluster in ("harbour", "dam", "ferry", "")] == [
        "fit",
        "report",
        "report",
        "fit",
    ]


def test_a_sets_own_halves_are_kept() -> None:
    assert (half("dev"), half("test")) == ("fit", "report")


def test_the_halves_are_about_equal() -> None:
    halves = [half(f"article-{number}") for number in range(2000)]
    assert set(halves) == {"fit", "report"}
    assert 900 < halves.count("fit") < 1100


def made(signs: list[float], seed: int = 0) -> list[tuple[np.ndarray, np.ndarray]]:
    """Groups in which the right candidate has the best sum of features weighted by ``signs``."""
    random = np.random.default_rng(seed)
    groups = []
    for _ in range(GROUPS):
        features = random.normal(size=(CANDIDATES, len(signs))).astype(np.float32)
        scores = features @ np.array(signs) + random.normal(scale=0.3, size=CANDIDATES)
        groups.append((features, scores == scores.max()))
    return groups


def test_listwise_finds_the_weights_that_ranked() -> None:
    weights = listwise(made([2.0, 1.0, 0.0]), ["one", "other", "noise"])
    assert weights[0] / weights[1] == pytest.approx(2.0, rel=0.3)
    assert abs(weights[2]) < 0.2 * weights[1]
    fresh = made([2.0, 1.0, 0.0], seed=1)
    found = [right[(features @ weights).argmax()] for features, right in fresh]
    assert np.mean(found) > 0.8


def test_listwise_does_not_care_for_a_features_unit() -> None:
    groups = made([2.0, 1.0])
    metres = [(features * np.array([1, 1000], np.float32), right) for features, right in groups]
    expected = listwise(groups, ["one", "other"]) / [1, 1000]
    np.testing.assert_allclose(listwise(metres, ["one", "other"]), expected, rtol=1e-2)


@pytest.mark.parametrize("name", sorted(AGAINST))
def test_listwise_holds_each_feature_to_its_side(name: str) -> None:
    speaks_against = listwise(made([2.0, -1.5]), ["one", name])
    assert speaks_against[0] / speaks_against[1] == pytest.approx(-2.0 / 1.5, rel=0.3)
    # A feature that the data would put on the wrong side counts for nothing, or nearly.
    wrong = listwise(made([2.0, 1.5]), ["one", name])
    assert -0.1 * wrong[0] < wrong[1] <= 0 < wrong[0]
    wrong = listwise(made([2.0, -1.5]), ["one", "other"])
    assert 0 <= wrong[1] < 0.1 * wrong[0]


def test_listwise_is_at_the_least_of_its_loss() -> None:
    """Against a second, plain implementation of the loss."""
    groups = made([1.0, 0.5, 0.2])
    scale = np.concatenate([features for features, _ in groups]).std(axis=0)

    def loss(weights: np.ndarray) -> float:
        shares = []
        for features, right in groups:
            grown = np.exp(features @ weights)
            shares.append(grown[right].sum() / grown.sum())
        return -np.log(shares).mean() + LISTWISE_PENALTY * ((weights * scale) ** 2).sum()

    best = listwise(groups, ["a", "b", "c"]).astype(np.float64)
    for step in np.vstack([np.eye(3), -np.eye(3)]) * 0.05 * best:
        assert loss(best) < loss(best + step)


def test_groups_without_a_right_candidate_are_left_out() -> None:
    groups = made([2.0, 1.0])
    lost = [(features, np.zeros(CANDIDATES, bool)) for features, _ in made([-9.0, 9.0], seed=2)]
    names = ["one", "other"]
    np.testing.assert_array_equal(listwise(groups + lost, names), listwise(groups, names))


def separated(seed: int = 0) -> tuple[np.ndarray, np.ndarray]:
    """Rows whose label is told by the first two features against each other, far off zero."""
    random = np.random.default_rng(seed)
    rows = (random.normal(size=(400, 3)) * [1, 50, 1] + [7, 300, 0]).astype(np.float32)
    return rows, (rows[:, 0] - 7) - (rows[:, 1] - 300) / 50 > 0


def probability(table: dict[str, float], rows: np.ndarray) -> np.ndarray:
    coefficients = np.array([table[name] for name in ("for", "against", "noise")])
    return 1 / (1 + np.exp(-(rows @ coefficients + table[BIAS])))


def test_logistic_separates_what_can_be_separated() -> None:
    table = logistic(*separated(), ("for", "against", "noise"))
    assert table["for"] > 0 > table["against"]
    assert table["for"] / -table["against"] == pytest.approx(50, rel=0.2)
    assert abs(table["noise"]) < 0.1 * table["for"]
    rows, labels = separated(seed=1)
    assert np.mean((probability(table, rows) > 0.5) == labels) > 0.95


def test_logistic_counts_both_classes_alike_whatever_their_number() -> None:
    rows, labels = separated()
    kept = labels | (np.arange(len(rows)) % 10 == 0)
    table = logistic(rows[kept], labels[kept], ("for", "against", "noise"))
    fresh, truth = separated(seed=1)
    found = probability(table, fresh) > 0.5
    assert found[truth].mean() > 0.9
    assert found[~truth].mean() < 0.1


def test_logistic_follows_the_rows_weights() -> None:
    rows = np.zeros((4, 3), np.float32)
    labels = np.array([True, False, False, False])
    names = ("for", "against", "noise")
    even = logistic(rows, labels, names, np.array([3, 1, 1, 1], np.float32))
    bare = logistic(rows, labels, names, np.ones(4, np.float32))
    assert probability(even, rows)[0] == pytest.approx(0.5, abs=0.01)
    assert probability(bare, rows)[0] == pytest.approx(0.25, abs=0.01)


def test_a_fault_that_would_speak_for_a_claim_weighs_nothing() -> None:
    """In the data, true claims have the first fault more often, and false ones the second."""
    random = np.random.default_rng(0)
    true = random.random(400) < 0.5
    rows = random.random((400, len(FEATURES))).astype(np.float32)
    rows[:, FEATURES.index(FAULTS[0])] += true
    rows[:, FEATURES.index(FAULTS[1])] += ~true
    table = fit(rows, true)
    assert set(table) == {*FEATURES, BIAS}
    assert table[FAULTS[0]] == 0.0
    assert table[FAULTS[1]] < -1.0


def test_no_fault_of_the_shipped_weights_speaks_for_a_claim() -> None:
    assert all(WEIGHTS[FEATURES.index(name)] <= 0.0 for name in FAULTS)
