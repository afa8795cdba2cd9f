"""A detector that says where, trained on normal images, and how high it scores unseen ones."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

import numpy as np
import torch
from numpy.typing import NDArray

from ssad_lib import rng
from ssad_lib.detectors import LocalisingDetector, PatchCore
from ssad_lib.errors import SsadError, unknown
from ssad_lib.recommend.folders import Folder, flat

LEAST = 20  # normal images
HELD_OUT = 0.25  # share of the normal images that a network is not trained on
BATCH = 32  # images whose maps are made at once


def _patchcore(seed: int, encoder: str, progress: bool) -> LocalisingDetector:
    return PatchCore(encoder, cache=True, verbose=progress, random_state=seed)


def _split(seed: int, encoder: str, progress: bool) -> LocalisingDetector:  # noqa: ARG001
    from ssad_lib.detectors import SplitDRAEM

    # A sixteenth of the paper's width and a fraction of its epochs: minutes on two cores.
    return SplitDRAEM(width=8, epochs=40, learning_rate=1e-3, random_state=seed)


DETECTORS: dict[str, Callable[[int, str, bool], LocalisingDetector]] = {
    "patchcore": _patchcore,
    "split": _split,
}
"""What ``--detector`` takes."""


@dataclass(frozen=True)
class Model:
    """A trained detector and what it says of normal images that it was not trained on.

    Attributes
    ----------
    name : str
        A key of `DETECTORS`.
    detector : LocalisingDetector
    size : int
        Side in pixels of the images it takes.
    trained_on : int
        How many normal images it was trained on.
    held_out : ndarray of float32, shape (n,)
        The highest pixel of the map of each normal image that was held out.
    """

    name: str
    detector: LocalisingDetector
    size: int
    trained_on: int
    held_out: NDArray[np.float32]

    @property
    def in_turn(self) -> bool:
        """Whether each normal image was held out of a memory that has all others."""
        return isinstance(self.detector, PatchCore)


def train(
    normal: Folder,
    name: str = "patchcore",
    *,
    seed: int = 0,
    encoder: str = "efficientnet-lite0",
    progress: bool = False,
    settings: dict[str, Any] | None = None,
) -> Model:
    """Train a detector, and let unseen normal images say how high such ones score.

    PatchCore remembers all of them and holds each out in turn. A network would have to be trained
    anew for each: it is trained on three quarters, drawn by `seed`, and the others are held out.

    Parameters
    ----------
    normal : Folder
        Images without copies.
    name : {"patchcore", "split"}
    seed : int
        Decides which images are held out, and whatever the detector draws.
    encoder : str
        Of PatchCore.
    progress : bool
        Show progress in a terminal.
    settings : dict, optional
        Other parameters of the detector.

    Raises
    ------
    SsadError
        For an unknown detector, too few images, or images with nothing on them.
    """
    if name not in DETECTORS:
        raise unknown("detector", name, DETECTORS)
    count = len(normal.names)
    check_enough(normal)
    detector = DETECTORS[name](seed, encoder, progress).set_params(**(settings or {}))
    if isinstance(detector, PatchCore):
        detector.fit(normal.images)
        return Model(name, detector, normal.images.shape[-1], count, detector.peaks_)
    order = torch.randperm(count, generator=rng.generator("localise", "held out", seed))
    trained = count - round(HELD_OUT * count)
    detector.fit(normal.images[order[:trained].sort().values])
    peaks = maps_of(detector, normal.images[order[trained:].sort().values]).max(axis=(1, 2))
    return Model(name, detector, normal.images.shape[-1], trained, peaks)


def check_enough(normal: Folder) -> None:
    """Raise `SsadError` unless a folder has enough normal images with something on them."""
    count = len(normal.names)
    if count < LEAST:
        copies = f" different ones ({normal.copies} copies left out)" if normal.copies else ""
        raise SsadError(
            f"too few normal images: {normal.path} has {count}{copies}, and {LEAST} or more are "
            "needed to train on and to find a threshold by"
        )
    if (empty := flat(normal.images)) > count / 2:
        raise SsadError(
            f"{empty} of {count} normal images of {normal.path} are nearly of one colour; check "
            "exposure, lens cap and file format"
        )


def maps_of(detector: LocalisingDetector, images: torch.Tensor) -> NDArray[np.float32]:
    """Return the maps ``(N, H, W)`` of images ``(N, C, H, W)``, made in batches."""
    return np.concatenate([detector.localise(batch) for batch in images.split(BATCH)])
