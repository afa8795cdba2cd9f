import numpy as np
import pandas as pd
from matplotlib.collections import PathCollection

from ssad_lib.display import check_alt
from ssad_lib.figures import best_of_many, choice_gains


def gains():
    return pd.DataFrame(
        {
            "kind": ["reference", "honest", "peeking"], "auc": [0.58, 0.6, 0.7],
            "gain": [-0.02, 0.0, 0.1], "low": [-0.05, 0.0, 0.05], "high": [0.01, 0.0, 0.15],
        },
        index=["none", "at random", "best for each task"],
    )  # fmt: skip


def growth():
    return pd.DataFrame(
        {"augmentations": [0, 0.02, 0.03], "seeds of AE": [0, 0.01, np.nan]}, index=[1, 2, 3]
    )


def test_gains_stand_at_their_values_with_their_intervals():
    drawing = choice_gains({"DAE": gains()})
    (axis,) = drawing.make().axes
    marks = [part.get_offsets()[0] for part in axis.collections if isinstance(part, PathCollection)]
    assert [tuple(mark) for mark in marks] == [(-0.02, 2), (0.0, 1), (0.1, 0)]
    assert [label.get_text() for label in axis.get_yticklabels()] == list(gains().index)
    assert "best for each task +0.100 (0.700)" in check_alt(drawing.alt)


def test_every_kind_is_in_the_legend():
    figure = choice_gains({"DAE": gains(), "DeepSAD": gains()}).make()
    (legend,) = figure.legends
    assert [text.get_text() for text in legend.get_texts()] == ["reference", "honest", "peeking"]


def test_lines_of_growth_are_told_apart_without_colour():
    drawing = best_of_many({"DAE": growth()})
    (axis,) = drawing.make().axes
    tried, seeds = axis.lines
    np.testing.assert_array_equal(tried.get_ydata(), growth()["augmentations"])
    assert (tried.get_marker(), tried.get_linestyle()) != (
        seeds.get_marker(),
        seeds.get_linestyle(),
    )
    assert "best of 3 augmentations +0.030, best of 2 seeds of AE +0.010" in drawing.alt
