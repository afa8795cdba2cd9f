"""Features are computed once for the same images, and again for whatever differs or is damaged."""

from __future__ import annotations

import os

import pytest
import torch
from torch import Tensor

from ssad_lib import arrays, paths
from ssad_lib.encoders import remembered as module
from ssad_lib.encoders.remembered import remembered
from ssad_lib.errors import SsadError

IMAGES = torch.linspace(0, 1, 5 * 3 * 4 * 4).view(5, 3, 4, 4)


class Counted:
    """An encoder that counts how often it is asked."""

    def __init__(self) -> None:
        self.calls = 0

    def __call__(self, images: Tensor) -> Tensor:
        self.calls += 1
        return images.flatten(1)[:, :7].contiguous()


def entries() -> list:  # type: ignore[type-arg]
    return sorted((paths.home() / "features").iterdir())


def test_the_same_images_are_embedded_once() -> None:
    counted = Counted()
    first = remembered("a", "1", counted)(IMAGES)
    again = remembered("a", "1", counted)(IMAGES.clone())
    assert torch.equal(first, again)
    assert again.dtype == torch.float32
    assert counted.calls == 1


def test_one_bit_another_shape_name_or_version_is_another_entry() -> None:
    counted = Counted()
    known = remembered("a", "1", counted)
    known(IMAGES)
    other = IMAGES.clone()
    other[4, 2, 3, 3] = torch.nextafter(other[4, 2, 3, 3], torch.tensor(2.0))
    for calls, (name, version, images) in enumerate(
        [("a", "1", other), ("a", "1", IMAGES.view(5, 3, 2, 8)), ("b", "1", IMAGES),
         ("a", "2", IMAGES), ("a", "1", IMAGES[:4])], start=2,
    ):  # fmt: skip
        expected = images.flatten(1)[:, :7]
        assert torch.equal(remembered(name, version, counted)(images), expected)
        assert counted.calls == calls
    assert len(entries()) == 6


@pytest.mark.parametrize("damage", ["cut", "flipped", "empty", "other", "short"])
def test_a_damaged_entry_is_computed_again(damage: str) -> None:
    counted = Counted()
    known = remembered("a", "1", counted)
    expected = known(IMAGES)
    (entry,) = entries()
    content = bytearray(entry.read_bytes())
    if damage == "cut":
        content = content[: len(content) // 2]
    elif damage == "flipped":
        content[len(content) // 3] ^= 0xFF
    elif damage == "empty":
        content = bytearray()
    entry.write_bytes(content)
    if damage == "other":
        arrays.publish({"something": expected.numpy()}, entry, "it")
    elif damage == "short":
        arrays.publish({"features": expected.numpy()[:3]}, entry, "it")
    assert torch.equal(known(IMAGES), expected)
    assert counted.calls == 2
    assert torch.equal(known(IMAGES), expected)
    assert counted.calls == 2
    assert entries() == [entry]


def test_above_the_limit_those_read_longest_ago_go(monkeypatch: pytest.MonkeyPatch) -> None:
    counted = Counted()
    known = remembered("a", "1", counted)
    sets = [IMAGES + step for step in range(6)]
    for age, images in enumerate(sets):
        known(images)
        for entry in entries():  # as if a day lay between one and the next
            if entry.stat().st_mtime > 10**6:
                os.utime(entry, (age * 1000, age * 1000))
    known(sets[0])  # read just now
    monkeypatch.setattr(module, "LIMIT", 4 * entries()[0].stat().st_size)
    known(IMAGES - 1)
    assert len(entries()) == 3
    calls = counted.calls
    known(sets[0])
    known(sets[5])
    known(IMAGES - 1)
    assert counted.calls == calls
    known(sets[1])
    assert counted.calls == calls + 1


def test_a_full_disk_is_one_line_and_leaves_nothing(monkeypatch: pytest.MonkeyPatch) -> None:
    def full(*_: object, **__: object) -> None:
        raise OSError(28, "No space left on device")

    monkeypatch.setattr(arrays.np, "savez", full)
    with pytest.raises(SsadError, match="disk is full"):
        remembered("a", "1", Counted())(IMAGES)
    assert entries() == []
