"""The rule book: one synthetic case of every verdict, its decider, and its error rates."""

import numpy as np
import pandas as pd
import pytest

from ssad_lib.claims import comparisons
from ssad_lib.claims.rule_book import Part, any_of, decide
from ssad_lib.evidence import NotRunError

TASKS = pd.DataFrame({"key": ["b", "a", "b"]})


def part(p, against, name="part"):
    return Part(name, 0.1, 0.0, 0.2, "AUC", 10, p, against, base=0.5)


def test_all_parts_at_once_need_no_correction():
    found = decide([part(0.04, 0.96), part(0.03, 0.97), part(0.049, 0.95)], TASKS)
    assert (found.verdict, found.deciding, found.keys) == ("supported", 2, ("a", "b"))
    assert found.quoted.p == 0.049


def test_one_contradiction_must_survive_all_of_its_companions():
    many = [part(0.5, 0.5) for _ in range(8)]
    assert decide([*many, part(0.98, 0.02)], TASKS).verdict == "inconclusive"
    found = decide([*many, part(0.999, 0.001, name="clear")], TASKS)
    assert found.verdict == "contradicted"
    assert found.quoted.what == "clear"
    assert [p.verdict for p in found.parts] == ["inconclusive"] * 8 + ["contradicted"]


def test_the_part_that_holds_least_leaves_it_open():
    found = decide([part(0.001, 0.99), part(0.2, 0.8), part(0.1, 0.9)], TASKS, "a note")
    assert (found.verdict, found.deciding, found.note) == ("inconclusive", 1, "a note")


def test_too_few_clusters_cannot_decide_and_say_how_many_could():
    found = decide([comparisons.above("x", [0.1, 0.2, 0.3], "AUC"), part(0.001, 0.99)], TASKS, "so")
    assert found.verdict == "cannot be decided"
    assert found.note == "n = 3 cannot decide it, n = 5 could; so"
    # But what contradicts, contradicts.
    assert decide([found.parts[0], part(1, 1e-6)], TASKS).verdict == "contradicted"


def test_nothing_compared_is_not_run():
    with pytest.raises(NotRunError):
        decide([], TASKS)
    with pytest.raises(NotRunError):
        comparisons.above("x", [], "AUC")


def test_any_of_takes_the_clearest_after_holm():
    some = [part(0.02, 0.98, name="one"), part(0.4, 0.6, name="two")]
    found = any_of("some row", some)
    assert (found.p, found.p_against) == (pytest.approx(0.04), 0.98)
    assert found.what == "some row: one"
    assert (found.tries, found.needed) == (2, 6)  # 2/64 is below the level, 2/32 is not
    all_help = [part(0.99, 0.01), part(0.98, 0.02)]
    assert decide([any_of("some row", all_help)], TASKS).verdict == "contradicted"


@pytest.mark.parametrize("parts", [1, 9])
def test_error_rates_without_any_effect(parts):
    """With all rows equal, "supported" and "contradicted" are each said in at most 5 %."""
    random = np.random.default_rng(parts)
    said = []
    for _ in range(200):
        shared = random.normal(size=8)  # the parts of a claim share a row
        values = [random.normal(size=8) - shared for _ in range(parts)]
        said.append(decide([comparisons.above("x", v, "AUC") for v in values], TASKS).verdict)
    for verdict in ("supported", "contradicted"):
        # Of 200 worlds a true rate of 5 % is seen as more than 9 % with probability .01.
        assert said.count(verdict) / len(said) <= 0.09


def test_no_significance_is_no_equivalence():
    random = np.random.default_rng(0)
    wide, narrow = random.normal(0, 0.2, 10), random.normal(0, 0.005, 10)
    assert comparisons.equivalent("x", wide, "AUC", 0.02).p > 0.05
    assert comparisons.equivalent("x", narrow, "AUC", 0.02).p < 0.05
    assert comparisons.equivalent("x", narrow + 0.1, "AUC", 0.02).p_against < 0.05
    assert comparisons.below("x", narrow - 0.5, "AUC", 0.02).p < 0.05
    assert comparisons.below("x", wide, "AUC", 0.02).p > 0.05


def test_below_mirrors_above():
    values = np.array([0.1, -0.3, 0.25, 0.05, -0.02, 0.4])
    found = comparisons.below("x", values, "AUC", 0.02)
    again = comparisons.above("x", values, "AUC", 0.02)
    assert (found.p, found.p_against) == (again.p_against, again.p)
    assert (found.effect, found.low, found.high) == pytest.approx(
        (again.effect, again.low, again.high)
    )


def test_five_of_five_seeds_can_decide_a_share():
    found = comparisons.share("x", 5, 5, 0.5)
    assert found.p == pytest.approx(1 / 32)
    assert (found.attainable, found.needed) == (pytest.approx(1 / 32), 5)
    assert comparisons.share("x", 0, 5, 0.5).p_against == pytest.approx(1 / 32)


def test_exact_with_ties_and_zeros():
    # Three values that are not zero cannot give less than 1/8.
    assert comparisons.signed_rank_p(np.array([0.0, 0, 1, 2, 3])) == pytest.approx(1 / 8)
    assert comparisons.signed_rank_p(np.ones(6)) == pytest.approx(1 / 64)
    assert comparisons.signed_rank_p(np.zeros(4)) == 1.0
    assert comparisons.signed_rank_p(-np.ones(6)) == pytest.approx(1.0)


def test_correlations_have_their_sign():
    x = np.arange(8)
    assert comparisons.correlated("x", x, -x, -1).p < 0.001
    assert comparisons.correlated("x", x, x, -1).p_against < 0.001


def test_clusters_are_means():
    index = pd.MultiIndex.from_product([["a", "b"], [0, 1]], names=["class", "seed"])
    found = comparisons.by_cluster(pd.Series([1.0, 3.0, 2.0, np.nan], index), ["class"])
    assert found.to_dict() == {"a": 2.0, "b": 2.0}
