import numpy as np
import pandas as pd
import pytest

from ssad_lib.figures import choice_gains
from ssad_lib.studies.pitfalls import choices, validation
from ssad_lib.studies.pitfalls import selection_experiment as experiment
from tests.claims.pitfalls.test_selection import candidates, only_dsv_knows, with_defects


@pytest.fixture(scope="module")
def table():
    return candidates(only_dsv_knows).candidates


def test_choices_are_shown_for_all_candidates_and_by_family(table):
    panels = validation.every_choice(table)
    assert list(panels) == [validation.EVERY, "CutOut", "CutPaste", "CutDiff"]
    whole = panels[validation.EVERY]
    assert whole.loc["least DSV", "auc"] == whole.loc[experiment.ORACLE, "auc"]
    assert whole.loc[experiment.RANDOM, ["gain", "low", "high"]].tolist() == [0, 0, 0]
    assert set(whole["kind"]) == {"reference", "honest", "peeking"}
    assert (whole["low"] <= whole["gain"]).all()
    assert whole.loc["least DSV", "gain"] > panels["CutOut"].loc["least DSV", "gain"]
    choice_gains(panels).make()


def test_intervals_rest_on_surfaces(table):
    reached = experiment.selected(table)
    _, low, high = choices.inflation(reached, "dsv", experiment.RANDOM, cluster=["surface"])
    assert validation.every_choice(table)[validation.EVERY].loc["least DSV", "low"] == low
    assert low < high


def test_ensemble_stands_beside_all_candidates(table):
    index = experiment.selected(table).index
    panels = validation.every_choice(table, pd.Series(0.75, index=index))
    assert panels[validation.EVERY].loc[experiment.ENSEMBLE, "auc"] == 0.75
    assert experiment.ENSEMBLE not in panels["CutOut"].index


def test_correlations_are_means_over_the_tasks_of_a_surface(table):
    shown = validation.correlations(table)
    ranks = experiment.rank_correlations(table)["sep"]
    row = shown.loc["largest separability"]
    assert row["a"] == pytest.approx(ranks.xs("a", level="surface").mean())
    assert row["share below 0"] == pytest.approx((ranks < 0).mean())
    assert shown.loc["least DSV", "mean"] == pytest.approx(-1)


def test_variants_are_named_by_their_formula(table):
    shown = validation.variants(table)
    assert shown.index[0] == "d − s / d (DSV)"
    assert shown.loc[shown.index[0], "mean"] == pytest.approx(
        experiment.selected(table)[experiment.ORACLE].mean()
    )


def test_other_anomalies_are_shown_between_random_and_the_own(table):
    row = validation.on_other_anomalies(table).loc["all"]
    assert row["chosen on the same anomalies"] > row["chosen on other anomalies"]
    assert row[experiment.RANDOM] == pytest.approx(table["auc"].mean())


def test_kinds_are_compared_on_both_testbeds():
    shown = validation.two_kinds({"this run": with_defects(-0.1)})
    defects = shown.loc["this run", "defects"]
    assert defects["geometric minus local"] == pytest.approx(-0.1, abs=0.01)
    assert defects["n"] == 5
    assert shown.loc[("this run", "other classes"), "geometric minus local"] == pytest.approx(
        0.133, abs=0.01
    )
    assert np.isnan(defects["none"])


def test_browser_puts_the_chosen_candidate_first(table):
    widget = validation.browser(table)
    assert len(widget.names) == 30
    mine = table[(table["surface"] == "a") & (table["anomaly"] == "kind 0")]
    row = mine.loc[mine["dsv"].idxmin()]
    label = experiment.candidate_label(row["family"], row["area"], row["aspect"])
    assert label in repr(widget.tables["a: kind 0"])
    seeds = pd.concat([table, table.assign(seed=1)])
    assert validation.browser(seeds).names == widget.names  # seeds share a table


def test_two_seeds_are_tasks_of_their_own(table):
    seeds = pd.concat([table, table.assign(seed=1)], ignore_index=True)
    assert len(experiment.selected(seeds)) == 2 * len(experiment.selected(table))
