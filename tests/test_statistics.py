"""Statistics against scipy, hand-made oracles and brute force (METHODS section 17)."""

import itertools

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from scipy import stats

from ssad_lib.errors import SsadError
from ssad_lib.statistics import holm, signed_rank, two_stage_interval, walsh_averages


def test_oracle_of_twenty_ranks():
    result = signed_rank(np.arange(1.0, 21.0))
    walsh = walsh_averages(np.arange(1.0, 21.0))
    assert result.pseudo_median == 10.5
    assert result.p_value == pytest.approx(2.0**-20)
    assert (result.low, result.high) == (walsh[52], walsh[157])
    assert result.exact


def brute_force_p(values):
    """P(W ≥ observed) over all sign patterns."""
    ranks = stats.rankdata(np.abs(values))
    observed = ranks[np.asarray(values) > 0].sum()
    patterns = itertools.product([0, 1], repeat=len(values))
    return np.mean([np.dot(p, ranks) >= observed for p in patterns])


@settings(max_examples=30)
@given(st.lists(st.integers(1, 999), min_size=4, max_size=9, unique=True), st.data())
def test_exact_p_value_counts_sign_patterns(magnitudes, data):
    signs = data.draw(st.lists(st.sampled_from([-1, 1]), min_size=len(magnitudes),
                               max_size=len(magnitudes)))  # fmt: skip
    values = np.array(magnitudes, float) * signs
    assert signed_rank(values).p_value == pytest.approx(brute_force_p(values))


def test_ties_and_zeros_use_the_corrected_normal_approximation():
    values = np.array([0.0, 0.1, 0.1, -0.1, 0.2, 0.3, 0.3, 0.4])
    result = signed_rank(values)
    # R: wilcox.test's formula, written out.
    kept = values[values != 0]
    n, ranks = len(kept), stats.rankdata(np.abs(kept))
    _, ties = np.unique(np.abs(kept), return_counts=True)
    variance = n * (n + 1) * (2 * n + 1) / 24 - (ties**3 - ties).sum() / 48
    z = ranks[kept > 0].sum() - n * (n + 1) / 4 - 0.5
    assert not result.exact
    assert result.n == 7
    assert result.p_value == pytest.approx(stats.norm.sf(z / np.sqrt(variance)))


def test_large_samples_are_approximate_and_close_to_exact():
    values = np.random.default_rng(0).normal(0.1, 1, 60)
    assert not signed_rank(values).exact
    exact = stats.wilcoxon(values, alternative="greater", method="exact").pvalue
    assert signed_rank(values).p_value == pytest.approx(exact, rel=0.05)


def test_interval_covers_the_true_location():
    random = np.random.default_rng(1)
    hits = [
        (result := signed_rank(random.normal(0.5, 1, 15))).low <= 0.5 <= result.high
        for _ in range(400)
    ]
    assert np.mean(hits) == pytest.approx(0.95, abs=0.035)


@given(st.lists(st.floats(-10, 10).filter(bool), min_size=3, max_size=20))
def test_shift_and_sign_symmetry(values):
    plain, mirrored = signed_rank(values), signed_rank([-v for v in values], "less")
    assert mirrored.p_value == pytest.approx(plain.p_value)
    assert mirrored.pseudo_median == pytest.approx(-plain.pseudo_median)
    assert plain.low <= plain.pseudo_median <= plain.high


@pytest.mark.parametrize("values", [[0.0, 0.0], [], [1.0, np.nan]])
def test_nothing_to_rank_is_an_error(values):
    with pytest.raises(SsadError, match="signed-rank"):
        signed_rank(values)


def test_holm_by_hand():
    assert holm([0.01, 0.04, 0.03]).tolist() == pytest.approx([0.03, 0.06, 0.06])
    assert holm([0.5, 0.9]).tolist() == [1.0, 1.0]


@given(st.lists(st.floats(0, 1), min_size=1, max_size=12))
def test_holm_lies_between_raw_and_bonferroni(p_values):
    adjusted = holm(p_values)
    assert (adjusted >= np.array(p_values) - 1e-12).all()
    assert (adjusted <= np.minimum(1, np.array(p_values) * len(p_values)) + 1e-12).all()


def test_two_stage_interval_resamples_classes_not_cells():
    # Classes differ, seeds agree: the interval must be as wide as for one seed.
    classes = np.linspace(0, 1, 10)[:, None]
    one = two_stage_interval(classes)
    five = two_stage_interval(np.repeat(classes, 5, axis=1))
    assert five[1] - five[0] == pytest.approx(one[1] - one[0], rel=0.1)
    reference = stats.bootstrap((classes.ravel(),), np.mean, method="percentile",
                                rng=np.random.default_rng(0)).confidence_interval  # fmt: skip
    assert one == pytest.approx((reference.low, reference.high), abs=0.02)
