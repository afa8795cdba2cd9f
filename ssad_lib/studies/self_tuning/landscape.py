"""The validation loss on points and on clouds: figure 7 and Lemmas 1 and 2 (paper 001, A)."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import numpy as np
import pandas as pd
import torch
from numpy.typing import NDArray
from torch import Tensor

from ssad_lib import rng
from ssad_lib.alignment import validation_loss

APART = 2.0  # where the augmented point lies, the training point being at 0
SPREADS = (0.0, 0.05, 0.2)  # standard deviation of a cloud, in parts of the distance of the two
PER_NORMAL = (0.5, 1.0, 2.0)  # augmented images for each training image (ν of METHODS 9.5)
ANOMALIES = (0.1, 0.5, 0.9)  # shares of the test set
CLOUD = 400  # images of the training and of the test set of a cloud
DIMENSIONS = 16


def of_points(u1: Tensor, u2: Tensor) -> Tensor:
    """Return the loss of {0}, {2} and the test set {u1, 2 + u2}, for each pair, with gradient.

    Parameters
    ----------
    u1, u2 : Tensor, shapes (n,)
    """
    train, augmented = torch.zeros(1, 1).to(u1), torch.full((1, 1), APART).to(u1)
    tests = torch.stack([u1, u2 + APART], dim=1).unsqueeze(2)
    return torch.stack([validation_loss(train, augmented, test) for test in tests])


def closed_form(u1: NDArray[np.float64], u2: NDArray[np.float64]) -> NDArray[np.float64]:
    """Return the same loss by the formula of METHODS 9.4 (the paper's last one in A.1)."""
    above = np.abs(u1) + np.abs(u1 - 2) + np.abs(u2) + np.abs(u2 + 2)
    below = np.sqrt(3 * u1**2 + 3 * u2**2 - 8 * u1 + 8 * u2 - 2 * u1 * u2 + 16)
    value: NDArray[np.float64] = above / below
    return value


def landscape(steps: int, reach: float) -> pd.DataFrame:
    """Return the loss and its negative gradient on a grid of `steps` by `steps` points.

    Columns u1 and u2 in ±`reach`, loss, down_u1 and down_u2: one row per point.
    """
    line = torch.linspace(-reach, reach, steps, dtype=torch.float64)
    u1, u2 = (grid.flatten().requires_grad_() for grid in torch.meshgrid(line, line, indexing="ij"))
    loss = of_points(u1, u2)
    downhill = torch.autograd.grad(-loss.sum(), [u1, u2])
    columns = {"u1": u1, "u2": u2, "loss": loss, "down_u1": downhill[0], "down_u2": downhill[1]}
    return pd.DataFrame({name: values.detach().numpy() for name, values in columns.items()})


def facts(table: pd.DataFrame) -> pd.Series[Any]:
    """Return what Lemmas 1 and 2 say of a `landscape`: its minimum, where, and how arrows point.

    ``towards the minimum`` is the share of the points off the minimum whose negative gradient makes
    an angle below 90° with the way to it; ``formula`` the largest difference to the closed form.
    """
    lowest = table.nsmallest(1, "loss").iloc[0]
    off = table[(table["u1"] != lowest["u1"]) | (table["u2"] != lowest["u2"])]
    inward = (
        off["down_u1"] * (lowest["u1"] - off["u1"]) + off["down_u2"] * (lowest["u2"] - off["u2"])
    ) > 0
    expected = closed_form(table["u1"].to_numpy(), table["u2"].to_numpy())
    return pd.Series(
        {
            "smallest loss": lowest["loss"],
            "at u1": lowest["u1"],
            "at u2": lowest["u2"],
            "second smallest": table["loss"].nsmallest(2).iloc[1],
            "towards the minimum": float(inward.mean()),
            "formula": float(np.abs(table["loss"] - expected).max()),
        }
    )


def drift() -> pd.DataFrame:
    """Return the loss of perfectly aligned clouds instead of points.

    Training and augmented images are normal clouds around two points, the test set is drawn from
    the same two. Index: spread of a cloud and share of anomalies; a column per value of ν.
    """
    rows = {
        (spread, share): {f"ν = {nu:g}": _aligned(spread, share, nu) for nu in PER_NORMAL}
        for spread in SPREADS
        for share in ANOMALIES
    }
    table = pd.DataFrame(rows).T
    return table.rename_axis(index=["spread", "share of anomalies"])


def scale_changes(scales: Mapping[str, float]) -> pd.Series[Any]:
    """Return by how much the loss of one set of clouds changes when all embeddings are scaled."""
    clouds = _clouds(SPREADS[-1], ANOMALIES[1], 1.0)
    plain = float(validation_loss(*clouds))
    changed = {
        name: abs(float(validation_loss(*(scale * cloud for cloud in clouds))) - plain)
        for name, scale in scales.items()
    }
    return pd.Series(changed)


def _aligned(spread: float, share: float, nu: float) -> float:
    return float(validation_loss(*_clouds(spread, share, nu)))


def _clouds(spread: float, share: float, nu: float) -> tuple[Tensor, Tensor, Tensor]:
    """Return embeddings of training, augmented and test images, ``(n, DIMENSIONS)`` each."""
    generator = rng.generator("landscape", f"{spread} {share} {nu}")
    anomalies = round(share * CLOUD)

    def cloud(count: int, centre: float) -> Tensor:
        noise = torch.randn(count, DIMENSIONS, generator=generator, dtype=torch.float64)
        points = spread * APART * noise / DIMENSIONS**0.5
        points[:, 0] += centre
        return points

    test = torch.cat([cloud(CLOUD - anomalies, 0.0), cloud(anomalies, APART)])
    return cloud(CLOUD, 0.0), cloud(round(nu * CLOUD), APART), test
