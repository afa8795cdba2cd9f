"""What the chapters of paper 003 show."""

import numpy as np
import pytest
import torch

from ssad_lib.augment.standard import blurred
from ssad_lib.studies.outlier_exposure import pictures, runs, toy
from tests.studies.outlier_exposure.made import SETTINGS


@pytest.fixture(scope="module")
def spec():
    return pictures.with_outliers(runs.oe_size(SETTINGS | {"sizes": [0]}))


def test_examples_are_of_three_kinds(spec):
    rows, alt = pictures.examples(spec, 5)
    assert {name: images.shape for name, images in rows.items()} == dict.fromkeys(
        ("normal", "anomalies", "outliers"), (5, 3, 16, 16)
    )
    assert "outliers of street-letters" in alt


def test_blurred_outliers_are_the_same_ones(spec):
    rows, alt = pictures.blurred_examples(spec, [0, 2], 4)
    assert list(rows) == ["σ = 0", "σ = 2"]
    assert torch.equal(rows["σ = 2"], blurred(rows["σ = 0"], 2.0))
    assert "of 0, 2 pixels" in alt


@pytest.fixture(scope="module")
def found():
    return toy.borders({"seeds": [0, 1], "epochs": 1})


def test_every_border_can_be_looked_at(found):
    widget = pictures.browser(found)
    assert [axis["name"] for axis in widget.axes] == ["Representation ends in", "Outliers", "Seed"]
    assert len(set(widget.alts)) == len(set(widget.captions)) == 2 * 2 * 2
    assert all("BCE" in text and "HSC" in text for text in widget.captions)


def test_a_picture_shows_the_region_and_the_points(found):
    inside = found[0].inside(pictures.SQUARE, pictures.PIXELS)
    picture = pictures._picture(found[0], inside)
    assert picture.shape == (pictures.PIXELS, pictures.PIXELS, 3)
    colours = {tuple(colour) for colour in picture.reshape(-1, 3).tolist()}
    assert {(0x76, 0x76, 0x76), (0xE5, 0x73, 0x00)} < colours
    grey = np.argwhere((picture == 0x76).all(axis=2)).mean(axis=0)
    assert grey == pytest.approx(pictures.PIXELS / 2, abs=3)  # normal points lie in the middle


def test_panels_are_of_one_seed(found):
    panels = list(pictures.panels(found, "linear", 1))
    assert [panel["title"] for panel in panels] == [
        f"{outliers} outliers, {method}" for outliers in toy.OUTLIERS for method in toy.METHODS
    ]
    assert all("% of the square" in panel["said"] for panel in panels)
