import matplotlib.pyplot as plt
import pandas as pd

from ssad_lib import figures

TABLE = pd.DataFrame([[0.9, 0.6], [0.7, 0.8]], index=["CutOut", "Flip"], columns=["CutOut", "Flip"])


def test_matched_cells_are_framed():
    figure = figures.heat_maps({"ours": TABLE}).make()
    frames = [patch.get_xy() for patch in figure.axes[0].patches]
    plt.close(figure)
    assert frames == [(0, 0), (1, 1)]


def test_equal_rows_of_panels_stand_side_by_side():
    longer = pd.concat([pd.DataFrame(0.5, ["none"], TABLE.columns), TABLE])
    figure = figures.heat_maps({"paper": TABLE, "ours": longer}).make()
    rows = [[tick.get_text() for tick in axis.get_yticklabels()] for axis in figure.axes]
    cells = [[text.get_text() for text in axis.texts] for axis in figure.axes]
    plt.close(figure)
    assert rows == [["none", "CutOut", "Flip"]] * 2
    assert cells == [
        ["0.90", "0.60", "0.70", "0.80", "–", "–"],
        ["0.50", "0.50", "0.90", "0.60", "0.70", "0.80"],
    ]


def test_cells_below_the_colours_say_so_and_others_do_not():
    dark = figures.heat_maps({"ours": TABLE.replace(0.6, 0.31)})
    figure = dark.make()
    cells = [text.get_text() for text in figure.axes[0].texts]
    said = figure.get_supxlabel()
    plt.close(figure)
    assert cells == ["0.90", "0.31↓", "0.70", "0.80"]
    assert said.startswith("↓ below 0.4")
    assert "Below 0.4, where the colours end: 1 of them." in dark.alt
    assert "Below" not in figures.heat_maps({"ours": TABLE}).alt
