"""A model comes back from its folder as it was; what is damaged is refused, and nothing is run."""

from __future__ import annotations

import json
from pathlib import Path

import numpy as np
import pytest
import torch
from safetensors.torch import load_file, save_file

from ssad_lib.errors import SsadError
from ssad_lib.localise import Model, saved, train
from tests.localise.test_model import noise

IMAGES = torch.rand(3, 3, 64, 64, generator=torch.Generator().manual_seed(1))


@pytest.fixture
def folder(model: Model, tmp_path: Path) -> Path:
    saved.save(model, tmp_path / "new" / "model")
    return tmp_path / "new" / "model"


def test_a_model_comes_back_as_it_was(model: Model, folder: Path) -> None:
    back = saved.load(folder)
    assert (back.name, back.size, back.trained_on) == ("patchcore", 64, model.trained_on)
    assert np.array_equal(back.held_out, model.held_out)
    assert np.array_equal(back.detector.localise(IMAGES), model.detector.localise(IMAGES))
    assert np.array_equal(back.detector.predict(IMAGES), model.detector.predict(IMAGES))
    assert back.detector.get_params() == model.detector.get_params()
    assert np.array_equal(back.detector.labels_, model.detector.labels_)
    assert {path.name for path in folder.iterdir()} == {"model.json", "model.safetensors"}


def test_the_split_detector_comes_back_too(tmp_path: Path) -> None:
    trained = train(noise(20), "split", settings={"epochs": 1, "width": 2})
    saved.save(trained, tmp_path)
    images = IMAGES[:, :, :32, :32]
    back = saved.load(tmp_path).detector
    np.testing.assert_allclose(
        back.localise(images), trained.detector.localise(images), rtol=1e-5, atol=1e-7
    )


def test_saving_again_replaces(model: Model, folder: Path) -> None:
    (folder / "mine.txt").write_text("kept")
    saved.save(model, folder)
    assert len(list(folder.iterdir())) == 3
    assert saved.load(folder).size == 64


def rewrite(folder: Path, **changes: object) -> None:
    facts = json.loads((folder / "model.json").read_text("utf-8"))
    (folder / "model.json").write_text(json.dumps({**facts, **changes}), "utf-8")


def damage(folder: Path, what: str) -> None:
    tensors = folder / "model.safetensors"
    if what == "nothing":
        (folder / "model.json").unlink()
    elif what == "text":
        (folder / "model.json").write_text("{")
    elif what == "form":
        rewrite(folder, form=0)
    elif what == "bits":
        content = bytearray(tensors.read_bytes())
        content[-1] ^= 1
        tensors.write_bytes(content)
    elif what == "another":
        save_file({**load_file(tensors), "bank": torch.zeros(1, 152)}, tensors)
    elif what == "facts":
        rewrite(folder, parameters={"nonsense": 1})
    elif what == "encoder":
        rewrite(folder, encoder={"name": "efficientnet-lite0", "version": "0"})
    elif what == "missing":
        tensors.unlink()


@pytest.mark.parametrize(
    ("what", "message"),
    [
        ("nothing", "no model in .*: write one with ssad localise"),
        ("text", "is damaged: model.json is no JSON"),
        ("form", "was written by another version of ssad; train it again"),
        ("bits", "model.safetensors is not the file that model.json was written with"),
        ("another", "model.safetensors is not the file"),
        ("facts", "is damaged: it lacks what a model has"),
        ("encoder", "trained with efficientnet-lite0 0 and here is"),
        ("missing", "could not read the model"),
    ],
)
def test_what_is_damaged_is_one_line(folder: Path, what: str, message: str) -> None:
    damage(folder, what)
    with pytest.raises(SsadError, match=message):
        saved.load(folder)


def test_a_full_disk_leaves_the_model_that_was_there(
    model: Model, folder: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    def full(_: int) -> None:
        raise OSError(28, "No space left on device")

    monkeypatch.setattr(saved.os, "fsync", full)
    with pytest.raises(SsadError, match="disk is full"):
        saved.save(model, folder)
    assert len(list(folder.iterdir())) == 2
    assert saved.load(folder).size == 64
