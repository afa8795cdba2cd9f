"""Tables 1 and 2: one run per method, task and seed; columns, tests and counts from records."""

import numpy as np
import pandas as pd
import pytest

from ssad_lib.engine import run
from ssad_lib.studies.self_tuning import methods, runs, tables
from tests.studies.self_tuning import made

DEFECTS = {**made.METHODS, "surfaces": ["textures:cable"]}
DIGITS = {
    **made.METHODS, "image_set": "street-digits", "normal_classes": [6], "anomalies": [6, 9],
    "rot_padding": "reflection",
}  # fmt: skip
MAIN = {*tables.PLAIN, *tables.RANDOM_PATCHES, "ST-SSAD"}


def test_every_method_has_its_runs():
    specs = runs.table_1(DEFECTS)
    assert len({spec.key for spec in specs}) == len(specs)
    per_method = {}
    for spec in specs:
        per_method.setdefault(methods.method_of(spec), []).append(spec)
    assert set(per_method) == MAIN | {"untrained", "MMD1", "MMD2", "FO"}
    for name in ("ST-SSAD", "MMD1", "MMD2", "FO"):
        assert len({spec.unlabelled for spec in per_method[name]}) == 6  # kinds of defect of cable
    for name in MAIN - {"ST-SSAD"}:
        (spec,) = per_method[name]
        assert spec.testbeds == ("defect",)
        assert not spec.unlabelled


def test_digits_are_turned():
    specs = runs.table_2(DIGITS)
    turned = [spec for spec in specs if spec.augmentation == "rotation"]
    assert {methods.method_of(spec) for spec in turned} == {
        "ST-SSAD", "MMD1", "MMD2", "FO", "RS-RO", "RD-RO", "untrained",
    }  # fmt: skip
    assert all(dict(spec.augmentation_options)["rot_padding"] == "reflection" for spec in turned)
    assert {spec.unlabelled for spec in turned} == {"", "in-the-wild/9"}


def test_records_become_a_table():
    wanted = {"AE", "RS-CO", "untrained"}
    specs = [spec for spec in runs.table_1(DEFECTS) if methods.method_of(spec) in wanted]
    table = tables.shown(methods.table([run.perform(spec) for spec in specs]))
    assert list(table) == ["untrained", "AE", "RS-CO"]
    assert list(table.index[:2]) == ["cable, bent-wire", "cable, cable-swap"]
    assert table.loc["mean", "AE"] == pytest.approx(table["AE"].iloc[:-1].mean())


def made_up(shift, tasks=8, seeds=(0, 1), surfaces=("a", "b", "c", "d", "e")):
    """Surfaces with tasks in which ST-SSAD has `shift` more than the baselines."""
    random = np.random.default_rng(0)
    return made.table(
        [
            {"method": name, "testbed": "defect", "image_set": surface, "seed": seed,
             "anomaly": f"kind {task}",
             "auc": 0.7 + 0.01 * random.normal() + (shift if name == "ST-SSAD" else 0)}
            for name in ("AE", "RS-CO", "RD-CD", "ST-SSAD", "MMD1")
            for surface in surfaces for task in range(tasks) for seed in seeds
        ]
    )  # fmt: skip


def test_every_other_method_is_compared():
    found = tables.against(made_up(0.1), "Table 1")
    assert set(found.index) == {"AE", "RS-CO", "RD-CD", "MMD1"}
    assert (found["gain"].astype(float) > 0.07).all()
    assert found["p"].tolist() == pytest.approx([2**-5] * 4)  # five surfaces
    assert (found["p, every task"] < found["p"]).all()
    assert (found["p, every seed"] < found["p, every task"]).all()
    assert found.loc["RD-CD", "paper"] == pytest.approx(0.0728)
    alone = tables.against(made_up(0.1, surfaces="a"), "Table 1")
    assert alone["p"].tolist() == [0.5] * 4
    assert alone["p, every task"].tolist() == pytest.approx([2**-8] * 4)


def test_wins_are_counted_by_surface():
    tuned = made_up(0.1, tasks=3, surfaces="ab")
    tuned.loc[(tuned["image_set"] == "b") & (tuned["method"] == "AE"), "auc"] = 1.0
    wins = tables.wins(tuned)
    assert wins.loc[("a", 0)].to_dict() == {"AE": 0, "RS-CO": 0, "RD-CD": 0, "ST-SSAD": 3}
    assert wins.loc[("b", 0)].to_dict() == {"AE": 3, "RS-CO": 0, "RD-CD": 0, "ST-SSAD": 0}
    assert tables.best_counts(tuned).to_dict() == wins.sum().to_dict()


