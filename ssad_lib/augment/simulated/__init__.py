"""Simulated anomalies: made in normal images, with a mask of where they are (METHODS 12.4).

>>> import torch
>>> from ssad_lib.augment import simulated
>>> images = torch.rand(4, 3, 64, 64)
>>> opaque = simulated.make("opaque", simulated.open_source("noise"), images)
>>> changed, masks = simulated.simulate(opaque, images, torch.Generator().manual_seed(0))
>>> changed.shape, masks.shape
(torch.Size([4, 3, 64, 64]), torch.Size([4, 64, 64]))
"""

from ssad_lib.augment.simulated.mixture import Mixture
from ssad_lib.augment.simulated.parts import Simulation, simulate
from ssad_lib.augment.simulated.registry import (
    LABELS,
    Selection,
    make,
    mixture,
    rotated_normals,
    selected,
)
from ssad_lib.augment.simulated.sources import Source, open_source

__all__ = [
    "LABELS",
    "Mixture",
    "Selection",
    "Simulation",
    "Source",
    "make",
    "mixture",
    "open_source",
    "rotated_normals",
    "selected",
    "simulate",
]
