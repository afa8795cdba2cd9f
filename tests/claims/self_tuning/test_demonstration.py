"""Claims on the demonstration: patches are found, found the wrong way round, or not at all."""

import pytest

from ssad_lib import claims
from tests.claims import worlds
from tests.studies.self_tuning import made


def decided(claim, table):
    return claims.decide(claim, made.evidence(table))


def one_ratio(table):
    """The patches of ratio 1 alone: five, each a network of its own."""
    return table[table["anomaly"].str.endswith("ratio=1")]


@pytest.fixture
def good():
    return made.patches(lambda s, _: 1.5 * s, lambda r, seed: r * (1.9 if seed else 2.1))


def test_supported_where_the_truth_is_found(good):
    for claim in ("B06", "B07", "C08"):
        found = decided(claim, good)
        assert found.verdict == "supported", found.table()
        assert len(found.keys) == 50
    assert [part.n for part in decided("B06", good).parts] == [25, 25, 25]


def test_contradicted_where_it_is_the_other_way_round():
    backwards = made.patches(lambda s, _: 0.002 / s, lambda r, _: r)
    for claim in ("B06", "B07", "C08"):
        assert decided(claim, backwards).verdict == "contradicted", claim
    undetected = decided("B06", made.patches(lambda s, _: s, lambda r, _: r, auc=0.6))
    assert undetected.verdict == "contradicted"
    assert undetected.quoted.what.startswith("share of patches")


def test_feasible_is_weaker_than_following_the_ratio():
    lost = made.patches(lambda s, _: s, lambda r, _: max(r, 1 / r))  # without its direction
    assert decided("B06", lost).verdict == "inconclusive"
    assert decided("B06", lost).quoted.what.endswith("ratio")
    assert decided("C08", lost).verdict == "supported"


def test_few_patches_cannot_say_that_most_are_detected(good):
    few = one_ratio(good)
    found = decided("C08", few)
    assert found.verdict == "cannot be decided"
    assert found.note.startswith("n = 5 cannot decide it, n = 14 could")
    assert decided("B07", few).verdict == "supported"  # five of five, p = 1/32
    assert decided("B07", few[few["anomaly"] != "size=0.01 ratio=1"]).verdict == "cannot be decided"


def test_one_ratio_alone_is_not_run_where_the_ratio_is_asked(good):
    assert decided("B06", one_ratio(good)).verdict == "not run"


@pytest.mark.parametrize("claim", ["B06", "B07", "C08"])
def test_nothing_is_not_run(claim):
    found = claims.decide(claim, worlds.world())
    assert (found.verdict, found.note) == ("not run", "no runs of the demonstration")
