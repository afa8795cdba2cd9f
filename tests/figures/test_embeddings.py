import matplotlib.pyplot as plt
import numpy as np
import pytest

from ssad_lib.figures import embedding
from tests.figures.tables import embedded

PANELS = {"apart": embedded(20.0), "mixed": embedded(0.0, seed=1)}


@pytest.fixture(scope="module")
def axes():
    figure = embedding(PANELS).make()
    yield figure.axes
    plt.close(figure)


def test_every_point_is_drawn_once_in_each_row(axes):
    for row in (axes[:2], axes[2:4]):
        for axis, table in zip(row, PANELS.values(), strict=True):
            drawn = np.concatenate([points.get_offsets() for points in axis.collections])
            np.testing.assert_allclose(drawn, table[["x", "y"]])


def test_lower_row_is_coloured_by_percentile(axes):
    values = np.concatenate([points.get_array() for points in axes[2].collections])
    np.testing.assert_allclose(values, 100 * PANELS["apart"]["score"].rank(pct=True))
    assert values.max() == 100


def test_groups_differ_in_shape_in_both_rows(axes):
    for axis in axes[:4]:
        shapes = {points.get_paths()[0].vertices.tobytes() for points in axis.collections}
        assert len(shapes) == 3


def test_text_tells_whether_anomalies_lie_among_the_normals():
    said = embedding(PANELS).alt
    assert "apart: 40 normal (mean score percentile 17)" in said
    assert "40 anomaly (mean score percentile 84); 0% of the anomalies" in said
    mixed = int(said.split("; ")[-1].split("%")[0])
    assert 20 < mixed < 50


def test_panel_without_augmented_points_can_be_drawn():
    table = embedded().query("group != 'augmented'")
    figure = embedding({"AE": table}).make()
    plt.close(figure)
    assert "augmented" not in embedding({"AE": table}).alt
