"""Build a network whose initial weights come from one explicit generator.

PyTorch's layers initialise themselves from the global random state. Here they are created without
storage and filled with the same distributions from a generator, so that a network is decided by its
run alone (rule 1 of the project) and creating it disturbs nobody else's random numbers.
"""

from __future__ import annotations

import math
from collections.abc import Callable

import torch
from torch import nn


def build(make: Callable[[], nn.Module], generator: torch.Generator) -> nn.Module:
    """Return the network that `make` describes, on the CPU, initialised from `generator`.

    Parameters
    ----------
    make : callable
        Returns the network; called with PyTorch's meta device active.
    generator : torch.Generator
        Source of the initial weights (framework default distributions).
    """
    with torch.device("meta"):
        network = make()
    network.to_empty(device="cpu")
    for layer in network.modules():
        _initialise(layer, generator)
    return network


@torch.no_grad()
def _initialise(layer: nn.Module, generator: torch.Generator) -> None:
    if isinstance(layer, nn.Linear | nn.Conv2d | nn.ConvTranspose2d):
        nn.init.kaiming_uniform_(layer.weight, a=math.sqrt(5), generator=generator)
        if layer.bias is not None:
            # The framework counts a transposed convolution's fan-in on its second axis, too.
            fan_in = layer.weight[0].numel()
            bound = 1 / math.sqrt(fan_in)
            nn.init.uniform_(layer.bias, -bound, bound, generator=generator)
    elif isinstance(layer, nn.BatchNorm1d | nn.BatchNorm2d):
        layer.reset_parameters()
    elif any(True for _ in layer.parameters(recurse=False)):
        raise NotImplementedError(f"no initialisation known for {type(layer).__name__}")
