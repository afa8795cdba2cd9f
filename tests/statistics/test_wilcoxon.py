"""The signed-rank test against R, hand-made oracles and brute force (METHODS section 17)."""

import itertools
import json
from pathlib import Path

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from scipy import stats

from ssad_lib.errors import SsadError
from ssad_lib.statistics import clustered, exact_p, signed_rank, walsh_averages

GOLDEN = json.loads((Path(__file__).parents[1] / "golden" / "wilcox.json").read_text())["cases"]


@pytest.mark.parametrize("golden", GOLDEN, ids=[golden["case"] for golden in GOLDEN])
def test_agrees_with_r(golden):
    tests = [
        signed_rank(golden["differences"], alternative)
        for alternative in ("greater", "less", "two-sided")
    ]
    assert [test.p_value for test in tests] == pytest.approx(golden["p_values"], rel=1e-6)
    for test in tests:
        assert test.exact == golden["exact"]
        assert test.pseudo_median == pytest.approx(golden["estimate"][0], abs=1e-6)
        assert [test.low, test.high] == pytest.approx(golden["interval"], abs=1e-6)


def test_golden_cases_cover_every_branch_of_r():
    exact = [golden for golden in GOLDEN if golden["exact"]]
    assert len(GOLDEN) >= 10
    assert 5 <= len(exact) <= len(GOLDEN) - 10
    levels = [golden["confidence"][0] for golden in GOLDEN if not golden["exact"]]
    assert levels == pytest.approx(
        [signed_rank(g["differences"]).confidence for g in GOLDEN if not g["exact"]]
    )
    assert min(levels) < 0.95


@pytest.mark.parametrize("confidence", [0.5, 0.9, 0.99])
def test_ends_of_the_approximate_interval_are_walsh_averages_of_the_stated_rank(confidence):
    values = np.random.default_rng(2).normal(0.1, 1, 75)
    result = signed_rank(values, confidence=confidence)
    n, walsh = len(values), walsh_averages(values)
    half = stats.norm.isf((1 - confidence) / 2) * np.sqrt(n * (n + 1) * (2 * n + 1) / 24)
    rank = round(len(walsh) / 2 - half)  # METHODS 6.4
    assert (result.low, result.high) == (walsh[rank - 1], walsh[-rank])
    assert walsh[len(walsh) // 2 - 1] <= result.pseudo_median <= walsh[len(walsh) // 2]


def test_level_of_an_exact_interval_is_what_it_covers():
    # n = 5: the range misses only if all signs agree, 2 of 32 patterns.
    assert signed_rank([1, 2, 3, 4, 5.5]).confidence == pytest.approx(1 - 2 / 32)
    assert signed_rank(np.arange(1.0, 21)).confidence == pytest.approx(0.9515590667724609)


@pytest.mark.parametrize("alternative", ["greater", "less", "two-sided"])
@pytest.mark.parametrize("n", [1, 3, 10, 30])
def test_exact_p_is_that_of_scipy(n, alternative):
    values = np.random.default_rng(n).normal(0.3, 1, n)
    expected = stats.wilcoxon(values, alternative=alternative, method="exact").pvalue
    assert exact_p(values, alternative) == pytest.approx(expected, rel=1e-12)


@given(st.lists(st.sampled_from([-3.0, -2.0, -1.0, 1.0, 2.0, 3.0]), min_size=1, max_size=9))
@settings(max_examples=40, deadline=None)
def test_exact_p_counts_all_signs_where_values_are_tied(differences):
    values = np.array(differences)
    ranks = stats.rankdata(np.abs(values))
    sums = [
        ranks[np.array(signs) > 0].sum() for signs in itertools.product((-1, 1), repeat=len(values))
    ]
    observed = ranks[values > 0].sum()
    assert exact_p(values) == pytest.approx(np.mean(np.array(sums) >= observed - 1e-9))
    assert exact_p(values, "less") == pytest.approx(np.mean(np.array(sums) <= observed + 1e-9))


def test_few_or_equal_differences_have_no_interval():
    for values in ([0.1] * 8, [1.0, 1.0, 2.0], [0.0, 1.0]):
        result = signed_rank(values)
        assert np.isnan([result.low, result.high]).all()
        assert result.confidence == 0


def test_clusters_count_once():
    random = np.random.default_rng(3)
    clusters = np.repeat(np.arange(40), 9)
    values = random.normal(0.02, 0.05, 40)[clusters] + random.normal(0, 0.01, 360)
    means = [values[clusters == cluster].mean() for cluster in range(40)]
    order = random.permutation(360)
    result = clustered(values[order], [f"class {c}" for c in clusters[order]])
    assert result.n == 40
    assert result.p_value == pytest.approx(signed_rank(means).p_value)
    assert result.pseudo_median == pytest.approx(signed_rank(means).pseudo_median)
    assert result.p_value > signed_rank(values).p_value
    with pytest.raises(SsadError, match="clusters"):
        clustered(values, clusters[:-1])


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
    walsh = walsh_averages(np.array(values))
    below, above = walsh[(len(walsh) - 1) // 2], walsh[len(walsh) // 2]
    for result, sign in ((plain, 1), (mirrored, -1)):
        assert below - 1e-9 <= sign * result.pseudo_median <= above + 1e-9
    if plain.confidence:
        assert [mirrored.low, mirrored.high] == pytest.approx([-plain.high, -plain.low])
        assert plain.low <= plain.pseudo_median <= plain.high


@pytest.mark.parametrize("values", [[0.0, 0.0], [], [1.0, np.nan]])
def test_nothing_to_rank_is_an_error(values):
    with pytest.raises(SsadError, match="signed-rank"):
        signed_rank(values)
