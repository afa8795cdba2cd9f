"""Figures say in words what they draw, and draw twice without wearing out."""

import re

import matplotlib.pyplot as plt
import numpy as np
import pandas as pd
import pytest

from ssad_lib import figures
from ssad_lib.display import LIGHT_INK, PHONE, SMALLEST_TEXT, figure_html
from tests.figures import tables

TABLE = pd.DataFrame([[0.9, 0.6], [0.7, 0.8]], index=["CutOut", "Flip"], columns=["CutOut", "Flip"])
PARTS = pd.DataFrame(
    {
        "effect": [0.2, -0.1], "low": [0.1, -0.2], "high": [0.3, 0.05],
        "verdict": ["supported", "inconclusive"],
    },
    index=["Flip over CutOut", "Flip over GEOM"],
)  # fmt: skip
LONG = "of nothing in particular."
DRAWINGS = {
    "heat maps": (figures.heat_maps({"paper": TABLE, "ours": TABLE}), "CutOut best with CutOut"),
    "differences": (figures.differences(PARTS, "ours"), "Flip over GEOM -0.10"),
    "fidelity": (
        figures.beside_printed(dict.fromkeys(["ours", "theirs"], tables.beside_printed())),
        "theirs: 1 of 2 cells within 0.05 AUC of the printed value, ours below by 0.100",
    ),
    "histograms": (
        figures.score_histograms({"n": np.linspace(0, 1, 50)}, f"Scores {LONG}"), "Scores",
    ),
    "scheme": (
        figures.network_scheme("AE", {"image": (3, 32, 32), "embedding": (256,)}, 1234), "1,234",
    ),
    "forest": (figures.forest({"gen CutOut": tables.effects()}), "CutOut +0."),
    "gains": (
        figures.method_gains({"ours": tables.gains(), "theirs": tables.gains()}, "ST-SSAD"),
        "AE −0.100 (p 0.980), FO –",
    ),
    "errors": (figures.error_histograms({"Flip": tables.scores()}), "Flip: normal 0.0"),
    "bars": (figures.anomaly_bars({"cat": tables.by_anomaly()}), "cat 0.51 and 0.71"),
    "embedding": (figures.embedding({"Flip": tables.embedded()}), "Flip: 40 normal"),
    "ranks": (
        figures.scatter_with_ranks({"DAE": tables.effects()}, "p_value", "pseudo_median"),
        "rho −1.00",
    ),
    "positions": (figures.position_plot(tables.positions()), "with a gain"),
    "speed": (figures.speed_ratios(tables.speeds()), "kornia: faster in 1 of 2 cases, from 0.8"),
    "rates": (figures.rule_rates(tables.rates()), "says contradicted in at most 4.0% (A02)"),
}  # fmt: skip


@pytest.mark.parametrize("name", DRAWINGS)
def test_drawing_can_be_made_twice_and_says_what_it_shows(name):
    drawing, said = DRAWINGS[name]
    for _ in range(2):
        figure = drawing.make()
        assert figure.axes
        plt.close(figure)
    assert said in drawing.alt


@pytest.mark.parametrize("name", DRAWINGS)
def test_dark_pages_have_no_ink_of_light_ones(name):
    block = figure_html(*DRAWINGS[name][0])
    light, dark = block.split("<picture>")[1:]
    assert LIGHT_INK.strip("#") in light or "image/png" in light
    assert LIGHT_INK.strip("#") not in dark
    assert "000000" not in dark


@pytest.mark.parametrize("name", DRAWINGS)
def test_words_of_a_figure_can_be_read_on_a_phone(name):
    block = figure_html(*DRAWINGS[name][0])
    drawn = re.findall(r'width="(\d+)" height="\d+" data-text="([\d.]+)"', block)
    width, text = min((int(width), float(text)) for width, text in drawn)
    assert text * min(1, PHONE / width) >= SMALLEST_TEXT
