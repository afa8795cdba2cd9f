from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest
import torch

from ssad_lib.errors import SsadError
from ssad_lib.localise import Model, train
from ssad_lib.localise.model import HELD_OUT, maps_of
from ssad_lib.recommend import Folder, read_folder
from tests.localise.conftest import NORMAL, SIZE


def noise(count: int, copies: int = 0) -> Folder:
    images = torch.rand(count, 3, 32, 32, generator=torch.Generator().manual_seed(0))
    return Folder(Path("noise"), tuple(map(str, range(count))), images, (), copies)


def test_a_quarter_of_the_normal_images_is_held_out(model: Model, parts: Path) -> None:
    assert model.trained_on == NORMAL - round(HELD_OUT * NORMAL)
    assert len(model.held_out) == round(HELD_OUT * NORMAL)
    assert len(model.detector.decision_scores_) == model.trained_on
    normal = read_folder(parts / "normal", SIZE)
    peaks = maps_of(model.detector, normal.images).max(axis=(1, 2))
    trained = [peak for peak in peaks if np.abs(model.held_out - peak).min() > 1e-3 * peak]
    assert len(trained) == model.trained_on
    assert np.mean(trained) < model.held_out.mean()  # what it has seen is nearer to its memory


def test_one_seed_is_one_model_and_another_holds_out_others() -> None:
    first, again, other = (train(noise(20), seed=seed).held_out for seed in (0, 0, 1))
    assert np.array_equal(first, again)
    assert not np.array_equal(first, other)


def test_the_split_detector_is_trained_and_says_where() -> None:
    settings = {"epochs": 1, "width": 2}
    found = train(noise(20), "split", settings=settings)
    assert type(found.detector).__name__ == "SplitDRAEM"
    assert found.held_out.shape == (5,)
    assert ((found.held_out > 0) & (found.held_out < 1)).all()


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
