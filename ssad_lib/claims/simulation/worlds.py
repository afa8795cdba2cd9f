"""How the rates of the rules of paper 004 are measured: edges and effects of its claims."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import replace

import numpy as np
import pandas as pd

from ssad_lib.augment.simulated import LABELS
from ssad_lib.claims.calibration.simulation import Floats, SimulatedTable, alike
from ssad_lib.claims.calibration.worlds import Draw, Simulated, World
from ssad_lib.claims.simulation import ablations, surfaces
from ssad_lib.claims.simulation.ablations import EVERY, NO_NDAA, OTHER_SPLITS
from ssad_lib.evidence import Evidence
from ssad_lib.studies.simulation import tables
from ssad_lib.studies.simulation.methods import RUN
from ssad_lib.studies.simulation.runs import DRAEM_SIMULATED, NO_SPLIT, OURS
from ssad_lib.tasks import SIMULATED

VALUES = ["auc", "ap", "pixel_auroc", "pixel_ap", *RUN]
PLACE = ["method", "testbed", "anomaly"]
REFERENCE = 0.05  # of AP
GAP, FLAGGED = 0.1, 0.02  # of SSIM, and of the mean score of a pixel
PRINTED = {"auc": ("Table 1", "AUROC"), "ap": ("Table 1", "AP"),
           "pixel_auroc": ("Table 2", "AUROC"), "pixel_ap": ("Table 2", "AP")}  # fmt: skip
Shift = Callable[[pd.DataFrame], Floats]
"""What is added to the expected values, (rows, `VALUES`), that all methods share."""


def methods_alike(shift: Shift | None = None) -> World:
    """Return the world in which all methods have the same expected values on every test set.

    R and S fare on images that they do not know as on those that they do. `shift` moves some
    methods away from the others again.
    """

    def world(evidence: Evidence) -> Draw:
        runs = surfaces.of(evidence).reset_index(drop=True)
        simulated = SimulatedTable(runs, VALUES, PLACE)
        expected = alike(simulated, ["testbed", "anomaly"])
        for name in ("similarity", "flagged"):
            known, unseen = (VALUES.index(f"{name}_{kind}") for kind in ("judged", "unseen"))
            expected[:, unseen] = expected[:, known]
        if shift is not None:
            expected = expected + shift(runs)
        return lambda random: replace(evidence, simulated=simulated.draw(random, expected))

    return world


def of_methods(sizes: Mapping[str, float], measures: tuple[str, ...] = ("pixel_ap",)) -> Shift:
    """Return the shift of some measures of some methods, 0 for all others."""

    def shift(runs: pd.DataFrame) -> Floats:
        size = runs["method"].map(dict(sizes)).fillna(0.0).to_numpy(np.float64)
        chosen = np.array([name in measures for name in VALUES], np.float64)
        return size[:, None] * chosen

    return shift


def _means(table: str, metric: str) -> dict[str, float]:
    printed = tables.paper_table(table, metric)
    return {str(name): float(printed[name]["mean"]) for name in printed}


def _printed(runs: pd.DataFrame) -> Floats:
    """Return by how much the printed mean of a method lies over that of Ours, on defects."""
    found = np.zeros((len(runs), len(VALUES)))
    for place, measure in enumerate(VALUES):
        if measure in PRINTED:
            table, metric = PRINTED[measure]
            means = _means(table, metric)
            if measure.startswith("pixel"):
                means = _means("Table 4", metric) | means
            lead = {name: value - means[OURS] for name, value in means.items()}
            found[:, place] = runs["method"].map(lead).fillna(0.0)
    return np.where((runs["testbed"] == SIMULATED).to_numpy()[:, None], 0.0, found)


def _printed_simulated(runs: pd.DataFrame) -> Floats:
    """Return the same on simulated anomalies, by category; NDAA as inferred from the averages."""
    found = np.zeros((len(runs), len(VALUES)))
    for measure, metric in (("pixel_auroc", "AUROC"), ("pixel_ap", "AP")):
        table = tables.paper_table("Table 3", metric)
        table = table.set_axis([str(name).lower() for name in table.index])
        rows = {
            name: table.loc[_category(name)] for name in LABELS if _category(name) in table.index
        }
        rows["near-distribution"] = tables.lost_row().loc[metric]
        pairs = zip(runs["anomaly"], runs["method"], strict=True)
        lead = [
            float(rows[anomaly].get(method, rows[anomaly][OURS]) - rows[anomaly][OURS])
            if anomaly in rows
            else 0.0
            for anomaly, method in pairs
        ]
        found[:, VALUES.index(measure)] = lead
    return found


def _category(simulation: str) -> str:
    """Return how Table 3 spells the name of a simulation."""
    return "transparent" if simulation == "transparent" else LABELS[simulation].lower()


def _objects(runs: pd.DataFrame) -> Floats:
    """Return a gain of Ours on objects alone, in both measures of pixels."""
    texture = np.array([surfaces.is_texture(name) for name in runs["image_set"]])
    both = of_methods({OURS: REFERENCE}, ("pixel_auroc", "pixel_ap"))(runs)
    return np.where(texture[:, None], 0.0, both)


def _mechanism(runs: pd.DataFrame) -> Floats:
    """Return a gap and an excess of flagged pixels without the split, and none with it."""
    gap = of_methods({NO_SPLIT: -GAP}, ("similarity_unseen",))(runs)
    return gap + of_methods({NO_SPLIT: FLAGGED}, ("flagged_unseen",))(runs)


EDGE = methods_alike()
OF_TABLES = "the means of Tables 1, 2 and 4"
LEAD = f"{REFERENCE} AP"

WORLDS: dict[str, Simulated] = {
    **{
        claim: Simulated(EDGE, methods_alike(_printed), OF_TABLES, printed=True)
        for claim in ("F01", "F02", "F03", "F04", "F05")
    },
    "F06": Simulated(methods_alike(of_methods({DRAEM_SIMULATED: -ablations.SAME})), EDGE,
                     "equal AP"),
    "F07": Simulated(EDGE, methods_alike(_mechanism),
                     f"a gap of {GAP} SSIM, {FLAGGED} of a score"),
    "F08": Simulated(EDGE, methods_alike(_printed_simulated), "the means of Table 3", printed=True),
    "F09": Simulated(EDGE, methods_alike(_printed_simulated), "the means of Table 3", printed=True),
    "F10": Simulated(EDGE, methods_alike(of_methods({NO_NDAA: -REFERENCE})), LEAD),
    "F11": Simulated(EDGE, methods_alike(of_methods({EVERY: -REFERENCE})), LEAD),
    "F12": Simulated(EDGE, methods_alike(_objects), f"{LEAD} and AUROC on objects alone"),
    "F13": Simulated(EDGE, methods_alike(of_methods(dict.fromkeys(OTHER_SPLITS, -REFERENCE))),
                     LEAD),
}  # fmt: skip
"""By claim."""
