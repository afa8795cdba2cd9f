"""Figure 1 of paper 003: where a classifier and a hypersphere draw their borders (METHODS 11.6).

Normal points lie around the origin. Outliers are *ideal*, all around them, or *skewed*, in one
corner. The paper's own points are not known; these are ours.
"""

from __future__ import annotations

import math
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from itertools import product
from typing import Any

import numpy as np
import pandas as pd
import torch
from numpy.typing import NDArray
from torch import Tensor, nn

from ssad_lib import rng
from ssad_lib.detectors import objectives
from ssad_lib.detectors.course import Batch, Course, train
from ssad_lib.detectors.exposure_batches import sampled
from ssad_lib.detectors.training import full_batches
from ssad_lib.engine.run import one_thread
from ssad_lib.errors import SsadError
from ssad_lib.metrics import auroc_between
from ssad_lib.models.exposure import OUT_ACTIVATIONS, point_net

METHODS = ("BCE", "HSC")
IDEAL, SKEWED = "ideal", "skewed"
OUTLIERS = (IDEAL, SKEWED)
POINTS = 1000  # of each kind, and as many to test
SPREAD = 0.5  # of the normal points
REACH, HOLE = 3.0, 1.5  # ideal outliers: a square around a disc
CORNER, CLUMP = (2.0, 2.0), 0.4  # skewed outliers: a clump
KEPT = 0.95  # share of the normal points inside the border
RATE, DECAY, BATCH = 1e-3, 5e-7, 128
WINDOWS = (3.0, 6.0, 12.0, 24.0, 48.0)  # half sides of squares around the origin
SIDE = 100  # of the grid that a square is measured on
ENDLESS = 2.0  # growth of the area when the square doubles its side, above which nothing ends
CELL = ["activation", "outliers", "method", "seed"]


@dataclass(frozen=True)
class Border:
    """One trained network and its border.

    Attributes
    ----------
    activation : {"sigmoid", "linear"}
        What the representation ends in.
    outliers : {"ideal", "skewed"}
    method : {"BCE", "HSC"}
    seed : int
    normal, other : Tensor
        Training points ``(n, 2)``.
    network : torch.nn.Module
        In evaluation mode.
    threshold : float
        `KEPT` of the normal training points score no higher.
    """

    activation: str
    outliers: str
    method: str
    seed: int
    normal: Tensor
    other: Tensor
    network: nn.Module
    threshold: float

    def scores(self, points: Tensor) -> NDArray[np.float32]:
        """Return the score ``(n,)`` of points ``(n, 2)``, larger is more anomalous."""
        with torch.inference_mode():
            found: NDArray[np.float32] = _heights(self.method, self.network(points)).numpy()
        return found

    def inside(self, half: float, side: int = SIDE) -> NDArray[np.bool_]:
        """Return which points of a square of this half side are normal, ``(side, side)``.

        Rows go up, columns right.
        """
        return (self.scores(_grid(half, side)) <= self.threshold).reshape(side, side)


def borders(settings: Mapping[str, Any]) -> list[Border]:
    """Return a border for each activation, kind of outliers, method and seed of a chapter.

    Networks of one seed start alike and see the same batches, whatever the method.

    Raises
    ------
    SsadError
        If the parameters name no seed.
    NonFiniteError
        If a loss became NaN or infinite.
    """
    if not settings["seeds"]:
        raise SsadError("parameter 'seeds' is empty: name at least one, such as [0]")
    cells = product(OUT_ACTIVATIONS, OUTLIERS, METHODS, settings["seeds"])
    with one_thread():
        return [_trained(*cell, settings["epochs"]) for cell in cells]


def points(outliers: str, seed: int, part: str) -> tuple[Tensor, Tensor]:
    """Return normal points and outliers ``(POINTS, 2)`` of one seed, for a part, such as training.

    Raises
    ------
    SsadError
        If there is no such kind of outliers.
    """
    normal = SPREAD * torch.randn(POINTS, 2, generator=rng.generator("toy", part, "normal", seed))
    draws = rng.generator("toy", part, outliers, seed)
    if outliers == SKEWED:
        return normal, torch.tensor(CORNER) + CLUMP * torch.randn(POINTS, 2, generator=draws)
    if outliers == IDEAL:
        square = REACH * (2 * torch.rand(4 * POINTS, 2, generator=draws) - 1)
        return normal, square[square.norm(dim=1) > HOLE][:POINTS]
    raise SsadError(f"outliers are {IDEAL} or {SKEWED}, not '{outliers}'")


