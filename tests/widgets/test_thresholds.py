import numpy as np
import pytest

from ssad_lib.metrics import auroc_between
from ssad_lib.widgets import ThresholdExplorer
from ssad_lib.widgets.thresholds import LEVELS
from tests.figures.tables import scores

PANELS = {"Identity": scores(1.0), "GEOM": scores(4.0, seed=1)}


@pytest.fixture(scope="module")
def widget():
    return ThresholdExplorer.from_scores(PANELS, label="Augmentation")


def test_counts_give_exact_rates_at_every_threshold(widget):
    for name, groups in PANELS.items():
        low, high = widget.panels[name]["low"], widget.panels[name]["high"]
        for group, values in groups.items():
            counts = np.array(widget.panels[name]["counts"][group])
            assert len(counts) == LEVELS + 1
            flagged = counts[::-1].cumsum()[::-1]
            thresholds = low + np.arange(LEVELS + 1) * (high - low) / LEVELS
            np.testing.assert_array_equal(flagged, [(values >= t).sum() for t in thresholds])


def test_each_panel_has_an_axis_that_ends_at_its_own_99th_percentile(widget):
    for name, groups in PANELS.items():
        pooled = np.concatenate([*groups.values()])
        assert widget.panels[name]["low"] == pooled.min()
        assert widget.panels[name]["high"] == np.quantile(pooled, 0.99)


def test_auc_is_of_the_scores_themselves(widget):
    for name, groups in PANELS.items():
        auc = auroc_between(groups["normal"], groups["anomaly"])
        assert widget.panels[name]["auc"] == f"{auc:.3f}"


def test_first_threshold_flags_as_many_as_there_are_anomalies(widget):
    counts = widget.panels["Identity"]["counts"]
    flagged = sum(sum(counts[group][widget.level :]) for group in ("normal", "anomaly"))
    assert abs(flagged - sum(counts["anomaly"])) < 0.05 * sum(counts["anomaly"])


def test_collapsed_scores_have_a_scale():
    same = {"normal": np.ones(5), "anomaly": np.ones(5)}
    widget = ThresholdExplorer.from_scores({"collapsed": same}, label="x")
    assert widget.panels["collapsed"]["high"] > widget.panels["collapsed"]["low"]
    assert widget.panels["collapsed"]["auc"] == "0.500"


@pytest.mark.parametrize("panels", [{}, {"a": {"normal": np.ones(3)}}])
def test_panels_without_both_groups_are_refused(panels):
    with pytest.raises(ValueError, match="'normal' and 'anomaly'"):
        ThresholdExplorer.from_scores(panels, label="x")
