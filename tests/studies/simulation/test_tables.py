"""Tables 1 to 4 from records, and as printed."""

import numpy as np
import pytest

from ssad_lib.studies.simulation import methods, runs, tables
from tests.studies.simulation.made import SETTINGS, SURFACES, record

CATEGORIES = ("transparent", "opaque", "near-distribution", "cutpaste", "nsa")


@pytest.fixture(scope="module")
def found():
    values = {"DRAEM": 0.4, "Ours": 0.5, "NSA": 0.2, "D.NoRot": 0.3}
    records = [
        record(
            runs.run(SETTINGS, surface, name, 0),
            ap + 0.1 * place,
            {category: ap / (1 + i) for i, category in enumerate(CATEGORIES)},
        )
        for name, ap in values.items()
        for place, surface in enumerate(SURFACES)
    ]
    return methods.table(records)


def test_a_run_of_two_columns_has_rows_in_both(found):
    ours = methods.defects(found)
    both = ours[ours["image_set"] == "textures:tile"]["method"].tolist()
    assert "Our.D" in both
    assert "Our.D" not in ours[ours["image_set"] == "textures:carpet"]["method"].tolist()


def test_surfaces_by_method_and_their_mean(found):
    table = tables.by_surface(found, "pixel_ap")
    assert list(table.index) == ["carpet", "tile", "mean"]
    assert table.loc["mean", "DRAEM"] == pytest.approx(0.45)
    assert list(table)[:2] == ["Ours", "DRAEM"]


def test_categories_by_method(found):
    table = tables.by_simulation(found, "pixel_ap")
    assert list(table.index) == ["Transparent", "Opaque", "NDAA", "CutPaste", "NSA", "mean"]
    assert table.loc["Opaque", "NSA"] == pytest.approx(0.1)


def test_printed_means_follow_from_the_cells():
    """The averages of the paper, but for the two cells that contradict theirs (METHODS 14)."""
    printed = {
        ("Table 1", "AUROC"): {"DRAEM": 97.6, "NSA": 96.2, "PatchCore": 98.6, "Ours": 98.3},
        ("Table 1", "AP"): {"DRAEM": 98.5, "NSA": 98.0, "PatchCore": 99.5, "Ours": 99.3},
        ("Table 2", "AUROC"): {"DRAEM": 97.3, "NSA": 95.0, "PatchCore": 97.6, "Ours": 98.0},
        ("Table 2", "AP"): {"DRAEM": 68.4, "NSA": 58.8, "PatchCore": 56.9, "Ours": 70.9},
        ("Table 4", "AP"): {
            "DRAEM": 68.4,
            "D.NoRot": 58.7,
            "D.Our": 59.5,
            "Our.D": 66.9,
            "Ours": 70.9,
        },
    }
    for (name, metric), means in printed.items():
        table = tables.paper_table(name, metric)
        assert len(table) == 16
        for method, mean in means.items():
            assert 100 * table.loc["mean", method] == pytest.approx(mean, abs=0.07), (name, method)


def test_the_lost_row_completes_the_averages_of_table_3():
    for metric, printed in (("AUROC", 96.2), ("AP", 81.4)):
        known = tables.paper_table("Table 3", metric).drop(index="mean")["DRAEM"]
        lost = tables.lost_row().loc[metric, "DRAEM"]
        assert 100 * (known.sum() + lost) / 5 == pytest.approx(printed, abs=0.1)


def test_the_papers_means_stand_beside_ours(found):
    table = tables.against_paper(found, [("Table 2", "pixel"), ("Table 1", "image")])
    assert table.loc["Ours", "pixel AP, paper"] == pytest.approx(0.709, abs=1e-3)
    assert table.loc["Ours", "pixel AP, ours"] == pytest.approx(0.55)
    assert np.isnan(table.loc["PatchCore", "image AUROC, ours"])


def test_pairs_over_surfaces_and_over_printed_classes(found):
    mine = tables.pairs(found, [("Ours", "DRAEM"), ("Ours", "D.Our")])
    assert list(mine.index) == ["Ours minus DRAEM"]
    assert mine.loc["Ours minus DRAEM", "difference"] == pytest.approx(0.1)
    theirs = tables.paper_pairs("Table 2", [("Ours", "DRAEM")])
    assert theirs.loc["Ours minus DRAEM", "higher in"] == 6
    assert theirs.loc["Ours minus DRAEM", "of"] == 15


def test_own_simulations_against_others(found):
    table = tables.own_and_other(found)
    known = (0.4 + 0.4 / 2) / 2
    others = (0.4 / 3 + 0.4 / 4 + 0.4 / 5) / 3
    assert table.loc["DRAEM", "trained with"] == pytest.approx(known)
    assert table.loc["DRAEM", "others"] == pytest.approx(others)
    assert table.loc["DRAEM", "difference"] == pytest.approx(known - others)
    assert list(table.index) == ["DRAEM", "NSA", "Ours"]


def test_the_gap_is_between_what_s_knows_and_test_images():
    measures = {
        "similarity_reconstructed": 0.9, "similarity_judged": 0.8, "similarity_unseen": 0.7,
        "flagged_judged": 0.01, "flagged_unseen": 0.02,
    }  # fmt: skip
    records = [record(spec, 0.5, **measures) for spec in runs.mechanism(SETTINGS)]
    table = tables.mechanism(records)
    assert table.loc[("carpet", "with the split"), "gap"] == pytest.approx(0.1)
    assert [split for _, split in table.index[:2]] == ["without a split", "with the split"]
