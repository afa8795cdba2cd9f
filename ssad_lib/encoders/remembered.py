"""Features that were computed before: kept by the content of the images, in a bounded cache.

Everything below the cache may be deleted at any time; what is missing or damaged is computed again.
"""

from __future__ import annotations

import contextlib
import hashlib
import os
from pathlib import Path

import numpy as np
import torch
from torch import Tensor

from ssad_lib import arrays, paths
from ssad_lib.encoders.encoder import Embed

LIMIT = 2 * 2**30  # bytes: above it those that were read longest ago go
KEPT = 0.8  # of the limit, so that files are not dropped one by one


def remembered(name: str, version: str, embed: Embed) -> Embed:
    """Return `embed` that computes the features of the same set of images once.

    Parameters
    ----------
    name, version : str
        Of the encoder: with the images they decide the features.
    embed : callable
        Takes float32 images ``(n, C, H, W)``, returns float32 features ``(n, ...)`` on the CPU.
    """

    def of(images: Tensor) -> Tensor:
        place = _place(name, version, images)
        found = arrays.read(place, ["features"])
        if found is not None and _fits(found["features"], len(images)):
            with contextlib.suppress(OSError):  # another process may have dropped it
                os.utime(place)
            return torch.from_numpy(found["features"])
        features = embed(images)
        arrays.publish({"features": features.numpy()}, place, "the features of images", np.savez)
        _drop_oldest(place.parent)
        return features

    return of


def _place(name: str, version: str, images: Tensor) -> Path:
    digest = hashlib.sha256(f"{name}|{version}|{tuple(images.shape)}|".encode())
    digest.update(images.contiguous().numpy().tobytes())
    return paths.make_folder(paths.home() / "features") / f"{digest.hexdigest()[:32]}.npz"


def _fits(features: np.ndarray, count: int) -> bool:
    return features.ndim >= 2 and len(features) == count and features.dtype == np.float32


def _drop_oldest(folder: Path) -> None:
    """Delete the files read longest ago where all together exceed the limit."""
    found = []
    for path in folder.iterdir():
        with contextlib.suppress(FileNotFoundError):
            status = path.stat()
            found.append((status.st_mtime_ns, status.st_size, path))
    total = sum(size for _, size, _ in found)
    if total <= LIMIT:
        return
    for _, size, path in sorted(found):
        if total <= KEPT * LIMIT:
            return
        path.unlink(missing_ok=True)
        total -= size
