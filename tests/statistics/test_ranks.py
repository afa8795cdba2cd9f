"""Rank and permutation tests against R and against counting every permutation."""

import itertools
import json
from pathlib import Path

import numpy as np
import pytest
from scipy import stats

from ssad_lib.errors import SsadError
from ssad_lib.statistics import (
    binomial,
    category_rank,
    spearman,
    trend,
    within_category,
)

GOLDEN = json.loads((Path(__file__).parents[1] / "golden" / "ranks.json").read_text())
CATEGORIES = ["geometric"] * 4 + ["local"] * 3 + ["elementwise"] * 3 + ["color"] * 2 + ["mixed"]


def test_spearman_agrees_with_r():
    estimate, greater, less = GOLDEN["spearman"]
    for alternative, p_value in (("greater", greater), ("less", less)):
        found = spearman(GOLDEN["x"], GOLDEN["y"], alternative)
        assert found == pytest.approx((estimate, p_value), abs=1e-9)


def test_spearman_of_thirteen_is_drawn_and_close_to_the_exact_one():
    x = np.arange(13.0)
    y = x + np.random.default_rng(0).normal(0, 6, 13)
    drawn = spearman(x, y, "greater")
    assert drawn.statistic == pytest.approx(stats.spearmanr(x, y).statistic)
    reference = stats.spearmanr(x, y, alternative="greater").pvalue
    assert drawn.p_value == pytest.approx(reference, abs=0.02)
    assert drawn == spearman(x, y, "greater")


def test_trend_counts_all_orders_of_every_row():
    table = np.array([[1.0, 3.0, 2.0], [0.1, 0.2, 0.3], [5.0, 4.0, 6.0]])
    ranks = stats.rankdata(table, axis=1)
    observed = (ranks * [1, 2, 3]).sum()
    orders = list(itertools.permutations([1, 2, 3]))
    sums = [
        sum(np.dot(row, [1, 2, 3]) for row in rows) for rows in itertools.product(orders, repeat=3)
    ]
    found = trend(table)
    assert found.statistic == observed
    assert found.p_value == pytest.approx(np.mean(np.array(sums) >= observed))


def test_within_category_counts_all_labellings():
    values, categories = np.array([1.0, 1.2, 4.0, 4.1, 9.0]), ["a", "a", "b", "b", "c"]

    def spread(v):
        return (abs(v[0] - v[1]) + abs(v[2] - v[3])) / 2

    every = [spread(np.array(v)) for v in itertools.permutations(values)]
    found = within_category(values, categories)
    assert found.statistic == pytest.approx(0.15)
    assert found.p_value == pytest.approx(np.mean(np.array(every) <= 0.15 + 1e-12))


def test_within_category_sees_an_effect_and_is_calibrated():
    random = np.random.default_rng(4)
    noise = random.normal(0, 0.05, 13)
    centre = {"geometric": 0.3, "local": -0.2, "elementwise": 0.0, "color": 0.6, "mixed": 0.1}
    values = noise + [centre[category] for category in CATEGORIES]
    assert within_category(values, CATEGORIES).p_value < 0.001
    by_chance = [
        within_category(random.permutation(values), CATEGORIES, draws=200).p_value < 0.1
        for _ in range(200)
    ]
    assert np.mean(by_chance) == pytest.approx(0.1, abs=0.07)


def test_category_rank_counts_all_splits():
    values = np.random.default_rng(5).normal(size=13)
    ranks = stats.rankdata(values)

    def gap(members):
        inside = np.isin(np.arange(13), members)
        return ranks[inside].mean() - ranks[~inside].mean()

    observed = gap(range(4))
    every = np.array([gap(members) for members in itertools.combinations(range(13), 4)])
    found = category_rank(values, CATEGORIES, "geometric")
    assert found.statistic == pytest.approx(observed)
    assert found.p_value == pytest.approx(np.mean(every >= observed - 1e-9))
    smaller = category_rank(-values, CATEGORIES, "geometric", "less")
    assert smaller.p_value == pytest.approx(found.p_value)


def test_binomial_agrees_with_r():
    for successes, trials, _, _, p_value in GOLDEN["binomial"]:
        assert binomial(successes, trials) == pytest.approx((successes / trials, p_value))


@pytest.mark.parametrize(
    "call",
    [
        lambda: spearman([1, 2, 3], [1, 1, 1]),
        lambda: spearman([1, 2, 3], [1, 2]),
        lambda: within_category([1, 2], ["a", "b"]),
        lambda: category_rank([1, 2], ["a", "b"], "c"),
        lambda: trend([[1, 2, 3], [1, 2, np.nan]]),
    ],
)
def test_what_cannot_be_tested_is_an_error(call):
    with pytest.raises(SsadError):
        call()
