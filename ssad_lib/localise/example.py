"""Folders of which the truth is known, for the chapter: an embedded surface, defects and masks."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

import matplotlib.pyplot as plt
import numpy as np
import pandas as pd
import torch
from numpy.typing import NDArray
from scipy.ndimage import gaussian_filter
from torch import Tensor

from ssad_lib import data, metrics, pixels
from ssad_lib.localise.findings import Findings
from ssad_lib.recommend.folders import Folder
from ssad_lib.statistics import binomial_interval

SIGMA = 4.0  # of the map of the mean image, as PatchCore's


def label(settings: Mapping[str, Any]) -> str:
    """Return what a chapter's parameters draw, for the line under which its numbers stand."""
    return (
        f"{settings['image_set']}, {settings['images_per_class']} normal images, "
        f"{settings['test_images_per_class']} of each kind to look at, "
        f"{settings['size']}×{settings['size']}"
    )


def folders(settings: Mapping[str, Any]) -> tuple[Folder, Folder, NDArray[np.bool_]]:
    """Return normal images, images to look at, and the masks that a user may not have.

    Parameters
    ----------
    settings : mapping
        image_set, images_per_class, test_images_per_class, size.
    """
    name, size = settings["image_set"], settings["size"]
    train = data.load(name, images_per_class=settings["images_per_class"], size=size)
    count = settings["test_images_per_class"]
    test = data.load(name, split="test", images_per_class=count, size=size)
    assert test.masks is not None
    kinds = [test.classes[kind] for kind in test.labels]
    names = [f"{kind}/{place % count:03}.png" for place, kind in enumerate(kinds)]
    normal = [f"{place:03}.png" for place in range(len(train))]
    return (
        _folder("normal", train.images, normal),
        _folder("images", test.images, names),
        np.array(test.masks),
    )


def mean_image_maps(normal: Folder, images: Folder) -> NDArray[np.float32]:
    """Return how far each pixel is from that of the mean normal image: what no network knows."""
    distance = (images.images - normal.images.mean(dim=0)).abs().mean(dim=1).numpy()
    return np.stack([gaussian_filter(one, SIGMA) for one in distance])


def measured(methods: Mapping[str, NDArray[np.float32]], masks: NDArray[np.bool_]) -> pd.DataFrame:
    """Return a row for each method's maps ``(N, H, W)``: how well images and pixels are found."""
    rows = {}
    for name, maps in methods.items():
        found = pixels.measure(maps, masks)
        rows[name] = {
            "image AUROC": metrics.auroc(masks.any(axis=(1, 2)), maps.max(axis=(1, 2))),
            "pixel AUROC": found.auroc,
            "average precision": found.average_precision,
            "AUPRO": found.aupro,
            "best F1": found.f1,
        }
    return pd.DataFrame.from_dict(rows, orient="index").rename_axis("maps")


def pictures(
    findings: Findings, chosen: Sequence[int]
) -> tuple[dict[str, NDArray[Any] | Tensor], str]:
    """Return rows of images, and in words what they are.

    Images above their heat maps, what the threshold marks, and the truth.
    """
    assert findings.masks is not None
    index = list(chosen)
    marked = findings.maps[index] >= findings.threshold.value
    rows: dict[str, NDArray[Any] | Tensor] = {
        "image": findings.images.images[index],
        "heat map": _coloured(findings.maps[index], findings.threshold.value),
        "marked": marked[:, None].astype(np.float32),
        "truth": findings.masks[index][:, None].astype(np.float32),
    }
    names = ", ".join(findings.images.names[i].split("/")[0] for i in index)
    return rows, (
        f"Images of the kinds {names}, below each its heat map, what the threshold marks of it, "
        "and what is defective."
    )


def one_of_each(findings: Findings) -> list[int]:
    """Return the first image of each kind, in the order of the folder."""
    first: dict[str, int] = {}
    for place, name in enumerate(findings.images.names):
        first.setdefault(name.split("/")[0], place)
    return list(first.values())


def promises(held_out: Sequence[int]) -> pd.DataFrame:
    """Return what a threshold above all of some held-out normal images promises."""
    rows = {
        count: {
            "expected false alarms": f"{1 / (count + 1):.1%}",
            "at most, with 97.5 %": f"{binomial_interval(0, count)[1]:.1%}",
        }
        for count in held_out
    }
    return pd.DataFrame.from_dict(rows, orient="index").rename_axis("held-out images")


def _coloured(maps: NDArray[np.float32], threshold: float) -> NDArray[np.float32]:
    """Return maps as colours ``(n, 3, H, W)``; the threshold is in the middle of the scale."""
    low = float(maps.min())
    scaled = np.clip((maps - low) / (2 * max(threshold - low, 1e-9)), 0, 1)
    colours = plt.get_cmap("magma")(scaled)[..., :3]
    return np.asarray(colours.transpose(0, 3, 1, 2), np.float32)


def _folder(name: str, images: NDArray[np.uint8], names: Sequence[str]) -> Folder:
    return Folder(Path(name), tuple(names), torch.from_numpy(np.array(images)).float() / 255)