def areas(found: Sequence[Border], windows: Sequence[float] = WINDOWS) -> pd.DataFrame:
    """Return the normal area of each border in squares of growing size.

    Columns: `CELL`, window (half side), area, share (of the square).
    """
    rows = []
    for border in found:
        for half in windows:
            share = float(border.inside(half).mean())
            measured = {"window": half, "area": share * (2 * half) ** 2, "share": share}
            rows.append(_cell(border) | measured)
    return pd.DataFrame(rows)


def scores(found: Sequence[Border]) -> pd.DataFrame:
    """Return the AUC of each border: `CELL`, auc.

    Test anomalies are all around the normal points, as ideal outliers are, whatever was trained on.
    """
    rows = []
    for border in found:
        normal, anomalies = points(IDEAL, border.seed, "test")
        auc = auroc_between(border.scores(normal), border.scores(anomalies))
        rows.append(_cell(border) | {"auc": auc})
    return pd.DataFrame(rows)


def bounded(area_table: pd.DataFrame) -> pd.DataFrame:
    """Return whether each normal region ends within the squares of `areas`.

    Columns: `CELL`, bounded, growth. A region that ends keeps its area while the square doubles its
    side, and `growth`, the area in the largest square over that in the one before, is about 1; a
    sector that goes on for ever has a growth of 4. Between them the border is drawn at 2.
    """
    before, last = sorted(area_table["window"].unique())[-2:]
    wide = area_table.pivot_table(index=CELL, columns="window", values="area", sort=False)
    cell = (2 * last / SIDE) ** 2  # what the grid cannot see: a region may hide in one cell
    growth = (wide[last] + cell) / (wide[before] + cell)
    return pd.DataFrame({"bounded": growth < ENDLESS, "growth": growth}).reset_index()


def measured(area_table: pd.DataFrame, score_table: pd.DataFrame) -> pd.DataFrame:
    """Return what claim E17 rests on, from `areas` and `scores`: `CELL`, bounded, growth, auc."""
    return bounded(area_table).merge(score_table, on=CELL)


def _cell(border: Border) -> dict[str, Any]:
    return {name: getattr(border, name) for name in CELL}


def _trained(activation: str, outliers: str, method: str, seed: int, epochs: int) -> Border:
    normal, other = points(outliers, seed, "training")
    network = point_net(classifies=method == "BCE", out_activation=activation, seed=seed)
    train(_course(method, network, normal, other, seed, epochs))
    border = Border(activation, outliers, method, seed, normal, other, network, math.nan)
    return replace(border, threshold=float(np.quantile(border.scores(normal), KEPT)))


def _course(
    method: str, network: nn.Module, normal: Tensor, other: Tensor, seed: int, epochs: int
) -> Course:
    order, other_order = (rng.generator("toy", name, seed) for name in ("order", "outliers/order"))
    loss = objectives.cross_entropy if method == "BCE" else objectives.hypersphere
    labels = torch.arange(2 * BATCH).ge(BATCH).float()

    def epoch() -> Iterator[Batch]:
        batches = full_batches(len(normal), BATCH, order)
        chosen = sampled(len(other), BATCH * len(batches), other_order, with_replacement=False)
        for index, others in zip(batches, chosen.split(BATCH), strict=True):
            yield torch.cat([normal[index], other[others]]), labels

    return Course(
        network,
        loss=lambda outputs, outlier: loss(_heights(method, outputs), outlier),
        epoch=epoch,
        epochs=epochs,
        batch_size=2 * BATCH,
        rate=lambda _: RATE,
        weight_decay=DECAY,
    )


def _heights(method: str, outputs: Tensor) -> Tensor:
    return outputs.squeeze(1) if method == "BCE" else objectives.pseudo_huber(outputs)


def _grid(half: float, side: int) -> Tensor:
    """Return the centres of the cells of a square, row by row from below, ``(side², 2)``."""
    line = (torch.arange(side) + 0.5) * (2 * half / side) - half
    rows, columns = torch.meshgrid(line, line, indexing="ij")
    return torch.stack([columns.flatten(), rows.flatten()], dim=1)
