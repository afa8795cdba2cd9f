"""Simulated runs of paper 003 have the expected AUC that their world says."""

import numpy as np
import pytest

from ssad_lib import claims
from ssad_lib.claims.calibration import rates
from ssad_lib.claims.outlier_exposure import cells, objectives, single, sweeps, worlds
from ssad_lib.evidence import NotRunError
from ssad_lib.studies.outlier_exposure.methods import DSVDD, UNTRAINED
from tests.claims.outlier_exposure.made import (
    CASE,
    MNIST,
    as_of_digits,
    as_the_paper_says,
    evidence,
    runs,
)
from tests.claims.outlier_exposure.test_verdicts import borders

DRAWS = 40
PHOTOGRAPHS = evidence(runs(as_the_paper_says))
DIGITS = evidence(runs(as_of_digits, image_set=MNIST))
BOTH = evidence(PHOTOGRAPHS.exposed, DIGITS.exposed)
OWN = {"E10": DIGITS, "E14": DIGITS, "E18": BOTH, "E17": evidence(borders=borders(True))}


def drawn(claim, world, **varied):
    """The mean over draws of the AUC by cell."""
    made = getattr(rates.WORLDS[claim], world)(OWN.get(claim, PHOTOGRAPHS))
    tables = [made(np.random.default_rng(seed)).exposed for seed in range(DRAWS)]
    assert all(UNTRAINED not in set(table["method"]) for table in tables)
    means = [cells.by_class(table, *varied.get("by", ())).mean() for table in tables]
    return sum(means) / DRAWS


def test_nothing_differs_at_the_edge():
    table = drawn("E01", "edge", by=["images"])
    assert np.ptp(table.to_numpy()) < 0.02


def test_the_printed_means_are_those_of_table_1():
    table = drawn("E02", "truth")
    assert table["HSC"] - table["DSAD"] == pytest.approx(0.014, abs=0.006)
    assert table["HSC"] - table[DSVDD] == pytest.approx(0.959 - 0.648, abs=0.02)


@pytest.mark.parametrize(("claim", "name"), [("E07", "images"), ("E09", "classes")])
def test_every_step_adds_as_much(claim, name):
    table = drawn(claim, "truth", by=[name])["BCE"]
    ordered = [value for value in table.index if value] + [0]
    steps = np.diff(table[ordered].to_numpy())
    assert steps == pytest.approx([worlds.REFERENCE] * len(steps), abs=0.008)


def test_curves_cross_where_they_should():
    table = drawn("E08", "truth", by=["images"])
    assert table["HSC", 1] - table["BCE", 1] == pytest.approx(worlds.REFERENCE, abs=0.008)
    assert table["BCE", 0] - table["HSC", 0] == pytest.approx(worlds.REFERENCE, abs=0.008)
    assert table["BCE", 16] - table["HSC", 16] == pytest.approx(0.0, abs=0.008)


def test_margins_are_the_edges():
    gammas = drawn("E04", "edge", by=["gamma"])["Focal"]
    assert (gammas - gammas[0.0]).to_list()[1:] == pytest.approx([objectives.SAME] * 3, abs=0.004)
    blurred = drawn("E12", "edge", by=["blur"])["BCE"]
    assert blurred[0.0] - blurred[1.0] == pytest.approx(sweeps.COLLAPSE, abs=0.008)
    faded = drawn("E14", "edge", by=["blur"])["HSC"]
    assert faded[4.0] / faded[0.0] == pytest.approx(sweeps.LASTING, abs=0.01)


def test_few_outliers_reach_what_is_printed_less_the_margin():
    made = rates.WORLDS["E06"].edge(PHOTOGRAPHS)
    tables = [made(np.random.default_rng(seed)).exposed for seed in range(DRAWS)]
    few = sum(cells.by_class(t, "images")["BCE"][sweeps.FEW] for t in tables) / DRAWS
    printed = np.array([*sweeps.printed_without().values()])
    assert few.to_numpy() - printed == pytest.approx([-objectives.MATCHES] * 10, abs=0.04)
    with pytest.raises(NotRunError, match="no runs on CIFAR-10"):
        rates.WORLDS["E06"].edge(DIGITS)


def test_seeds_of_the_one_class_vary_alone():
    made = rates.WORLDS["E11"].edge(PHOTOGRAPHS)
    table = made(np.random.default_rng(0)).exposed
    assert set(table["normal_class"]) == {CASE}
    named = table.loc[(table["named"] != "") & (table["method"] == "BCE"), "auc"].mean()
    other = table[(table["named"] == "") & (table["classes"] == 1) & (table["method"] == "BCE")]
    assert named - other["auc"].mean() == pytest.approx(-single.HARDLY_WORSE, abs=0.01)


def test_regions_end_as_often_as_the_world_says():
    points = OWN["E17"]
    edge, truth = rates.WORLDS["E17"].edge(points), rates.WORLDS["E17"].truth(points)
    shares = [edge(np.random.default_rng(seed)).borders["bounded"].mean() for seed in range(DRAWS)]
    assert np.mean(shares) == pytest.approx(0.5, abs=0.05)
    table = truth(np.random.default_rng(0)).borders.groupby("method")["bounded"].mean()
    assert table.to_dict() == {"BCE": 0.0, "HSC": 1.0}
    with pytest.raises(NotRunError, match="no borders of points were measured"):
        rates.WORLDS["E17"].edge(PHOTOGRAPHS)


@pytest.mark.parametrize("claim", ["E01", "E08", "E14", "E17", "E18"])
def test_rules_seldom_err_and_find_large_effects(claim):
    found = rates.measure(claim, "made up", OWN.get(claim, PHOTOGRAPHS), DRAWS)
    assert max(found.false_support, found.false_contradiction) <= rates.allowed(found)
    assert found.power >= found.false_support


def test_without_runs_there_is_no_world():
    for claim in ("E01", "E06", "E11"):
        with pytest.raises(NotRunError):
            rates.WORLDS[claim].edge(evidence())
    assert claims.decide("E03", PHOTOGRAPHS).verdict == claims.NOT_RUN
