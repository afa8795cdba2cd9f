"""A choice of simulations: every image gets one of them, or none (METHODS 12.4)."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

import torch
from torch import Tensor

from ssad_lib.augment import draws
from ssad_lib.augment.augmentation import Parameters
from ssad_lib.augment.simulated.parts import Simulation, part, rows, under
from ssad_lib.errors import SsadError

NONE = -1


@dataclass(frozen=True, eq=False)
class Mixture:
    """Applies one of several simulations, each as likely, to a share of the images.

    Attributes
    ----------
    simulations : mapping of str to Simulation
        By name; at least one.
    share : float
        Probability that an image gets any; one half in DRAEM's code.

    Raises
    ------
    SsadError
        If there is no simulation, or the share is no probability.
    """

    simulations: Mapping[str, Simulation]
    share: float = 0.5

    def __post_init__(self) -> None:
        if not self.simulations:
            raise SsadError("no simulation is named: name at least one, such as opaque")
        if not 0 <= self.share <= 1:
            raise SsadError(f"the share of simulated anomalies is {self.share}, not in [0, 1]")

    def draw(
        self, n: int, generator: torch.Generator, image_shape: tuple[int, int, int]
    ) -> Parameters:
        """Draw ``kind`` (n,), -1 for none, and for every image what each simulation draws."""
        kind = torch.randint(len(self.simulations), (n,), generator=generator)
        kind[~draws.chance(n, self.share, generator)] = NONE
        parameters = {"kind": kind}
        for name, simulation in self.simulations.items():
            parameters |= under(name, simulation.draw(n, generator, image_shape))
        return parameters

    def apply(self, images: Tensor, parameters: Parameters) -> tuple[Tensor, Tensor]:
        """Apply to each image its own; the mask of an image without any is empty."""
        result = images.clone()
        masks = torch.zeros((len(images), *images.shape[2:]), dtype=torch.bool)
        masks = masks.to(images.device)
        kinds = parameters["kind"].cpu()
        for number, (name, simulation) in enumerate(self.simulations.items()):
            chosen = (kinds == number).nonzero().squeeze(1)
            if len(chosen):
                own = rows(part(name, parameters), chosen)
                places = chosen.to(images.device)
                result[places], masks[places] = simulation.apply(images[places], own)
        return result, masks
