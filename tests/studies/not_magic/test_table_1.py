"""Table 1: its grid, its cells, and what the pages show of them."""

import itertools
from dataclasses import replace

import numpy as np
import pandas as pd
import pytest

from ssad_lib import paper_values, profiles
from ssad_lib.errors import SsadError
from ssad_lib.evidence import model_of, row_of, tidy
from ssad_lib.record import Record, TaskResult
from ssad_lib.studies.grid import Budget, budget_label
from ssad_lib.studies.not_magic import runs, table_1
from tests.engine.studies import BUDGET, EVERY_MODEL, SETTINGS


@pytest.fixture(scope="module")
def study():
    return runs.table_1(BUDGET)


def records(study, auc):
    """Records of a study with made-up AUC: controlled by `auc`, each wild task its own value."""
    return [
        Record(
            spec,
            (
                *(TaskResult("controlled", g, auc(spec, g), 0.5, 5, 5)
                  for g in ("cutout", "flip", "invert")),
                TaskResult("in-the-wild", "a", 0.5, 0.5, 5, 5),
                TaskResult("in-the-wild", "b", 0.7, 0.5, 5, 5),
            ),
            (),
            {"seconds": 1, "peak_memory_mib": 1, "version": "0"},
        )
        for spec in study
    ]  # fmt: skip


def units(made):
    return table_1.units(tidy(made))


def cells_of(unit_table):
    return table_1.cells(unit_table, "DAE")


@pytest.mark.parametrize("name", ["seeds", "normal_classes"])
def test_a_study_of_nothing_is_refused(name):
    with pytest.raises(SsadError, match=f"'{name}' is empty"):
        Budget.of(profiles.settings("not-magic/table-1", "smoke", {name: []}))


def test_grid_has_reference_rows_and_every_class_and_seed(study):
    rows = {(s.detector, s.augmentation, dict(s.detector_options)["epochs"]) for s in study}
    assert rows == {
        ("AE", "identity", 0), ("AE", "identity", 2), ("DAE", "cutout", 2), ("DAE", "flip", 2),
        ("DAE", "invert", 2), ("DAE", "geom", 2),
    }  # fmt: skip
    cells = len(BUDGET.normal_classes) * len(BUDGET.seeds)
    assert len(study) == len({s.key for s in study}) == len(rows) * cells


def test_every_model_has_its_reference_rows():
    specs = runs.table_1(Budget.of(EVERY_MODEL))
    frame = pd.DataFrame([(model_of(s), row_of(s)) for s in specs], columns=["model", "row"])
    rows = frame.drop_duplicates().groupby("model")["row"].agg(set)
    four = {"CutOut", "Flip", "Invert", "GEOM"}
    assert rows["DAE"] == rows["DeepSAD"] == four | {"untrained", "none"}
    assert rows["AP"] == four | {"untrained"}


def test_a_study_for_more_seeds_contains_the_smaller_one(study):
    larger = runs.table_1(replace(BUDGET, seeds=(0, 1), normal_classes=(0, 1, 2)))
    assert {s.key for s in study} < {s.key for s in larger}


def test_cells_average_over_classes_and_semantic_over_pairs(study):
    made = records(study, lambda spec, gen: 0.6 + 0.1 * spec.normal_class + 0.2 * (gen == "flip"))
    cells = cells_of(units(made))
    assert cells.loc[("none", "CutOut"), "auc"] == pytest.approx(0.65)
    assert cells.loc[("GEOM", "Flip"), "auc"] == pytest.approx(0.85)
    assert cells.loc[("untrained", "Semantic"), "auc"] == pytest.approx(0.6)
    assert (cells["n"] == 2).all()
    assert (cells["low"] <= cells["auc"]).all()
    assert (cells["auc"] <= cells["high"]).all()
    assert list(cells.index) == list(itertools.product(table_1.row_names(), table_1.column_names()))


def test_paper_cells_are_the_printed_ones():
    paper = table_1.paper_cells("DAE")
    assert paper.shape == (4, 4)
    assert paper.loc["CutOut", "CutOut"] == 0.974
    assert paper.loc["GEOM", "Semantic"] == 0.621
    assert not paper.isna().any().any()


def test_side_by_side_shows_paper_and_interval(study):
    cells = cells_of(units(records(study, lambda *_: 0.75)))
    table = table_1.side_by_side(table_1.paper_cells("DAE"), {"ours": cells})
    assert table.loc[("Flip", "Flip"), "paper"] == "0.865"
    assert table.loc[("none", "Flip"), "paper"] == "not reported"
    assert table.loc[("Flip", "Flip"), "ours"] == "0.750 [0.750, 0.750]"


