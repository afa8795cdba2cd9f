"""The cache computes once and rebuilds what is damaged; committed values keep their bits."""

import numpy as np
import pandas as pd
import pytest
from filelock import FileLock

from ssad_lib import paths
from ssad_lib.errors import SsadError
from ssad_lib.studies import alignment
from ssad_lib.studies.alignment import files, measuring


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
    return sorted((paths.home() / "alignment").glob("*.npz"))


def test_nothing_is_stored_before_it_is_measured(thumbnails, settings):
    assert alignment.stored(settings) is None


def test_measured_once(once, settings):
    frame, calls = once
    again = alignment.of(settings)
    pd.testing.assert_frame_equal(again, frame)
    pd.testing.assert_frame_equal(alignment.stored(settings), frame)
    del settings["width"]  # of a detector, not of alignment
    pd.testing.assert_frame_equal(alignment.measure(**settings), frame)
    assert len(calls) == len(entries()) == len(settings["normal_classes"])
    assert [one.normal_classes for one in calls] == [(3,), (6,)]


def test_the_table_is_the_one_measured_in_one_go(once, settings):
    frame, _ = once
    pd.testing.assert_frame_equal(frame, measuring.measured(measuring.Plan.of(settings)))


def test_a_class_is_not_measured_again_for_another_choice_of_classes(once, settings):
    frame, calls = once
    alone = alignment.of(settings | {"normal_classes": [6]})
    of_six = frame[frame["normal_class"] == 6].reset_index(drop=True)
    pd.testing.assert_frame_equal(alone, of_six)
    assert len(calls) == 2
    alignment.of(settings | {"normal_classes": [6, 2]})
    assert [one.normal_classes for one in calls[2:]] == [(2,)]


def test_a_class_that_another_process_measures_is_left_to_it(thumbnails, settings, monkeypatch):
    """It is waited for when nothing else is left to do, and then not measured a second time."""
    asked = []

    def elsewhere(one):
        asked.append(one.normal_classes)
        if len(asked) == 1:  # class 6 is measured while another process works at class 3
            monkeypatch.setattr(files, "measured", true)
            files._publish(true(three), place)
            held.release()
        return true(one)

    true = files.measured
    places = files._places(measuring.Plan.of(settings))
    (three, place), _ = places.items()
    held = FileLock(paths.make_folder(place.parent / "locks") / f"{place.stem}.lock")
    held.acquire()
    monkeypatch.setattr(files, "measured", elsewhere)
    frame = alignment.of(settings)
    assert asked == [(6,)]
    assert list(frame["normal_class"].unique()) == [3, 6]


@pytest.mark.parametrize(
    "change",
    [
        {"draws": 1},
        {"samples": 8},
        {"normal_classes": [3, 5]},
        {"images_per_class": 31},
        {"test_images_per_class": 21},
        {"seed": 1},
    ],
)
def test_other_settings_are_other_entries(once, settings, change):
    assert alignment.stored(settings | change) is None


def test_another_version_of_the_encoder_is_another_entry(once, settings, monkeypatch):
    older = measuring.encoder("stand-in")
    changed = type(older)(older.name, "2", older.comparable, older.note, older.embed)
    monkeypatch.setattr(measuring, "encoder", lambda name, size=0: changed)
    assert alignment.stored(settings) is None


@pytest.mark.parametrize("damage", ["cut", "flipped", "empty", "other"])
def test_a_damaged_entry_is_rebuilt(once, settings, damage):
    frame, calls = once
    entry, other = entries()
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
    assert len(calls) == 3  # both classes, and one of them again
    assert entries() == [entry, other]


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
