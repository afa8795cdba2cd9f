"""Brent's search for a root, in the form R's ``uniroot`` uses, so that both stop at one point.

A step function has no root but jumps, or a whole interval of roots; then the path of the search
decides which number comes out, and `scipy.optimize.brentq` takes another path.
"""

from __future__ import annotations

from collections.abc import Callable

EPSILON = 2.0**-52
TOLERANCE = 1e-14
STEPS = 1000


def root(function: Callable[[float], float], low: float, high: float) -> float:
    """Return where a decreasing or increasing `function` changes sign between `low` and `high`.

    Inverse quadratic and linear interpolation, safeguarded by bisection: R. P. Brent, Algorithms
    for Minimization without Derivatives, 1973, as given by Forsythe, Malcolm and Moler, Computer
    Methods for Mathematical Computations, 1977.

    Parameters
    ----------
    function : callable
        Of opposite signs, or zero, at `low` and `high`.
    low, high : float
    """
    before, best = low, high
    value_before, value = function(low), function(high)
    if value_before == 0:
        return low
    other, value_other = before, value_before  # the bracket is always [best, other]
    for _ in range(STEPS):
        last_step = best - before
        if abs(value_other) < abs(value):
            before, best, other = best, other, best
            value_before, value, value_other = value, value_other, value
        tolerance = 2 * EPSILON * abs(best) + TOLERANCE / 2
        half = (other - best) / 2
        if abs(half) <= tolerance or value == 0:
            break
        step = half
        if abs(last_step) >= tolerance and abs(value_before) > abs(value):
            over, under = _interpolation(
                (before, value_before), (best, value), (other, value_other)
            )
            inside = over < 1.5 * half * under - abs(tolerance * under) / 2
            if inside and over < abs(last_step * under / 2):
                step = over / under
        if abs(step) < tolerance:
            step = tolerance if step > 0 else -tolerance
        before, value_before = best, value
        best += step
        value = function(best)
        if (value > 0) == (value_other > 0) and (value < 0) == (value_other < 0):
            other, value_other = before, value_before
    return best


def _interpolation(
    before: tuple[float, float], best: tuple[float, float], other: tuple[float, float]
) -> tuple[float, float]:
    """Return the proposed step from `best` as a fraction over / under with over ≥ 0."""
    gap = other[0] - best[0]
    if before[0] == other[0]:
        ratio = best[1] / before[1]
        over, under = gap * ratio, 1 - ratio
    else:
        q, r, s = before[1] / other[1], best[1] / other[1], best[1] / before[1]
        over = s * (gap * q * (q - r) - (best[0] - before[0]) * (r - 1))
        under = (q - 1) * (r - 1) * (s - 1)
    return (over, -under) if over > 0 else (-over, under)
