from dataclasses import replace

import numpy as np
import pytest

from ssad_lib.studies.pitfalls import choices, snooping
from tests.studies.pitfalls.made import evidence, luck, records, with_halves


def better(label, gain=0.2):
    """AUC in which `label` is the best for every task, beside the luck of every training."""
    by_chance = luck(0.02)
    return lambda row, *task: by_chance(row, *task) + gain * (row == label)


@pytest.fixture(scope="module")
def sources():
    made = {
        "this run": evidence(better("GEOM")),
        "other": evidence(better("Invert"), name="other", image_set="mnist"),
        "third": evidence(better("Invert"), name="third", image_set="svhn"),
    }
    many = evidence(luck(0.02), classes=3, seeds=6)
    return made | {"this run": replace(made["this run"], cases=many.tasks)}


def test_every_choice_has_its_kind_and_its_gain(sources):
    shown = snooping.every_choice(sources)
    assert list(shown) == ["DAE: this run", "DAE: other", "DAE: third"]
    table = shown["DAE: this run"]
    assert table["kind"].to_dict() == {
        "none": "reference", "at random": "honest", "always GEOM": "honest",
        "always CutPaste": "honest", choices.ABROAD: "honest",
        choices.BEST_OF_ALL: "peeking", choices.BEST_OF_EACH: "peeking",
    }  # fmt: skip
    assert table.loc["at random", "gain"] == 0
    assert table["auc"].max() == table.loc[choices.BEST_OF_EACH, "auc"]
    assert table.loc[choices.BEST_OF_ALL, "auc"] == table.loc["always GEOM", "auc"]
    assert table.loc[choices.ABROAD, "auc"] < table.loc["always GEOM", "auc"] - 0.15
    assert (table["low"] <= table["gain"]).all()


def test_the_nearest_is_an_oracle(sources):
    assert snooping.kind(choices.NEAREST) == "peeking"
    assert choices.NEAREST not in snooping.every_choice(sources)["DAE: this run"].index


def test_wins_are_counted_and_lost_by_honest_choices(sources):
    row = snooping.lost_wins(sources).loc["DAE: this run", choices.BEST_OF_EACH]
    assert (row["tasks"], row["wins"]) == (12, 12)
    assert row["lost: always GEOM"] == 0
    tried = choices.trials(sources["this run"], "DAE")
    beaten = (tried.auc["Invert"] <= tried.plain).sum()
    assert row[f"lost: {choices.ABROAD}"] == pytest.approx(beaten)


def test_elsewhere_names_what_is_best_here_and_there(sources):
    table = snooping.elsewhere(sources)
    assert table.loc["DAE: this run", ["best here", "best elsewhere"]].tolist() == [
        "GEOM",
        "Invert",
    ]
    assert table.loc["DAE: third", "best elsewhere"] in ("GEOM", "Invert")
    only = {"this run": sources["this run"]}
    assert snooping.elsewhere(only).empty


def test_luck_of_one_lies_below_a_real_gain(sources):
    table = snooping.luck_of_one(sources)
    assert table.loc["DAE: this run", "best"] == "GEOM"
    assert table.loc["DAE: this run", "by luck"] < table.loc["DAE: this run", "gain"] / 2
    alike = snooping.luck_of_one({"x": evidence(luck())})
    assert alike["gain"].iloc[0] < 1.5 * alike["by luck, 95 %"].iloc[0]


def test_growth_sets_augmentations_against_seeds(sources):
    found = snooping.growth(sources)["DAE: this run"]
    tried = choices.trials(sources["this run"], "DAE").auc
    assert found[snooping.AUGMENTATIONS].iloc[0] == 0
    assert found[snooping.AUGMENTATIONS].max() == pytest.approx(
        (tried.max(axis=1) - tried.mean(axis=1)).mean()
    )
    seeds = [name for name in found if name.startswith("seeds of DAE, GEOM")]
    assert len(seeds) == 3
    assert found[seeds[0]].count() == 6
    assert found.loc[3, seeds[0]] < found.loc[3, snooping.AUGMENTATIONS]
    assert any(name.startswith("seeds of AE, normal") for name in found)


def test_on_other_half_needs_raw_scores(sources):
    assert snooping.on_other_half(sources).empty
    made = with_halves(records(lambda row, digit: {"rotate": 1.0, "geom": 0.8}.get(row, 0.0)))
    table = snooping.on_other_half({"this run": made})
    row = table.loc["DAE: this run"]
    assert row["share of luck"] == pytest.approx(
        (row["same half"] - row["other half"]) / (row["same half"] - row["at random"])
    )
    assert 0 < row["share of luck"] < 0.5


def test_machine_holds_all_tasks_and_the_row_without_augmentation(sources):
    widget = snooping.machine(sources)
    assert widget.names == ["DAE: this run", "DAE: other", "DAE: third"]
    panel = widget.panels["DAE: this run"]
    tried = choices.trials(sources["this run"], "DAE")
    np.testing.assert_allclose(panel["plain"][0], tried.plain, atol=5e-5)
    assert panel["augmentations"] == list(tried.auc.columns)
