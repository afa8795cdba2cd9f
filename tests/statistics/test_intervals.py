"""Bootstrap intervals against scipy and theory, binomial ones against R."""

import json
from pathlib import Path

import numpy as np
import pytest
from scipy import stats

from ssad_lib.errors import SsadError
from ssad_lib.statistics import (
    binomial_interval,
    bootstrap_interval,
    difference_interval,
    two_stage_interval,
)


def test_two_stage_interval_resamples_classes_not_cells():
    # Classes differ, seeds agree: the interval must be as wide as for one seed.
    classes = np.linspace(0, 1, 10)[:, None]
    one = two_stage_interval(classes)
    five = two_stage_interval(np.repeat(classes, 5, axis=1))
    assert five[1] - five[0] == pytest.approx(one[1] - one[0], rel=0.1)
    reference = stats.bootstrap((classes.ravel(),), np.mean, method="percentile",
                                rng=np.random.default_rng(0)).confidence_interval  # fmt: skip
    assert one == pytest.approx((reference.low, reference.high), abs=0.02)


def test_bootstrap_interval_of_a_mean_is_the_normal_one():
    values = np.random.default_rng(1).normal(3, 2, 400)
    low, high = bootstrap_interval(values, draws=4000)
    half = 1.96 * values.std() / 20
    assert low == pytest.approx(values.mean() - half, abs=0.02)
    assert high == pytest.approx(values.mean() + half, abs=0.02)
    assert (low, high) == bootstrap_interval(values, draws=4000)


def test_bootstrap_keeps_the_columns_of_a_unit_together():
    table = np.random.default_rng(2).normal(size=(10, 1)) + np.array([[0.0, 1.0]])
    gap = bootstrap_interval(table, lambda rows: rows[:, 1].mean() - rows[:, 0].mean(), draws=500)
    assert gap == pytest.approx((1, 1))  # columns drawn apart would spread it


def test_one_unit_has_no_bootstrap_interval():
    with pytest.raises(SsadError, match="two units"):
        bootstrap_interval([1.0])


def test_binomial_interval_agrees_with_r():
    golden = json.loads((Path(__file__).parents[1] / "golden" / "ranks.json").read_text())
    for successes, trials, low, high, _ in golden["binomial"]:
        assert binomial_interval(successes, trials) == pytest.approx((low, high), abs=1e-9)


@pytest.mark.parametrize(("successes", "trials"), [(3, 2), (-1, 4), (0, 0)])
def test_what_is_no_proportion_is_an_error(successes, trials):
    with pytest.raises(SsadError, match="proportion"):
        binomial_interval(successes, trials)


def test_difference_of_means_resamples_both_sides():
    random = np.random.default_rng(3)
    first, second = random.normal(1, 0.5, 40), random.normal(0.2, 1, 60)
    low, high = difference_interval(first, second)
    effect = first.mean() - second.mean()
    deviation = np.sqrt(first.var() / 40 + second.var() / 60)
    assert (low, high) == pytest.approx(
        (effect - 1.96 * deviation, effect + 1.96 * deviation), abs=0.03
    )
    assert difference_interval(first, second) == (low, high)
    turned = difference_interval(second, first)
    assert turned == pytest.approx((-high, -low), abs=0.02)


def test_difference_of_means_needs_two_units_on_each_side():
    with pytest.raises(SsadError, match="at least two units"):
        difference_interval([1.0], [1.0, 2.0])
