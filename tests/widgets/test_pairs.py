import json

import numpy as np
import pytest

from ssad_lib.metrics import auroc_between
from ssad_lib.widgets import PairBrowser
from ssad_lib.widgets.pairs import DIGITS
from tests.figures.tables import pair_scores

CLASSES = ["3", "6", "9"]
SCORES = pair_scores(CLASSES)
BASELINES = {"DAE, Rotate": "AE", "DAE, CutOut": "AE"}


@pytest.fixture(scope="module")
def widget():
    return PairBrowser.from_scores(SCORES, BASELINES, classes=CLASSES)


def test_grid_holds_the_auc_of_every_pair_and_detector(widget):
    for name in ("AE", *BASELINES):
        for i, normal in enumerate(CLASSES):
            for j, anomaly in enumerate(CLASSES):
                auc = auroc_between(SCORES[name, normal, normal], SCORES[name, normal, anomaly])
                assert f"{widget.detectors[name]['aucs'][i][j] / 1000:.3f}" == f"{auc:.3f}"


def test_histograms_are_shares_of_the_scores_in_one_range_per_normal_class(widget):
    state = widget.detectors["AE"]
    for i, normal in enumerate(CLASSES):
        pooled = np.concatenate([SCORES["AE", normal, scored] for scored in CLASSES])
        assert state["ranges"][i] == [pooled.min(), np.quantile(pooled, 0.99)]
        for j, scored in enumerate(CLASSES):
            values = SCORES["AE", normal, scored]
            counts, _ = np.histogram(values, 24, state["ranges"][i])
            code = [DIGITS.index(digit) for digit in state["codes"][i][j]]
            heights = np.array(code) / 61 * state["peaks"][i][j] / 1000
            np.testing.assert_allclose(heights, counts / len(values), atol=2e-3)


def test_first_pair_is_two_different_classes(widget):
    assert widget.pair == [0, 1]


def test_rows_are_what_all_detectors_were_trained_on_and_columns_what_all_scored():
    few = {key: value for key, value in SCORES.items() if key[1] != "9"}
    few = {key: value for key, value in few.items() if key != ("AE", "6", "3")}
    widget = PairBrowser.from_scores(few, BASELINES, classes=CLASSES)
    assert (widget.normals, widget.anomalies) == (["3", "6"], ["6", "9"])
    assert widget.pair == [0, 0]


def test_state_of_ten_classes_is_small():
    ten = [str(digit) for digit in range(10)]
    widget = PairBrowser.from_scores(pair_scores(ten, 20), BASELINES, classes=ten)
    assert len(json.dumps(widget.detectors)) < 3 * 6_000


def test_collapsed_detector_can_be_shown():
    same = {key: np.ones(9) for key in SCORES}
    widget = PairBrowser.from_scores(same, BASELINES, classes=CLASSES)
    assert widget.detectors["AE"]["aucs"][0] == [500, 500, 500]


@pytest.mark.parametrize("scores", [{}, {key: v for key, v in SCORES.items() if key[1] == key[2]}])
def test_nothing_to_compare_is_refused(scores):
    with pytest.raises(ValueError, match="no pair of classes"):
        PairBrowser.from_scores(scores, BASELINES, classes=["3"])
