"""Build a network whose initial weights come from one explicit generator.

PyTorch's layers initialise themselves from the global random state. Here they are created without
storage and filled with the same distributions from a generator, so that a network is decided by its
run alone (rule 1 of the project) and creating it disturbs nobody else's random numbers.
"""

from __future__ import annotations

import math
from collections.abc import Callable

import torch
from torch import Tensor, nn

LEAK = 0.01  # negative slope of the LeNets' leaky ReLU

Fill = Callable[[Tensor, torch.Generator], object]
"""Fills a weight of a linear or convolutional layer in place."""


def framework_default(weight: Tensor, generator: torch.Generator) -> None:
    """Fill with PyTorch's own distribution: uniform within 1/sqrt(fan-in)."""
    nn.init.kaiming_uniform_(weight, a=math.sqrt(5), generator=generator)


def xavier_leaky(weight: Tensor, generator: torch.Generator) -> None:
    """Fill Xavier-uniform with the gain of leaky ReLU, as the decoders of DeepSAD."""
    gain = nn.init.calculate_gain("leaky_relu", LEAK)
    nn.init.xavier_uniform_(weight, gain, generator=generator)


def he_normal(weight: Tensor, generator: torch.Generator) -> None:
    """Fill convolutions from N(0, 2/fan-in), linear layers as the framework (wide ResNet)."""
    if weight.ndim == 4:
        nn.init.kaiming_normal_(weight, generator=generator)
    else:
        framework_default(weight, generator)


def build(
    make: Callable[[], nn.Module], generator: torch.Generator, fill: Fill = framework_default
) -> nn.Module:
    """Return the network that `make` describes, on the CPU, initialised from `generator`.

    Parameters
    ----------
    make : callable
        Returns the network; called with PyTorch's meta device active.
    generator : torch.Generator
        Source of the initial weights.
    fill : callable
        Distribution of the weights; biases follow the framework's default whatever it is.
    """
    with torch.device("meta"):
        network = make()
    network.to_empty(device="cpu")
    for layer in network.modules():
        _initialise(layer, generator, fill)
    return network


@torch.no_grad()
def _initialise(layer: nn.Module, generator: torch.Generator, fill: Fill) -> None:
    if isinstance(layer, nn.Linear | nn.Conv2d | nn.ConvTranspose2d):
        fill(layer.weight, generator)
        if layer.bias is not None:
            # The framework counts a transposed convolution's fan-in on its second axis, too.
            fan_in = layer.weight[0].numel()
            bound = 1 / math.sqrt(fan_in)
            nn.init.uniform_(layer.bias, -bound, bound, generator=generator)
    elif isinstance(layer, nn.BatchNorm1d | nn.BatchNorm2d):
        layer.reset_parameters()
    elif any(True for _ in layer.parameters(recurse=False)):
        raise NotImplementedError(f"no initialisation known for {type(layer).__name__}")
