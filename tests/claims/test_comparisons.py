"""Comparisons of several candidates at once: exact where it can be counted, fair by chance."""

import numpy as np
import pandas as pd
import pytest

from ssad_lib.claims.comparisons import any_above, best_more_often, exactly
from ssad_lib.evidence import NotRunError

WORLDS = 200  # a true rate of 5 % is seen as more than 9 % with probability .01


def test_some_column_is_told_by_the_clearest():
    random = np.random.default_rng(0)
    table = pd.DataFrame(0.1 * random.normal(size=(6, 9)), columns=list("abcdefghi"))
    table["c"] = 0.3 + 0.01 * random.normal(size=6)
    found = any_above("a type gains", table, "AUC")
    assert found.what == "a type gains: c"
    assert found.effect == pytest.approx(0.3, abs=0.02)
    assert found.p == pytest.approx(1 / 64)  # nine columns, yet six rows decide
    assert found.p_against > 0.9


def test_against_some_column_speaks_what_speaks_against_all():
    random = np.random.default_rng(0)
    table = pd.DataFrame(-0.3 + 0.01 * random.normal(size=(6, 9)))
    assert any_above("x", table, "AUC").p_against == pytest.approx(1 / 64)
    table[0] += 0.6
    assert any_above("x", table, "AUC").p_against == pytest.approx(1.0)


def test_columns_without_spread_have_their_sign():
    constant = pd.DataFrame(np.tile([0.2, 0.0, -0.1], (5, 1)), columns=["up", "none", "down"])
    found = any_above("x", constant, "AUC")
    assert found.what == "x: up"
    assert found.p == pytest.approx(2 / 32)  # with all signs changed, the last is as clear
    assert any_above("x", constant * 0, "AUC").p == 1.0
    with pytest.raises(NotRunError):
        any_above("x", constant.iloc[:0], "AUC")


@pytest.mark.parametrize("shared", [0.0, 0.8])
def test_some_column_by_chance(shared):
    random = np.random.default_rng(1)
    hits = 0
    for _ in range(WORLDS):
        common = random.normal(size=(6, 1))
        values = shared**0.5 * common + (1 - shared) ** 0.5 * random.normal(size=(6, 9))
        hits += any_above("x", pd.DataFrame(values), "AUC").p < 0.05
    assert hits / WORLDS <= 0.09


def test_wins_are_counted_by_cluster():
    wins = pd.DataFrame({"one": [4, 3], "two": [0, 1], "three": [0, 0]})
    found = best_more_often("x", wins, "one")
    assert found.effect == 7 / 8
    assert found.p == pytest.approx(1 / 9)  # eight tasks, but two clusters of three methods
    # Of the nine pairs (4, 0, 0) + (3, 1, 0): 7, 5, 4, and twice 3, 1 and 0.
    assert best_more_often("x", wins, "two").p == pytest.approx(7 / 9)
    assert best_more_often("x", wins, "two").p_against == pytest.approx(4 / 9)
    with pytest.raises(NotRunError):
        best_more_often("x", wins[["one"]], "one")


def test_wins_by_chance():
    random = np.random.default_rng(2)
    said = []
    for _ in range(WORLDS):
        places = random.normal(size=(8, 1, 9)) + 0.5 * random.normal(size=(8, 5, 9))
        best = np.eye(9, dtype=int)[places.argmax(axis=2)].sum(axis=1)
        found = best_more_often("x", pd.DataFrame(best, columns=list("abcdefghi")), "i")
        said.append((found.p < 0.05, found.p_against < 0.05))
    assert np.mean(said, axis=0).max() <= 0.09


def test_what_is_computed_holds_or_does_not():
    inside, outside = (exactly("x", value, (0.0, 1.0), "loss", 3) for value in (1.0, 1.1))
    assert (inside.p, inside.p_against) == (0.0, 1.0)
    assert (outside.p, outside.p_against) == (1.0, 0.0)
    assert exactly("x", float("nan"), (0.0, 1.0), "loss", 3).p == 1.0
