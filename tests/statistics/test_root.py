"""The search for a root: against known roots and scipy's own search, and its path against R."""

import math

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from scipy import optimize

from ssad_lib.statistics.root import root

FUNCTIONS = [
    (lambda x: x**3 - 2, 0.0, 3.0),
    (lambda x: math.cos(x) - x, 0.0, 1.0),
    (lambda x: math.exp(-x) - 1e-3, -1.0, 50.0),
    (lambda x: 1 / (x - 3) + 1, 3.1e-9 - 6, 2.9),
]


@pytest.mark.parametrize(("function", "low", "high"), FUNCTIONS)
def test_smooth_functions_agree_with_scipy(function, low, high):
    assert root(function, low, high) == pytest.approx(
        optimize.brentq(function, low, high, xtol=1e-14), abs=1e-12
    )


@given(st.floats(-0.99, 0.99))
def test_finds_the_jump_of_a_step(jump):
    found = root(lambda x: 1.0 if x < jump else -2.0, -1.0, 1.0)
    assert found == pytest.approx(jump, abs=1e-13)


@pytest.mark.parametrize("edge", [0.0, 1.0])
def test_a_root_at_an_end_is_returned_at_once(edge):
    calls = []

    def function(x):
        calls.append(x)
        return x - edge

    assert root(function, 0.0, 1.0) == edge
    assert len(calls) == 2


def test_a_whole_interval_of_roots_gives_the_point_that_r_returns():
    def flat(x):
        return np.sign(x - 0.3) * (abs(x - 0.5) > 0.2) * (x - 0.5) ** 2

    # R 4.2.2: uniroot(function(x) sign(x - 0.3) * (abs(x - 0.5) > 0.2) * abs(x - 0.5)^2,
    #                  c(-1, 3), tol = 1e-14)
    assert root(flat, -1.0, 3.0) == pytest.approx(0.4128744904236874, abs=1e-12)
