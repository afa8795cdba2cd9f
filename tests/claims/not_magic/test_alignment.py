"""Claim A15: ranks inside image sets, whose MMD have different scales."""

import numpy as np
import pandas as pd
import pytest
from scipy import stats

from ssad_lib.claims.not_magic.alignment import _against_each_other


def table(*rows):
    return pd.DataFrame(np.array(rows, float))


def test_one_row_gives_spearman_and_its_permutation_p():
    random = np.random.default_rng(0)
    gains, apart = random.normal(size=13), random.normal(size=13)
    part = _against_each_other("x", table(gains), table(apart), np.ones(1))
    expected = stats.spearmanr(gains, apart)
    assert part.effect == pytest.approx(expected.statistic)
    assert part.p == pytest.approx(
        stats.spearmanr(gains, apart, alternative="less").pvalue, abs=0.02
    )
    assert part.n == 13


def test_the_scale_of_an_image_set_does_not_weigh():
    """Added up, the second set would hide the first; each of them has ρ = -1 and 1."""
    order = np.arange(13.0)
    gains, apart = table(-order, order), table(order, 100 * order)
    part = _against_each_other("x", gains, apart, np.full(2, 0.5))
    assert part.effect == pytest.approx(0)
    assert min(part.p, part.p_against) > 0.4


def test_agreeing_sets_are_more_than_one():
    random = np.random.default_rng(1)
    order = np.arange(13.0)
    gains = [-order + random.normal(0, 9, 13) for _ in range(2)]
    each = [_against_each_other("x", table(g), table(order), np.ones(1)).p for g in gains]
    both = _against_each_other("x", table(*gains), table(order, order), np.full(2, 0.5))
    assert both.effect < 0
    assert both.p <= max(each)
