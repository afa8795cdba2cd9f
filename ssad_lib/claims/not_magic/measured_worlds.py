"""Worlds of errors, embeddings and positions, for the rates of the claims A18 and A21 to A25."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pandas as pd

from ssad_lib import augment
from ssad_lib.claims.calibration import worlds
from ssad_lib.claims.calibration.simulation import ORDINAL, SimulatedTable, alike
from ssad_lib.claims.calibration.worlds import TASKS, Draw, World
from ssad_lib.evidence import Evidence
from ssad_lib.tasks import CONTROLLED, IN_THE_WILD

LOGS = ("error_normal", "error_augmented", "error_anomaly", "error_repair", "wasserstein")
PLAIN_MEASURES = ("probe_auc",)
MATCHED = "aug = gen"  # the rows that made their anomalies


def measures_alike(
    sizes: dict[tuple[str, str], float] | None = None, *, of_each_other: tuple[str, ...] = ()
) -> World:
    """Return the world in which the measures of DAE are the same for every row.

    Parameters
    ----------
    sizes : dict, optional
        By row and measure: what is added to the logarithm (of a probe: to its AUC).
    of_each_other : tuple of str
        Measures that have the same expected value as each other, too.
    """

    def world(evidence: Evidence) -> Draw:
        table = worlds.table_of(evidence, TASKS)
        table = table[(table["model"] == "DAE") & (table["testbed"] == CONTROLLED)]
        table = table.reset_index(drop=True)
        names = [name for name in (*LOGS, *PLAIN_MEASURES) if name in table]
        logs = [name for name in LOGS if name in table]
        logged = table.assign(**{name: np.log(table[name]) for name in logs})
        simulated = SimulatedTable(logged, names, worlds.PLACES[TASKS])
        expected = alike(simulated, ["model", "testbed", ORDINAL])
        probes = [names.index(name) for name in PLAIN_MEASURES if name in names]
        # The claim on probes compares the gens with each other, too.
        expected[:, probes] = alike(simulated, ["model", "testbed"])[:, probes]
        same = [names.index(name) for name in of_each_other]
        if same:
            expected[:, same] = expected[:, same].mean(axis=1, keepdims=True)
        for (row, measure), size in (sizes or {}).items():
            chosen = _matched(table, row)
            expected[chosen.to_numpy(), names.index(measure)] += size

        def draw(random: np.random.Generator) -> Evidence:
            drawn = simulated.draw(random, expected)
            return replace(evidence, tasks=drawn.assign(**{n: np.exp(drawn[n]) for n in logs}))

        return draw

    return world


def _matched(table: pd.DataFrame, row: str) -> pd.Series[bool]:
    """Return which rows are of `row`; ``"aug = gen"`` names those that made their anomalies."""
    if row != MATCHED:
        return table["row"] == row
    made = table["anomaly"].map({gen: augment.get(gen).label for gen in augment.gens()})
    return table["row"] == made


def positions(gain: float) -> World:
    """Return the world in which a place between normal and augmented data is worth `gain` AUC.

    Augmentations keep their mean gains and positions, so that those which place all anomalies
    between and help more, whatever the position does, stay what they are.
    """

    def world(evidence: Evidence) -> Draw:
        table = worlds.table_of(evidence, TASKS)
        table = table[(table["model"] == "DAE") & (table["testbed"] == IN_THE_WILD)]
        table = table.reset_index(drop=True)
        auc, position = (
            SimulatedTable(table, [name], worlds.PLACES[TASKS]) for name in ("auc", "position")
        )

        by_row = ["model", "row", "testbed"]
        level, middle = alike(auc, by_row), alike(position, by_row)

        def draw(random: np.random.Generator) -> Evidence:
            placed = position.draw(random, middle)["position"]
            inside = placed.between(0, 1, inclusive="neither")
            expected = level + gain * inside.to_numpy()[:, None]
            return replace(evidence, tasks=auc.draw(random, expected).assign(position=placed))

        return draw

    return world
