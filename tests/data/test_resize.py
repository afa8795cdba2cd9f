from __future__ import annotations

import numpy as np
from PIL import Image

from ssad_lib.data.resize import resize_images

from .makers import pixels


def test_resizing_agrees_with_pillow() -> None:
    images = pixels(5, 3, 28, 28)
    for side in (32, 16):
        resized = resize_images(images, side)
        assert resized.shape == (5, 3, side, side)
        for image, ours in zip(images, resized, strict=True):
            picture = Image.fromarray(image.transpose(1, 2, 0))
            theirs = np.asarray(picture.resize((side, side), Image.Resampling.BILINEAR))
            difference = ours.transpose(1, 2, 0).astype(int) - theirs
            assert np.abs(difference).max() <= 1


def test_an_image_of_that_size_is_left_alone() -> None:
    images = pixels(2, 1, 8, 8)
    assert resize_images(images, 8) is images
