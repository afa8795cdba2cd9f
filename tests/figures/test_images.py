import matplotlib.pyplot as plt
import numpy as np
import pytest

from ssad_lib.figures import reconstruction_panels

COLUMNS = [("normal", "success")] * 2 + [("normal", "failure")] + [("anomaly", "success")] * 2
IMAGES = np.random.default_rng(0).random((5, 3, 8, 8))
ROWS = {"original": IMAGES, "AE": 1 - IMAGES, "DAE": IMAGES**2}


@pytest.fixture
def axis():
    figure = reconstruction_panels(ROWS, COLUMNS, "Digits 6 and 9.").make()
    yield figure.axes[0]
    plt.close(figure)


def test_images_stand_row_by_row_and_column_by_column(axis):
    shown = {(i.get_extent()[3], i.get_extent()[0]): i.get_array() for i in axis.images}
    in_order = [shown[key] for key in sorted(shown)]
    expected = np.concatenate(list(ROWS.values())).transpose(0, 2, 3, 1)
    np.testing.assert_allclose(np.stack(in_order), expected, atol=1e-6)


def test_groups_are_labelled_over_their_columns(axis):
    assert [t.get_text() for t in axis.texts] == [
        "normal\nsuccess", "normal\nfailure", "anomaly\nsuccess",
    ]  # fmt: skip
    spans = [lines.get_segments()[0][:, 0] for lines in axis.collections]
    np.testing.assert_allclose(np.diff(spans).ravel(), [1.94, 0.94, 1.94])
    assert [t.get_text() for t in axis.get_yticklabels()] == list(ROWS)


def test_text_counts_the_columns_of_every_group():
    said = reconstruction_panels(ROWS, COLUMNS, "Digits 6 and 9.").alt
    assert said == (
        "Digits 6 and 9. Rows original, AE, DAE; "
        "columns 2 normal success, 1 normal failure, 2 anomaly success."
    )
