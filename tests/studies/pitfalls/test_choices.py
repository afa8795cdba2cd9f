from dataclasses import replace
from itertools import combinations

import numpy as np
import pandas as pd
import pytest
from hypothesis import given
from hypothesis import strategies as st
from hypothesis.extra import numpy as arrays

from ssad_lib.data.catalogue import DIGITS
from ssad_lib.errors import SsadError
from ssad_lib.studies.pitfalls import choices
from ssad_lib.studies.pitfalls.choices import BEST_OF_ALL, BEST_OF_EACH, NEAREST, RANDOM
from tests.studies.pitfalls.made import ROWS, evidence, luck

TABLE = {  # row: AUC on tasks of an even and an odd anomaly
    "Rotate": (0.9, 0.5), "GEOM": (0.5, 0.6), "CutPaste": (0.7, 0.8), "Invert": (0.6, 0.4),
    "none": (0.65, 0.7), "untrained": (0.5, 0.5),
}  # fmt: skip


def known(row, normal_class, anomaly, seed):
    return TABLE[row][anomaly % 2]


def alignment(distance, classes=4):
    rows = [
        (row, c, "in-the-wild", DIGITS[other], draw, distance(row, other) + 0.001 * draw)
        for row in [*ROWS, "none"]
        for c in range(classes)
        for other in range(classes)
        for draw in range(2)
        if other != c
    ]
    names = ["augmentation", "normal_class", "testbed", "anomaly", "draw", "mmd"]
    return pd.DataFrame(rows, columns=names).assign(image_set="digits")


@pytest.fixture(scope="module")
def tried():
    return choices.trials(evidence(known), "DAE")


def test_trials_have_a_row_per_task_and_a_column_per_augmentation(tried):
    assert tried.auc.shape == (12, 4)
    assert list(tried.auc.columns) == ["Rotate", "GEOM", "CutPaste", "Invert"]  # as in METHODS 2
    odd = tried.auc.index.get_level_values("anomaly").map(lambda name: int(name) % 2 == 1)
    np.testing.assert_array_equal(tried.plain[odd], 0.7)
    np.testing.assert_array_equal(tried.auc.loc[~odd, "Rotate"], 0.9)


def test_every_choice_takes_what_it_should(tried):
    taken = choices.chosen(tried, abroad="Invert")
    assert (taken["always GEOM"] == "GEOM").all()
    assert (taken[choices.ABROAD] == "Invert").all()
    assert (taken[BEST_OF_ALL] == "CutPaste").all()  # mean 0.75 over even and odd
    odd = taken.index.get_level_values("anomaly").map(lambda name: int(name) % 2 == 1)
    assert set(taken.loc[odd, BEST_OF_EACH]) == {"CutPaste"}
    assert set(taken.loc[~odd, BEST_OF_EACH]) == {"Rotate"}


def test_outcomes_are_the_auc_of_what_was_taken(tried):
    reached = choices.outcomes(tried)
    assert list(reached.columns[:2]) == ["none", RANDOM]
    np.testing.assert_allclose(reached[RANDOM], tried.auc.mean(axis=1))
    np.testing.assert_array_equal(reached[BEST_OF_EACH], tried.auc.max(axis=1))
    np.testing.assert_array_equal(reached["always GEOM"], tried.auc["GEOM"])


def test_nearest_takes_the_least_distance_of_each_task():
    near = replace(evidence(known, seeds=2), alignment=alignment(
        lambda row, other: {"Invert": 0.1, "GEOM": 0.1 * (other % 2)}.get(row, 0.5)))  # fmt: skip
    taken = choices.chosen(choices.trials(near, "DAE"))
    odd = taken.index.get_level_values("anomaly").map(lambda name: int(name) % 2 == 1)
    assert set(taken.loc[~odd, NEAREST]) == {"GEOM"}
    assert set(taken.loc[odd, NEAREST]) <= {"GEOM", "Invert"}
    assert NEAREST not in choices.chosen(choices.trials(evidence(known), "DAE"))


