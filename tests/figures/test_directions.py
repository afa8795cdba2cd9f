"""The ranking of a recommendation: a row per candidate, pale where nothing can be told."""

import matplotlib.pyplot as plt
import pandas as pd

from ssad_lib import figures

TABLE = pd.DataFrame(
    {
        "label": ["CutOut", "Flip"], "category": ["local", "geometric"],
        "direction": [0.8, -0.1], "direction_low": [0.7, -0.3], "direction_high": [0.9, 0.1],
        "p": [0.001, 0.6],
    },
    index=["cutout", "flip"],
)  # fmt: skip


def test_rows_are_named_and_pale_where_nothing_can_be_told():
    drawing = figures.directions(TABLE, level=0.01)
    assert "1 of 2 can be told from none" in drawing.alt
    assert "CutOut +0.80, Flip −0.10" in drawing.alt
    figure = drawing.make()
    (axis,) = figure.axes
    assert [label.get_text() for label in axis.get_yticklabels()] == ["CutOut", "Flip"]
    opacities = [collection.get_alpha() for collection in axis.collections]
    assert opacities == [1.0, 1.0, 0.35, 0.35]
    plt.close(figure)
