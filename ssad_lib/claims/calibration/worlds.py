"""Worlds in which it is known whether a claim holds, in the shape of some records.

A claim's *edge* is the world in which it just fails to hold (no effect, or exactly its margin):
there a rule must neither support nor contradict it. Its *truth* is a world with a stated effect.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace
from typing import Any

import numpy as np
import pandas as pd

from ssad_lib.claims.calibration.simulation import (
    ORDINAL,
    Floats,
    SimulatedTable,
    alike,
    numbered,
)
from ssad_lib.evidence import CLUSTER, UNTRAINED, Evidence, NotRunError
from ssad_lib.studies.self_tuning.methods import TUNED

Draw = Callable[[np.random.Generator], Evidence]
World = Callable[[Evidence], Draw]
Shift = Callable[[pd.DataFrame], Floats]
"""What is added to the expected AUC of every row of a table."""

TASKS, CASES, TUNING = "tasks", "cases", "tuned"
PLACES = {  # what tells the rows of a network and seed apart
    TASKS: ["model", "row", "testbed", ORDINAL],
    # The rows of a case are alike in its own normal class, not on average over classes.
    CASES: [*CLUSTER, "model", "row", "testbed", ORDINAL],
    TUNING: ["method", "testbed", ORDINAL],
}
COMPARED = {TASKS: "row", CASES: "row", TUNING: "method"}
AUC = "auc"


@dataclass(frozen=True)
class Simulated:
    """How the rates of one claim's rule are measured.

    Attributes
    ----------
    edge : callable
        The world in which the claim just fails to hold.
    truth : callable or None
        A world in which it holds with `effect`; None where neither the paper prints one nor a
        reference makes sense.
    effect : str
        The effect of `truth` in words.
    printed : bool
        Whether the paper prints it.
    """

    edge: World
    truth: World | None = None
    effect: str = ""
    printed: bool = False


def rows_alike(name: str = TASKS, shift: Shift | None = None) -> World:
    """Return the world in which all rows (or methods) of a table have the same expected AUC.

    `shift` moves some of them away from the others again.
    """

    def world(evidence: Evidence) -> Draw:
        simulated = auc_table(evidence, name)
        by = [place for place in PLACES[name] if place != COMPARED[name]]
        expected = alike(simulated, by)
        if shift is not None:
            expected = expected + shift(simulated.table)[:, None]
        return drawing(evidence, name, simulated, expected)

    return world


def expected_as(name: str, values: Callable[[pd.DataFrame], Floats]) -> World:
    """Return the world in which the expected AUC of every row of a table is a given one.

    Where `values` gives NaN, the expected AUC is that of the records.
    """

    def world(evidence: Evidence) -> Draw:
        simulated = auc_table(evidence, name)
        given = values(simulated.table)[:, None]
        expected = np.where(np.isnan(given), simulated.means, given)
        return drawing(evidence, name, simulated, expected)

    return world


def drawing(evidence: Evidence, name: str, simulated: SimulatedTable, expected: Floats) -> Draw:
    """Return what draws the AUC of one table of the evidence around expected values."""

    def draw(random: np.random.Generator) -> Evidence:
        # An AUC may pass 1 here: cut off, the rows that scatter more would lie lower.
        return _with_table(evidence, name, simulated.draw(random, expected))

    return draw


def _with_table(evidence: Evidence, name: str, table: pd.DataFrame) -> Evidence:
    changed: dict[str, Any] = {name: table}
    return replace(evidence, **changed)


def auc_table(evidence: Evidence, name: str) -> SimulatedTable:
    """Return a table of the evidence whose AUC can be drawn anew.

    Raises
    ------
    NotRunError
        If the evidence does not have it.
    """
    table = table_of(evidence, name)
    return SimulatedTable(table, [AUC], PLACES[name])


def table_of(evidence: Evidence, name: str) -> pd.DataFrame:
    """Return a table of the evidence with numbered tasks, without untrained networks."""
    chosen = getattr(evidence, name)
    if name == CASES and chosen.empty:
        chosen = evidence.tasks
    if chosen.empty:
        raise NotRunError(f"no table of {name}")
    trained = chosen[chosen[COMPARED[name]] != UNTRAINED].reset_index(drop=True)
    return numbered(trained, [*CLUSTER, "testbed"])


def of_rows(
    rows: Sequence[str], size: float, *, model: str = "", testbed: str = "", anomaly: str = ""
) -> Shift:
    """Return the shift of `size` of some rows, of one model, testbed or kind of anomalies alone."""

    def shift(table: pd.DataFrame) -> Floats:
        chosen = table["row"].isin(list(rows))
        for column, value in (("model", model), ("testbed", testbed), ("anomaly", anomaly)):
            if value:
                chosen &= table[column] == value
        return np.asarray(chosen, np.float64) * size

    return shift


def together(*shifts: Shift) -> Shift:
    """Return the sum of several shifts."""

    def shift(table: pd.DataFrame) -> Floats:
        total = np.zeros(len(table))
        for one in shifts:
            total = total + one(table)
        return total

    return shift


def of_methods(sizes: dict[str, float]) -> Shift:
    """Return the shift of each method by its own size, compared with ST-SSAD."""

    def shift(table: pd.DataFrame) -> Floats:
        known = {TUNED: 0.0, **sizes}
        return np.asarray(table["method"].map(known).fillna(0.0), np.float64)

    return shift
