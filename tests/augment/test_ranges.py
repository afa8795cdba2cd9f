"""Ranges of METHODS 9.6 for the random baselines of paper 001."""

import numpy as np
import pytest
import torch
from scipy import stats

from ssad_lib import rng
from ssad_lib.augment.ranges import draw_hyperparameters, ranged, with_hyperparameters
from ssad_lib.errors import SsadError


def sample(name, count=400):
    draws = rng.generator("ranges", name)
    rows = [draw_hyperparameters(name, {}, draws) for _ in range(count)]
    return {key: np.array([row[key] for row in rows]) for key in rows[0]}


def uniform(values, low, high):
    return stats.kstest(values, stats.uniform(low, high - low).cdf).pvalue > 1e-3


def log_uniform(values, low, high):
    return stats.kstest(values, stats.loguniform(low, high).cdf).pvalue > 1e-3


@pytest.mark.parametrize("name", ["cutout", "cutpaste"])
def test_rectangles(name):
    drawn = sample(name)
    assert uniform(drawn["area"], 0.02, 0.15)
    assert log_uniform(drawn["aspect"], 0.3, 3.3)


def test_patches_and_angles():
    drawn = sample("cutdiff")
    assert log_uniform(drawn["size"], 1e-4, 0.2)
    assert log_uniform(drawn["ratio"], 0.25, 4)
    assert uniform(drawn["angle"], 0, 180)
    assert uniform(sample("rotation")["angle"], 0, 360)


@pytest.mark.parametrize("name", ranged())
def test_all_images_get_the_hyperparameters_but_a_place_of_their_own(name):
    drawn = draw_hyperparameters(name, {}, rng.generator("one", name))
    made = with_hyperparameters(name, {}, drawn)
    parameters = made.draw(50, rng.generator("places"), (3, 64, 64))
    if name in ("cutout", "cutpaste"):
        assert len(parameters["height"].unique()) == len(parameters["width"].unique()) == 1
        share = (parameters["height"][0] * parameters["width"][0]).item() / 64**2
        assert share == pytest.approx(drawn["area"], rel=0.15)
        tall = (parameters["height"][0] / parameters["width"][0]).item()
        expected = drawn["aspect"] if name == "cutout" else 1 / drawn["aspect"]
        assert tall == pytest.approx(expected, rel=0.15)
    else:
        assert all(getattr(made.operation, key) == value for key, value in drawn.items())
    places = {"rotation": 0}.get(name, 2)
    assert sum(len(value.unique(dim=0)) > 10 for value in parameters.values()) >= places


def test_what_is_given_is_not_drawn_and_changes_no_other_draw():
    free = draw_hyperparameters("CutDiff", {}, rng.generator(1))
    fixed = draw_hyperparameters("cutdiff", {"ratio": 2.0}, rng.generator(1))
    assert fixed == {key: free[key] for key in ("size", "angle")}
    assert with_hyperparameters("cutdiff", {"ratio": 2.0}, fixed).operation.ratio == 2


def test_augmentations_without_hyperparameters_are_refused():
    with pytest.raises(SsadError, match="draw those of cutout, cutpaste, cutdiff, rotation"):
        draw_hyperparameters("flip", {}, torch.Generator())
