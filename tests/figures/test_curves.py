"""Curves, regions and their words."""

import matplotlib.pyplot as plt
import numpy as np
import pandas as pd
import pytest
import torch

from ssad_lib import figures
from ssad_lib.display import figure_html

CURVE = pd.DataFrame(
    {
        "method": ["HSC", "HSC", "BCE", "BCE"], "x": ["1", "all", "1", "all"],
        "auc": [0.7, 0.8, 0.6, 0.85],
        "low": [0.65, 0.75, 0.55, 0.8], "high": [0.75, 0.85, 0.65, 0.9],
    }
)  # fmt: skip
AREAS = pd.DataFrame(
    {
        "method": ["HSC", "HSC", "BCE", "BCE"], "seed": [0, 0, 0, 0],
        "window": [3.0, 6.0, 3.0, 6.0], "area": [4.0, 4.0, 20.0, 80.0],
    }
)  # fmt: skip


def drawn(drawing):
    figure = drawing.make()
    yield figure
    plt.close(figure)


def test_curves_stand_side_by_side_and_say_their_numbers():
    drawing = figures.auc_curves({"this run": CURVE}, "outliers", {"this run": 0.6})
    for figure in drawn(drawing):
        first, second = (line.get_xdata() for line in figure.axes[0].lines[:2])
        assert (np.asarray(first) != np.asarray(second)).all()
        assert [label.get_text() for label in figure.axes[0].get_xticklabels()] == ["1", "all"]
        assert figure.axes[0].lines[-1].get_ydata()[0] == 0.6
    assert "HSC 0.700 at 1, 0.800 at all; BCE 0.600 at 1" in drawing.alt
    assert "Without outliers, this run: 0.600" in drawing.alt
    assert "Without outliers" not in figures.auc_curves({"a": CURVE}, "x", {"a": np.nan}).alt


def test_regions_are_shaded_from_below():
    inside = np.zeros((4, 4), bool)
    inside[0] = True
    panel = {
        "title": "ideal outliers, BCE", "inside": inside, "normal": torch.zeros(3, 2),
        "other": torch.ones(3, 2), "said": "the normal region is 25% of the square",
    }  # fmt: skip
    drawing = figures.regions([panel, panel], 6.0)
    for figure in drawn(drawing):
        (image,) = figure.axes[0].images
        assert image.origin == "lower"
        assert image.get_array()[0, :, 3].min() > 0
        assert image.get_array()[1:, :, 3].max() == 0
    assert "ideal outliers, BCE: the normal region is 25% of the square." in drawing.alt


def test_areas_of_seeds_are_lines():
    drawing = figures.area_growth({"skewed outliers": AREAS})
    for figure in drawn(drawing):
        assert len(figure.axes[0].lines) == 2
        assert figure.axes[0].get_xscale() == figure.axes[0].get_yscale() == "log"
    assert "BCE 20 at 3 and 80 at 6" in drawing.alt


@pytest.mark.parametrize(
    "drawing",
    [
        figures.auc_curves({"a": CURVE, "b": CURVE}, "outliers"),
        figures.area_growth({"a": AREAS}),
    ],
)
def test_they_can_be_put_on_a_page(drawing):
    assert "<figure" in figure_html(*drawing)
