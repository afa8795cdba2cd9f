"""The image set: what every loader returns and every task starts from (METHODS 1.1)."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np


@dataclass(frozen=True, eq=False)
class ImageSet:
    """Images with labels, where they come from and what may be done with them.

    Parameters
    ----------
    name : str
        The name it was loaded by, e.g. ``"cifar10"``.
    images : numpy.ndarray
        ``uint8 (N, C, H, W)``, values 0 to 255; may be a read-only memory map.
    labels : numpy.ndarray
        ``int64 (N,)``, indices into `classes`.
    classes : tuple of str
        Class names in label order.
    split : str
        ``"train"`` or ``"test"``.
    source : str
        Who made the images, and which file or folder they were read from.
    licence : str
        What their owners allow.
    fingerprint : str
        Decides the content: equal fingerprints mean equal images and labels, on any machine.
    masks : numpy.ndarray, optional
        ``bool (N, H, W)``, true on defective pixels; only defect sets have them.
    notes : tuple of str
        What of its files was left out or converted, a line each.
    """

    name: str
    images: np.ndarray
    labels: np.ndarray
    classes: tuple[str, ...]
    split: str
    source: str
    licence: str
    fingerprint: str
    masks: np.ndarray | None = None
    notes: tuple[str, ...] = ()

    def __post_init__(self) -> None:
        if self.images.ndim != 4 or self.images.dtype != np.uint8:
            raise ValueError(f"images are {self.images.dtype} {self.images.shape}")
        if self.labels.shape != (len(self.images),) or self.labels.dtype != np.int64:
            raise ValueError(f"labels are {self.labels.dtype} {self.labels.shape}")
        if self.masks is not None:
            expected = (len(self.images), *self.images.shape[2:])
            if self.masks.shape != expected or self.masks.dtype != np.bool_:
                raise ValueError(f"masks are {self.masks.dtype} {self.masks.shape}")

    def __len__(self) -> int:
        return len(self.images)

    def of_class(self, label: int) -> np.ndarray:
        """Return the images of class `label`, ``uint8 (n, C, H, W)``, in the order of the set."""
        if not 0 <= label < len(self.classes):
            raise ValueError(f"label {label} is not one of 0..{len(self.classes) - 1}")
        return self.images[self.labels == label]
