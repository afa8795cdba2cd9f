import matplotlib.pyplot as plt
import pandas as pd

from ssad_lib import figures
from ssad_lib.appearance import VERDICTS
from tests.figures.tables import verdicts

TABLE = pd.DataFrame([[0.9, 0.6], [0.7, 0.8]], index=["CutOut", "Flip"], columns=["CutOut", "Flip"])


def test_matched_cells_are_framed():
    figure = figures.heat_maps({"ours": TABLE}).make()
    frames = [patch.get_xy() for patch in figure.axes[0].patches]
    plt.close(figure)
    assert frames == [(0, 0), (1, 1)]


def test_cells_of_verdicts_have_word_sign_and_colour():
    table = verdicts()
    figure = figures.verdict_grid(table).make()
    (axis,) = figure.axes
    words = [text.get_text() for text in axis.texts]
    assert words == [f"{VERDICTS[v][1]}  {v}" for v in table.to_numpy().ravel()]
    colours = {text: cell.get_facecolor() for text, cell in zip(words, axis.patches, strict=True)}
    assert len(set(colours.values())) == 4
    plt.close(figure)


def test_text_of_verdicts_lists_the_claims_of_each():
    said = figures.verdict_grid(verdicts()).alt
    assert "laptop: 1 supported (A01); 1 contradicted (A02); 1 not run (A03)." in said
    assert "paper: 2 supported (A01, A03); 1 inconclusive (A02)." in said
