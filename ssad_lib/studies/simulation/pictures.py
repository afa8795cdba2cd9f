"""What detectors of paper 004 make of images: reconstructions and maps, from their records."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence

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
from ssad_lib.studies.simulation.tables import SPLITS, split_of
from ssad_lib.widgets import Axis, SpriteBrowser, side_by_side

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


def browser(records: Iterable[Record], methods: Sequence[str]) -> SpriteBrowser:
    """Return the widget that shows defects of each surface and the maps of all methods.

    Parameters
    ----------
    records : iterable of Record
        With raw scores.
    methods : sequence of str
        Those without a run, or without a map, are left out.
    """
    known = list(records)
    surfaces = list(dict.fromkeys(record.spec.image_set for record in known))
    by_surface = {surface: by_method(known, surface) for surface in surfaces}
    shown = [
        name
        for name in methods
        if all(name in found and has_map(found[name]) for found in by_surface.values())
    ]
    frames, shares = [], []
    for found in by_surface.values():
        images, masks = originals(found[shown[0]].spec, "defect")
        maps = [stretched(of_record(found[name], "defect", "map")) for name in shown]
        frames.append(side_by_side(outlined(images, masks), *(_coloured(one) for one in maps)))
        shares.append(masks.mean((1, 2)))
    names = [surface.rpartition(":")[2] for surface in surfaces]

    def said(surface: int, image: int) -> str:
        share = shares[surface][image]
        return f"{names[surface]}, defect {image + 1}: {share:.1%} of the pixels are defective"

    return SpriteBrowser.from_frames(
        np.stack(frames),
        [Axis("Surface", names), Axis("Defect", len(frames[0]))],
        alt=lambda *at: f"A defect, outlined, and the maps of {', '.join(shown)}; {said(*at)}.",
        caption=said,
        heads=("defect", *shown),
        scale=2,
    )


def by_split(records: Iterable[Record], surface: str) -> dict[str, Record]:
    """Return the first record without and with a split on a surface, by their names."""
    found: dict[str, Record] = {}
    for record in records:
        if record.spec.image_set == surface and not record.error:
            found.setdefault(SPLITS[split_of(record.spec)], record)
    return dict(sorted(found.items(), reverse=True))  # without, then with


def has_map(record: Record) -> bool:
    """Whether a record keeps maps of defects."""
    return f"{PICTURE}defect/map" in record.scores


def _coloured(maps: NDArray[np.float32]) -> NDArray[np.float32]:
    """Return maps ``(n, 1, h, w)`` from black over red and yellow to white, ``(n, 3, h, w)``."""
    return np.clip(3 * maps - np.arange(3, dtype=np.float32)[:, None, None], 0, 1)


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
