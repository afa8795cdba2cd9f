"""DSV: chooses among trained detectors without labels (METHODS section 10.4).

Paper 002 names it only; the formula is that of the method's released code.
"""

from __future__ import annotations

import torch
import torch.nn.functional as F
from numpy.typing import ArrayLike
from torch import Tensor

from ssad_lib.alignment.embeddings import checked
from ssad_lib.errors import SsadError, unknown

TINY = 1e-8  # in denominators
CAP = 0.5  # of the separability: its value at a balanced, perfect separation

_COMBINED = {
    "ratio": lambda dis, sep: dis - sep / (dis + TINY),
    "difference": lambda dis, sep: dis - sep,
    "squares": lambda dis, sep: dis**2 + (CAP - sep) ** 2,
    "root": lambda dis, sep: dis - sep / (dis + TINY).sqrt(),
    "ratio-squared": lambda dis, sep: dis - sep / (dis**2 + TINY),
}
DSV_VARIANTS = tuple(_COMBINED)
"""``"ratio"`` is DSV; the released code has a switch for the other four."""


def dsv(
    train: ArrayLike | Tensor,
    augmented: ArrayLike | Tensor,
    test: ArrayLike | Tensor,
    *,
    variant: str = "ratio",
) -> Tensor:
    """Return DSV of a trained detector, lower is better: ``dis - sep / dis``.

    Parameters
    ----------
    train, augmented, test : Tensor, shapes (n, h), (m, h), (k, h)
        Embeddings by the detector's network, put on the unit sphere here.
    variant : {"ratio", "difference", "squares", "root", "ratio-squared"}
        How discordance d and separability s are joined: ``d - s/d`` (DSV), ``d - s``,
        ``d² + (½ - s)²``, ``d - s/√d``, ``d - s/d²``.

    Returns
    -------
    Tensor
        A scalar with gradient.

    Raises
    ------
    SsadError
        For an unknown variant, and as `dsv_parts`.
    """
    if variant not in _COMBINED:
        raise unknown("variant of DSV", variant, _COMBINED)
    return _COMBINED[variant](*dsv_parts(train, augmented, test))


def dsv_parts(
    train: ArrayLike | Tensor,
    augmented: ArrayLike | Tensor,
    test: ArrayLike | Tensor,
    *,
    cap: float = CAP,
) -> tuple[Tensor, Tensor]:
    """Return the two parts of DSV: discordance (dis) and separability (sep).

    dis is the mean distance of train ∪ augmented to the test set over that of train to augmented:
    small where the test set lies among them, huge where the augmentation cannot be seen. sep, at
    most ½, is the standard deviation of the test set along the directions from the mean of train to
    the augmented images over the same distance.

    Parameters
    ----------
    train, augmented, test : Tensor, shapes (n, h), (m, h), (k, h)
        Embeddings, put on the unit sphere here.
    cap : float
        The most that sep can be.

    Returns
    -------
    dis, sep : Tensor
        Scalars with gradient.

    Raises
    ------
    SsadError
        If the sets are not floating point ``(n, h)`` of one h, or an embedding is zero.
    """
    train, augmented, test = (_on_the_sphere(one) for one in checked(train, augmented, test))
    apart = _half_mean_distance(train, augmented)
    dis = _half_mean_distance(torch.cat([train, augmented]), test) / (apart + TINY)
    middle = train.mean(0)
    directions = F.normalize(augmented - middle, dim=1)
    projections = (test - middle) @ directions.T
    sep = (projections.std(correction=0) / (apart + TINY)).clamp(max=cap)
    return dis, sep


def _on_the_sphere(embeddings: Tensor) -> Tensor:
    lengths = torch.linalg.vector_norm(embeddings, dim=1, keepdim=True)
    if not bool((lengths > 0).all()):
        raise SsadError("DSV needs embeddings of positive length: one is zero or not a number")
    return embeddings / lengths


def _half_mean_distance(x: Tensor, y: Tensor) -> Tensor:
    """Return half the mean distance of rows of `x` to rows of `y`: in [0, 1] on a sphere."""
    # cdist's fast path loses the small distances to rounding.
    return torch.cdist(x, y, compute_mode="donot_use_mm_for_euclid_dist").mean() / 2
