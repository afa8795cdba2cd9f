from __future__ import annotations

import string

import numpy as np
import pytest

from ssad_lib.data import ImageSet, class_names, load, street_digits, street_letters
from ssad_lib.data.digits import CLASSES as DIGITS
from ssad_lib.data.street_letters import FONTS, TURNS, letters
from ssad_lib.engine.outliers import overlap


def street_letters_set(**options: object) -> ImageSet:
    return load("street-letters", **{"images_per_class": 6, **options})  # type: ignore[arg-type]


def test_26_letters_and_never_a_digit() -> None:
    images = street_letters_set()
    assert images.classes == tuple(string.ascii_lowercase)
    assert images.images.shape == (26 * 6, 3, 32, 32)
    assert np.bincount(images.labels).tolist() == [6] * 26
    assert not overlap(images.classes, DIGITS)
    drawn = {sign for letter in street_letters.CLASSES for sign in (letter, letter.upper())}
    assert drawn == set(string.ascii_letters)
    assert class_names("street-letters") == images.classes


def test_the_first_images_stay_when_more_are_asked_for() -> None:
    few, more = street_letters_set(images_per_class=3), street_letters_set(images_per_class=53)
    for label in range(26):
        np.testing.assert_array_equal(few.of_class(label), more.of_class(label)[:3])
    again = street_letters_set(images_per_class=3)
    assert again.fingerprint == few.fingerprint
    np.testing.assert_array_equal(again.images, few.images)


def test_seed_split_count_and_size_make_other_images() -> None:
    sets = [
        street_letters_set(),
        street_letters_set(seed=1),
        street_letters_set(split="test"),
        street_letters_set(images_per_class=5),
        street_letters_set(size=16),
    ]
    assert (
        len({one.fingerprint for one in sets}) == len({one.images.tobytes() for one in sets}) == 5
    )


def test_letters_are_composed_by_the_function_that_composes_digits(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    """Given the same signs and the same draws, both sets are the same pixels."""
    scans = street_digits.glyphs("train")
    monkeypatch.setattr(street_letters, "letters", lambda _: scans)
    monkeypatch.setattr(street_letters, "VERSION", street_digits.VERSION)
    monkeypatch.setattr(street_letters, "CLASSES", DIGITS)
    digits = load("street-digits", images_per_class=4)
    np.testing.assert_array_equal(street_letters_set(images_per_class=4).images, digits.images)


def test_train_and_test_share_no_font() -> None:
    assert not set(FONTS["train"]) & set(FONTS["test"])
    for split, fonts in FONTS.items():
        assert {part.shape for part in letters(split)} == {(len(fonts) * 2 * len(TURNS), 8, 8)}


def test_scans_have_as_much_ink_as_those_of_the_digits() -> None:
    ink = np.mean([part.mean() for part in letters("train")])
    digits = np.mean([part.mean() for part in street_digits.glyphs("train")])
    assert ink == pytest.approx(digits, rel=0.35)
    for part in letters("train"):
        assert part.min() >= 0
        np.testing.assert_allclose(part.max(axis=(1, 2)), 1)


def test_no_letter_in_no_font_is_an_empty_box() -> None:
    """A font without a sign draws the same box for all of them."""
    for split in FONTS:
        by_font = np.stack(letters(split)).reshape(26, len(FONTS[split]), -1)
        for font in range(by_font.shape[1]):
            assert len({scan.tobytes() for scan in by_font[:, font]}) == 26


def test_the_images_of_version_1_stay_what_they_are() -> None:
    """Results name their images by version: change these numbers only together with VERSION."""
    images = street_letters_set(images_per_class=20)
    assert images.fingerprint == "street-letters/1?split=train&n=20&size=32&seed=0"
    means = images.images.reshape(26, -1).mean(axis=1)
    # Versions of FreeType and decoders of JPEG differ by a grey level here and there.
    assert means == pytest.approx(GOLDEN, abs=0.7)


GOLDEN = [
    72.75,
    70.24,
    61.29,
    67.28,
    64.03,
    88.93,
    70.51,
    71.99,
    57.97,
    72.7,
    74.14,
    95.93,
    75.31,
    79.96,
    77.55,
    89.39,
    57.5,
    81.0,
    73.93,
    67.54,
    94.38,
    80.61,
    76.13,
    71.7,
    67.01,
    62.97,
]
