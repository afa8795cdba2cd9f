import matplotlib.pyplot as plt
import numpy as np
import pytest
from scipy.stats import spearmanr

from ssad_lib.figures import anomaly_bars, position_plot, scatter_with_ranks
from tests.figures.tables import by_anomaly, effects, positions


@pytest.fixture
def axes(request):
    figure = request.param().make()
    figure.draw_without_rendering()
    yield figure.axes
    plt.close(figure)


@pytest.mark.parametrize("axes", [lambda: anomaly_bars({"cat": by_anomaly()})], indirect=True)
def test_bars_are_means_over_seeds_and_the_last_pair_is_the_mean(axes):
    (axis,) = axes
    table = by_anomaly()
    for bars, detector in zip(axis.containers, ("AE", "DAE, Rotate"), strict=True):
        own = table[table["detector"] == detector]
        expected = [*own.groupby("anomaly", sort=False)["auc"].mean(), own["auc"].mean()]
        np.testing.assert_allclose([bar.get_height() for bar in bars], expected)
    assert [t.get_text() for t in axis.get_xticklabels()] == ["cat", "dog", "truck", "mean"]
    dots = np.concatenate([c.get_offsets()[:, 1] for c in axis.collections])
    per_seed = table.groupby(["detector", "seed"])["auc"].mean()
    np.testing.assert_allclose(np.sort(dots), np.sort([*table["auc"], *per_seed]))
    hatches = {bar.get_hatch() for bar in axis.patches}
    assert len(hatches) == 2


def test_the_legend_of_bars_covers_no_bar_and_names_the_detectors_of_all_panels():
    other = by_anomaly().replace({"AE": "DeepSVDD", "DAE, Rotate": "DeepSAD, Rotate"})
    figure = anomaly_bars({"cat": by_anomaly(), "dog": other}).make()
    figure.draw_without_rendering()
    (legend,) = figure.legends
    box = legend.get_window_extent()
    axes = [axis.get_window_extent() for axis in figure.axes]
    names = [text.get_text() for text in legend.get_texts()]
    plt.close(figure)
    assert names == ["AE or DeepSVDD", "DAE, Rotate or DeepSAD, Rotate"]
    assert not any(box.overlaps(axis) for axis in axes)


def test_text_of_bars_counts_the_classes_that_gain():
    said = anomaly_bars({"airplane": by_anomaly()}).alt
    assert "airplane: AE and DAE, Rotate: cat 0.51 and 0.71, dog 0.81 and 0.76" in said
    assert "mean 0.74 and 0.78; DAE, Rotate is higher on 1 of 3 classes." in said


def test_rho_is_of_the_rows_that_have_both_numbers():
    table = effects().assign(mmd=[0.3, 0.1, 0.25, 0.4, np.nan])
    rho = spearmanr(table["mmd"][:4], table["pseudo_median"][:4]).statistic
    drawing = scatter_with_ranks({"DAE": table}, "mmd", "pseudo_median", ("mean MMD", "effect"))
    assert f"Spearman's rho −{-rho:.2f}, n = 4; Rotate 0.3 and" in drawing.alt
    assert "SimCLR" not in drawing.alt
    assert drawing.alt.startswith("Scatter plot of effect against mean MMD.")


RANKS = lambda: scatter_with_ranks({"DAE": effects()}, "p_value", "pseudo_median")  # noqa: E731


@pytest.mark.parametrize("axes", [RANKS], indirect=True)
def test_every_point_has_its_name_beside_it_and_no_two_names_overlap(axes):
    (axis,) = axes
    assert [text.get_text() for text in axis.texts] == list(effects().index)
    for text, (_, row) in zip(axis.texts, effects().iterrows(), strict=True):
        assert text.xy == (row["p_value"], row["pseudo_median"])
    boxes = [text.get_window_extent() for text in axis.texts]
    for i, one in enumerate(boxes):
        assert not any(one.overlaps(other) for other in boxes[i + 1 :])


@pytest.mark.parametrize("axes", [lambda: position_plot(positions())], indirect=True)
def test_band_is_between_normal_and_augmented(axes):
    (axis,) = axes
    (band,) = axis.patches
    assert (band.get_x(), band.get_width()) == (0, 1)
    drawn = np.concatenate([points.get_offsets() for points in axis.collections])
    table = positions()
    np.testing.assert_allclose(np.sort(drawn[:, 0]), np.sort(table["position"]))


def test_text_of_positions_counts_gains_inside_and_outside():
    assert position_plot(positions()).alt.endswith(
        "Between normal and augmented: 5 cases, 5 with a gain, mean +0.100. "
        "Elsewhere: 10 cases, 0 with a gain, mean −0.050."
    )
