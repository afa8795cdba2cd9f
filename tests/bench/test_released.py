"""The released loop does what it is held to do: each image once an epoch, augmented on its own."""

import numpy as np
import pytest
import torch

from ssad_lib import augment
from ssad_lib.bench import released
from ssad_lib.bench.released import Pictures, ReleasedLoop

TRAIN, TEST = (
    np.random.default_rng(seed).integers(256, size=(n, 3, 32, 32), dtype=np.uint8)
    for seed, n in ((0, 10), (1, 5))
)


@pytest.fixture(autouse=True)
def no_worker_processes(monkeypatch):
    monkeypatch.setattr(released, "WORKERS", 0)


def test_pictures_are_the_images():
    (item,) = Pictures(TRAIN, ("identity",))[3]
    assert item.dtype is torch.float32
    np.testing.assert_allclose(item.numpy(), TRAIN[3] / 255, rtol=1e-6)


@pytest.mark.parametrize("name", augment.names())
def test_every_augmentation_is_paired_with_the_clean_image(name):
    pictures = Pictures(TRAIN, (name, "identity"))
    pairs = [pictures[index] for index in range(len(pictures))]
    for (shown, clean), image in zip(pairs, TRAIN, strict=True):
        assert shown.shape == clean.shape == (3, 32, 32)
        np.testing.assert_allclose(clean.numpy(), image / 255, rtol=1e-6)
    changed = any(not torch.equal(shown, clean) for shown, clean in pairs)
    assert changed == (name != "identity")


def test_an_epoch_shows_every_image_once_in_a_new_order_and_learns():
    loop = ReleasedLoop(TRAIN, TEST, "flip", width=2, batch_size=4)
    seen = []
    loop.network.register_forward_hook(lambda _, inputs, output: seen.append(inputs[0].detach()))
    losses = [loop.train_epoch() for _ in range(30)]
    assert losses[-1] < losses[0]
    epochs = torch.cat(seen).split(len(TRAIN))
    heads = [
        batch[:, :, 0].flatten(1).sum(1) + batch[:, :, -1].flatten(1).sum(1) for batch in epochs
    ]
    for head in heads:  # top row plus bottom row: the same number, flipped or not
        torch.testing.assert_close(head.sort().values, heads[0].sort().values)
    assert not torch.allclose(heads[0], heads[1])


def test_scores_are_those_of_the_network_in_evaluation_mode_in_order():
    loop = ReleasedLoop(TRAIN, TEST, "cutout", width=2, batch_size=4)
    loop.train_epoch()
    scores = loop.evaluate()
    images = torch.from_numpy(TEST) / 255
    with torch.no_grad():
        expected = [((loop.network.eval()(x[None]) - x) ** 2).mean() for x in images]
    torch.testing.assert_close(scores, torch.stack(expected), rtol=1e-4, atol=1e-6)
