import random

import pytest
from hypothesis import given
from hypothesis import strategies as st
from scipy.stats import binomtest, bootstrap

from eval.intervals import CLUSTER, FEWEST_CLUSTERS, QUESTION, Resampler, holm, mcnemar_exact


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


def test_shares_must_fit_the_units() -> None:
    with pytest.raises(ValueError, match="1 shares for 2 questions"):
        Resampler(["a", "b"]).interval([(1, 1)])
