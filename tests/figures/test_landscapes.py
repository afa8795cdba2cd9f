"""The drawn landscape marks its minimum and says where it is."""

import matplotlib.pyplot as plt
import pytest

from ssad_lib.figures import landscape
from ssad_lib.studies.self_tuning.landscape import landscape as grid


def test_minimum_is_marked_and_said():
    make, alt = landscape(grid(steps=9, reach=0.8))
    figure = make()
    (cross,) = figure.axes[0].get_lines()
    assert cross.get_xydata()[0] == pytest.approx([0, 0], abs=1e-9)
    assert "smallest, 1.000, at u1 = " in alt
    plt.close(figure)
