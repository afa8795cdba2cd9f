"""Scikit-learn's 1,797 handwritten digits, split once by image, and the plain set made of them.

So easy a set that no augmentation can help an autoencoder, which is itself worth showing.
"""

from __future__ import annotations

import functools

import numpy as np

from ssad_lib.data.draws import stream
from ssad_lib.data.image_set import ImageSet
from ssad_lib.data.resize import resize_images
from ssad_lib.data.selection import first_per_class

VERSION = "digits/1"
CLASSES = tuple("0123456789")
SOURCE = "Optical recognition of handwritten digits (Alpaydin and Kaynak, UCI), via scikit-learn"
LICENCE = "CC BY 4.0"
TEST_SHARE = 0.25
BRIGHTEST = 16  # the scans count the black pixels of 4x4 cells
SIZE = 32


@functools.cache
def glyphs(split: str) -> tuple[np.ndarray, ...]:
    """Return the digits of `split`, one ``float32 (n, 8, 8)`` array in [0, 1] for each class.

    Every class gives a quarter of its digits, chosen by a fixed seed, to the test split.
    """
    # Its import takes seconds, which only those who draw digits should pay.
    from sklearn.datasets import load_digits

    scans = load_digits()
    parts = []
    for label in range(len(CLASSES)):
        of_label = np.flatnonzero(scans.target == label)
        shuffled = of_label[np.argsort(stream("digits", label).random(len(of_label)))]
        n_test = round(TEST_SHARE * len(of_label))
        chosen = shuffled[:n_test] if split == "test" else shuffled[n_test:]
        parts.append((scans.images[chosen] / BRIGHTEST).astype(np.float32))
    return tuple(parts)


def load_plain_digits(split: str, images_per_class: int | None, size: int | None) -> ImageSet:
    """Return the digits themselves, ``uint8 (N, 1, size, size)``, enlarged bilinearly (32)."""
    size = size or SIZE
    parts = glyphs(split)
    small = np.concatenate(parts)[:, None]
    labels = np.repeat(np.arange(len(parts)), [len(part) for part in parts]).astype(np.int64)
    kept = first_per_class(labels, images_per_class)
    images = resize_images(np.rint(small[kept] * 255).astype(np.uint8), size)
    count = "all" if len(kept) == len(labels) else images_per_class
    fingerprint = f"{VERSION}?split={split}&n={count}&size={size}"
    return ImageSet("digits", images, labels[kept], CLASSES, split, SOURCE, LICENCE, fingerprint)
