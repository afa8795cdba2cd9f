"""What detectors of paper 004 make of images: reconstructions and maps, from their records."""

from __future__ import annotations

from collections.abc import Iterable, Mapping

import numpy as np
import torch
import torch.nn.functional as F
from numpy.typing import NDArray
from torch import Tensor

from ssad_lib.engine.images import image_set
from ssad_lib.engine.localisation import LARGEST, shown_images
from ssad_lib.record import PICTURE, Record
from ssad_lib.spec import RunSpec
from ssad_lib.studies.simulation.gallery import outlined
from ssad_lib.studies.simulation.methods import names_of

Rows = dict[str, NDArray[np.float32]]


def of_record(record: Record, kind: str, what: str) -> NDArray[np.float32]:
    """Return kept pictures of a record, ``(n, C, h, w)``; maps have one channel.

    Parameters
    ----------
    record : Record
        With its raw scores.
    kind : {"known", "unseen", "defect"}
        Of the images.
    what : {"map", "reconstruction"}
    """
    split, places = shown_images(record.spec)[kind]
    images = image_set(record.spec, split).images
    sides = [min(side, LARGEST) for side in images.shape[2:]]
    flat = record.scores[f"{PICTURE}{kind}/{what}"]
    return flat.reshape(len(places), -1, *sides)


def originals(spec: RunSpec, kind: str) -> tuple[NDArray[np.float32], NDArray[np.bool_]]:
    """Return the images ``(n, C, h, w)`` behind those pictures, and their masks ``(n, h, w)``."""
    split, places = shown_images(spec)[kind]
    found = image_set(spec, split)
    images = _small(torch.from_numpy(np.array(found.images[places])).float() / 255)
    masks = np.zeros((len(places), *found.images.shape[2:]), np.bool_)
    if found.masks is not None:
        masks = np.array(found.masks[places])
    small = _small(torch.from_numpy(masks[:, None]).float())[:, 0]
    return images, small >= 0.5


def defects(records: Iterable[Record], surface: str, methods: Iterable[str]) -> tuple[Rows, str]:
    """Return defects of a surface, outlined, and the map of each method, by row; and the alt text.

    Every map is stretched from its smallest to its largest value over these images.
    """
    mine = by_method(records, surface)
    shown = [name for name in methods if name in mine]
    images, masks = originals(mine[shown[0]].spec, "defect")
    rows = {"defects": outlined(images, masks)}
    for name in shown:
        rows[name] = stretched(of_record(mine[name], "defect", "map"))
    alt = (
        f"{len(images)} defects of {surface}, outlined, and below each the map of scores of "
        f"{', '.join(shown)}: bright where a pixel is called anomalous."
    )
    return rows, alt


def reconstructions(records: Mapping[str, Record]) -> tuple[Rows, str]:
    """Return what R makes of images it was trained on and of others, by row; and the alt text.

    Parameters
    ----------
    records : mapping of str to Record
        Of one surface, by how they were trained, with raw scores.
    """
    spec = next(iter(records.values())).spec
    kinds = ("known", "unseen")
    pictures = np.concatenate([originals(spec, kind)[0] for kind in kinds])
    rows = {"images": pictures}
    for name, record in records.items():
        parts = [of_record(record, kind, "reconstruction") for kind in kinds]
        rows[f"R, {name}"] = np.concatenate(parts)
        rows[f"error × 4, {name}"] = 4 * np.abs(rows[f"R, {name}"] - pictures).mean(
            1, keepdims=True
        )
    half = len(pictures) // 2
    alt = (
        f"{half} images that R was trained on and {half} test images, all normal, and below them "
        f"what R makes of each and its error, trained {' and '.join(records)}."
    )
    return rows, alt


def by_method(records: Iterable[Record], surface: str) -> dict[str, Record]:
    """Return the first record of each method on a surface."""
    found: dict[str, Record] = {}
    for record in records:
        if record.spec.image_set == surface and not record.error:
            for name in names_of(record.spec):
                found.setdefault(name, record)
    return found


def stretched(maps: NDArray[np.float32]) -> NDArray[np.float32]:
    """Return maps from 0, their smallest value, to 1, their largest."""
    low, high = float(maps.min()), float(maps.max())
    return (maps - low) / (high - low if high > low else 1.0)


def _small(images: Tensor) -> NDArray[np.float32]:
    height, width = (min(side, LARGEST) for side in images.shape[2:])
    return F.adaptive_avg_pool2d(images, (height, width)).numpy()