def test_a_tie_goes_to_the_baseline():
    tied = made_up(0.1, surfaces="a").assign(auc=0.7)
    assert tables.best_counts(tied)["ST-SSAD"] == 0


def test_what_is_lost_by_the_choice_and_by_tuning():
    rows = [
        {
            "method": "ST-SSAD",
            "testbed": "defect",
            "anomaly": kind,
            "seed": seed,
            "auc": 0.6,
            "auc_init_0": 0.6,
            "auc_init_1": 0.6 + 0.1 * place + 0.1 * seed,
        }
        for place, kind in enumerate(("cut", "hole"))
        for seed in (0, 1)
    ]
    rows += [
        {"method": name, "testbed": "defect", "anomaly": kind, "seed": seed, "auc": auc}
        for name, auc in (("RS-CO", 0.8), ("RD-CD", 0.7), ("AE", 0.9))
        for kind in ("cut", "hole") for seed in (0, 1)
    ]  # fmt: skip
    found = tables.shortfall(made.table(rows))
    assert list(found.index) == ["weave, cut", "weave, hole", "mean"]
    assert found["best random"].tolist() == pytest.approx([0.8, 0.8, 0.8])  # AE draws nothing
    assert found["best start"].tolist() == pytest.approx([0.65, 0.75, 0.7])
    assert found["lost by the choice"].tolist() == pytest.approx([0.05, 0.15, 0.1])
    assert found["lost by tuning"].tolist() == pytest.approx([0.15, 0.05, 0.1])


def test_best_are_counted_among_the_main_methods():
    counts = tables.best_counts(made_up(0.1))
    assert counts.to_dict() == {"AE": 0, "RS-CO": 0, "RD-CD": 0, "ST-SSAD": 40}
    assert tables.best_counts(made_up(-0.1))["ST-SSAD"] == 0


def test_printed_tables_have_their_means():
    first = tables.paper_table("001_table1_mvtec_auc")
    assert len(first) == 23 + 1
    assert first.loc["Cable, Missing cable", "ST-SSAD"] == pytest.approx(0.998)
    second = tables.paper_table("001_table2_svhn_auc")
    assert len(second) == 18 + 1
    assert second.loc["6, 9", "ST-SSAD"] == pytest.approx(0.944)


def test_what_was_learned_stands_beside_its_starts():
    found = made_up(0.1).assign(size=0.05, auc_init_0=0.6, auc_init_1=0.8)
    table = tables.learned(found, ["size"])
    assert list(table) == ["size", "AUC", "mean of starts", "best start"]
    assert np.allclose(table["mean of starts"], 0.7)
    assert np.allclose(table["best start"], 0.8)


def test_cells_stand_beside_the_printed_ones_of_the_same_name():
    tuned = pd.DataFrame(
        {
            "image_set": ["mvtec:cable"] * 3 + ["mvtec:nut"],
            "normal_class": 0,
            "anomaly": ["bent_wire"] * 3 + ["bent_wire"],
            "method": ["AE", "AE", "ST-SSAD", "AE"],
            "seed": [0, 1, 0, 0],
            "auc": [0.4, 0.6, 0.8, 0.9],
        }
    )
    cells = tables.beside_printed(tuned, "001_table1_mvtec_auc")
    assert [*cells.index] == [("cable, bent wire", "AE"), ("cable, bent wire", "ST-SSAD")]
    first = cells.iloc[0]
    assert (first["printed"], first["ours"], first["low"], first["high"]) == (0.515, 0.5, 0.4, 0.6)
    assert [*cells["group"]] == ["without augmentation", "ST-SSAD"]


def test_digits_stand_beside_those_of_the_second_table():
    tuned = pd.DataFrame({"image_set": ["mnist"], "normal_class": 2, "anomaly": ["0"],
                          "method": ["D-SVDD"], "seed": [0], "auc": [0.9]})  # fmt: skip
    cells = tables.beside_printed(tuned, "001_table2_svhn_auc")
    assert cells["printed"].tolist() == [0.472]
