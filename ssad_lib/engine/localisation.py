"""What a run measures of a detector that localises: pixels, and how R reconstructs (METHODS 12.6).

Pixels of normal and anomalous test images are pooled, as everywhere in the literature.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping

import numpy as np
import torch
import torch.nn.functional as F
from numpy.typing import NDArray
from torch import Tensor

from ssad_lib import pixels, tasks
from ssad_lib.detectors import Detector, SplitDRAEM
from ssad_lib.detectors.similarity import structural_similarity
from ssad_lib.engine.images import image_set
from ssad_lib.engine.measures import Measures, Scores, rounded
from ssad_lib.errors import NonFiniteError
from ssad_lib.record import NORMAL, PICTURE
from ssad_lib.spec import RunSpec

NORMALS, DEFECTS = 2, 4  # images of each kind that pictures are kept of
LARGEST = 64  # pixels of the side of a picture

Localise = Callable[[Tensor], NDArray[np.float32]]


def of_tasks(
    detector: Detector, spec: RunSpec, groups: Mapping[str, Tensor]
) -> dict[str, Measures]:
    """Return ``pixel_auroc``, ``pixel_ap`` and ``aupro`` of each task whose masks are known.

    Raises
    ------
    NonFiniteError
        If a score of a pixel is NaN or infinite.
    """
    localise = getattr(detector, "localise", None)
    if localise is None:
        return {}
    test = image_set(spec, "test")
    sound = _maps(localise, groups[NORMAL])
    nothing = np.zeros(sound.shape, np.bool_)
    measured = {}
    for testbed in spec.testbeds:
        chosen = (test, spec.normal_class, testbed, spec.seed, spec.source)
        for name, masks in tasks.masks(*chosen):
            images = groups[f"{testbed}/{name}"]
            if not masks.any():
                continue
            found = pixels.measure(
                np.concatenate([sound, _maps(localise, images)]),
                np.concatenate([nothing, masks.numpy()]),
            )
            measured[f"{testbed}/{name}"] = rounded(
                {
                    "pixel_auroc": found.auroc,
                    "pixel_ap": found.average_precision,
                    "aupro": found.aupro,
                    "pixel_share": float(masks.float().mean()),
                }
            )
    return measured


def of_run(detector: Detector, spec: RunSpec) -> Measures:
    """Return how R reconstructs what it was trained on, and what it was not (claim F07).

    ``similarity_reconstructed`` is the mean SSIM of R's own training images and what R makes of
    them, ``similarity_judged`` that of S's, ``similarity_unseen`` that of normal test images;
    ``flagged_judged`` and ``flagged_unseen`` the mean score of a pixel of the latter two. All of
    them are normal: what S sees in training and in use should not differ.
    """
    if not isinstance(detector, SplitDRAEM):
        return {}
    train, test = (
        tasks.normal_images(image_set(spec, split), spec.normal_class)
        for split in ("train", "test")
    )
    groups = {
        "reconstructed": train[torch.from_numpy(detector.reconstructed_)],
        "judged": train[torch.from_numpy(detector.judged_)],
        "unseen": test,
    }
    measured = {
        f"similarity_{name}": float(
            structural_similarity(torch.from_numpy(detector.reconstruct(images)), images).mean()
        )
        for name, images in groups.items()
    }
    for name in ("judged", "unseen"):
        measured[f"flagged_{name}"] = float(
            _maps(detector.localise, groups[name]).mean(dtype=np.float64)
        )
    return rounded(measured)


def shown_images(spec: RunSpec) -> dict[str, tuple[str, NDArray[np.int64]]]:
    """Return which images a run keeps pictures of: split and indices, by what they are.

    ``known`` are the first that R may be trained on, ``unseen`` the first normal test images,
    ``defect`` one test image of each kind of defect in turn.
    """
    train, test = (image_set(spec, split).labels for split in ("train", "test"))
    kinds = [
        np.flatnonzero(test == label) for label in np.unique(test) if label != spec.normal_class
    ]
    turns = [(kinds[i % len(kinds)], i // len(kinds)) for i in range(DEFECTS)]
    places = [members[turn % len(members)] for members, turn in turns]
    return {
        "known": ("train", np.flatnonzero(train == spec.normal_class)[: 2 * NORMALS : 2]),
        "unseen": ("test", np.flatnonzero(test == spec.normal_class)[:NORMALS]),
        "defect": ("test", np.array(places)),
    }


def pictures(detector: Detector, spec: RunSpec) -> Scores:
    """Return maps and reconstructions of `shown_images`, at most 64 pixels wide, flat.

    A run keeps them because no page can train its networks again.
    """
    localise, reconstruct = (getattr(detector, name, None) for name in ("localise", "reconstruct"))
    if localise is None:
        return {}
    kept = {}
    for name, (split, places) in shown_images(spec).items():
        images = torch.from_numpy(np.array(image_set(spec, split).images[places])).float() / 255
        kept[f"{PICTURE}{name}/map"] = _small(_maps(localise, images)[:, None])
        if reconstruct is not None:
            kept[f"{PICTURE}{name}/reconstruction"] = _small(reconstruct(images))
    return kept


def _small(images: NDArray[np.float32]) -> NDArray[np.float32]:
    """Return images ``(n, C, H, W)`` with sides of at most 64 pixels, flat."""
    height, width = (min(side, LARGEST) for side in images.shape[2:])
    return F.adaptive_avg_pool2d(torch.from_numpy(images), (height, width)).flatten().numpy()


def _maps(localise: Localise, images: Tensor) -> NDArray[np.float32]:
    maps = localise(images)
    if not np.isfinite(maps).all():
        raise NonFiniteError("scores of pixels became NaN or infinite: lower the learning rate")
    return maps
