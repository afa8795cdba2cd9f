"""Figures say in words what they draw, and draw twice without wearing out."""

import matplotlib.pyplot as plt
import numpy as np
import pandas as pd
import pytest
import torch

from ssad_lib import figures

TABLE = pd.DataFrame([[0.9, 0.6], [0.7, 0.8]], index=["CutOut", "Flip"], columns=["CutOut", "Flip"])
PARTS = pd.DataFrame(
    {
        "gen": ["Flip", "Flip"], "against": ["CutOut", "GEOM"], "difference": [0.2, -0.1],
        "low": [0.1, -0.2], "high": [0.3, 0.05], "verdict": ["supported", "inconclusive"],
    }
)  # fmt: skip
DRAWINGS = {
    "heat maps": (figures.heat_maps({"paper": TABLE, "ours": TABLE}), "CutOut best with CutOut"),
    "differences": (figures.differences(PARTS, "ours"), "Flip over GEOM -0.10"),
    "grey images": (figures.image_rows({"a": torch.rand(3, 1, 8, 8)}, "Three images."), "Three"),
    "images": (figures.image_rows({"a": np.full((2, 3, 8, 8), 1.5)}, "Two images."), "Two"),
    "histograms": (
        figures.score_histograms({"n": np.random.default_rng(0).random(50)}, "Scores."), "Scores",
    ),
    "scheme": (
        figures.autoencoder_scheme({"image": (3, 32, 32), "embedding": (256,)}, 1234), "1,234",
    ),
}  # fmt: skip


@pytest.mark.parametrize("name", DRAWINGS)
def test_drawing_can_be_made_twice_and_says_what_it_shows(name):
    drawing, said = DRAWINGS[name]
    for _ in range(2):
        figure = drawing.make()
        assert figure.axes
        plt.close(figure)
    assert said in drawing.alt


def test_matched_cells_are_framed():
    figure = figures.heat_maps({"ours": TABLE}).make()
    frames = [patch.get_xy() for patch in figure.axes[0].patches]
    plt.close(figure)
    assert frames == [(0, 0), (1, 1)]
