"""Every claim of paper 000 is supported in a world where it holds, and not where it does not."""

from dataclasses import replace

import numpy as np
import pytest

from ssad_lib import claims
from tests.claims import worlds

ON_AUC = ["A01", "A02", "A03", "A04", "A05", "A06", "A09", "A11", "A12", "A13", "A26"]


@pytest.fixture(scope="module")
def paper_is_right():
    return worlds.world()


@pytest.fixture(scope="module")
def nothing_matters():
    return worlds.world(worlds.no_effect)


@pytest.fixture(scope="module")
def paper_is_wrong():
    return worlds.world(worlds.opposite)


@pytest.mark.parametrize("claim", [*ON_AUC, "A08"])
def test_supported_where_it_holds(claim, paper_is_right):
    finding = claims.decide(claim, paper_is_right)
    assert finding.verdict == claims.SUPPORTED, finding.table()
    assert finding.keys
    assert {part.n for part in finding.parts} == {10}


@pytest.mark.parametrize("claim", ["A01", "A02", "A03", "A04", "A05", "A06", "A11", "A13"])
def test_contradicted_where_the_opposite_holds(claim, paper_is_wrong):
    finding = claims.decide(claim, paper_is_wrong)
    assert finding.verdict == claims.CONTRADICTED, finding.table()


NOT_WITHOUT_EFFECT = ["A01", "A02", "A03", "A04", "A05", "A06", "A08", "A11", "A13", "A26"]


@pytest.mark.parametrize("claim", NOT_WITHOUT_EFFECT)
def test_open_where_nothing_matters(claim, nothing_matters):
    finding = claims.decide(claim, nothing_matters)
    assert finding.verdict == claims.INCONCLUSIVE, finding.table()


@pytest.mark.parametrize("claim", NOT_WITHOUT_EFFECT)
def test_seeds_are_no_units(claim):
    """Three seeds of a class are one cluster: without any effect they support nothing."""
    found = claims.decide(claim, worlds.world(worlds.no_effect, seeds=3))
    assert found.verdict == claims.INCONCLUSIVE, found.table()
    assert {part.n for part in found.parts} == {10}


def test_not_seeing_an_effect_supports_nothing():
    """A12 says that most rows bring nothing: wide intervals around zero do not show that."""
    wide = worlds.world(worlds.no_effect, noise=0.3)
    assert claims.decide("A12", wide).verdict == claims.INCONCLUSIVE
    narrow = worlds.world(worlds.no_effect, noise=0.005)
    assert claims.decide("A12", narrow).verdict == claims.SUPPORTED


@pytest.mark.parametrize("claim", claims.TESTS)
def test_not_run_without_runs(claim):
    nothing = replace(worlds.world(classes=2), tasks=worlds.world(classes=2).tasks.iloc[:0],
                      alignment=worlds.alignment().iloc[:0])  # fmt: skip
    finding = claims.decide(claim, nothing)
    assert finding.verdict == claims.NOT_RUN
    assert finding.note


@pytest.mark.parametrize("claim", ["A02", "A04", "A11"])
def test_three_classes_cannot_decide(claim):
    found = claims.decide(claim, worlds.world(classes=3))
    assert found.verdict == claims.UNDECIDABLE
    assert found.note.startswith("n = 3 cannot decide it, n = 5 could")


def test_the_order_of_records_does_not_matter(paper_is_right):
    shuffled = replace(paper_is_right, tasks=paper_is_right.tasks.sample(frac=1, random_state=3))
    for claim in ("A01", "A06", "A11"):
        a, b = (claims.decide(claim, e).table() for e in (paper_is_right, shuffled))
        assert np.allclose(a["effect"], b["effect"])
        assert list(a["verdict"]) == list(b["verdict"])


def test_categories_agree_only_if_effects_follow_them():
    order = {category: i for i, category in enumerate(dict.fromkeys(worlds.CATEGORY.values()))}

    def by_category(model, row, anomaly):
        return 0.05 * order[worlds.CATEGORY[row]]

    def across(model, row, anomaly):  # members of a category as far apart as can be
        members = [label for label in worlds.LABELS if worlds.CATEGORY[label] ==
                   worlds.CATEGORY[row]]  # fmt: skip
        return 0.1 * members.index(row) if row in members else 0.0

    assert claims.decide("A07", worlds.world(by_category)).verdict == claims.SUPPORTED
    assert claims.decide("A07", worlds.world(across)).verdict != claims.SUPPORTED


def test_one_best_augmentation_for_all_contradicts():
    def flip(model, row, anomaly):
        return 0.2 * (row == "Flip")

    assert claims.decide("A08", worlds.world(flip)).verdict == claims.CONTRADICTED


def test_equal_rows_do_not_make_one_the_best():
    """A row at chance makes the rows differ; the three others are still equal."""

    def cutout_fails(model, row, anomaly):
        return -0.2 * (row == "CutOut")

    assert claims.decide("A08", worlds.world(cutout_fails)).verdict == claims.INCONCLUSIVE


