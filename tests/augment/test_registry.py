from __future__ import annotations

import json
from itertools import combinations
from pathlib import Path

import numpy as np
import pytest
import torch

from ssad_lib import augment, paths, rng
from ssad_lib.errors import SsadError

TABLE = {
    "none": ["Identity"],
    "geometric": ["Rotate", "Crop", "Flip", "GEOM"],
    "local": ["CutOut", "CutPaste", "CP-scar"],
    "elementwise": ["Blur", "Noise", "Mask"],
    "color": ["Invert", "Color"],
    "mixed": ["SimCLR"],
}


def test_names_labels_and_categories_are_the_papers() -> None:
    expected = [(category, label) for category, labels in TABLE.items() for label in labels]
    found = [augment.get(name) for name in augment.names()]
    assert [(aug.category, aug.label) for aug in found] == expected
    assert augment.names() == [label.lower() for _, label in expected]


@pytest.mark.parametrize("label", [label for labels in TABLE.values() for label in labels])
def test_names_are_found_in_any_case(label: str) -> None:
    assert augment.get(label) == augment.get(label.lower())
    assert augment.get(label.upper()).label == label


def test_defaults_are_those_of_the_table() -> None:
    defaults = {key: v for name in augment.names() for key, v in augment.get(name).options.items()}
    assert defaults == {
        "flip_p": 0.5,
        "geom_fill": "zero",
        "geom_translate": "xy9",
        "cutout_aspect": (0.3, 3.3),
        "cutout_area": (0.02, 0.33),
        "cutpaste_area": (0.02, 0.15),
        "cutpaste_aspect": (0.3, 3.3),
        "cutpaste_aspect_mode": "mixture",
        "cutpaste_jitter": 0.1,
        "cutpaste_area_law": "uniform",
        "scar_h": (10, 25),
        "scar_w": (2, 16),
        "scar_scale_with_image": False,
        "mask_p": 0.2,
        "mask_shared_channels": False,
        "invert_p": 0.5,
        "simclr_blur_p": 1.0,
    }


@pytest.mark.parametrize("name", augment.names())
def test_options_survive_json(name: str) -> None:
    aug = augment.get(name)
    assert augment.get(name, **json.loads(json.dumps(aug.options))) == aug


@pytest.mark.parametrize(
    ("name", "message"),
    [("cutot", "did you mean 'cutout'"), ("???", "choose one of: blur,"), (None, "choose one of")],
)
def test_unknown_augmentations_are_named(name: str, message: str) -> None:
    with pytest.raises(SsadError, match=message):
        augment.get(name)


def test_gens_are_always_on() -> None:
    images = torch.rand(500, 3, 32, 32, generator=rng.generator("gens")) * 0.5 + 0.1
    assert augment.gens() == ["cutout", "flip", "invert"]
    for gen in augment.gens():
        result = augment.anomaly(gen.upper())(images, rng.generator(gen))
        assert (result != images).flatten(1).any(1).all(), gen
    with pytest.raises(SsadError, match=r"unknown gen 'rotate'"):
        augment.anomaly("rotate")


# Colours: contrast by WCAG 2.2, deficiencies by Machado et al. (2009), distance in CIELAB.

DEFICIENCIES = {
    "none": np.eye(3),
    "protanopia": np.array(
        [
            [0.152286, 1.052583, -0.204868],
            [0.114503, 0.786281, 0.099216],
            [-0.003882, -0.048116, 1.051998],
        ]
    ),
    "deuteranopia": np.array(
        [
            [0.367322, 0.860646, -0.227968],
            [0.280085, 0.672501, 0.047413],
            [-0.011820, 0.042940, 0.968881],
        ]
    ),
    "tritanopia": np.array(
        [
            [1.255528, -0.076749, -0.178779],
            [-0.078411, 0.930809, 0.147602],
            [0.004733, 0.691367, 0.303900],
        ]
    ),
}
TO_XYZ = np.array(
    [
        [0.4124564, 0.3575761, 0.1804375],
        [0.2126729, 0.7151522, 0.072175],
        [0.0193339, 0.119192, 0.9503041],
    ]
)


def linear(colour: str) -> np.ndarray:
    value = np.array([int(colour[i : i + 2], 16) for i in (1, 3, 5)]) / 255
    return np.where(value <= 0.04045, value / 12.92, ((value + 0.055) / 1.055) ** 2.4)


def contrast(one: str, other: str) -> float:
    dark, light = sorted(float(TO_XYZ[1] @ linear(colour)) for colour in (one, other))
    return (light + 0.05) / (dark + 0.05)


def lab(colour: str, deficiency: str) -> np.ndarray:
    seen = np.clip(DEFICIENCIES[deficiency] @ linear(colour), 0, 1)
    xyz = TO_XYZ @ seen / np.array([0.95047, 1, 1.08883])
    x, y, z = np.where(xyz > 0.008856, np.cbrt(xyz), 7.787 * xyz + 16 / 116)
    return np.array([116 * y - 16, 500 * (x - y), 200 * (y - z)])


def test_each_category_has_its_own_colour() -> None:
    assert set(augment.COLOURS) == set(TABLE)
    assert all(
        augment.get(name).colour == augment.COLOURS[augment.get(name).category]
        for name in augment.names()
    )


@pytest.mark.parametrize("page", ["#FFFFFF", "#121212"])
def test_colours_are_legible_on_both_themes(page: str) -> None:
    assert min(contrast(colour, page) for colour in augment.COLOURS.values()) >= 3


@pytest.mark.parametrize("deficiency", DEFICIENCIES)
def test_colours_differ_for_every_reader(deficiency: str) -> None:
    seen = [lab(colour, deficiency) for colour in augment.COLOURS.values()]
    assert min(np.linalg.norm(a - b) for a, b in combinations(seen, 2)) > 25


def test_one_file_for_each_category() -> None:
    folder = paths.PACKAGE / "augment"
    for name in augment.names():
        aug = augment.get(name)
        home = Path(type(aug.operation).__module__.replace(".", "/")).name
        assert home == aug.category
        assert (folder / f"{home}.py").is_file()


@pytest.mark.parametrize("name", ["flip", "invert", "cutout"])
def test_always_changes_every_image(name):
    generator = torch.Generator().manual_seed(0)
    images = torch.rand(64, 3, 16, 16, generator=generator) + 0.01
    changed = (augment.always(name)(images, generator) != images).flatten(1).any(1)
    assert changed.all()


def test_always_keeps_other_augmentations_and_their_options():
    assert augment.always("mask", mask_p=0.3).operation == augment.get("mask", mask_p=0.3).operation