def test_distances_with_gaps_choose_nothing():
    gaps = alignment(lambda row, other: 0.1)
    gaps = gaps[gaps["augmentation"] != "Invert"]
    tried = choices.trials(replace(evidence(known), alignment=gaps), "DAE")
    assert NEAREST not in tried.criteria


def test_a_measure_of_the_records_chooses_its_least():
    made = evidence(known)
    made = replace(made, tasks=made.tasks.assign(dsv=made.tasks["row"].map(
        {"GEOM": -0.4, "Rotate": 0.1}).fillna(0.5)))  # fmt: skip
    assert set(choices.chosen(choices.trials(made, "DAE"))["least DSV"]) == {"GEOM"}


def test_nearest_stands_among_the_choices_that_peek():
    near = replace(evidence(known), alignment=alignment(lambda row, other: len(row)))
    made = replace(near, tasks=near.tasks.assign(dsv=1.0))
    order = list(choices.chosen(choices.trials(made, "DAE"), abroad="Invert"))
    assert order[-3:] == [NEAREST, BEST_OF_ALL, BEST_OF_EACH] == list(choices.PEEKING)
    assert order[:-3] == ["always GEOM", "always CutPaste", "least DSV", choices.ABROAD]
    assert "uses labels" in NEAREST


def test_inflation_is_the_mean_gain_with_an_interval_over_classes():
    def by_class(row, normal_class, anomaly, seed):
        return 0.5 + 0.1 * normal_class * (row == "Rotate")

    outcome = choices.outcomes(choices.trials(evidence(by_class), "DAE"))
    effect, low, high = choices.inflation(outcome, BEST_OF_EACH)
    assert effect == pytest.approx(0.75 * 0.1 * 1.5)  # three quarters of the best, mean class 1.5
    assert 0.0 <= low < effect < high <= 0.75 * 0.3
    assert choices.inflation(outcome, RANDOM)[0] == 0
    one = outcome[outcome.index.get_level_values("normal_class") == 1]
    assert np.isnan(choices.inflation(one, BEST_OF_EACH)[1:]).all()


def test_classes_with_different_numbers_of_tasks_count_alike():
    outcome = choices.outcomes(choices.trials(evidence(luck()), "DAE"))
    fewer = outcome.iloc[1:]
    gained = (fewer[BEST_OF_EACH] - fewer[RANDOM]).groupby("normal_class").mean()
    assert choices.inflation(fewer, BEST_OF_EACH)[0] == pytest.approx(gained.mean())


def test_flips_are_wins_that_the_honest_choice_lacks(tried):
    outcome = choices.outcomes(tried)
    # Even anomalies (half of the tasks): Rotate 0.9 beats 0.65; GEOM and Invert do not.
    # Odd ones: CutPaste 0.8 beats 0.7; the three others do not.
    assert choices.flips(tried, outcome, BEST_OF_EACH, "always GEOM") == 1
    assert choices.flips(tried, outcome, BEST_OF_EACH, "always CutPaste") == 0
    assert choices.flips(tried, outcome, BEST_OF_EACH, RANDOM) == pytest.approx((2 / 4 + 3 / 4) / 2)
    assert choices.flips(tried, outcome, "always GEOM", BEST_OF_EACH) == 0  # GEOM never wins


def test_nothing_to_choose_from_is_said():
    with pytest.raises(SsadError, match="no tasks of DeepSAD"):
        choices.trials(evidence(known), "DeepSAD")
    one = evidence(known)
    kept = one.tasks[one.tasks["row"].isin(["Rotate", "none"])]
    with pytest.raises(SsadError, match="two augmentations"):
        choices.trials(replace(one, tasks=kept), "DAE")


@given(arrays.arrays(np.float64, (3, 6), elements=st.floats(0, 1)))
def test_best_of_is_the_mean_over_all_subsets(values):
    expected = choices.best_of(values)
    for k in range(1, 7):
        chosen = [values[:, list(rows)].max(axis=1) for rows in combinations(range(6), k)]
        np.testing.assert_allclose(expected[:, k - 1], np.mean(chosen, axis=0), atol=1e-12)
    assert (np.diff(expected, axis=1) >= -1e-12).all()
