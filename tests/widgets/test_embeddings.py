import numpy as np
import pytest

from ssad_lib.widgets import EmbeddingBrowser
from ssad_lib.widgets.embeddings import BOX, MARGIN
from tests.figures.tables import embedded

TABLE = embedded(shift=3.0)


@pytest.fixture(scope="module")
def panel():
    return EmbeddingBrowser.from_panels({"Flip": TABLE}, label="Gen").panels["Flip"]


def test_points_come_in_the_order_of_their_scores(panel):
    ranked = TABLE.sort_values("score")
    assert panel["scores"].split() == [f"{score:.3g}" for score in ranked["score"]]
    names = ["normal", "augmented", "anomaly"]
    assert [names[int(digit)] for digit in panel["groups"]] == list(ranked["group"])


def test_places_fill_the_canvas_without_distortion(panel):
    ranked = TABLE.sort_values("score")
    x, y = np.array(panel["x"]), np.array(panel["y"])
    assert x.min() == MARGIN
    assert x.max() == BOX[0] - MARGIN
    assert y.min() >= MARGIN
    assert y.max() <= BOX[1] - MARGIN
    scale = np.ptp(x) / np.ptp(ranked["x"])
    np.testing.assert_allclose(np.diff(x), scale * np.diff(ranked["x"]), atol=1.01)
    np.testing.assert_allclose(np.diff(y), -scale * np.diff(ranked["y"]), atol=1.01)


def test_points_in_one_place_can_be_shown():
    one = TABLE.assign(x=1.0, y=2.0)
    state = EmbeddingBrowser.from_panels({"collapsed": one}, label="Gen").panels["collapsed"]
    assert set(state["x"]) == {BOX[0] // 2}


def test_caption_is_the_authors_or_says_what_to_do():
    widget = EmbeddingBrowser.from_panels(
        {"a": TABLE, "b": TABLE}, label="Gen", captions={"b": "AUC 0.98."}
    )
    assert widget.panels["a"]["caption"].startswith("Point at a mark")
    assert widget.panels["b"]["caption"] == "AUC 0.98."


@pytest.mark.parametrize("panels", [{}, {"a": TABLE.assign(group="normals")}])
def test_unknown_group_or_no_panel_is_refused(panels):
    with pytest.raises(ValueError, match="normal, augmented, anomaly"):
        EmbeddingBrowser.from_panels(panels, label="Gen")
