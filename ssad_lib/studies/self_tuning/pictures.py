"""True anomalies beside what ST-SSAD made of normal images (paper 001, figures 5 and 6)."""

from __future__ import annotations

from collections.abc import Iterable

import numpy as np
import torch
from numpy.typing import NDArray
from torch import Tensor

from ssad_lib import augment, data, rng
from ssad_lib.engine.images import tested_images, training_images
from ssad_lib.errors import SsadError
from ssad_lib.record import NORMAL, Record
from ssad_lib.studies.self_tuning.methods import TUNED, method_of
from ssad_lib.widgets import Axis, SpriteBrowser, side_by_side

SHOWN = 4  # images in a row
HEADS = ("normal", "anomaly", "learned")


def browser(records: Iterable[Record]) -> SpriteBrowser:
    """Return the widget that shows normal images, anomalies, and images augmented as was learned.

    One frame per task, of the first seed: a row each.
    """
    mine = [r for r in records if not r.error and method_of(r.spec) == TUNED]
    if not mine:
        raise SsadError("no run of ST-SSAD has finished")
    first = min(record.spec.seed for record in mine)
    chosen = [record for record in mine if record.spec.seed == first]
    names = [_task(record) for record in chosen]
    return SpriteBrowser.from_frames(
        np.stack([_frame(record) for record in chosen]),
        [Axis("Task", names)],
        alt=lambda at: (
            f"{names[at]}: a row of normal test images, a row of anomalies, a row of training "
            f"images augmented as was learned, {_said(chosen[at])}."
        ),
        caption=lambda at: f"{names[at]}: rows {', '.join(HEADS)} ({_said(chosen[at])})",
        scale=2,
        quality=90,
    )


def _task(record: Record) -> str:
    spec = record.spec
    anomaly = spec.unlabelled.split("/", 1)[1]
    surface = spec.image_set.split(":")[-1]
    normal = data.class_names(spec.image_set)[spec.normal_class]
    return f"{surface}, {anomaly}" if normal == "good" else f"{normal} against {anomaly}"


def _said(record: Record) -> str:
    known = record.measures
    (task,) = record.tasks
    size = f"size {known['size']:.3f}, ratio {known['ratio']:.2f}, " if "size" in known else ""
    return f"{size}angle {known['angle']:.0f}°, AUC {task.auc:.3f}"


def _frame(record: Record) -> NDArray[np.uint8]:
    """Return the three rows as one RGB frame."""
    spec = record.spec
    tested = tested_images(spec)
    names = [name for name in ("size", "ratio", "angle") if name in record.measures]
    learned = {name: record.measures[name] for name in names}
    augmentation = augment.get(spec.augmentation, **dict(spec.augmentation_options), **learned)
    trained = training_images(spec)[:SHOWN]
    rows = (
        tested[NORMAL][:SHOWN],
        tested[spec.unlabelled][:SHOWN],
        augmentation(trained, rng.generator("pictures", spec.key)),
    )
    return np.concatenate([side_by_side(*_filled(row)) for row in rows], axis=0)


def _filled(row: Tensor) -> Tensor:
    """Return a row of `SHOWN` images: white ones stand where a kind of defect has fewer."""
    missing = max(0, SHOWN - len(row))
    return torch.cat([row, row.new_ones(missing, *row.shape[1:])])
