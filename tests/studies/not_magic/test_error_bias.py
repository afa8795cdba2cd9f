"""Observation 2: AUC by type of anomaly, from made-up scores."""

import numpy as np
import pandas as pd
import pytest
from scipy import stats

from ssad_lib import claims, metrics
from ssad_lib.evidence import row_of
from ssad_lib.studies.not_magic import error_bias, runs
from tests.studies.not_magic import made

EASY, HARD = "1", "9"


def shift(spec, digit):
    """Rotate loses the easy type and gains all others, the hard one most."""
    base = {EASY: 3.0, HARD: 0.0}.get(digit, 1.0)
    if row_of(spec) != "Rotate":
        return base
    return base + {EASY: -2.0, HARD: 1.5}.get(digit, 0.5)


@pytest.fixture(scope="module")
def records():
    return [made.record(spec, shift) for spec in runs.error_bias(made.budget())]


@pytest.fixture(scope="module")
def sources(records):
    return {"this run": claims.this_run(records)}


def test_panels_are_figures_2_and_9_in_this_order(sources):
    panels = error_bias.panels(sources)
    assert list(panels) == ["DeepSAD, normal class 6: this run", "DAE, normal class 6: this run"]
    for (_, table), first in zip(panels.items(), ("DeepSVDD", "AE"), strict=True):
        assert table["detector"].iloc[0] == first
        assert table["detector"].iloc[-1].endswith(", Rotate")
        assert len(table) == 2 * 9 * 5


def test_the_class_with_most_seeds_is_shown(records):
    one = [
        made.record(s, shift) for s in runs.error_bias(made.budget(normal_classes=[3], seeds=[0]))
    ]
    mixed = error_bias.by_type(claims.this_run([*one, *records]), "DAE")
    assert set(mixed["normal_class"]) == {6}
    assert set(mixed["row"]) == {"untrained", "none", "Rotate"}


def test_sources_without_rotate_are_left_out(records):
    plain = claims.this_run([r for r in records if row_of(r.spec) != "Rotate"])
    assert error_bias.panels({"this run": plain}) == {}
    assert error_bias.base_and_gain({"this run": plain}) == {}


@pytest.mark.parametrize("model", ["DAE", "DeepSAD"])
def test_the_table_is_computed_from_the_scores(records, sources, model):
    table = error_bias.auc_table(sources["this run"], model, records)
    assert list(table.index[[0, -2, -1]]) == [EASY, HARD, "mean"]
    plain = {"DAE": "AE", "DeepSAD": "DeepSVDD"}[model]
    expected = np.mean(
        [metrics.auroc_between(r.scores["normal"], r.scores["in-the-wild/9"]) for r in records
         if r.spec.detector == plain and row_of(r.spec) == "none"]
    )  # fmt: skip
    assert table.loc[HARD, "none"] == pytest.approx(expected)
    assert np.allclose(table["gain"], table["Rotate"] - table["none"])
    assert table.loc["mean", "none"] == pytest.approx(table["none"].iloc[:-1].mean())
    assert (table["low"] < table["gain"]).all()
    assert (table["gain"] < table["high"]).all()
    assert table.loc[EASY, "high"] < 0 < table.loc[HARD, "low"]
    assert table.loc[EASY, "worse in"] == "5 of 5 seeds"
    assert table.loc[HARD, "worse in"] == "0 of 5 seeds"


def test_without_scores_there_is_no_interval(records, sources):
    tables = error_bias.auc_tables({"committed": sources["this run"], **sources}, records)
    assert [caption.partition(", ")[2] for caption in tables] == ["committed", "this run"] * 2
    assert all(tables[c]["low"].notna().all() == c.endswith("this run") for c in tables)
    table = tables["AUC of DAE by type of anomaly (figure 9), committed"]
    assert table[["low", "high"]].isna().all(axis=None)
    assert table["gain"].notna().all()


def test_coupling_knows_what_a_difference_correlates_with_by_itself(sources):
    random = np.random.default_rng(0)
    base, changed = random.normal(0.7, 0.1, (2, 9))
    tables = error_bias.base_and_gain(sources) | {
        "unrelated": pd.DataFrame({"base": base, "gain": changed - base, "with": changed}),
        "narrower": pd.DataFrame({"base": base, "gain": -base / 2, "with": base / 2}),
    }
    found = error_bias.coupling(tables)
    for title, table in tables.items():
        rho = stats.spearmanr(table["base"], table["gain"]).statistic
        assert found.loc[title, "ρ"] == pytest.approx(rho)
    spreads = found.loc["unrelated", ["spread without", "spread with Rotate"]].to_numpy(float)
    by_itself = -spreads[0] / np.hypot(*spreads)
    assert found.loc["unrelated", "ρ if dealt out"] == pytest.approx(by_itself, abs=0.1)
    assert found.loc["narrower", "ρ"] == pytest.approx(-1)
    assert found.loc["narrower", "as low when dealt out"] < 0.05
    assert found.loc["unrelated", "as low when dealt out"] > 0.05


def test_the_browser_has_both_models_and_the_normal_class(records):
    browser = error_bias.pair_browser(records, tuple("0123456789"))
    assert browser.baselines == {"DeepSAD, Rotate": "DeepSVDD", "DAE, Rotate": "AE"}
    assert browser.normals == ["6"]
