import matplotlib.pyplot as plt
import numpy as np
import pytest

from ssad_lib.figures import error_histograms
from tests.figures.tables import scores

PANELS = {"(a) Identity": scores(1.0), "(b) GEOM": scores(4.0)}


@pytest.fixture
def axes():
    figure = error_histograms(PANELS).make()
    yield figure.axes
    plt.close(figure)


def test_all_panels_share_fifty_bins_to_the_99_5th_percentile(axes):
    pooled = np.concatenate([values for groups in PANELS.values() for values in groups.values()])
    for axis in axes:
        for stairs in axis.patches:
            _, edges, _ = stairs.get_data()
            assert len(edges) == 51
            np.testing.assert_allclose(edges[[0, -1]], [pooled.min(), np.quantile(pooled, 0.995)])
    assert axes[0].get_xlim() == axes[1].get_xlim()


def test_densities_integrate_to_what_is_within_the_bins(axes):
    for axis, groups in zip(axes, PANELS.values(), strict=True):
        for stairs, values in zip(axis.patches, groups.values(), strict=True):
            heights, edges, _ = stairs.get_data()
            within = np.mean(values <= edges[-1])
            np.testing.assert_allclose(np.sum(heights * np.diff(edges)), within)


def test_groups_differ_in_more_than_colour(axes):
    looks = {(s.get_fill(), str(s.get_linestyle())) for s in axes[0].patches}
    assert len(looks) == 3


def test_text_gives_the_means():
    normal, augmented = (PANELS["(b) GEOM"][name].mean() for name in ("normal", "augmented"))
    said = error_histograms(PANELS).alt
    assert f"(b) GEOM: normal {normal:.3g}, augmented {augmented:.3g}" in said
