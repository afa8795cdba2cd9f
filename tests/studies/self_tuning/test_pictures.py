"""Pictures of what was learned: a frame per task, rows of the images that they claim to be."""

import numpy as np
import pytest

from ssad_lib.engine import images, run
from ssad_lib.errors import SsadError
from ssad_lib.studies.self_tuning import methods, pictures, runs
from tests.studies.self_tuning import made

SETTINGS = {**made.METHODS, "surfaces": ["textures:cable"]}


@pytest.fixture(scope="module")
def record():
    specs = [s for s in runs.table_1(SETTINGS) if methods.method_of(s) == "ST-SSAD"]
    return run.perform(specs[-1])


def test_rows_are_normal_anomalous_and_learned(record):
    widget = pictures.browser([record])
    assert widget.captions[0].startswith("cable, poke: rows normal, anomaly, learned (size ")
    frame = pictures._frame(record)
    assert frame.shape == (3 * 32, pictures.SHOWN * 32, 3)
    tested = images.tested_images(record.spec)
    for row, name in enumerate(("normal", "defect/poke")):
        first = (tested[name][0].permute(1, 2, 0).numpy() * 255).round()
        assert np.abs(frame[32 * row : 32 * (row + 1), :32] - first).max() <= 1


def test_without_runs_there_is_nothing_to_show():
    with pytest.raises(SsadError, match="no run of ST-SSAD"):
        pictures.browser([])


def test_a_kind_with_few_images_leaves_white_room(record, monkeypatch):
    tested = images.tested_images(record.spec)
    few = {name: group[:1] if name != "normal" else group for name, group in tested.items()}
    monkeypatch.setattr(pictures, "tested_images", lambda spec: few)
    frame = pictures._frame(record)
    assert frame.shape == (3 * 32, pictures.SHOWN * 32, 3)
    assert (frame[32:64, 32:] == 255).all()
    assert not (frame[32:64, :32] == 255).all()
