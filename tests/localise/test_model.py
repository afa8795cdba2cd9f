from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest
import torch

from ssad_lib import data, rng
from ssad_lib.detectors import PatchCore
from ssad_lib.errors import SsadError
from ssad_lib.localise import Model, train
from ssad_lib.localise.model import HELD_OUT, maps_of
from ssad_lib.localise.thresholds import choose
from ssad_lib.recommend import Folder, read_folder
from tests.localise.conftest import NORMAL, SIZE


def noise(count: int, copies: int = 0) -> Folder:
    images = torch.rand(count, 3, 32, 32, generator=torch.Generator().manual_seed(0))
    return Folder(Path("noise"), tuple(map(str, range(count))), images, (), copies)


def test_a_memory_keeps_all_normal_images_and_holds_each_out_in_turn(
    model: Model, parts: Path
) -> None:
    assert model.trained_on == len(model.held_out) == NORMAL
    assert model.in_turn
    normal = read_folder(parts / "normal", SIZE).images
    peaks = maps_of(model.detector, normal).max(axis=(1, 2))
    assert (model.held_out >= peaks).all()  # others are no nearer than all
    assert model.held_out.mean() > 1.02 * peaks.mean()


def test_images_held_out_in_turn_promise_at_least_what_comes_true() -> None:
    """Of 200 pieces 24 are remembered, the others new: not more are flagged than is promised."""
    surfaces = data.load("textures:carpet", images_per_class=200, size=32).images
    images = torch.from_numpy(surfaces).float() / 255
    rates: dict[float, list[float]] = {0.08: [], 0.2: []}
    bounded = 0
    for draw in range(40):
        order = torch.randperm(200, generator=rng.generator("draw", draw))
        detector = PatchCore(cache=True, random_state=draw).fit(images[order[:24]])
        peaks = detector.localise(images[order[24:]]).max(axis=(1, 2))
        for rate, found in rates.items():
            threshold = choose(detector.peaks_, rate, in_turn=True)
            assert threshold.expected == pytest.approx(rate)
            found.append(float((peaks >= threshold.value).mean()))
            bounded += found[-1] <= threshold.interval[1]
    for rate, found in rates.items():
        assert rate / 3 < np.mean(found) < rate
    assert bounded / 80 > 0.95


def test_one_seed_is_one_model_and_another_holds_out_others() -> None:
    settings = {"epochs": 1, "width": 2}
    first, again, other = (
        train(noise(20), "split", seed=seed, settings=settings) for seed in (0, 0, 1)
    )
    assert np.array_equal(first.held_out, again.held_out)
    assert not np.array_equal(first.held_out, other.held_out)
    assert first.trained_on == 20 - round(HELD_OUT * 20)


def test_the_split_detector_is_trained_and_says_where() -> None:
    settings = {"epochs": 1, "width": 2}
    found = train(noise(20), "split", settings=settings)
    assert type(found.detector).__name__ == "SplitDRAEM"
    assert found.held_out.shape == (5,)
    assert ((found.held_out > 0) & (found.held_out < 1)).all()
    assert not found.in_turn


def test_what_cannot_be_is_one_line() -> None:
    with pytest.raises(SsadError, match="noise has 19, and 20 or more are needed"):
        train(noise(19))
    with pytest.raises(SsadError, match=r"has 4 different ones \(30 copies left out\)"):
        train(noise(4, copies=30))
    with pytest.raises(SsadError, match="unknown detector 'patchcor': did you mean 'patchcore'"):
        train(noise(20), "patchcor")
    flat = noise(20)
    flat.images[:11] = 0.5
    with pytest.raises(SsadError, match="11 of 20 normal images of noise are nearly of one colour"):
        train(flat)
