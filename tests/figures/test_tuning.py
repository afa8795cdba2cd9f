"""Figures of what was learned: every point drawn, the text says the values."""

import matplotlib.pyplot as plt
import numpy as np
import pandas as pd

from ssad_lib.figures import learned_against_true, trajectories


def test_points_are_medians_over_seeds():
    rows = [
        {"true size": true, "true ratio": ratio, "size": true * factor, "ratio": ratio,
         "seed": seed}
        for true in (0.01, 0.1) for ratio in (0.5, 2.0)
        for seed, factor in enumerate((1.0, 2.0, 4.0))
    ]  # fmt: skip
    make, alt = learned_against_true(pd.DataFrame(rows), ["size", "ratio"])
    figure = make()
    assert "0.01 learned as 0.02, 0.1 learned as 0.2" in alt
    left = figure.axes[0]
    drawn = [line for line in left.get_lines() if len(line.get_xdata()) == 2][:2]
    for line in drawn:
        assert np.allclose(line.get_ydata(), [0.02, 0.2])
    plt.close(figure)


def test_trajectories_have_a_line_and_a_truth_per_size():
    rows = [
        {"true size": true, "seed": seed, "iteration": step, "learned": 0.05 * true**step}
        for true in (0.02, 0.2) for seed in (0, 1) for step in (0, 1)
    ]  # fmt: skip
    make, alt = trajectories(pd.DataFrame(rows), "size")
    figure = make()
    assert len(figure.axes[0].get_lines()) == 4
    assert "0.02 to 0.001, 0.2 to 0.01" in alt
    plt.close(figure)
