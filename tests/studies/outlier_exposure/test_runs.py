"""The grids of paper 003: which cells, which they share, what cannot be asked."""

from collections import Counter

import pytest

from ssad_lib.engine import execute, outliers
from ssad_lib.errors import SsadError
from ssad_lib.store import Store
from ssad_lib.studies import estimate, plan
from ssad_lib.studies.outlier_exposure import methods, runs
from tests.studies.outlier_exposure.made import SETTINGS

CELLS = 3 * 2  # normal classes and seeds


def planned(chapter, **changes):
    return runs.for_chapter(f"outlier-exposure/{chapter}", {**SETTINGS, **changes})


def test_table_1_has_rows_without_training_outliers_and_augmentation():
    specs = planned("table-1")
    kinds = Counter((methods.method_of(s), dict(s.detector_options)["augmented"]) for s in specs)
    assert kinds == {
        ("untrained", True): CELLS, ("DSVDD", True): CELLS, ("HSC, no outliers", True): CELLS,
        ("HSC", False): CELLS, ("BCE", False): CELLS,
        **{(name, True): CELLS for name in ("DSAD", "HSC", "Focal", "BCE")},
    }  # fmt: skip
    # Without augmentation the plain rows are the rows themselves.
    assert len(planned("table-1", oe_augmented=False)) == 7 * CELLS
    for spec in specs:
        chosen = dict(spec.detector_options)
        assert chosen.get("bias", True) == bool(spec.outliers)
        assert spec.testbeds == ("one-vs-rest",)


@pytest.mark.parametrize(
    ("chapter", "count"),
    [
        ("oe-size", CELLS * (1 + 2 * 3)),
        # The case: 3 seeds of one class, of which 2 are the grid's (DSVDD and one class at random).
        ("oe-diversity", CELLS * (1 + 2 * 3) + 3 * 5 - 2 * 3),
        ("multiscale", CELLS * (1 + 2 * 3)),
        ("sensitivity", CELLS * (1 + 8 + 1 + 2)),
    ],
)
def test_every_cell_is_there_once(chapter, count):
    specs = planned(chapter)
    assert len(specs) == len({spec.key for spec in specs}) == count


def test_chapters_share_what_is_the_same():
    keys = {name.split("/")[1]: {s.key for s in runs.for_chapter(name, SETTINGS)}
            for name in runs.CHAPTERS}  # fmt: skip
    assert len(keys["table-1"] & keys["oe-size"]) == 3 * CELLS  # all outliers, and none
    assert len(keys["table-1"] & keys["oe-diversity"]) == 3 * CELLS
    assert len(keys["oe-size"] & keys["multiscale"]) == 3 * CELLS  # 8 sharp outliers, and none
    assert len(keys["table-1"] & keys["sensitivity"]) == 4 * CELLS  # h, h plain, BCE, γ = 2


def test_the_grid_of_a_figure_varies_one_thing():
    blurs = {dict(s.detector_options).get("blur", 0) for s in planned("multiscale") if s.outliers}
    assert blurs == {0, 1.0, 4.0}
    sizes = {dict(s.outliers)["images"] for s in planned("oe-size") if s.outliers}
    assert sizes == {1, 8, 0}
    classes = {dict(s.outliers)["classes"] for s in planned("oe-diversity") if s.outliers}
    assert classes == {1, 4, 0, ("b",)}
    few = {
        dict(s.detector_options).get("small_mode")
        for s in planned("oe-diversity")
        if dict(s.outliers).get("classes") == 4
    }
    assert few == {"replacement"}


def test_what_cannot_be_asked():
    for chapter, name in (("oe-size", "sizes"), ("multiscale", "blurs"), ("table-1", "seeds")):
        with pytest.raises(SsadError, match=f"parameter '{name}' is empty"):
            planned(chapter, **{name: []})
    with pytest.raises(SsadError, match="--allow-overlap"):
        planned("table-1", outliers="street-digits")
    assert dict(planned("table-1", outliers="street-digits", allow_overlap=True)[-1].outliers)[
        "overlap"
    ]
    assert planned("table-2", normal_classes=[]) == []


def test_the_plan_of_a_chapter_is_its_grid():
    for name in runs.CHAPTERS:
        assert plan.of_chapter(name, SETTINGS) == runs.for_chapter(name, SETTINGS)


def test_budgets_in_words():
    said = runs.label(SETTINGS)
    for part in ("street-letters", "3 normal classes, 2 seeds", "batches of 16 + 16", "augmented"):
        assert part in said
    plain = {"oe_augmented": False, "oe_width": 0}
    assert "the paper's width" in runs.label(SETTINGS | plain)
    assert "not augmented" in runs.label(SETTINGS | plain)


def test_what_several_chapters_share_in_words():
    chapters = ("table-1", "oe-size")
    specs = [s for name in chapters for s in runs.for_chapter(f"outlier-exposure/{name}", SETTINGS)]
    assert runs.label_of(specs) == (
        "24 images a class, 16×16 pixels, 3 normal classes, outliers of street-letters, width 2, "
        "1 epochs, batches of 16 + 16, rate 0.01"
    )


def test_a_study_is_trained_and_tabled(tmp_path):
    small = {**SETTINGS, "normal_classes": [3], "seeds": [0]}
    specs = runs.oe_size(small)
    records = execute(specs, Store(tmp_path / "store.sqlite"), jobs=1, executor="serial")
    table = methods.table(records)
    assert list(table.columns) == methods.COLUMNS
    assert table["auc"].between(0, 1).all()
    assert table["method"].tolist() == ["DSVDD"] + ["HSC", "BCE"] * 3
    assert table["images"].tolist() == [0, 1, 1, 8, 8, 0, 0]
    assert outliers.outlier_images(specs[1]).shape == (1, 3, 16, 16)


@pytest.mark.parametrize("method", runs.METHODS)
def test_what_a_run_takes_can_be_told(method):
    specs = planned("table-1", normal_classes=[3], seeds=[0])
    spec = next(s for s in specs if methods.method_of(s) == method)
    cost = estimate.measure(spec)
    assert min(cost.training, cost.evaluation, cost.operations) > 0
    plain = next(s for s in specs if methods.method_of(s) == "DSVDD")
    # A batch of as many outliers doubles what the network sees.
    ratio = cost.operations / estimate.measure(plain).operations
    assert ratio == pytest.approx(2, rel=0.05)
    kinds = {estimate._kind(s) for s in planned("multiscale") if s.outliers}
    assert len(kinds) == 2  # the blur costs nothing worth timing
