"""The ranking sorts, marks the category and the floor, and says so in words."""

import matplotlib.pyplot as plt
import numpy as np
import pandas as pd

from ssad_lib.figures import ranking

TABLE = pd.DataFrame(
    {"category": ["local", "none", "geometric"], "mmd": [0.3, 0.2, 0.1],
     "deviation": [0.05, np.nan, 0.01]},
    index=["CutOut", "none", "Rotate"],
)  # fmt: skip


def test_rows_are_sorted_and_the_floor_is_drawn():
    drawing = ranking({"ours": TABLE, "paper": TABLE[["category", "mmd"]]}, "MMD", {"ours": 0.05})
    figure = drawing.make()
    ours, paper = figure.axes[:2]
    assert [tick.get_text() for tick in ours.get_yticklabels()] == ["Rotate", "none", "CutOut"]
    assert len(ours.lines) == 1  # the floor
    assert not paper.lines
    assert ours.get_xlim()[0] == 0
    plt.close(figure)
    assert "ours: Rotate 0.100, none 0.200, CutOut 0.300; noise floor 0.050." in drawing.alt
    assert "paper: Rotate 0.100, none 0.200, CutOut 0.300." in drawing.alt


def test_panels_have_one_order_of_rows_by_their_mean_rank():
    other = TABLE.assign(mmd=[60.0, 90.0, 40.0])  # on another scale, and in another order
    figure = ranking({"ours": TABLE, "other": other, "again": TABLE}, "MMD").make()
    orders = [[tick.get_text() for tick in axis.get_yticklabels()] for axis in figure.axes[:3]]
    plt.close(figure)
    assert orders == [["Rotate", "none", "CutOut"]] * 3