def test_per_class_tables_have_class_names(study):
    unit_table = units(records(study, lambda spec, _: 0.5 + 0.1 * spec.normal_class))
    tables = table_1.per_class(unit_table, ["cat", "dog"])
    assert list(tables) == ["DAE, cat", "DAE, dog"]
    assert tables["DAE, dog"].loc["none", "Flip"] == pytest.approx(0.6)
    assert list(tables["DAE, dog"].index) == table_1.row_names()


def test_departures_are_the_cells_beyond_the_tolerance(study):
    cells = cells_of(units(records(study, lambda *_: 0.75)))
    paper = table_1.paper_cells("DAE")
    found = table_1.departures(paper, cells)
    expected = {
        (row, column)
        for row in paper.index
        for column in paper.columns
        if abs((0.6 if column == "Semantic" else 0.75) - paper.loc[row, column]) > 0.05
    }
    assert set(found.index) == expected
    assert found.loc[("Flip", "Flip"), "difference"] == pytest.approx(0.75 - 0.865)
    assert (found["within interval"] == "no").all()
    assert table_1.departures(paper, cells, tolerance=1).empty
    gaps = table_1.gaps(paper, cells, cells_of(units(records(study, lambda *_: 0.85))))
    assert set(gaps.index) == expected
    assert gaps.loc[("Flip", "Flip"), "difference, longer"] == pytest.approx(0.85 - 0.865)


def test_budgets_are_compared_class_by_class():
    short = BUDGET
    long = Budget.of({**SETTINGS, "epochs": 4, "normal_classes": [1]})
    made = [
        *records(runs.table_1(short), lambda spec, _: 0.5 + 0.1 * spec.normal_class),
        *records(runs.table_1(long), lambda *_: 0.8),
    ]
    wide = Budget.of({**SETTINGS, "width": 8})
    made += [r for r in records(runs.table_1(wide), lambda *_: 0.9)
             if r.spec.augmentation == "flip"]  # fmt: skip
    table = table_1.by_budget(made, "Flip", ["cat", "dog"])
    assert list(table.columns) == ["width 4, 2 epochs", "width 4, 4 epochs", "width 8, 2 epochs"]
    assert table.loc[("Flip", "dog")].tolist() == pytest.approx([0.6, 0.8, 0.9])
    assert table.loc[("Flip", "cat")].tolist() == pytest.approx([0.5, np.nan, 0.9], nan_ok=True)
    assert table.loc[("GEOM", "dog")].tolist() == pytest.approx([0.6, 0.8, np.nan], nan_ok=True)
    assert ("GEOM", "cat") not in table.index  # one budget is nothing to compare
    assert "untrained" not in table.index.get_level_values(0)


def test_the_longest_training_replaces_a_run_that_is_else_the_same():
    runs_of = {epochs: records(runs.table_1(Budget.of({**SETTINGS, "epochs": epochs})), auc)
               for epochs, auc in ((2, lambda *_: 0.5), (4, lambda *_: 0.8))}  # fmt: skip
    longer = [one for one in runs_of[4] if one.spec.augmentation == "flip"]
    found = table_1.longest(runs_of[2], longer)
    assert [one.spec.augmentation for one in found] == [one.spec.augmentation for one in runs_of[2]]
    options = [dict(one.spec.detector_options) for one in found]
    assert {one["epochs"] for one in options} == {0, 2, 4}  # what was not trained stays so
    for one, given in zip(found, runs_of[2], strict=True):
        trained = dict(given.spec.detector_options)["epochs"] > 0
        assert (one in longer) == (trained and given.spec.augmentation == "flip")
    wide = Budget.of({**SETTINGS, "width": 8, "epochs": 4})
    others = records(runs.table_1(wide), lambda *_: 0.9)
    assert table_1.longest(runs_of[2], others) == runs_of[2]


def test_controlled_examples_show_each_gen():
    rows, alt = table_1.controlled_examples(BUDGET)
    assert list(rows) == ["normal", "CutOut", "Flip", "Invert"]
    assert np.allclose(rows["Flip"], rows["normal"].flip(2))
    assert "street-digits" in alt


def test_budget_label_is_read_from_the_specifications(study):
    assert budget_label(records(study, lambda *_: 0.5)) == BUDGET.label
    assert "2 normal classes, 1 seed" in BUDGET.label


def test_unknown_table_of_the_papers_is_named():
    with pytest.raises(SsadError, match="did you mean '000_table1_auc'"):
        paper_values.read("000_table_auc")
