"""What the page of Table 2 shows, on tables whose values are known."""

from itertools import product

import numpy as np
import pandas as pd
import pytest

from ssad_lib import augment, tasks
from ssad_lib.encoders import efficientnet
from ssad_lib.errors import SsadError
from ssad_lib.evidence import Evidence
from ssad_lib.studies.alignment import COLUMNS
from ssad_lib.studies.not_magic import table_2

LABELS = ["none", *(augment.get(name).label for name in augment.names()[1:])]
DIGITS = [str(digit) for digit in range(10)]


def made(value, classes=(0, 6), draws=2, image_set="street-digits"):
    """A table whose values are those of `value(label, normal_class, testbed, anomaly, draw)`."""
    rows = []
    for label, normal_class, draw in product(LABELS, classes, range(draws)):
        others = [name for name in DIGITS if int(name) != normal_class]
        every = [(tasks.IN_THE_WILD, name) for name in others]
        every += [(tasks.CONTROLLED, gen) for gen in augment.gens()]
        for testbed, anomaly in every:
            number = value(label, normal_class, testbed, anomaly, draw)
            rows.append((image_set, "stand-in", label, normal_class, testbed, anomaly, draw,
                         number, 0.25))  # fmt: skip
    return pd.DataFrame(rows, columns=COLUMNS)


@pytest.fixture
def ranked():
    """Every in-the-wild value is the place of its row in the paper, plus the draw."""
    places = {label: place for place, label in enumerate(table_2.paper_table().index)}
    return made(lambda label, c, testbed, a, draw: places[label] + draw)


def test_paper_table_is_the_printed_one():
    table = table_2.paper_table()
    assert set(table.index) == set(LABELS)
    assert table.index[0] == "Rotate"
    assert table.index[-1] == "Noise"
    assert table.loc["none", "Average"] == 1.228
    printed_sets = table[["MNIST", "FashionMNIST", "CIFAR-10", "SVHN"]]
    assert table["Average"].to_numpy() == pytest.approx(printed_sets.mean(axis=1), abs=6e-4)


def test_averages_are_over_the_wild_tasks_and_deviations_over_draws(ranked):
    ranked.loc[ranked["testbed"] == tasks.CONTROLLED, "mmd"] = 99.0
    table = table_2.averages(ranked)
    assert list(table.index) == list(table_2.paper_table().index)
    assert table.loc["Rotate", "mmd"] == 0.5  # the mean of draws 0 and 1
    assert table["deviation"].to_numpy() == pytest.approx(np.sqrt(0.5))
    assert table.loc["none", "category"] == "none"
    assert table_2.floor(ranked) == 0.25


def test_side_by_side_has_the_papers_order_and_a_floor(ranked):
    table = table_2.side_by_side({"ours": ranked})
    assert list(table.index) == [*table_2.paper_table().index, "noise floor"]
    assert table.loc["Rotate", "ours"] == "0.500 ± 0.707"
    assert table.loc["noise floor", "ours"] == "0.250"
    assert np.isnan(table.loc["noise floor", "Average"])
    single = table_2.side_by_side({"ours": ranked[ranked["draw"] == 0]})
    assert single.loc["CP-scar", "ours"] == "1.000"


def test_agreement_is_one_for_the_papers_own_order(ranked):
    backwards = ranked.assign(mmd=-ranked["mmd"])
    table = table_2.agreement({"same": ranked, "opposite": backwards})
    correlations = ["Kendall's τ", "Spearman's ρ", "τ with none"]
    assert table.loc["same", correlations].tolist() == pytest.approx([1, 1, 1])
    assert table.loc["opposite", correlations[:2]].tolist() == pytest.approx([-1, -1])
    assert table.loc["same", "p of τ"] < 1e-6
    assert table.loc["opposite", "p of τ"] > 0.99
    assert table.loc["same", "draws"] == 2
    assert table.loc["same", "encoder"] == "stand-in"
    assert table.loc["same", "paper's column"] == "Average"


def test_each_image_set_is_compared_with_its_own_column():
    printed = table_2.paper_table()

    def value(label, normal_class, testbed, anomaly, draw):
        return printed.loc[label, "FashionMNIST"] * (-1 if draw else 3)

    frame = made(value, draws=2, image_set="fashion-mnist")
    row = table_2.agreement({"ours": frame}).loc["ours"]
    assert row["paper's column"] == "FashionMNIST"
    assert row["Kendall's τ"] == pytest.approx(1)
    assert row["τ of single draws"] == "−1.00 to +1.00"
    points = table_2.against_paper({"ours": frame})["ours"]
    assert points["paper"].to_dict() == printed["FashionMNIST"].drop("none").to_dict()


