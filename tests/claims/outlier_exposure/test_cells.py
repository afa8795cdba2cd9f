"""What is compared: classes with their seeds averaged, one thing varied at a time."""

import pandas as pd
import pytest

from ssad_lib.claims.outlier_exposure import cells
from ssad_lib.evidence import NotRunError
from ssad_lib.studies.outlier_exposure import methods
from ssad_lib.studies.outlier_exposure.methods import DSVDD
from tests.claims.outlier_exposure.made import (
    BLURS,
    CIFAR,
    COUNTS,
    MNIST,
    SIZES,
    STREETS,
    evidence,
    nothing,
    runs,
)


def test_seeds_are_averaged_inside_a_class():
    table = runs(lambda one: 0.1 * one["seed"], seeds=3)
    found = cells.by_class(table)
    assert len(found) == 10
    assert found["BCE"].iloc[0] == pytest.approx(0.9, abs=0.005)


def test_one_thing_is_varied_at_a_time():
    table = runs(nothing)
    assert sorted(cells.by_class(table, "images")["BCE"].columns) == sorted(SIZES)
    assert sorted(cells.by_class(table, "classes")["HSC"].columns) == sorted(COUNTS)
    assert sorted(cells.by_class(table, "blur")["HSC"].columns) == list(BLURS)
    plain = methods.usual(table)
    assert set(plain["images"]) == set(plain["classes"]) == {0}
    assert plain["augmented"].all()
    assert not plain["named"].any()
    assert (plain["method"] == "HSC").sum() == 10


def test_blurred_outliers_are_compared_with_as_many_sharp_ones():
    chosen = methods.usual(runs(nothing), ["blur"])
    assert set(chosen["images"]) == {128}


def test_seeds_of_the_single_case_do_not_tilt_the_grid():
    table = runs(lambda one: 1.0 * (one["seed"] > 0))
    assert cells.by_class(table)[DSVDD].max() < 1.5
    assert cells.by_class(table)[DSVDD].iloc[1] == pytest.approx(0.82, abs=0.02)


def test_a_study_without_augmentation_is_judged_without_it():
    table = runs(nothing, image_set=MNIST)
    assert table["augmented"].any()  # HSC, for Table 3
    assert not methods.usual(table)["augmented"].any()
    assert {"HSC", "BCE"} <= set(cells.by_class(table))


def test_a_class_that_lacks_a_cell_does_not_count():
    table = runs(nothing)
    lacking = (table["method"] == "BCE") & (table["normal_class"] == 3) & (table["images"] == 16)
    assert len(cells.by_class(table[~lacking], "images")) == 9
    assert len(cells.by_class(table[~lacking])) == 10


def test_all_outliers_come_last():
    table = cells.by_class(runs(nothing), "images")
    assert cells.values(table, "HSC", "images") == list(SIZES)
    with pytest.raises(NotRunError, match="no runs of SVM with several values of 'images'"):
        cells.values(table, "SVM", "images")


@pytest.mark.parametrize(
    ("image_set", "kind"),
    [(CIFAR, cells.PHOTOGRAPHS), (MNIST, cells.DIGITS), (STREETS, cells.SIGNS)],
)
def test_kinds_of_image_sets(image_set, kind):
    assert cells.kind_of(image_set) == kind


def test_a_claim_about_photographs_is_not_judged_on_others():
    mixed = evidence(runs(nothing), runs(nothing, image_set=MNIST))
    for made in (mixed, evidence(runs(nothing, image_set=STREETS))):
        with pytest.raises(NotRunError, match="the claim is about photographs, and this is"):
            cells.of(made, cells.PHOTOGRAPHS)
    assert len(cells.of(mixed)["image_set"].unique()) == 2
    with pytest.raises(NotRunError, match="no runs against outliers"):
        cells.of(evidence())


def test_what_is_missing_is_named():
    table = cells.by_class(runs(nothing))
    with pytest.raises(NotRunError, match=r"no runs of GT\+"):
        cells.difference(table, "BCE", "GT+")
    empty = pd.DataFrame({"BCE": [float("nan")], "HSC": [0.5]})
    with pytest.raises(NotRunError, match="no class with BCE and HSC"):
        cells.difference(empty, "BCE", "HSC")
