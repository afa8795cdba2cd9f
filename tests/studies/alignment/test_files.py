"""The cache computes once and rebuilds what is damaged; committed values keep their bits."""

import numpy as np
import pandas as pd
import pytest

from ssad_lib import paths
from ssad_lib.errors import SsadError
from ssad_lib.studies import alignment
from ssad_lib.studies.alignment import files


@pytest.fixture
def once(thumbnails, settings, monkeypatch):
    """The measured table, with the function that measures counting its calls."""
    calls = []
    true = files.measured

    def counted(plan):
        calls.append(plan)
        return true(plan)

    monkeypatch.setattr(files, "measured", counted)
    return alignment.of(settings), calls


def entries():
    return sorted((paths.home() / "alignment").iterdir())


def test_nothing_is_stored_before_it_is_measured(thumbnails, settings):
    assert alignment.stored(settings) is None


def test_measured_once(once, settings):
    frame, calls = once
    again = alignment.of(settings)
    pd.testing.assert_frame_equal(again, frame)
    pd.testing.assert_frame_equal(alignment.stored(settings), frame)
    del settings["width"]  # of a detector, not of alignment
    pd.testing.assert_frame_equal(alignment.measure(**settings), frame)
    assert len(calls) == 1
    assert len(entries()) == 1


@pytest.mark.parametrize(
    "change",
    [
        {"draws": 1},
        {"samples": 8},
        {"normal_classes": [3]},
        {"images_per_class": 31},
        {"test_images_per_class": 21},
        {"seed": 1},
    ],
)
def test_other_settings_are_other_entries(once, settings, change):
    assert alignment.stored(settings | change) is None


def test_another_version_of_the_encoder_is_another_entry(once, settings, monkeypatch):
    from ssad_lib.studies.alignment import measuring

    older = measuring.encoder("stand-in")
    changed = type(older)(older.name, "2", older.comparable, older.note, older.embed)
    monkeypatch.setattr(measuring, "encoder", lambda name, size=0: changed)
    assert alignment.stored(settings) is None


@pytest.mark.parametrize("damage", ["cut", "flipped", "empty", "other"])
def test_a_damaged_entry_is_rebuilt(once, settings, damage):
    frame, calls = once
    (entry,) = entries()
    content = bytearray(entry.read_bytes())
    if damage == "cut":
        content = content[: len(content) // 2]
    elif damage == "flipped":
        # In the middle of the compressed values, not in the padding of a header.
        content[len(content) // 2] ^= 0xFF
    elif damage == "empty":
        content = bytearray()
    entry.write_bytes(content)
    if damage == "other":
        np.savez(entry, something=np.zeros(3))
    assert alignment.stored(settings) is None
    pd.testing.assert_frame_equal(alignment.of(settings), frame)
    assert len(calls) == 2
    assert entries() == [entry]


def test_a_full_disk_is_one_line_and_leaves_nothing(thumbnails, settings, monkeypatch):
    def full(*arguments, **named):
        raise OSError(28, "No space left on device")

    monkeypatch.setattr("ssad_lib.arrays.os.fsync", full)
    with pytest.raises(SsadError, match="disk is full"):
        alignment.of(settings)
    assert entries() == []


def test_committed_values_keep_their_bits(once, tmp_path, monkeypatch):
    frame, _ = once
    monkeypatch.setattr(paths, "RESULTS", tmp_path)
    alignment.write(frame, tmp_path / "digits-reduced")
    pd.testing.assert_frame_equal(alignment.committed("digits-reduced"), frame)


def test_results_without_alignment_have_none(tmp_path, monkeypatch):
    monkeypatch.setattr(paths, "RESULTS", tmp_path)
    (tmp_path / "cifar10-reduced").mkdir()
    assert alignment.committed("cifar10-reduced") is None
    with pytest.raises(SsadError, match="did you mean 'cifar10-reduced'"):
        alignment.committed("cifar10-reducd")


@pytest.mark.parametrize("text", ["", "a,b\n1,2\n", "mmd\n0.1\n"])
def test_damaged_committed_values_are_an_error(tmp_path, monkeypatch, text):
    monkeypatch.setattr(paths, "RESULTS", tmp_path)
    (tmp_path / "mine").mkdir()
    (tmp_path / "mine" / "mmd.csv").write_text(text)
    with pytest.raises(SsadError, match=r"mmd\.csv is damaged"):
        alignment.committed("mine")