def test_committed_values_cover_every_task_of_each_image_set_and_encoder():
    """Table 2 has 90 in-the-wild tasks of ten classes, and row means over all of them."""
    frames = table_2.committed()
    sets = ("our CIFAR-10", "our MNIST", "our FashionMNIST")
    assert {*sets, *(f"{name}, stand-in" for name in sets)} == set(frames)
    for name, frame in frames.items():
        wild = frame[frame["testbed"] == tasks.IN_THE_WILD]
        counts = wild.groupby(["augmentation", "draw"]).size()
        assert (counts == 90).all(), name
        assert len(counts) == 14 * frame["draw"].nunique()
        # The random network's features cost next to nothing, a draw of the trained one 5 minutes.
        assert frame["draw"].nunique() == (5 if "stand-in" in name else 1)
        assert not frame.duplicated(COLUMNS[:-2]).any()
    assert not set(table_2.trained(frames)) & {name for name in frames if "stand-in" in name}


def test_the_size_of_the_encoder_rests_on_committed_figures(tmp_path, monkeypatch):
    sizes = table_2.encoder_sizes()
    assert sizes["top-5"].nlargest(2).index.tolist().count(efficientnet.SIZE) == 1
    assert sizes.loc[efficientnet.SIZE, "seconds"] < sizes.loc[224, "seconds"] / 3
    monkeypatch.setattr(table_2.paths, "RESULTS", tmp_path)
    with pytest.raises(SsadError, match=r"encoder-sizes\.csv is damaged"):
        table_2.encoder_sizes()


def test_scatter_and_ranking_hold_the_paper_beside_ours(ranked):
    points = table_2.against_paper({"ours": ranked})["ours"]
    assert len(points) == 13
    assert points.loc["Rotate", ["paper", "mmd"]].tolist() == [1.035, 0.5]
    panels = table_2.panels({"ours": ranked})
    assert list(panels) == ["paper, average", "ours"]
    assert [len(panel) for panel in panels.values()] == [14, 14]


def test_matched_counts_the_classes_in_which_gen_is_nearest():
    def value(label, normal_class, testbed, anomaly, draw):
        if normal_class == 0 and label == "Flip":
            return 0.1  # nearest to everything in class 0
        return 0.5 if label.lower() == anomaly else 1.0

    table = table_2.matched(made(value))
    assert list(table.columns) == ["CutOut", "Flip", "Invert"]
    assert list(table.index) == [*LABELS, "aug = gen nearest"]
    assert table.loc["Flip"].tolist() == ["0.550", "0.300", "0.550"]
    assert table.loc["aug = gen nearest"].tolist() == [
        "1 of 2 classes",
        "2 of 2 classes",
        "1 of 2 classes",
    ]


def test_cases_pick_the_printed_tasks():
    def value(label, normal_class, testbed, anomaly, draw):
        wild = testbed == tasks.IN_THE_WILD
        return {"Rotate": 1.0, "CutPaste": 2.0}.get(label, 3.0) + (
            10 * int(anomaly) if wild else 0
        ) + 100 * normal_class  # fmt: skip

    table = table_2.cases({"ours": made(value), "one class": made(value, classes=(3,))})
    assert not table.index.duplicated().any()
    assert table.loc[("6 against 9", "Rotate"), "paper"] == 0.091
    assert table.loc[("6 against 9", "Rotate"), "ours"] == "691.000 ± 0.000"
    assert table.loc[("6 against 9", "none"), "ours"] == "693.000 ± 0.000"
    assert table.loc[("0 against 3", "CutPaste"), "ours"] == "32.000 ± 0.000"
    flips = table.loc["automobile, gen Flip"]
    assert flips["paper"].to_dict() == {"none": 0.063, "CutOut": 0.277, "Flip": 0.031,
                                        "GEOM": 0.399}  # fmt: skip
    assert flips.loc["Flip", "ours"] == "303.000 ± 0.000"  # the mean over classes 0 and 6
    assert pd.isna(table.loc[("6 against 9", "Rotate"), "one class"])


def test_sources_without_alignment_are_left_out(ranked):
    none = Evidence("old", "cifar10", (), pd.DataFrame(), pd.DataFrame())
    ours = Evidence("ours", "street-digits", (), pd.DataFrame(), ranked)
    assert list(table_2.measured({"old": none, "ours": ours})) == ["ours"]


def test_captions_name_the_encoder(ranked):
    assert "Encoder: stand-in. Only with" in table_2.caption("MMD", {"this run": ranked})
    real = ranked.assign(encoder="resnet50")
    mixed = table_2.caption("MMD", {"this run": ranked, "committed": real})
    assert "Encoder of this run: stand-in; committed: resnet50" in mixed
    assert table_2.caption("MMD", {"real": real}) == "MMD. Encoder as in the paper, ResNet-50"


def test_browser_shows_every_task_of_a_class(ranked):
    browser = table_2.class_browser(ranked)
    assert list(browser.tables) == ["0", "6"]
    assert browser.tables["6"]["columns"] == [
        *(name for name in DIGITS if name != "6"),
        "gen CutOut",
        "gen Flip",
        "gen Invert",
    ]
    assert browser.tables["6"]["index"] == LABELS
    assert "gen Flip: Rotate" in browser.tables["6"]["summary"]
