"""Which images of a set are kept when fewer are asked for."""

from __future__ import annotations

import numpy as np


def first_per_class(labels: np.ndarray, images_per_class: int | None) -> np.ndarray:
    """Return the sorted indices of the first `images_per_class` images of each class.

    Asking for more never changes the ones that were there before; None keeps all.
    """
    if images_per_class is None:
        return np.arange(len(labels))
    kept = [np.flatnonzero(labels == label)[:images_per_class] for label in np.unique(labels)]
    return np.sort(np.concatenate(kept)) if kept else np.arange(0)
