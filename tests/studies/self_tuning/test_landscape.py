"""The validation loss on points: the paper's formula, its minimum, what clouds change."""

import numpy as np
import pytest

from ssad_lib.studies.self_tuning import landscape


def test_grid_has_the_papers_formula_and_its_minimum_at_perfect_alignment():
    table = landscape.landscape(steps=21, reach=0.9)
    assert len(table) == 21**2
    found = landscape.facts(table)
    assert found["smallest loss"] == pytest.approx(1, abs=1e-12)
    assert found["at u1"] == pytest.approx(0, abs=1e-12)
    assert found["at u2"] == pytest.approx(0, abs=1e-12)
    assert found["second smallest"] > 1.001
    assert found["formula"] < 1e-12


def test_arrows_agree_with_differences_of_the_closed_form():
    table = landscape.landscape(steps=8, reach=0.7)
    u1, u2, step = table["u1"].to_numpy(), table["u2"].to_numpy(), 1e-6
    slope = (
        landscape.closed_form(u1 + step, u2) - landscape.closed_form(u1 - step, u2)
    ) / (2 * step)  # fmt: skip
    assert np.allclose(-slope, table["down_u1"], atol=1e-6)


def test_a_landscape_that_leads_away_is_told():
    table = landscape.landscape(steps=9, reach=0.5)
    turned = table.assign(down_u1=-table["down_u1"], down_u2=-table["down_u2"])
    kept, lost = (landscape.facts(t)["towards the minimum"] for t in (table, turned))
    assert kept == pytest.approx(1 - lost)


def test_points_have_no_drift_and_clouds_have():
    table = landscape.drift()
    points = table.loc[0.0]
    assert np.allclose(points.loc[0.5, "ν = 1"], 1.0)
    clouds = table.loc[0.2]
    assert (clouds > 0.8).all(axis=None)
    assert clouds.to_numpy().max() - clouds.to_numpy().min() > 0.01


def test_scale_does_not_matter():
    assert (landscape.scale_changes({"tiny": 1e-4, "huge": 1e4}) < 1e-10).all()
