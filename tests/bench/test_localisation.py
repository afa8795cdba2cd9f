"""The plain loops do the same work as ours: the same maps from the same memory."""

import numpy as np
import pytest
import torch

from ssad_lib.bench import localisation
from ssad_lib.bench.localisation import PlainPatchCore
from ssad_lib.data import load
from ssad_lib.detectors import PatchCore, SplitDRAEM
from ssad_lib.detectors.coreset import k_centres

IMAGES = torch.from_numpy(load("textures:weave", images_per_class=5, size=64).images).float() / 255


@pytest.fixture(scope="module")
def plain():
    return PlainPatchCore().fit(IMAGES)


def test_the_plain_coreset_is_ours_from_its_first_place(plain):
    points = torch.cat([plain._features(one) for one in IMAGES.split(1)]).numpy()
    chosen = k_centres(points, len(plain.bank), 0)
    np.testing.assert_array_equal(points[chosen], plain.bank.numpy())


def test_maps_and_scores_are_ours(plain):
    ours = PatchCore(coreset=0.1, largest=10**6).fit(IMAGES)
    assert ours.bank_.shape == tuple(plain.bank.shape)
    same = PlainPatchCore()
    same.size, same.bank = plain.size, torch.from_numpy(ours.bank_)
    np.testing.assert_allclose(same.localise(IMAGES), ours.localise(IMAGES), rtol=0.01, atol=0.1)
    found = [
        same._score(same._features(one), same.bank[torch.from_numpy(ours.owners_) != place])
        for place, one in enumerate(IMAGES.split(1))
    ]
    scores, peaks = zip(*found, strict=True)
    np.testing.assert_allclose(scores, ours.decision_scores_, rtol=0.01)
    np.testing.assert_allclose(peaks, ours.peaks_, rtol=0.01)


def test_a_plain_epoch_trains_both_networks():
    detector = SplitDRAEM(width=2, epochs=1, device="cpu")
    course = detector.prepare(IMAGES[:, :, :32, :32])
    network = localisation._plain_network(course)
    before = [one.detach().clone() for one in network.parameters()]
    localisation._plain_epoch(detector, course, network, IMAGES[:, :, :32, :32])
    moved = [
        not torch.equal(one, old) for one, old in zip(network.parameters(), before, strict=True)
    ]
    assert np.mean(moved) > 0.9


def test_four_cases_of_different_names():
    names = [case.name for case in localisation.cases(quick=True)]
    assert len(set(names)) == 4
    assert sum("PatchCore" in name for name in names) == 2
