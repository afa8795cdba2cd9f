"""Augmentations: Identity and the thirteen of paper 000, batched, replayable (METHODS section 2).

CutDiff and Rotation of paper 001, whose hyper-parameters can be learned, are `tunable`.

>>> import torch
>>> from ssad_lib import augment
>>> cutout = augment.get("cutout")
>>> images = torch.rand(4, 3, 32, 32)
>>> parameters = cutout.draw(4, torch.Generator().manual_seed(0), (3, 32, 32))
>>> cutout.apply(images, parameters).shape
torch.Size([4, 3, 32, 32])
"""

from ssad_lib.augment.augmentation import Augmentation, Parameters
from ssad_lib.augment.registry import COLOURS, always, anomaly, gens, get, names, tunable

__all__ = [
    "COLOURS",
    "Augmentation",
    "Parameters",
    "always",
    "anomaly",
    "gens",
    "get",
    "names",
    "tunable",
]
