"""How well maps of anomaly scores agree with masks of defects, over all pixels of a test set.

AUROC, average precision, AUPRO and the threshold of the best F1 (METHODS 12.6). Small sets are
measured exactly. Of large ones scores are counted in levels of 14 binary digits, so that no score
is held twice, and every number comes with the most by which this can have moved it.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass

import numpy as np
import torch
import torch.nn.functional as F
from numpy.typing import ArrayLike, NDArray
from scipy.integrate import trapezoid
from scipy.ndimage import label

from ssad_lib.errors import SsadError, unknown

EXACT = 2**21  # pixels up to which every score is a level of its own
DROPPED = 10  # of the 32 binary digits of a score: neighbours differ by a share of 1/8,192
CHUNK = 2**22  # pixels that are counted at once
MOST_FALSE = 0.3  # rate of false positives up to which AUPRO is taken
TOUCHING = np.ones((3, 3), np.int64)  # pixels of a region touch by a side or a corner
MASK_MODES = ("nearest", "official_floor")

Floats = NDArray[np.float64]


@dataclass(frozen=True)
class PixelMeasures:
    """Measures of all pixels together, each in [0, 1].

    Attributes
    ----------
    auroc, average_precision : float
        As scikit-learn's, ties included.
    aupro : float
        Area under the mean share of a region that is found, over false positive rates up to 0.3,
        divided by 0.3; regions of any size count alike.
    threshold : float
        A pixel is marked where its score is at least this: the best F1 there is.
    f1, precision, recall : float
        At the threshold.
    errors : dict of str to float
        By how much ``auroc``, ``average_precision``, ``aupro`` and ``f1`` differ at most from
        their values on the scores themselves; 0 where every score was a level of its own.
    """

    auroc: float
    average_precision: float
    aupro: float
    threshold: float
    f1: float
    precision: float
    recall: float
    errors: dict[str, float]


def measure(maps: ArrayLike, masks: ArrayLike, *, exact: int = EXACT) -> PixelMeasures:
    """Return how well `maps` find what `masks` mark.

    Parameters
    ----------
    maps : array_like of float32, shape (N, H, W)
        Larger is more anomalous; may be a memory map.
    masks : array_like of bool, shape (N, H, W)
        True on defective pixels.
    exact : int
        Pixels up to which the scores themselves are sorted.

    Raises
    ------
    SsadError
        If shapes differ, a score is not finite, or no or every pixel is defective.
    """
    scores, marked = _checked(maps, masks)
    regions = _regions(marked)
    if scores.size <= exact:
        values, keys = np.unique(scores, return_inverse=True)
        chunks = iter([(keys.reshape(-1), np.arange(len(scores)))])
        counts = _counted(chunks, marked, regions, len(values))
        return _measures(*counts, lambda level: float(values[level]), tied=True)
    counts = _counted(_levels(scores), marked, regions, 2 ** (32 - DROPPED))
    return _measures(*counts, _smallest_of, tied=False)


def bring_masks(masks: ArrayLike, size: int, mode: str = "nearest") -> NDArray[np.bool_]:
    """Return masks ``(N, H, W)`` in [0, 1] as ``bool (N, size, size)``.

    ``"nearest"`` takes the nearest pixel and marks what is above one half. ``"official_floor"``
    resizes bilinearly and marks what is exactly 1, which erodes every region, as the released code
    of DRAEM does (METHODS 12.7).

    Raises
    ------
    SsadError
        For an unknown mode.
    """
    if mode not in MASK_MODES:
        raise unknown("mask mode", mode, MASK_MODES)
    values = torch.from_numpy(np.array(masks, np.float32))[:, None]
    if mode == "nearest":
        return (F.interpolate(values, (size, size), mode="nearest-exact")[:, 0] > 0.5).numpy()
    smooth = F.interpolate(values, (size, size), mode="bilinear", align_corners=False)
    return np.floor(smooth[:, 0].numpy()) >= 1


def _checked(maps: ArrayLike, masks: ArrayLike) -> tuple[NDArray[np.float32], NDArray[np.bool_]]:
    scores, marked = np.asarray(maps, np.float32), np.asarray(masks)
    if scores.ndim != 3 or scores.shape != marked.shape:
        raise SsadError(
            f"maps {scores.shape} and masks {marked.shape} must be (N, H, W) and of one shape"
        )
    if marked.dtype != np.bool_:
        raise SsadError(f"masks must be true or false, not {marked.dtype}: compare with 0.5")
    if not all(np.isfinite(one).all() for one in scores):
        raise SsadError("maps hold scores that are NaN or infinite")
    defective = int(marked.sum())
    if defective in (0, marked.size):
        raise SsadError(f"{defective} of {marked.size} pixels are defective: measures need both")
    return scores, marked


@dataclass(frozen=True)
class _Regions:
    """For each image the number of the region of every pixel, and the weight of each region."""

    maps: list[NDArray[np.int32]]
    weights: list[Floats]


def _regions(marked: NDArray[np.bool_]) -> _Regions:
    """Return the connected regions; each weighs as much as any other, shared by its pixels."""
    maps, sizes = [], []
    for mask in marked:
        numbered, count = label(mask, TOUCHING)
        maps.append(numbered[mask].astype(np.int32))
        sizes.append(np.bincount(numbered.ravel(), minlength=count + 1)[1:])
    total = sum(map(len, sizes))
    return _Regions(maps, [1 / (total * size) for size in sizes])


def _levels(scores: NDArray[np.float32]) -> Iterator[tuple[NDArray[np.int64], NDArray[np.int64]]]:
    """Yield the levels of some images after the other, and which images they are."""
    step = max(1, CHUNK // scores[0].size)
    for start in range(0, len(scores), step):
        part = np.ascontiguousarray(scores[start : start + step]).reshape(-1) + np.float32(0)
        bits = part.view(np.int32).astype(np.int64)  # adding 0 made -0 the same as 0
        ordered = np.where(bits < 0, -(2**31) - 1 - bits, bits)
        yield (
            (ordered >> DROPPED) + 2 ** (31 - DROPPED),
            np.arange(start, min(start + step, len(scores))),
        )


def _smallest_of(level: int) -> float:
    """Return the smallest score of a level."""
    ordered = (level - 2 ** (31 - DROPPED)) << DROPPED
    bits = -(2**31) - 1 - ordered if ordered < 0 else ordered
    return float(np.array(bits, np.int32).view(np.float32))


def _counted(
    chunks: Iterator[tuple[NDArray[np.int64], NDArray[np.int64]]],
    marked: NDArray[np.bool_],
    regions: _Regions,
    levels: int,
) -> tuple[Floats, Floats, Floats]:
    """Return how many sound and defective pixels have each level, and their share of regions."""
    sound, defective, found = (np.zeros(levels) for _ in range(3))
    for keys, images in chunks:
        inside = marked[images].reshape(-1)
        weights = [regions.weights[i][regions.maps[i] - 1] for i in images]
        sound += np.bincount(keys[~inside], minlength=levels)
        defective += np.bincount(keys[inside], minlength=levels)
        found += np.bincount(keys[inside], np.concatenate(weights), minlength=levels)
    return sound, defective, found


def _measures(
    sound: Floats,
    defective: Floats,
    found: Floats,
    score_of: Callable[[int], float],
    *,
    tied: bool,
) -> PixelMeasures:
    """Return the measures from counts by level, lowest first; `tied`: a level is one score."""
    used = np.flatnonzero(sound + defective)[::-1]
    false, true, share = sound[used], defective[used], found[used]
    anomalous = true.sum()
    auroc, auroc_error = _area(false, true, 1.0)
    aupro, aupro_error = _area(false, share, MOST_FALSE)
    a, b = np.cumsum(true), np.cumsum(true + false)
    precision = a / b
    before, seen = a - true, b - true - false
    low, high = (before + 1) / (seen + false + 1), a / (seen + np.maximum(true, 1))
    ap = float((true * precision).sum() / anomalous)
    above, below = (
        float((true * difference).sum() / anomalous)
        for difference in (high - precision, precision - low)
    )
    f1 = 2 * a / (anomalous + b)
    best = int(f1.argmax())
    better = float((2 * a / (anomalous + seen + true)).max() - f1[best])
    errors = {
        "auroc": auroc_error,
        "average_precision": max(above, below),
        "aupro": aupro_error,
        "f1": better,
    }
    return PixelMeasures(
        auroc=auroc,
        average_precision=ap,
        aupro=aupro,
        threshold=score_of(int(used[best])),
        f1=float(f1[best]),
        precision=float(precision[best]),
        recall=float(a[best] / anomalous),
        errors=dict.fromkeys(errors, 0.0) if tied else errors,
    )


def _area(false: Floats, true: Floats, most: float) -> tuple[float, float]:
    """Return the area under a curve up to the false positive rate `most`, divided by it.

    Parameters
    ----------
    false, true : ndarray
        What each level adds to both axes, highest score first; their sums are made 1.
    most : float

    Returns
    -------
    area, error : float
        Within a level the curve is some rising path through its rectangle, taken as straight.
    """
    x, y = (np.concatenate([[0.0], np.cumsum(steps)]) for steps in (false, true))
    x, y = x / x[-1], y / y[-1]
    inside = x <= most
    last = int(inside.sum()) - 1
    ends_x, ends_y = x[inside], y[inside]
    if x[last] < most:
        slope = (y[last + 1] - y[last]) / (x[last + 1] - x[last])
        ends_x = np.append(ends_x, most)
        ends_y = np.append(ends_y, y[last] + slope * (most - x[last]))
    begun = x[:-1] < most
    error = float((np.diff(x) * np.diff(y))[begun].sum()) / 2
    return float(trapezoid(ends_y, ends_x)) / most, error / most
