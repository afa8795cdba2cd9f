from __future__ import annotations

from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest
import torch

from ssad_lib.data.decode import Origin
from ssad_lib.localise import Model, localise
from ssad_lib.localise.findings import Findings, sizes
from ssad_lib.localise.thresholds import Threshold
from ssad_lib.localise.truth import read_masks
from ssad_lib.metrics import auroc
from ssad_lib.recommend import Folder, read_folder
from tests.localise.conftest import SIZE


@pytest.fixture(scope="module")
def findings(model: Model, parts: Path) -> Findings:
    images = read_folder(parts / "images", SIZE)
    return localise(model, images, rate=0.2, masks=read_masks(parts / "masks", images)[0])


def test_defects_come_first(findings: Findings) -> None:
    table = findings.table()
    assert list(table["score"]) == sorted(table["score"], reverse=True)
    assert table["image"].str.startswith("good/").tolist()[-3:] == [True] * 3
    assert table["defective"].tolist() == [True] * 6 + [False] * 3
    assert auroc(table["defective"], table["score"]) == 1
    assert table["flagged"].tolist()[:6] == [True] * 6


def test_precision_and_recall_are_of_the_pixels_above_the_threshold(findings: Findings) -> None:
    marked = findings.maps >= findings.threshold.value
    hits = (marked & findings.masks).sum()
    said = findings.summary()[2]
    assert f"{hits / marked.sum():.1%} of the marked pixels" in said
    assert f"{hits / findings.masks.sum():.1%} of the defective pixels" in said
    assert "image AUROC 1.000" in said
    assert f"expect at most {findings.threshold.expected:.1%} false alarms" in findings.summary()[1]
    unknown = replace(findings, masks=None)
    assert len(unknown.summary()) == 2
    assert "defective" not in unknown.table()


def tiny(maps: np.ndarray, origins: tuple[Origin, ...] = ()) -> Findings:
    count, *shape = maps.shape
    folder = Folder(Path("x"), tuple("abc"[:count]), torch.zeros(count, 3, *shape), origins)
    empty = Model("patchcore", None, shape[1], 30, np.ones(9, np.float32))  # type: ignore[arg-type]
    return Findings(empty, folder, maps.astype(np.float32), Threshold(1.5, 0, 9, 0.1))


def test_boxes_are_in_pixels_of_the_files() -> None:
    maps = np.zeros((2, 10, 10))
    maps[1, 2:4, 5:9] = 2
    origin = Origin(200, 50, "PNG", grey=False, frames=1, transparent=False)
    first, second = tiny(maps, (origin, origin)).table().to_dict("records")
    box = {"left": 100, "top": 10, "right": 180, "bottom": 20}
    assert first == {"image": "b", "score": 2.0, "flagged": True, "marked": 0.08, **box}
    assert not second["flagged"]
    assert tiny(maps).table().loc[0, ["left", "bottom"]].tolist() == [5, 4]
    csv = tiny(maps).table().to_csv(index=False).splitlines()
    assert csv == [
        "image,score,flagged,marked,left,top,right,bottom",
        "b,2.0,True,0.08,5,2,9,4",
        "a,0.0,False,0.0,,,,",
    ]


def test_the_terminal_names_the_first_ten(findings: Findings) -> None:
    lines = replace(findings, notes=("A note.",)).text().splitlines()
    assert lines[0] == "A note."
    assert lines[1].startswith(f"{(findings.scores >= findings.threshold.value).sum()} of 9 images")
    ranked = [line.split() for line in lines[lines.index("") + 1 :]]
    assert [line[3] for line in ranked] == findings.table()["image"].tolist()
    assert ranked[0][2] == "flagged"


def test_sizes_that_were_changed_are_said() -> None:
    square = Origin(64, 64, "PNG", grey=False, frames=1, transparent=False)
    folder = Folder(Path("x"), ("a",) * 4, torch.zeros(4, 3, 32, 32), (square,) * 4)
    assert sizes("images", folder) == []
    mixed = (square, square, square, replace(square, width=128))
    assert sizes("images", replace(folder, origins=mixed)) == [
        "The images have 2 sizes (most often 64×64, 3 of 4); all were brought to 32×32 pixels.",
        "1 of 4 images are not square and were pressed into 32×32 pixels.",
    ]
