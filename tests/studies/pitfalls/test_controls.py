from dataclasses import replace

import numpy as np
import pytest

from ssad_lib import metrics
from ssad_lib.errors import SsadError
from ssad_lib.studies.pitfalls import choices, controls
from tests.studies.pitfalls.made import ROWS, evidence, luck, records, with_halves


def test_halves_are_the_auc_of_disjoint_halves(monkeypatch):
    seen = []

    def spy(normal, anomalous):
        seen.append((normal, anomalous, metrics.auroc_between(normal, anomalous)))
        return seen[-1][2]

    made = records(lambda row, digit: 1.0, rows=("geom",), classes=(6,))
    fast = controls.halves(made, splits=2)
    monkeypatch.setattr(controls, "_auc", spy)
    slow = controls.halves(made, splits=2)
    np.testing.assert_allclose(fast[["first", "second"]], slow[["first", "second"]], atol=1e-12)
    assert len(fast) == 2 * 9 * 2  # AE and DAE, nine digits, two splits
    (first_normal, first, _), (second_normal, second, _) = seen[:2]
    whole = np.sort(made[0].scores["normal"])
    np.testing.assert_allclose(np.sort(np.concatenate([first_normal, second_normal])), whole)
    scores = made[0].scores["in-the-wild/" + fast["anomaly"][0]]
    np.testing.assert_allclose(np.sort(np.concatenate([first, second])), np.sort(scores))


def test_ties_count_one_half():
    assert controls._auc(np.array([0.0, 1.0]), np.array([1.0, 1.0])) == 0.75


def test_all_augmentations_meet_the_same_halves():
    made = records(lambda row, digit: 1.0, rows=("geom", "rotate"), classes=(6,))
    same = [replace(made[0], spec=record.spec) for record in made]  # one set of scores for all
    table = controls.halves(same)
    spread = table.groupby(["anomaly", "split"])[["first", "second"]].agg(np.ptp)
    assert (spread.to_numpy() == 0).all()
    assert table.groupby("anomaly")["first"].nunique().min() > 1  # but splits differ


def test_committed_records_have_no_halves():
    made = [replace(record, scores={}) for record in records(lambda row, digit: 1.0)]
    assert controls.halves(made).empty
    with pytest.raises(SsadError, match="no raw scores"):
        controls.split_half(with_halves(made), "DAE")


def test_luck_does_not_repeat_on_the_other_half():
    made = records(lambda row, digit: 0.3, classes=range(10))
    found = controls.split_half(with_halves(made), "DAE").mean()
    assert found["same half"] > found["at random"] + 0.03
    assert found["other half"] == pytest.approx(found["at random"], abs=0.015)


def test_what_helps_repeats_on_the_other_half():
    made = with_halves(records(lambda row, digit: 2.0 if row == "rotate" else 0.0))
    found = controls.split_half(made, "DAE").mean()
    assert found["other half"] > 0.9 > 0.75 > found["at random"]
    assert found["same half"] >= found["other half"]


def test_best_elsewhere_leaves_the_own_image_set_out():
    def better(label):
        return lambda row, normal_class, anomaly, seed: 0.7 if row == label else 0.6

    best = {"a": "Invert", "b": "GEOM", "c": "GEOM", "d": "Rotate"}
    tried = {name: choices.trials(evidence(better(label)), "DAE") for name, label in best.items()}
    sets = {"a": "digits", "b": "mnist", "c": "mnist", "d": "digits"}
    assert controls.across_image_sets(tried, sets) == {
        "a": "GEOM", "d": "GEOM", "b": "Rotate", "c": "Rotate"
    }  # fmt: skip
    assert controls.across_image_sets({"a": tried["a"]}, sets) == {}


def test_every_other_image_set_counts_once():
    strong = choices.trials(evidence(lambda row, *_: 0.9 if row == "Invert" else 0.5), "DAE")
    weak = choices.trials(evidence(lambda row, *_: 0.8 if row == "GEOM" else 0.5), "DAE")
    tried = {"home": strong, "a": strong, "b": weak, "c": weak, "d": weak}
    sets = {"home": "x", "a": "y", "b": "z", "c": "z", "d": "z"}
    assert controls.across_image_sets(tried, sets)["home"] == "Invert"


def test_seeds_stand_for_augmentations():
    made = evidence(luck(), classes=2, seeds=6)
    found = controls.seeds_instead(made, "DAE")
    assert set(found) == {(row, c) for row in [*ROWS, "none"] for c in range(2)}
    tried = found["Rotate", 0]
    assert tried.auc.shape == (1, 6)
    rows = made.tasks[(made.tasks["row"] == "Rotate") & (made.tasks["normal_class"] == 0)]
    np.testing.assert_array_equal(tried.auc.to_numpy()[0], rows.sort_values("seed")["auc"])
    assert controls.seeds_instead(evidence(luck(), seeds=2), "DAE") == {}


def test_seeds_come_from_the_cases_where_there_are_some():
    many = evidence(luck(), classes=2, seeds=4)
    made = replace(evidence(luck()), cases=many.tasks)
    assert ("Rotate", 1) in controls.seeds_instead(made, "DAE")


def test_shuffled_augmentations_gain_by_luck_alone():
    real = choices.trials(evidence(lambda row, *_: 0.8 if row == "GEOM" else 0.6), "DAE")
    gains = controls.shuffled_labels(real)
    assert len(gains) == 200
    assert (gains >= -1e-12).all()
    assert (
        gains.mean() < 0.15 == pytest.approx(real.auc["GEOM"].mean() - real.auc.to_numpy().mean())
    )
    # All classes may by chance agree: never more than the real gain.
    assert gains.max() <= 0.15 + 1e-12
    assert (controls.shuffled_labels(real) == gains).all()
