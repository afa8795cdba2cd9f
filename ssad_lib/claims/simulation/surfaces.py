"""What claims of paper 004 compare: measures by surface, seeds averaged.

Surfaces are the units: each has networks of its own, and all kinds of its defects are tested
together, as in the paper.
"""

from __future__ import annotations

import pandas as pd

from ssad_lib.augment import simulated
from ssad_lib.claims.outlier_exposure.cells import difference
from ssad_lib.evidence import CLUSTER, Evidence, NotRunError
from ssad_lib.studies.simulation import methods
from ssad_lib.studies.simulation.runs import TEXTURES, UNTRAINED

__all__ = ["by_surface", "difference", "is_texture", "of", "on_simulations", "selection"]


def of(evidence: Evidence) -> pd.DataFrame:
    """Return the runs of paper 004 with a training, and PatchCore's.

    Raises
    ------
    NotRunError
        If there are none.
    """
    runs = evidence.simulated
    if runs.empty:
        raise NotRunError("no runs with simulated anomalies")
    return runs[runs["method"] != UNTRAINED]


def by_surface(runs: pd.DataFrame, measure: str) -> pd.DataFrame:
    """Return a measure on real defects: surfaces by method; methods without it have no column."""
    mine = methods.defects(runs)
    table = mine.pivot_table(index=CLUSTER, columns="method", values=measure)
    return table.dropna(axis=1, how="all")


def on_simulations(runs: pd.DataFrame, measure: str) -> pd.DataFrame:
    """Return a measure on simulated anomalies: surface and simulation by method."""
    mine = methods.simulated(runs)
    table = mine.pivot_table(index=[*CLUSTER, "anomaly"], columns="method", values=measure)
    return table.dropna(axis=1, how="all")


def selection(image_set: str) -> simulated.Selection:
    """Return the simulations that paper 004's rule selects for a surface."""
    return simulated.selected(image_set)


def is_texture(image_set: str) -> bool:
    """Whether a surface is a texture, else it is an object."""
    return image_set.rpartition(":")[2] in TEXTURES
