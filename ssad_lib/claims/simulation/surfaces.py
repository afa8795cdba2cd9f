"""What claims of paper 004 compare: measures by surface, seeds averaged.

Surfaces are the units: each has networks of its own, and all kinds of its defects are tested
together, as in the paper.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping

import pandas as pd

from ssad_lib.augment import simulated
from ssad_lib.claims.comparisons import above
from ssad_lib.claims.outlier_exposure.cells import difference
from ssad_lib.claims.rule_book import Part
from ssad_lib.evidence import CLUSTER, Evidence, NotRunError
from ssad_lib.studies.simulation import methods
from ssad_lib.studies.simulation.runs import TEXTURES, UNTRAINED

__all__ = [
    "by_surface", "difference", "is_texture", "leads", "of", "of_methods", "on_simulations",
    "selection",
]  # fmt: skip


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


def of_methods(runs: pd.DataFrame, *names: str) -> pd.DataFrame:
    """Return the runs of some methods: those that a claim rests on."""
    return runs[runs["method"].isin(names)]


def leads(
    runs: pd.DataFrame, pairs: Iterable[tuple[str, str]], measures: Mapping[str, str]
) -> list[Part]:
    """Return the parts that one method of each pair is better, by each measure (and its unit)."""
    chosen, parts = list(pairs), []
    for measure, unit in measures.items():
        table = by_surface(runs, measure)
        parts += [
            above(f"{better} minus {worse}: {unit}", difference(table, better, worse), unit)
            for better, worse in chosen
        ]
    return parts


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
