"""The released loop of paper 003 does what it is held to do, and our epoch shows as many images."""

import numpy as np
import pytest
import torch

from ssad_lib.bench import exposure, released
from ssad_lib.bench.released_exposure import Pictures, ReleasedExposure
from ssad_lib.models.exposure import CIFAR10_SCALE

NORMALS, OUTLIERS, TEST = (
    np.random.default_rng(seed).integers(256, size=(n, 3, 32, 32), dtype=np.uint8)
    for seed, n in ((0, 20), (1, 12), (2, 5))
)


@pytest.fixture(autouse=True)
def no_worker_processes(monkeypatch):
    monkeypatch.setattr(released, "WORKERS", 0)


def loop(method="HSC"):
    return ReleasedExposure(NORMALS, OUTLIERS, TEST, method, width=2, batch_size=4)


def test_pictures_are_standardised_and_changed_only_where_they_are_augmented():
    mean, deviation = (np.array(values).reshape(3, 1, 1) for values in CIFAR10_SCALE)
    plain, changed = (Pictures(TEST, augmented=augmented)[3].numpy() for augmented in (False, True))
    np.testing.assert_allclose(plain, (TEST[3] / 255 - mean) / deviation, rtol=1e-4, atol=1e-5)
    assert changed.shape == plain.shape
    assert not np.allclose(changed, plain, atol=0.05)


@pytest.mark.parametrize("method", exposure.METHODS)
def test_an_epoch_ends_with_the_shorter_loader_and_learns(method):
    made = loop(method)
    seen = []
    made.network.register_forward_hook(lambda _, inputs, output: seen.append(len(inputs[0])))
    losses = [made.train_epoch() for _ in range(15)]
    assert seen == [8] * 3 * 15  # twelve outliers end it, though there are twenty normal images
    assert losses[-1] < losses[0]


@pytest.mark.parametrize("method", exposure.METHODS)
def test_scores_are_in_order_and_do_not_saturate(method):
    made = loop(method)
    made.train_epoch()
    scores = made.evaluate()
    assert scores.shape == (5,)
    one = ReleasedExposure(NORMALS, OUTLIERS, TEST[2:3], method, width=2, batch_size=4)
    one.network.load_state_dict(made.network.state_dict())
    torch.testing.assert_close(one.evaluate()[0], scores[2])


def test_both_show_as_many_images_as_the_case_says():
    detector, course, test = exposure._our_run(exposure.QUICK, "HSC")
    shown = sum(len(batch) for batch, _ in course.epoch())
    made = exposure._released_run(exposure.QUICK, "HSC", 3)
    seen = []
    made.network.register_forward_hook(lambda _, inputs, output: seen.append(len(inputs[0])))
    made.train_epoch()
    assert shown == sum(seen) == 2 * 16 * 2
    assert len(test) == exposure.QUICK.test
    exposure.our_epoch(exposure.QUICK, "HSC", 3)
    assert not detector.network_.training
