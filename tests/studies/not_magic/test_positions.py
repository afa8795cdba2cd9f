"""Observation 6: positions, gains and cases from made-up evidence."""

import pandas as pd
import pytest

from ssad_lib import profiles
from ssad_lib.studies.not_magic import positions
from tests.claims.not_magic.test_mechanism import measured


def titles(profile, **overrides):
    settings = profiles.settings("not-magic/observation-6", profile, overrides)
    return [case.title for case in positions.cases(settings)]


def test_cases_are_those_the_image_set_and_the_run_have():
    assert titles("smoke") == [
        "6, gen = Invert, aug = Flip", "6 against 9, Rotate", "6 against 9, none",
        "6 against 9, GEOM",
    ]  # fmt: skip
    assert titles("smoke", normal_classes=[3], shown_class=3) == ["3, gen = Invert, aug = Flip"]
    assert titles("paper") == [
        "automobile, gen = Invert, aug = Flip", "automobile against cat, Rotate",
        "truck against dog, none", "truck against dog, GEOM",
    ]  # fmt: skip


def test_a_chapter_trains_four_networks_at_most():
    for profile in profiles.NAMES:
        assert len(titles(profile)) <= 4


def test_sources_without_positions_are_left_out():
    old = measured()
    del old.tasks["position"]
    assert list(positions.tables({"old": old, "new": measured()})) == ["new"]


def test_shares_inside_and_outside():
    """In this world exactly the matched tasks lie inside, and only they gain."""
    table = positions.shares(positions.tables({"made up": measured()}))
    every = table.loc[("made up", "all")]
    assert every["tasks inside"] == 30
    assert every["tasks outside"] == 4 * 3 * 10 - 30
    assert every["helped inside"] == 1
    assert every["helped outside"] == 0
    assert every["mean gain inside"] == pytest.approx(0.25, abs=0.02)
    parts = table.drop(index=("made up", "all"))
    assert parts["tasks inside"].sum() == every["tasks inside"]
    assert table.loc[("made up", "geometric"), "tasks outside"] == 50


def test_tasks_are_matched_or_not():
    table = positions.by_tasks(positions.tables({"made up": measured()}))
    matched = table.loc[("made up", "controlled, aug = gen")]
    assert (matched["tasks inside"], matched["tasks outside"]) == (30, 0)
    assert ("made up", "in the wild") not in table.index


def test_the_edge_is_not_between():
    made = measured()
    made.tasks["position"] = 1.0
    assert not positions.tables({"edge": made})["edge"]["inside"].any()


def test_by_augmentation_is_one_row_each():
    table = positions.by_augmentation(positions.tables({"made up": measured()}))["made up"]
    assert set(table.index) == {"CutOut", "Flip", "Invert", "GEOM"}
    assert table.loc["Flip", "inside"] == pytest.approx(1 / 3)
    assert table.loc["GEOM", "inside"] == 0
    assert table.loc["Invert", "category"] == "color"


def test_gains_of_the_cases():
    settings = profiles.settings("not-magic/observation-6", "smoke")
    table = positions.case_gains(measured(), positions.cases(settings))
    assert list(table.index) == ["6, gen = Invert, aug = Flip"]  # no wild tasks in this world
    row = table.iloc[0]
    assert row["gain"] == pytest.approx(row["with"] - row["without"])
    assert row["position t"] == pytest.approx(-2, rel=0.05)


def test_figures_of_two():
    shown = dict.fromkeys("abc", pd.DataFrame())
    assert [list(part) for part in positions.two_by_two(shown)] == [["a", "b"], ["c"]]
