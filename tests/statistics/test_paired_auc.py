"""The paired bootstrap of AUC, against scikit-learn and DeLong's variance."""

import numpy as np
import pytest
from sklearn.metrics import roc_auc_score

from ssad_lib.errors import SsadError
from ssad_lib.statistics import auc_gain


def made(seeds=1, n=150, m=120, shift=1.0, gain=0.5, agree=0.7, seed=0):
    """Scores of two detectors that agree in part; the second tells apart better by `gain`."""
    random = np.random.default_rng(seed)
    shared = random.normal(size=(n + m,))
    own = random.normal(size=(2, seeds, n + m))
    scores = agree * shared + np.sqrt(1 - agree**2) * own
    scores[0, :, n:] += shift
    scores[1, :, n:] += shift + gain
    return scores[:, :, :n], scores[:, :, n:]


def auc(normal, anomalous):
    return roc_auc_score(np.repeat([0, 1], [len(normal), len(anomalous)]),
                         np.concatenate([normal, anomalous]))  # fmt: skip


def delong_deviation(normal, anomalous):
    """Standard deviation of the difference of two AUC on the same images (DeLong et al. 1988)."""
    wins = [0.5 * (1 + np.sign(a[None, :] - n[:, None]))
            for n, a in zip(normal, anomalous, strict=True)]  # fmt: skip
    difference = wins[1] - wins[0]
    return np.sqrt(
        sum(difference.mean(axis=1 - k).var(ddof=1) / difference.shape[k] for k in (0, 1))
    )


def test_gain_is_the_difference_of_auc_with_ties_counted_half():
    normal, anomalous = (np.round(values, 1) for values in made(seeds=3))
    expected = np.mean(
        [auc(normal[1, s], anomalous[1, s]) - auc(normal[0, s], anomalous[0, s]) for s in range(3)]
    )
    found = auc_gain(normal, anomalous, draws=10)
    assert found.gain == pytest.approx(expected, abs=1e-12)


def test_interval_of_one_seed_agrees_with_delong():
    normal, anomalous = made()
    found = auc_gain(normal, anomalous)
    expected = 1.96 * delong_deviation(normal[:, 0], anomalous[:, 0])
    assert (found.high - found.low) / 2 == pytest.approx(expected, rel=0.1)
    assert found.low < found.gain < found.high


def test_seeds_that_differ_widen_the_interval():
    normal, anomalous = made(seeds=5)
    alike = auc_gain(normal, anomalous)
    better = anomalous + np.array([0, 1])[:, None, None] * np.linspace(-2, 2, 5)[:, None]
    apart = auc_gain(normal, better)
    assert apart.high - apart.low > 2 * (alike.high - alike.low)


def test_a_detector_gains_nothing_on_itself():
    normal, anomalous = (values[[0, 0]] for values in made(seeds=2))
    assert auc_gain(normal, anomalous) == (0, 0, 0)


def test_shapes_that_do_not_fit_are_refused():
    with pytest.raises(SsadError, match="paired scores need shapes"):
        auc_gain(np.zeros((2, 3, 5)), np.zeros((2, 2, 5)))
