import random
from dataclasses import astuple

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from scipy.stats import binomtest, bootstrap

from eval.intervals import (
    CLUSTER,
    FEWEST_CLUSTERS,
    QUESTION,
    Interval,
    Resampler,
    holm,
    mcnemar_exact,
)
from eval.set_statistics import Statistic


@given(st.lists(st.tuples(st.booleans(), st.booleans()), max_size=60))
def test_mcnemar_agrees_with_the_binomial_test(pairs: list[tuple[bool, bool]]) -> None:
    first, second = [p[0] for p in pairs], [p[1] for p in pairs]
    only_first = sum(a and not b for a, b in pairs)
    n = sum(a != b for a, b in pairs)
    expected = binomtest(only_first, n, 0.5).pvalue if n else 1.0
    assert mcnemar_exact(first, second) == pytest.approx(expected)


def test_interval_agrees_with_scipy_where_every_question_is_its_own_unit() -> None:
    source = random.Random(4)
    values = [float(source.random() < 0.7) for _ in range(200)]
    ours = Resampler([str(i) for i in range(200)]).interval([(v, 1.0) for v in values])
    theirs = bootstrap(
        (values,),
        lambda sample, axis: sample.mean(axis),
        method="percentile",
        n_resamples=5000,
        rng=5,
    ).confidence_interval
    assert ours.value == pytest.approx(sum(values) / 200)
    assert ours.low == pytest.approx(theirs.low, abs=0.015)
    assert ours.high == pytest.approx(theirs.high, abs=0.015)


def test_questions_that_stand_or_fall_together_widen_the_interval() -> None:
    shares = [(float(i // 10 % 2), 1.0) for i in range(200)]
    alone = Resampler([str(i) for i in range(200)]).interval(shares)
    together = Resampler([str(i // 10) for i in range(200)]).interval(shares)
    assert together.value == alone.value == 0.5
    assert together.high - together.low > 2 * (alone.high - alone.low)


def test_an_interval_needs_two_questions_that_count() -> None:
    assert Resampler(["a", "b"]).interval([(1, 1), (0, 0)]).low is None
    assert Resampler(["a", "b"]).interval([(1, 1), (0, 1)]).low == 0
    nothing = Resampler([]).interval([])
    assert (nothing.value, nothing.low, nothing.unit) == (None, None, "")


def test_too_few_clusters_are_not_resampled_but_their_questions() -> None:
    shares = [(float(i % 2), 1.0) for i in range(80)]
    few = Resampler([f"half-{i % 4 // 2}" for i in range(80)]).interval(shares)
    assert few.unit == QUESTION
    assert few.low < 0.45  # over two equal clusters it would be 0.5
    assert few.high > 0.55
    assert few == Resampler(["a"] * 80).interval(shares)


def test_only_clusters_that_count_are_counted() -> None:
    units = [str(i) for i in range(FEWEST_CLUSTERS) for _ in range(2)]
    shares = [(float(i % 3 > 0), 1.0) for i in range(len(units))]
    resampler = Resampler(units)
    assert resampler.interval(shares).unit == CLUSTER
    fewer = [(0.0, 0.0), (0.0, 0.0), *shares[2:]]
    assert resampler.interval(fewer).unit == QUESTION
    assert resampler.difference(shares, fewer).unit == QUESTION
    assert resampler.difference(shares, shares).unit == CLUSTER


def test_holm_by_hand() -> None:
    # In rising order .01 .02 .03 .04, times 4, 3, 2 and 1: .04 .06 .06 .04, made never to fall.
    assert holm([0.04, 0.01, 0.03, 0.02]) == pytest.approx([0.06, 0.04, 0.06, 0.06])
    assert holm([0.5, 0.9]) == [1.0, 1.0]
    assert holm([0.03]) == [0.03]
    assert holm([]) == []


def test_same_seed_same_interval() -> None:
    units, shares = [str(i) for i in range(30)], [(i**0.5, 1.0) for i in range(30)]
    assert Resampler(units).interval(shares) == Resampler(units).interval(shares)
    assert Resampler(units).interval(shares) != Resampler(units, seed=1).interval(shares)


def test_paired_difference() -> None:
    units = [str(i) for i in range(100)]
    worse = [(float(i < 50), 1.0) for i in range(100)]
    better = [(float(i < 60), 1.0) for i in range(100)]
    resampler = Resampler(units)
    same = resampler.difference(better, better)
    assert (same.value, same.low, same.high) == (0, 0, 0)
    gain = resampler.difference(better, worse)
    assert gain.value == pytest.approx(0.1)
    assert 0 < gain.low < 0.1 < gain.high
    # Pairing: far narrower than the interval of either run alone.
    alone = resampler.interval(better)
    assert gain.high - gain.low < alone.high - alone.low


def mean(values: list[float]) -> Statistic:
    """A ratio of sums as a statistic, to hold one path against the other."""
    one = np.asarray(values)
    return Statistic(np.full(len(one), True), lambda counts: counts @ one / counts.sum(axis=1))


@pytest.mark.parametrize("questions", [60, 1500, 5000])
def test_a_statistic_has_the_interval_of_the_ratio_that_it_is(questions: int) -> None:
    """Also of sets whose counts are reckoned in several parts."""
    source = random.Random(6)
    first, second = ([source.random() for _ in range(questions)] for _ in range(2))
    shares = [[(value, 1.0) for value in values] for values in (first, second)]
    resampler = Resampler([str(i // 3) for i in range(questions)])
    ours = astuple(resampler.statistic(mean(first)))
    assert ours[:3] == pytest.approx(astuple(resampler.interval(shares[0]))[:3])
    delta = astuple(resampler.statistic_difference(mean(first), mean(second)))
    assert delta[:3] == pytest.approx(astuple(resampler.difference(*shares))[:3])
    assert (ours[3], delta[3]) == (CLUSTER, CLUSTER)


def test_a_statistic_that_no_resample_tells_has_no_interval() -> None:
    def told_of_the_set_alone(counts: np.ndarray) -> np.ndarray:
        return np.full(len(counts), 1.0 if len(counts) == 1 else np.nan)

    resampler = Resampler(["a", "b"])
    for upward in (False, True):
        one = Statistic(np.full(2, True), told_of_the_set_alone, upward)
        assert resampler.statistic(one) == Interval(1.0)
    nothing = Statistic(np.full(2, True), lambda counts: np.full(len(counts), np.nan))
    assert resampler.statistic(nothing).value is None
    assert resampler.statistic_difference(mean([1.0, 0.0]), nothing).value is None


def test_what_resampling_raises_is_lowered_by_its_bias_and_not_below_nought() -> None:
    values = np.linspace(0, 1, 40)
    units = [str(i) for i in range(40)]

    def raised(counts: np.ndarray) -> np.ndarray:
        """0.01 of the set; some 0.5 in resamples."""
        return np.where((counts == 1).all(axis=1), 0.01, counts @ values / counts.sum(axis=1))

    biased = Resampler(units).statistic(Statistic(np.full(40, True), raised))
    mended = Resampler(units).statistic(Statistic(np.full(40, True), raised, upward=True))
    assert biased.low > mended.high > 0.01
    assert mended.low == 0


def test_shares_must_fit_the_units() -> None:
    with pytest.raises(ValueError, match="1 shares for 2 questions"):
        Resampler(["a", "b"]).interval([(1, 1)])
