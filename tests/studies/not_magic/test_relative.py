"""Relative AUC: pairing, forests, shares, from evidence with a known answer."""

from dataclasses import replace

import numpy as np
import pytest

from ssad_lib import statistics
from ssad_lib.studies.not_magic import in_the_wild, relative
from tests.claims import worlds


@pytest.fixture(scope="module")
def evidence():
    return worlds.world(classes=6)


def test_forest_rows_are_signed_rank_tests_of_their_differences(evidence):
    differences = relative.controlled(evidence, "DAE", "cutout")
    assert differences.shape == (6, 13)
    table = relative.forest(differences)
    assert table.index[0] == "CutOut"
    assert table["pseudo_median"].is_monotonic_decreasing
    test = statistics.signed_rank(differences["Flip"].to_numpy())
    row = table.loc["Flip"]
    assert (row["pseudo_median"], row["low"], row["high"], row["p_value"]) == pytest.approx(
        (test.pseudo_median, test.low, test.high, test.p_value)
    )
    assert np.allclose(table["p_holm"], statistics.holm(table["p_value"]))
    assert table.loc["CP-scar", "category"] == "local"


def test_equal_pairs_are_no_effect(evidence):
    differences = relative.controlled(evidence, "DAE", "cutout") * 0
    table = relative.forest(differences)
    assert (table["pseudo_median"] == 0).all()
    assert (table["p_value"] == 1).all()


def test_clusters_average_the_pairs_of_a_normal_class(evidence):
    pairs = relative.in_the_wild(evidence, "DeepSAD", clustered=False)
    classes = relative.in_the_wild(evidence, "DeepSAD", clustered=True)
    assert len(pairs) == 6 * 9
    assert len(classes) == 6
    assert np.allclose(pairs.groupby("normal_class").mean(), classes)


def test_every_row_starts_with_the_references(evidence):
    table = relative.every_row({"this run": evidence}, "DAE", "flip")
    assert list(table.index[:3]) == ["untrained", "none", "Flip"]
    assert table.loc["Flip", "this run"] == pytest.approx(0.9, abs=0.02)
    assert "none" not in relative.every_row({"this run": evidence}, "AP", None).index


def test_share_below_counts_cells(evidence):
    shares = relative.share_below({"this run": evidence})["this run"]
    gains = evidence.gains("DAE")
    local = gains[gains["category"] == "local"]
    assert shares["DAE", "local"] == pytest.approx((local["gain"] < 0).mean())
    assert 0 < shares["DAE", "local"] < 1


def test_panels_leave_out_sources_without_their_runs(evidence):
    only_dae = replace(evidence, tasks=evidence.of("DAE"))
    shown = relative.panels({"all": evidence, "half": only_dae}, "3")
    assert list(shown) == ["DeepSAD, Invert anomalies: all"]
    assert len(relative.wild_panels({"all": evidence, "half": only_dae}, clustered=True)) == 3


def test_nearness_joins_distance_and_gain(evidence):
    panels = in_the_wild.nearness({"this run": evidence})
    assert list(panels) == ["DAE: this run", "DeepSAD: this run"]
    table = panels["DAE: this run"]
    mean = evidence.alignment.groupby("augmentation")["mmd"].mean()
    assert table[in_the_wild.MMD].to_dict() == pytest.approx(mean[table.index].to_dict())
    nothing = replace(evidence, alignment=evidence.alignment.iloc[:0])
    assert in_the_wild.nearness({"this run": nothing}) == {}


def test_pairs_and_clusters_stand_side_by_side(evidence):
    table = in_the_wild.pairs_and_clusters({"this run": evidence})
    assert len(table) == 2 * 13
    assert (table["n, by pairs"] == 54).all()
    assert (table["n, by classes"] == 6).all()
