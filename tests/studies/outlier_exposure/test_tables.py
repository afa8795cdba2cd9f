"""Tables and curves of paper 003 from made-up runs whose means are known."""

import pandas as pd
import pytest

from ssad_lib.studies.outlier_exposure import methods, runs, tables
from tests.studies.outlier_exposure.made import SETTINGS, record


def made(chapter, auc_of):
    specs = runs.for_chapter(f"outlier-exposure/{chapter}", SETTINGS)
    return methods.table(record(spec, auc_of(spec)) for spec in specs)


def options_of(spec):
    return dict(spec.detector_options) | {f"oe_{k}": v for k, v in dict(spec.outliers).items()}


def by_size(spec):
    """HSC leads with few outliers, BCE with many; harder for later classes."""
    if not spec.outliers:
        return 0.6
    steps = {1: 0, 8: 1, 0: 2}[options_of(spec)["oe_images"]]
    base = 0.7 + 0.05 * steps - 0.01 * spec.normal_class + 0.001 * spec.seed
    return base + (0.02 * (steps - 1) if spec.detector == "BCE" else 0)


def test_curves_and_gaps_by_the_number_of_outliers():
    table = made("oe-size", by_size)
    curve = tables.curve(table, "images")
    assert curve[curve["method"] == "BCE"]["x"].tolist() == ["1", "8", "all"]
    expected = [0.7 - 0.01 + 0.0005 + 0.05 * k for k in range(3)]
    assert curve[curve["method"] == "HSC"]["auc"].tolist() == pytest.approx(expected)
    assert (curve["low"] <= curve["auc"]).all()
    assert (curve["auc"] <= curve["high"]).all()
    assert (curve["n"] == 3).all()
    gaps = tables.gaps(table, "images")
    assert gaps["BCE minus HSC"].tolist() == pytest.approx([-0.02, 0.0, 0.02], abs=1e-9)
    assert gaps["BCE higher in"].tolist()[::2] == [0, 3]
    assert tables.reference(table) == pytest.approx(0.6)


def test_a_case_with_more_seeds_changes_no_curve():
    def auc_of(spec):
        return (
            0.5 if spec.seed == 2 or isinstance(options_of(spec).get("oe_classes"), tuple) else 0.8
        )

    table = made("oe-diversity", auc_of)
    curve = tables.curve(table, "classes")
    assert curve["x"].tolist() == ["1", "4", "all"] * 2
    assert curve["auc"].tolist() == pytest.approx([0.8] * 6)
    assert tables.reference(table) == pytest.approx(0.8)
    case = tables.single_case(table)
    assert case.loc["HSC, outliers 'b'", ["mean", "seeds"]].tolist() == [0.5, 3]
    assert case.loc["BCE, one class at random", "mean"] == pytest.approx((0.8 + 0.8 + 0.5) / 3)
    assert case.loc["no outliers (DSVDD)", "lowest"] == 0.5


def test_a_case_of_another_class_is_no_part_of_the_grid():
    settings = {**SETTINGS, "normal_classes": [0, 2]}
    specs = runs.oe_diversity(settings)
    table = methods.table(record(spec, 0.1 if spec.normal_class == 1 else 0.9) for spec in specs)
    assert set(tables.balanced(table)["normal_class"]) == {0, 2}
    assert tables.curve(table, "classes")["auc"].tolist() == pytest.approx([0.9] * 6)
    assert tables.gaps(table, "classes")["of"].tolist() == [2, 2, 2]
    assert tables.single_case(table)["mean"].tolist() == pytest.approx([0.1] * 5)


def test_pairs_are_compared_on_the_same_class():
    table = pd.DataFrame({"A": [0.9, 0.8, 0.7], "B": [0.8, 0.7, 0.75]})
    pairs = tables.pairs_of(table, [("A", "B"), ("A", "C")])
    assert list(pairs.index) == ["A minus B"]
    assert pairs.loc["A minus B", ["higher in", "of"]].tolist() == [2, 3]
    ours = tables.pairs(made("table-1", by_method), [("HSC", "DSAD"), ("BCE", "HSC")])
    assert ours["difference"].tolist() == pytest.approx([0.05, 0.02])


def test_a_failed_run_is_left_out_of_its_cell_alone():
    table = made("oe-size", by_size)
    first = table[(table["method"] == "BCE") & (table["images"] == 1)].index[0]
    curve = tables.curve(table.drop(index=first), "images").set_index(["method", "x"])
    assert curve.loc[("BCE", "1"), "n"] == 2
    assert curve.loc[("BCE", "8"), "n"] == curve.loc[("HSC", "1"), "n"] == 3


def by_method(spec):
    value = {"untrained": 0.5, "DSVDD": 0.6, "HSC, no outliers": 0.61, "DSAD": 0.8, "HSC": 0.85,
             "Focal": 0.86, "BCE": 0.87}[methods.method_of(spec)]  # fmt: skip
    return value - (0.1 if spec.outliers and not options_of(spec)["augmented"] else 0)


