"""Every criterion that chooses among trained detectors without labels (METHODS 9.4, 10.4, 10.6)."""

from __future__ import annotations

import math

import torch
import torch.nn.functional as F
from numpy.typing import ArrayLike
from torch import Tensor

from ssad_lib.alignment.dsv import DSV_VARIANTS, dsv, dsv_parts
from ssad_lib.alignment.embeddings import checked
from ssad_lib.alignment.validation import validation_loss

CRITERIA = (
    *("dsv" if name == DSV_VARIANTS[0] else f"dsv_{name.replace('-', '_')}"
      for name in DSV_VARIANTS),
    "dis", "sep", "base", "cov", "mmd", "validation_loss",
)  # fmt: skip
"""Names of the criteria; the smallest is chosen, of ``sep`` and ``cov`` the largest."""
LARGEST_IS_BEST = ("sep", "cov")


def criteria(
    train: ArrayLike | Tensor, augmented: ArrayLike | Tensor, test: ArrayLike | Tensor
) -> dict[str, float]:
    """Return the value of each of `CRITERIA` for one trained detector.

    ``dsv`` and its variants; its parts ``dis`` and ``sep``, sep without the cap; ``base``, half the
    mean distance of train ∪ augmented to test; ``cov``, the standard deviation of these distances;
    ``mmd`` with a linear kernel, the squared distance of the means; ST-SSAD's ``validation_loss``.
    All but the last are on the unit sphere.

    Parameters
    ----------
    train, augmented, test : Tensor, shapes (n, h), (m, h), (k, h)
        Embeddings by the detector's network. Which test images are anomalies is not needed.

    Raises
    ------
    SsadError
        If the sets are not floating point ``(n, h)`` of one h, or an embedding is zero.
    """
    sets = [one.detach().double() for one in checked(train, augmented, test)]
    values = {
        name: dsv(*sets, variant=variant)
        for name, variant in zip(CRITERIA, DSV_VARIANTS, strict=False)
    }
    values["dis"], values["sep"] = dsv_parts(*sets, cap=math.inf)
    first, second, third = (F.normalize(one, dim=1) for one in sets)
    known = torch.cat([first, second])
    distances = torch.cdist(known, third, compute_mode="donot_use_mm_for_euclid_dist")
    values["base"], values["cov"] = distances.mean() / 2, distances.std(correction=0)
    values["mmd"] = ((known.mean(0) - third.mean(0)) ** 2).sum()
    values["validation_loss"] = validation_loss(*sets)
    return {name: float(values[name]) for name in CRITERIA}