def test_chance_is_an_interval_around_one_half():
    def effect(level):
        return lambda model, row, anomaly: level - 0.6

    assert claims.decide("A10", worlds.world(effect(0.505))).verdict == claims.SUPPORTED
    assert claims.decide("A10", worlds.world(effect(0.7))).verdict == claims.CONTRADICTED
    assert claims.decide("A10", worlds.world(effect(0.53))).verdict == claims.INCONCLUSIVE


def test_harm_needs_a_row_that_hurts():
    assert claims.decide("A26", worlds.world(lambda m, r, a: 0.1 * (r != "none"))).verdict == (
        claims.CONTRADICTED
    )


def test_the_order_of_distances_is_the_papers(paper_is_right):
    nearer = paper_is_right.alignment.copy()
    geometric = nearer["augmentation"].isin(["Rotate", "Flip", "GEOM"])
    nearer.loc[geometric, "mmd"] -= 0.6
    found = claims.decide("A14", replace(paper_is_right, alignment=nearer))
    assert found.verdict == claims.SUPPORTED, found.table()
    turned = paper_is_right.alignment.assign(mmd=-paper_is_right.alignment["mmd"])
    assert claims.decide("A14", replace(paper_is_right, alignment=turned)).verdict == (
        claims.CONTRADICTED
    )


def test_nearer_is_better_only_if_gains_fall_with_distance():
    measured = worlds.alignment()
    means = measured.groupby("augmentation")["mmd"].mean()

    def falls(model, row, anomaly):
        return 0.0 if row in ("untrained", "none") else -0.05 * means[row]

    right = replace(worlds.world(falls, noise=0.001), alignment=measured)
    assert claims.decide("A15", right).verdict == claims.SUPPORTED
    wrong = replace(right, alignment=measured.assign(mmd=-measured["mmd"]))
    assert claims.decide("A15", wrong).verdict == claims.CONTRADICTED


def rotated(gains, seeds=8, classes=1):
    """Rotate adds ``gains(anomaly)``; all else does nothing."""
    return worlds.world(
        lambda model, row, anomaly: gains(anomaly) if row == "Rotate" else 0.0,
        classes=classes, seeds=seeds,
    )  # fmt: skip


@pytest.mark.parametrize("claim", ["A16", "A17"])
def test_errors_move_where_some_types_gain_and_some_lose(claim):
    moved = rotated(lambda anomaly: 0.2 if anomaly in "12345" else -0.1)
    assert claims.decide(claim, moved).verdict == claims.SUPPORTED
    lifted = rotated(lambda anomaly: 0.2)
    assert claims.decide(claim, lifted).verdict == claims.CONTRADICTED
    assert claims.decide(claim, rotated(lambda anomaly: 0.0)).verdict == claims.INCONCLUSIVE
    three = rotated(lambda anomaly: 0.2 if anomaly in "12345" else -0.1, seeds=3)
    assert claims.decide(claim, three).verdict == claims.UNDECIDABLE
    assert claims.decide(claim, worlds.world(classes=2)).verdict == claims.NOT_RUN


def test_the_types_that_the_paper_names_are_tested_where_they_are():
    renamed = {"1": "bird", "2": "automobile", "3": "truck"}

    def as_objects(evidence):
        tasks = evidence.tasks.replace({"anomaly": renamed})
        return replace(evidence, tasks=tasks, classes=("airplane", *renamed.values()))

    def gains(named):
        return rotated(lambda anomaly: named.get(renamed.get(anomaly), 0.05))

    moved = as_objects(gains({"bird": 0.3, "automobile": -0.1, "truck": -0.1}))
    assert claims.decide("A16", moved).verdict == claims.SUPPORTED
    other = as_objects(gains({"bird": 0.3, "automobile": 0.1, "truck": -0.1}))
    found = claims.decide("A16", other)
    assert found.verdict == claims.CONTRADICTED
    assert found.quoted.what.endswith("automobile")


@pytest.mark.parametrize(
    ("claim", "row", "anomaly"), [("A19", "Rotate", "9"), ("A20", "CutPaste", "3")]
)
def test_digit_cases_need_a_gain(claim, row, anomaly):
    def gain(model, this, other):
        return 0.2 * (this == row and other == anomaly)

    five = worlds.world(gain, classes=7, seeds=5)
    found = claims.decide(claim, five)
    assert found.verdict == claims.SUPPORTED
    assert "which share most images and are not tested" in found.note
    losing = worlds.world(lambda *names: -gain(*names), classes=7, seeds=5)
    assert claims.decide(claim, losing).verdict == claims.CONTRADICTED
    assert claims.decide(claim, replace(five, image_set="cifar10")).verdict == claims.NOT_RUN
    few = worlds.world(gain, classes=7, seeds=2)
    assert claims.decide(claim, few).verdict == claims.UNDECIDABLE
