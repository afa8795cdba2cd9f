from __future__ import annotations

from dataclasses import replace
from pathlib import Path

import pytest
import torch

from ssad_lib.data.decode import Origin
from ssad_lib.recommend.differences import caveats, differences
from ssad_lib.recommend.folders import Folder

PLAIN = Origin(100, 80, "PNG", grey=False, frames=1, transparent=False)


@pytest.mark.parametrize(
    ("change", "said"),
    [
        ({"grey": True}, "normal images are in colour, unlabelled ones grey"),
        ({"width": 50, "height": 40}, "have 100×80 pixels, unlabelled ones 50×40"),
        ({"height": 81}, "have 100×80 pixels, unlabelled ones 100×81"),
        ({"kind": "JPEG"}, "normal images are PNG files, unlabelled ones JPEG"),
    ],
)
def test_a_difference_of_kind_is_said(change: dict[str, object], said: str) -> None:
    other = replace(PLAIN, **change)  # type: ignore[arg-type]
    (found,) = differences([PLAIN] * 5, [other] * 4)
    assert found.endswith(said) or said in found
    assert differences([PLAIN] * 5, [PLAIN] * 4) == []
    assert differences([other] * 5, [other] * 4) == []


def test_groups_that_are_mixed_alike_do_not_differ() -> None:
    mixed = [
        replace(PLAIN, width=100 + 7 * i, grey=i % 2 == 0, kind="PNG" if i % 3 else "JPEG")
        for i in range(12)
    ]
    assert differences(mixed, mixed[::-1][:9]) == []


def test_sizes_of_many_photographs_are_compared_by_their_middle() -> None:
    small = [replace(PLAIN, width=100 + i, height=80 + i) for i in range(9)]
    large = [replace(PLAIN, width=200 + i, height=160 + i) for i in range(9)]
    assert differences(small, large) == [
        "normal images have about 104×84 pixels, unlabelled ones about 204×164"
    ]


def folder(count: int, copies: int = 0, **change: object) -> Folder:
    images = torch.rand(count, 3, 8, 8, generator=torch.Generator().manual_seed(0))
    origins = (replace(PLAIN, **change),) * count  # type: ignore[arg-type]
    return Folder(Path("x"), tuple(map(str, range(count))), images, origins, copies)


def test_caveats_are_sentences() -> None:
    assert caveats(folder(5), folder(5)) == ()
    flat = folder(5)
    flat.images[:2] = 0.5
    said = caveats(folder(5, copies=3), replace(flat, origins=folder(5, kind="JPEG").origins))
    assert said[0] == "3 of 8 normal images are copies of others and were left out."
    assert said[1] == "2 of 5 unlabelled images are nearly of one colour."
    assert said[2].startswith("The folders differ in more than anomalies: normal images are PNG")
    assert len(said) == 3


def test_images_that_come_from_no_file_are_not_compared() -> None:
    assert caveats(replace(folder(5), origins=()), folder(5, grey=True)) == ()
