"""The stand-in never passes for a trained encoder, and its features are pinned."""

import numpy as np
import pytest
import torch

from ssad_lib import data
from ssad_lib.alignment import kernel
from ssad_lib.encoders import encoder, stand_in

PINNED = [1.37797, 0.94777, 0.91720, 0.95042]  # kernels of the first test image with the next


def test_stand_in_says_what_it_is():
    chosen = encoder("stand-in")
    assert chosen.name == "stand-in"
    assert not chosen.comparable
    assert "stand-in" in chosen.note


def test_features_of_the_stand_in_are_pinned(digits):
    """If this fails, raise STAND_IN_VERSION: cached and committed values no longer hold."""
    features = encoder("stand-in")(digits)
    assert features.shape == (20, 256)
    assert features.dtype == torch.float32
    pairs = kernel(features.double().numpy(), features.double().numpy())
    assert np.diag(pairs) == pytest.approx(8, abs=1e-4)  # (1 + 1)^3: features have length √h
    assert pairs[0, 1:5] == pytest.approx(PINNED, abs=2e-3)


def test_stand_in_is_the_same_in_every_process(digits):
    first = encoder("stand-in")(digits)
    stand_in._filters.cache_clear()
    stand_in._whitening.cache_clear()
    assert torch.equal(encoder("stand-in")(digits), first)


def test_features_of_an_image_do_not_depend_on_its_batch(digits):
    chosen = encoder("stand-in")
    whole = chosen(digits.repeat(20, 1, 1, 1))  # more than one batch
    torch.testing.assert_close(whole[:20], chosen(digits), atol=1e-4, rtol=1e-4)
    torch.testing.assert_close(whole[-3:], chosen(digits[-3:]), atol=1e-4, rtol=1e-4)


def test_grey_images_are_colour_images_of_three_equal_channels(digits):
    grey = digits[:, :1]
    chosen = encoder("stand-in")
    torch.testing.assert_close(chosen(grey), chosen(grey.repeat(1, 3, 1, 1)))


def test_other_sizes_are_resized_to_the_native_one(digits):
    chosen = encoder("stand-in")
    large = torch.nn.functional.interpolate(digits, scale_factor=2, mode="nearest")
    similarity = torch.cosine_similarity(chosen(large), chosen(digits))
    assert similarity.min() > 0.8


def test_features_are_decorrelated_on_the_reference():
    mean, projection = stand_in._whitening()
    reference = data.load("street-digits", images_per_class=stand_in.REFERENCE_IMAGES)
    images = torch.from_numpy(reference.images).float() / 255
    raw = torch.cat([stand_in._random_features(batch) for batch in images.split(256)])
    covariance = torch.cov(((raw - mean) @ projection).T)
    variances = covariance.diagonal()
    assert (covariance - torch.diag(variances)).abs().max() < 1e-2
    assert 0 < variances.min() < variances.max() < 1.01
