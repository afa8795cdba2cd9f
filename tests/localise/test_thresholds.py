"""The threshold is the lowest one that keeps what it promises, and what it promises is true."""

import math

import numpy as np
import pytest

from ssad_lib.errors import SsadError
from ssad_lib.localise.thresholds import choose
from ssad_lib.statistics import binomial_interval

PEAKS = np.arange(1, 40, dtype=np.float32)  # 39 held-out images


@pytest.mark.parametrize(
    ("rate", "above"), [(0.025, 0), (0.05, 1), (0.0749, 1), (0.075, 2), (0.5, 19), (0.01, 0)]
)
def test_the_lowest_threshold_whose_expected_rate_is_small_enough(rate, above):
    found = choose(PEAKS, rate)
    assert (found.above, found.held_out) == (above, 39)
    assert int((found.value <= PEAKS).sum()) == above
    assert found.value > 39 - above
    assert found.expected == (above + 1) / 40
    assert found.interval == binomial_interval(above, 39)
    if above:
        assert found.expected <= rate < (above + 2) / 40


def test_the_rate_it_promises_comes_true_whatever_the_scores():
    generator = np.random.default_rng(0)
    rates, inside = [], 0
    for _ in range(4000):
        found = choose(np.exp(generator.normal(size=19)).astype(np.float32), 0.1)
        true = 0.5 * math.erfc(math.log(found.value) / math.sqrt(2))
        low, high = found.interval
        inside += low <= true <= high
        rates.append(true)
    assert np.mean(rates) == pytest.approx(2 / 20, abs=0.005)
    assert inside / 4000 > 0.945


def test_few_images_cannot_promise_much_and_it_says_so():
    text = choose(PEAKS[:9], 0.02).text()
    assert "flags 0 of 9 normal images" in text
    assert "expect 10.0% false alarms (95 % interval 0.0% to 33.6%)" in text
    assert "cannot promise the 2.0% that were asked for; 49 images held out could" in text
    assert "cannot" not in choose(PEAKS, 0.05).text()


def test_what_was_held_out_in_turn_is_promised_from_above():
    text = choose(PEAKS, 0.05, in_turn=True).text()
    assert "flags 1 of 39 normal images that were held out of the memory, each in turn" in text
    assert "expect at most 5.0% false alarms" in text
    assert f"not more than {binomial_interval(1, 39)[1]:.1%})" in text


def test_equal_scores_are_not_flagged():
    found = choose(np.ones(30, np.float32), 0.2)
    assert found.above == 0
    assert found.value > 1


@pytest.mark.parametrize("rate", [0.0, 1.0, -1.0, float("nan")])
def test_rates_have_bounds(rate):
    with pytest.raises(SsadError, match="must lie between 0 and 1, not"):
        choose(PEAKS, rate)
