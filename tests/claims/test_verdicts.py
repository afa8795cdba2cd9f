"""Every claim of paper 000 is supported in a world where it holds, and not where it does not."""

from dataclasses import replace

import numpy as np
import pytest

from ssad_lib import claims
from tests.claims import worlds

FORMULAS = ["B10", "B11"]  # what they say is computed, without any run
ON_AUC = ["A01", "A02", "A03", "A04", "A05", "A06", "A09", "A11", "A12", "A13"]


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
    assert all(part.n == 10 for part in finding.parts if "rank" not in part.what
               and "share" not in part.what)  # fmt: skip


@pytest.mark.parametrize("claim", ["A01", "A02", "A03", "A04", "A05", "A06", "A11", "A13"])
def test_contradicted_where_the_opposite_holds(claim, paper_is_wrong):
    finding = claims.decide(claim, paper_is_wrong)
    assert finding.verdict == claims.CONTRADICTED, finding.table()


@pytest.mark.parametrize("claim", ["A01", "A02", "A03", "A04", "A05", "A06", "A11", "A13"])
def test_not_supported_where_nothing_matters(claim, nothing_matters):
    finding = claims.decide(claim, nothing_matters)
    assert finding.verdict == claims.INCONCLUSIVE, finding.table()


@pytest.mark.parametrize("claim", [claim for claim in claims.TESTS if claim not in FORMULAS])
def test_not_run_without_runs(claim):
    nothing = replace(worlds.world(classes=2), tasks=worlds.world(classes=2).tasks.iloc[:0],
                      alignment=worlds.alignment().iloc[:0])  # fmt: skip
    finding = claims.decide(claim, nothing)
    assert finding.verdict == claims.NOT_RUN
    assert finding.note


@pytest.mark.parametrize("claim", ["A02", "A04", "A11"])
def test_three_classes_cannot_be_significant(claim):
    assert claims.decide(claim, worlds.world(classes=3)).verdict == claims.INCONCLUSIVE


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


def test_one_best_augmentation_for_all_contradicts(paper_is_right):
    def flip(model, row, anomaly):
        return 0.2 * (row == "Flip")

    assert claims.decide("A08", worlds.world(flip)).verdict == claims.CONTRADICTED


def test_chance_is_an_interval_around_one_half():
    def effect(level):
        return lambda model, row, anomaly: level - 0.6

    assert claims.decide("A10", worlds.world(effect(0.505))).verdict == claims.SUPPORTED
    assert claims.decide("A10", worlds.world(effect(0.7))).verdict == claims.CONTRADICTED
    assert claims.decide("A10", worlds.world(effect(0.53))).verdict == claims.INCONCLUSIVE


def test_harm_is_counted_over_cells_and_rows(paper_is_right):
    finding = claims.decide("A26", paper_is_right)
    assert finding.verdict == claims.SUPPORTED
    gains = paper_is_right.gains("DAE")
    assert finding.parts[0].effect == pytest.approx((gains["gain"] < 0).mean())

    def helps(model, row, anomaly):
        return 0.1

    assert claims.decide("A26", worlds.world(lambda m, r, a: 0.1 * (r != "none"))).verdict == (
        claims.CONTRADICTED
    )


def test_the_papers_own_numbers_do_not_single_out_the_geometric_category(paper_is_right):
    finding = claims.decide("A14", paper_is_right)
    assert finding.parts[0].effect == pytest.approx(1, abs=0.03)  # its own order
    assert [part.verdict for part in finding.parts] == [
        claims.SUPPORTED, claims.INCONCLUSIVE, claims.SUPPORTED
    ]  # fmt: skip


def test_alignment_follows_the_papers_column(paper_is_right):
    nearer = paper_is_right.alignment.copy()
    geometric = nearer["augmentation"].isin(["Rotate", "Crop", "Flip", "GEOM"])
    nearer.loc[geometric, "mmd"] -= 0.6
    assert claims.decide("A14", replace(paper_is_right, alignment=nearer)).verdict == (
        claims.SUPPORTED
    )
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


def test_errors_move_where_gains_go_to_the_weak():
    def effect(strength):
        def of(model, row, anomaly):
            level = 0.03 * int(anomaly) if anomaly.isdigit() else 0.0
            return level + (strength * (0.2 - level * 1.2) if row == "Rotate" else 0.0)

        return of

    moved = worlds.world(effect(1.0), classes=1, seeds=5, noise=0.001)
    for claim in ("A16", "A17"):
        assert claims.decide(claim, moved).verdict == claims.SUPPORTED
        assert claims.decide(claim, worlds.world(effect(-1.0), classes=1, seeds=5)).verdict == (
            claims.CONTRADICTED
        )
        assert claims.decide(claim, worlds.world(classes=2)).verdict == claims.NOT_RUN


@pytest.mark.parametrize(
    ("claim", "row", "anomaly"), [("A19", "Rotate", "9"), ("A20", "CutPaste", "3")]
)
def test_digit_cases_need_a_gain_and_a_shorter_distance(claim, row, anomaly):
    def gain(model, this, other):
        return 0.2 * (this == row and other == anomaly)

    five = worlds.world(gain, classes=7, seeds=5)
    near = five.alignment.copy()
    near.loc[near["augmentation"] == row, "mmd"] = 0.1
    assert claims.decide(claim, replace(five, alignment=near)).verdict == claims.SUPPORTED
    far = near.assign(mmd=-near["mmd"])
    assert claims.decide(claim, replace(five, alignment=far)).verdict == claims.CONTRADICTED
    assert claims.decide(claim, replace(five, image_set="cifar10")).verdict == claims.NOT_RUN
    assert claims.decide(claim, worlds.world(gain, classes=7, seeds=2)).verdict == claims.NOT_RUN
