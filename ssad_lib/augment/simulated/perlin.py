"""Masks of thresholded Perlin noise (METHODS 12.4; papers: DRAEM, and 004's Transparent, Opaque).

The noise has a grid of 2^i × 2^j cells, i and j uniform in 0 to 5, a random direction at every
corner and quintic fades; it is turned by U(-90, 90) degrees and cut at one half.
"""

from __future__ import annotations

import math

import torch
from torch import Tensor

from ssad_lib.augment import draws
from ssad_lib.augment.augmentation import Parameters
from ssad_lib.augment.simulated.parts import turn

FINEST = 5  # the largest exponent of a grid
CORNERS = 2**FINEST + 1  # along a side of the finest grid
TURN = 90.0  # degrees to either side
LEVEL = 0.5
SCALE = math.sqrt(2)  # brings the noise to [-1, 1]


def draw(n: int, generator: torch.Generator) -> Parameters:
    """Draw ``cells`` (n, 2), ``directions`` (n, 33, 33) in radians, ``turn`` (n,) in degrees."""
    return {
        "cells": 2 ** torch.randint(FINEST + 1, (n, 2), generator=generator),
        "directions": draws.uniform((n, CORNERS, CORNERS), (0, 2 * math.pi), generator),
        "turn": draws.uniform((n,), (-TURN, TURN), generator),
    }


def noise(parameters: Parameters, height: int, width: int) -> Tensor:
    """Return the noise before it is turned, float32 ``(n, height, width)`` in [-1, 1]."""
    row, down = _cells(parameters["cells"][:, 0], height)
    column, right = _cells(parameters["cells"][:, 1], width)
    directions = parameters["directions"].float()
    along, across = directions.cos(), directions.sin()
    rising, going = _fade(down).unsqueeze(2), _fade(right).unsqueeze(1)

    def corner(below: int, beside: int) -> Tensor:
        chosen = (row + below, column + beside)
        return _at(along, *chosen) * (down - below).unsqueeze(2) + _at(across, *chosen) * (
            right - beside
        ).unsqueeze(1)

    left = torch.lerp(corner(0, 0), corner(1, 0), rising)
    return torch.lerp(left, torch.lerp(corner(0, 1), corner(1, 1), rising), going) * SCALE


def mask(parameters: Parameters, height: int, width: int) -> Tensor:
    """Return the masks, bool ``(n, height, width)``; a few in a hundred are empty."""
    turned = turn(noise(parameters, height, width).unsqueeze(1), parameters["turn"])
    return turned.squeeze(1) > LEVEL


def _cells(count: Tensor, side: int) -> tuple[Tensor, Tensor]:
    """Return the cell ``(n, side)`` of each pixel along a side, and its place within it."""
    position = torch.arange(side, device=count.device) * (count / side).unsqueeze(1)
    cell = position.floor()
    return cell.long(), position - cell


def _at(values: Tensor, rows: Tensor, columns: Tensor) -> Tensor:
    """Return ``values[i, rows[i], columns[i]]`` for each image, ``(n, height, width)``."""
    lines = values.gather(1, rows.unsqueeze(2).expand(-1, -1, values.shape[2]))
    return lines.gather(2, columns.unsqueeze(1).expand(-1, rows.shape[1], -1))


def _fade(t: Tensor) -> Tensor:
    return t**3 * (t * (t * 6 - 15) + 10)
