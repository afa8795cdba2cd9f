"""The command ``ssad localise NORMAL_DIR IMAGES_DIR``."""

from __future__ import annotations

import sys
from collections.abc import Sequence
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from ssad_lib.errors import SsadError, StoppedError, unknown
from ssad_lib.localise import page, saved
from ssad_lib.localise.findings import localise, sizes
from ssad_lib.localise.model import DETECTORS, Model, check_enough, train
from ssad_lib.localise.truth import read_masks
from ssad_lib.recommend.folders import (
    Folder,
    check_apart,
    check_separate,
    read_folder,
    without_copies,
)

STOPPED = {
    "patchcore": "stopped; features of images are kept, run it again to go on",
    "split": "stopped; nothing is kept of a training of minutes, run it again",
}


def run(
    folders: Sequence[Path],
    *,
    output: Path,
    detector: str = "patchcore",
    size: int = 128,
    masks: Path | None = None,
    rate: float = 0.05,
    save: Path | None = None,
    load: Path | None = None,
    encoder: str = "efficientnet-lite0",
    seed: int = 0,
) -> None:
    """Write the page and its table and print what was found.

    Parameters
    ----------
    folders : sequence of pathlib.Path
        Normal images and images to look at; with `load` the latter only.
    output : pathlib.Path
        The page.
    detector : {"patchcore", "split"}
    size : int
        Side in pixels to which images are brought.
    masks : pathlib.Path, optional
        A folder of masks of the images.
    rate : float
        Of false alarms that the threshold may have.
    save, load : pathlib.Path, optional
        Folders of a trained model.
    encoder : str
        Of PatchCore.
    seed : int
        Decides which normal images are held out, and the draws.

    Raises
    ------
    SsadError
        For everything that a user can mend; what is wrong is found before the training.
    """
    page.check_output(output)
    if not 0 < rate < 1:
        raise SsadError(f"--false-alarms must lie between 0 and 1, such as 0.05, not {rate}")
    if load is not None:
        if len(folders) != 1:
            raise SsadError("with --load name one folder, the images to look at")
        model = saved.load(load)
        images = read_folder(folders[0], model.size)
        truth, notes = _truth(masks, images)
    else:
        if len(folders) != 2:
            raise SsadError(
                "name two folders: normal images to train on, then the images to look at"
            )
        if detector not in DETECTORS:
            raise unknown("detector", detector, DETECTORS)
        check_separate(*folders)
        normal = without_copies(read_folder(folders[0], size))
        images = read_folder(folders[1], size)
        check_enough(normal)
        check_apart(normal, images)
        truth, notes = _truth(masks, images)
        notes = [*_normal_notes(normal), *notes]
        _say(f"training {detector} on images of {size}×{size} pixels")
        try:
            model = train(normal, detector, seed=seed, encoder=encoder, progress=True)
        except KeyboardInterrupt as stopped:
            raise StoppedError(STOPPED[detector]) from stopped
        if save is not None:
            saved.save(model, save)
    notes += [*_trained_notes(model), *sizes("images", images)]
    _say(f"looking at {len(images.names)} images")
    findings = localise(model, images, rate=rate, masks=truth, notes=tuple(notes))
    written = page.write(findings, output)  # before anything is printed: a pipe may break
    print(findings.text())
    print(f"\nwith heat maps: {written[0]}\nall scores:     {written[1]}")
    if save is not None and load is None:
        print(f"to use it again: ssad localise --load {save} IMAGES_DIR")


def _truth(masks: Path | None, images: Folder) -> tuple[NDArray[np.bool_] | None, list[str]]:
    return (None, []) if masks is None else read_masks(masks, images)


def _normal_notes(normal: Folder) -> list[str]:
    notes = sizes("normal images", normal)
    if normal.copies:
        notes.append(
            f"{normal.copies} of {len(normal.names) + normal.copies} normal images are copies of "
            "others and were left out."
        )
    return notes


def _trained_notes(model: Model) -> list[str]:
    kept, total = getattr(model.detector, "places_", (0, 0))
    if kept >= total:
        return []
    return [f"The memory was chosen from {kept:,} of {total:,} places: more do not fit at once."]


def _say(line: str) -> None:
    print(f"ssad: {line}", file=sys.stderr)
