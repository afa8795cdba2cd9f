"""A whole small study, run by the engine and by the loop of the released design.

Ours: planned, trained in processes, every task scored once at the end, stored record by record.
Theirs: one network after the other, all test images scored after every epoch, nothing kept.
"""

from __future__ import annotations

import tempfile
from collections.abc import Iterator, Sequence
from itertools import count
from pathlib import Path
from typing import Any

from ssad_lib.bench.cases import Case, Variant
from ssad_lib.bench.released import ReleasedLoop
from ssad_lib.engine import execute
from ssad_lib.engine.images import image_set
from ssad_lib.spec import RunSpec
from ssad_lib.store import Store
from ssad_lib.studies.grid import Budget

AUGMENTATIONS = ("cutout", "flip", "invert", "geom")
PAPER = {"width": 64, "epochs": 2, "batch_size": 256, "learning_rate": 1e-3, "size": 0}
PAPER_IMAGES = {"images_per_class": 1000, "test_images_per_class": 200}
TINY = {"width": 4, "epochs": 1, "batch_size": 16, "learning_rate": 1e-3, "size": 0}
TINY_IMAGES = {"images_per_class": 32, "test_images_per_class": 8}


def cases(quick: bool) -> Iterator[Case]:
    """Yield the study in float32 and in bfloat16, each beside the loop."""
    settings: dict[str, Any] = {**(TINY | TINY_IMAGES if quick else PAPER | PAPER_IMAGES)}
    settings |= {"image_set": "street-digits", "normal_classes": [0], "seeds": [0]}
    names = AUGMENTATIONS[:1] if quick else AUGMENTATIONS
    with tempfile.TemporaryDirectory() as folder:
        numbers = count()
        for precision in ("bfloat16", "float32"):
            budget = Budget.of({**settings, "precision": precision})
            specs = [spec for name in names for spec in budget.specs("DAE", name)]

            def ours(specs: Sequence[RunSpec] = specs) -> None:
                execute(specs, Store(Path(folder) / f"{next(numbers)}.sqlite"))

            def theirs(specs: Sequence[RunSpec] = specs) -> None:
                for spec in specs:
                    _loop(spec)

            epochs, images = settings["epochs"], settings["images_per_class"]
            yield Case(
                name=f"{len(specs)} DAE of width {settings['width']}, {epochs} epochs, {precision}",
                unit="runs",
                variants=(
                    Variant("engine", call=ours, amount=len(specs)),
                    Variant("released design", call=theirs, amount=len(specs)),
                ),
                repetitions=2,
                warm_up=0,
                shortest=0,
                note=f"street-digits, {images:,} training images; starting processes included",
            )


def _loop(spec: RunSpec) -> None:
    """Train one run of the study as the released design does."""
    chosen: dict[str, Any] = dict(spec.detector_options)
    normals = image_set(spec, "train").of_class(spec.normal_class)
    loop = ReleasedLoop(
        normals,
        image_set(spec, "test").images,
        spec.augmentation,
        width=chosen["width"],
        batch_size=chosen["batch_size"],
    )
    for _ in range(chosen["epochs"]):
        loop.train_epoch()
        loop.evaluate()
