"""The criteria against plain float64 formulas and the extremes that DSV was made for."""

import numpy as np
import pytest
import torch

from ssad_lib.alignment import CRITERIA, criteria
from ssad_lib.errors import SsadError


@pytest.fixture
def sets():
    random = np.random.default_rng(0)
    return [random.normal(shift, 1, (n, 6)) for shift, n in ((0, 30), (1, 20), (0.5, 25))]


def unit(values):
    return values / np.linalg.norm(values, axis=1, keepdims=True)


def test_values_equal_plain_formulas(sets):
    train, augmented, test = (unit(one) for one in sets)
    known = np.concatenate([train, augmented])

    def distances(x, y):
        return np.array([[np.linalg.norm(a - b) for b in y] for a in x])

    across, apart = distances(known, test), distances(train, augmented).mean() / 2
    middle = train.mean(axis=0)
    sep = ((test - middle) @ unit(augmented - middle).T).std() / apart
    dis = across.mean() / 2 / apart
    capped = min(sep, 0.5)
    expected = {
        "dis": dis, "sep": sep, "base": across.mean() / 2, "cov": across.std(),
        "mmd": np.sum((known.mean(axis=0) - test.mean(axis=0)) ** 2),
        "dsv": dis - capped / dis, "dsv_difference": dis - capped,
        "dsv_squares": dis**2 + (0.5 - capped) ** 2, "dsv_root": dis - capped / dis**0.5,
        "dsv_ratio_squared": dis - capped / dis**2,
    }  # fmt: skip
    found = criteria(*sets)
    assert tuple(found) == CRITERIA
    assert {name: found[name] for name in expected} == pytest.approx(expected, rel=1e-6)
    centred = np.concatenate(sets)
    scale = np.sqrt(len(centred)) / np.linalg.norm(centred - centred.mean(axis=0))
    to_means = [np.linalg.norm(scale * (sets[2] - one.mean(axis=0)), axis=1) for one in sets[:2]]
    assert found["validation_loss"] == pytest.approx(np.mean(to_means), rel=1e-6)


def test_aligned_augmentation_has_the_least_dsv():
    """METHODS 17.13: tight orthogonal clusters, half of the test set in each."""
    random = np.random.default_rng(1)

    def cluster(axis, n=40):
        return np.eye(8)[axis] + 1e-4 * random.normal(size=(n, 8))

    test = np.concatenate([cluster(0), cluster(1)])
    aligned, elsewhere, invisible = (criteria(cluster(0), cluster(axis), test)
                                     for axis in (1, 2, 0))  # fmt: skip
    assert aligned["dsv"] == pytest.approx(-0.5, abs=0.01)
    assert elsewhere["dsv"] == pytest.approx(0.75 - 0.5 / 0.75, abs=0.01)
    assert invisible["dsv"] > 5
    assert aligned["mmd"] < elsewhere["mmd"] < 1


def test_float32_and_gradient_are_accepted(sets):
    single = [torch.tensor(one, dtype=torch.float32, requires_grad=True) for one in sets]
    assert criteria(*single) == pytest.approx(criteria(*sets), rel=1e-4)


def test_sets_of_other_lengths_are_refused(sets):
    with pytest.raises(SsadError):
        criteria(sets[0], sets[1], sets[2][:, :3])
