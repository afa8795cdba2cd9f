from __future__ import annotations

import numpy as np
from sklearn.datasets import load_digits

from ssad_lib.data import load
from ssad_lib.data.digits import glyphs


def scans(split: str) -> list[bytes]:
    return [
        np.rint(scan * 16).astype(np.uint8).tobytes() for part in glyphs(split) for scan in part
    ]


def test_the_splits_share_no_digit_and_hold_all_of_them() -> None:
    everything = [scan.astype(np.uint8).tobytes() for scan in load_digits().images]
    assert sorted(scans("train") + scans("test")) == sorted(everything)
    assert not set(scans("train")) & set(scans("test"))


def test_the_split_is_stratified() -> None:
    sizes = [(len(a), len(b)) for a, b in zip(glyphs("train"), glyphs("test"), strict=True)]
    assert [a + b for a, b in sizes] == np.bincount(load_digits().target).tolist()
    assert all(abs(test / (train + test) - 0.25) < 0.01 for train, test in sizes)


def test_labels_belong_to_the_images() -> None:
    known = {
        scan.astype(np.uint8).tobytes(): target
        for scan, target in zip(load_digits().images, load_digits().target, strict=True)
    }
    for label, part in enumerate(glyphs("train")):
        assert {known[np.rint(scan * 16).astype(np.uint8).tobytes()] for scan in part} == {label}


def test_the_plain_set_is_enlarged_to_one_channel() -> None:
    digits = load("digits", split="test", images_per_class=7)
    assert digits.images.shape == (70, 1, 32, 32)
    assert np.bincount(digits.labels).tolist() == [7] * 10
    assert digits.images.max() == 255
    assert digits.images.min() == 0


def test_more_images_than_there_are_is_all_of_them() -> None:
    assert load("digits", images_per_class=9999).fingerprint == load("digits").fingerprint
    assert load("digits", images_per_class=5).fingerprint != load("digits").fingerprint