def test_table_1_stands_beside_the_printed_one():
    table = tables.table_1({"this run": made("table-1", by_method)})
    assert list(table.index) == [*tables.ROWS, *(r for r in table.index if r not in tables.ROWS)]
    assert table.loc["HSC", "paper"] == "0.959"
    assert table.loc["HSC", "this run"].startswith("0.850 [")
    assert table.loc["HSC, not augmented", "this run"].startswith("0.750 [")
    assert table.loc["DSVDD", "paper"] == "0.648"
    assert table.loc["GT+", "paper"] == "0.956"
    assert table.loc["GT+ (no outliers)", ["paper", "this run"]].tolist() == ["0.901", "–"]
    assert table.loc["Focal, from literature", "paper"] == "0.873"
    assert table.loc["untrained", "paper"] == "not reported"
    second = tables.table_1({}, "Table 2")
    assert second.loc["BCE", "paper"] == "0.977"


def test_by_class_ends_with_the_mean():
    table = tables.by_class(made("table-1", by_method), ["zero", "one", "two"])
    assert list(table.index) == ["zero", "one", "two", "mean"]
    assert table.loc["mean", "BCE"] == pytest.approx(0.87)
    assert "BCE, not augmented" in table


def test_printed_tables_have_all_classes():
    cifar = tables.paper_classes()
    assert cifar.shape[0] == 10
    assert cifar["HSC"].mean() == pytest.approx(0.9594)
    assert {"GT+* (OE)", "GT+* (no OE)"} <= set(cifar)
    printed, inferred = tables.paper_imagenet().values()
    for table in (printed, inferred):
        assert table.shape == (30, 4)
    # METHODS 14: the inferred order makes DSAD follow HSC; no mean changes.
    assert printed["DSAD"].corr(printed["HSC"]) < 0.3
    assert inferred["DSAD"].corr(inferred["HSC"]) > 0.95
    assert printed.mean().tolist() == pytest.approx(inferred.mean().tolist())


def test_table_3_and_figure_7():
    def auc_of(spec):
        chosen = options_of(spec)
        radial = {"l1": 0, "l2": 1, "l2_squared": 2, "pseudo_huber": 3}.get(chosen.get("radial"), 0)
        return 0.8 + 0.01 * radial + 0.05 * chosen["augmented"] + 0.001 * chosen.get("gamma", 0)

    table = made("sensitivity", auc_of)
    third = tables.table_3(table)
    assert third.loc["pseudo_huber", "paper, with"] == "0.961"
    assert third.loc["pseudo_huber", "ours, with"].startswith("0.880 [")
    assert third.loc["l1", "ours, without"].startswith("0.800 [")
    gammas = tables.gammas(table)
    assert gammas["x"].tolist() == ["0", "2"]
    assert gammas["auc"].diff().iloc[1] == pytest.approx(0.002)


def test_nothing_run_gives_empty_tables():
    empty = methods.table([])
    assert list(empty.columns) == methods.COLUMNS
    assert isinstance(tables.table_1({"this run": empty}), pd.DataFrame)


def test_every_source_that_varies_a_thing_has_its_curve():
    """Records of several chapters in one table: each figure takes its own."""
    mixed = pd.concat([made("oe-size", by_size), made("multiscale", lambda spec: 0.75)])
    sources = {"both": mixed, "sizes": made("oe-size", by_size), "nothing": methods.table([])}
    curves, without = tables.swept(sources, "images")
    assert list(curves) == list(without) == ["both", "sizes"]
    for curve in curves.values():
        assert curve["x"].tolist() == ["1", "8", "all"] * 2
    assert without["sizes"] == pytest.approx(0.6)
    gaps = tables.every_gap(sources, "images")
    assert gaps["sizes"]["BCE minus HSC"].tolist() == pytest.approx([-0.02, 0.0, 0.02], abs=1e-9)
    blurred, _ = tables.swept(sources, "blur")
    assert list(blurred) == ["both"]
    assert blurred["both"]["x"].tolist() == ["0", "1", "4"] * 2


def test_table_3_is_for_those_who_have_it():
    whole, part = made("sensitivity", lambda spec: 0.8), made("oe-size", by_size)
    kept = tables.with_every_radial({"whole": whole, "part": part, "nothing": methods.table([])})
    assert list(kept) == ["whole"]
    assert set(kept["whole"].loc[kept["whole"]["method"] == "HSC", "radial"]) == set(runs.RADIAL)


def test_the_untrained_network_is_that_of_table_1():
    mixed = pd.concat([made("table-1", lambda spec: 0.5), made("sensitivity", lambda spec: 0.7)])
    plain = methods.usual(mixed)
    untrained = plain[plain["method"] == methods.UNTRAINED]
    assert len(untrained) == 6
    assert (untrained["auc"] == 0.5).all()


def test_a_budget_below_the_papers_is_marked():
    assert made("oe-size", by_size)["reduced"].all()
    whole = SETTINGS | {"images_per_class": 0, "oe_width": 0}
    specs = runs.for_chapter("outlier-exposure/oe-size", whole)
    assert not methods.table(record(spec, 0.5) for spec in specs)["reduced"].any()
