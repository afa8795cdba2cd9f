"""Tables like those of the records, with known expected values: what the calibration draws from.

Every simulated cluster is a random mixture of the differences that the real clusters show, so that
networks, tasks and measures vary together as they did in the records (multiplier bootstrap). The
expected values are given, so that it is known whether a claim holds.
"""

from __future__ import annotations

import warnings
from collections.abc import Sequence
from typing import Any

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from ssad_lib.evidence import CLUSTER

Floats = NDArray[np.float64]
Integers = NDArray[np.integer[Any]]
JITTER = 0.1  # of a deviation; keeps resampled clusters from being equal to each other
ORDINAL = "task"  # number of a task among those of its cluster


class SimulatedTable:
    """A table of records whose values can be drawn anew.

    Parameters
    ----------
    table : DataFrame
        One row per run and task.
    values : sequence of str
        The columns that are drawn; missing entries stay missing.
    place : sequence of str
        Columns that tell the rows of one cluster and seed apart, such as model, row and task.
    cluster : sequence of str
        Columns of independently trained networks.
    seed : str
        Column of repetitions inside a cluster.

    Attributes
    ----------
    means : ndarray, shape (rows, values)
        Mean over clusters and seeds at the place of every row.
    """

    def __init__(
        self,
        table: pd.DataFrame,
        values: Sequence[str],
        place: Sequence[str],
        cluster: Sequence[str] = CLUSTER,
        seed: str = "seed",
    ) -> None:
        self.table = table
        self.values = list(values)
        self._cluster = table.groupby(list(cluster), sort=False).ngroup().to_numpy()
        self._place = table.groupby(list(place), sort=False, dropna=False).ngroup().to_numpy()
        self._unit = table.groupby([*cluster, seed], sort=False).ngroup().to_numpy()
        found = table[self.values].to_numpy(np.float64)
        shape = (self._place.max() + 1, len(self.values))
        by_cluster = _means(found, self._cluster, self._place, shape)
        by_unit = _means(found, self._unit, self._place, shape)
        with warnings.catch_warnings():
            warnings.simplefilter("ignore", RuntimeWarning)  # a measure that some row does not have
            middle = np.nanmean(by_cluster, axis=0)
        self.means = middle[self._place]
        owner = np.zeros(len(by_unit), dtype=int)
        owner[self._unit] = self._cluster
        self._between = np.nan_to_num(by_cluster - middle)
        self._within = np.nan_to_num(by_unit - by_cluster[owner])
        self._repeated = len(by_unit) - len(by_cluster)

    def draw(self, random: np.random.Generator, expected: Floats | None = None) -> pd.DataFrame:
        """Return the table with drawn values around `expected` (`means`, if it is not given)."""
        centre = self.means if expected is None else expected
        drawn = (
            centre
            + self._mixed(self._between, random, len(self._between) - 1)[self._cluster, self._place]
        )
        if self._repeated:
            drawn += self._mixed(self._within, random, self._repeated)[self._unit, self._place]
        absent = self.table[self.values].isna().to_numpy()
        drawn[absent] = np.nan
        return self.table.assign(**dict(zip(self.values, drawn.T, strict=True)))

    @staticmethod
    def _mixed(deviations: Floats, random: np.random.Generator, freedom: int) -> Floats:
        """Return mixtures of deviations that keep their covariances.

        Half of the worlds are normal; in the others every cluster has the deviations of a real one,
        with a random sign, so that the shape of the records (outliers, many equal values) is kept.
        """
        count = len(deviations)
        weights = random.standard_normal((count, count)) / np.sqrt(max(freedom, 1))
        if random.random() < 0.5:
            taken = random.integers(count, size=count)
            weights *= JITTER
            sign = random.choice([-1.0, 1.0], count) * np.sqrt(count / max(freedom, 1))
            weights[np.arange(count), taken] += sign
        flat = weights @ deviations.reshape(count, -1)
        mixed: Floats = flat.reshape(deviations.shape)
        return mixed


def numbered(table: pd.DataFrame, by: Sequence[str], column: str = "anomaly") -> pd.DataFrame:
    """Return `table` with `ORDINAL`: the number of `column` among those of its group `by`.

    The other classes of a normal class are not those of another one; by number they compare.
    """
    number = table.groupby(list(by), sort=False)[column].rank(method="dense")
    return table.assign(**{ORDINAL: number})


def alike(simulated: SimulatedTable, by: Sequence[str]) -> Floats:
    """Return expected values that differ between the groups `by` of the table and nothing else."""
    frame = pd.DataFrame(simulated.means, columns=simulated.values, index=simulated.table.index)
    keys = [simulated.table[name] for name in by]
    return frame.groupby(keys, sort=False).transform("mean").to_numpy(np.float64, copy=True)


def _means(values: Floats, group: Integers, place: Integers, shape: tuple[int, int]) -> Floats:
    """Return means of `values` by group and place, ``(groups, places, values)``; NaN where none."""
    places, width = shape
    groups = group.max() + 1
    at = group * places + place
    there = ~np.isnan(values)
    sums = np.zeros((groups * places, width))
    counts = np.zeros_like(sums)
    np.add.at(sums, at, np.where(there, values, 0.0))
    np.add.at(counts, at, there)
    with np.errstate(invalid="ignore", divide="ignore"):
        means: Floats = (sums / counts).reshape(groups, places, width)
    return means
