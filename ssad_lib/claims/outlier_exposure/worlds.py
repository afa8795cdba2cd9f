"""How the rates of the rules of paper 003 are measured: edges and effects of its claims."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from functools import partial

import numpy as np
import pandas as pd

from ssad_lib import paper_values
from ssad_lib.claims.calibration.simulation import Floats, SimulatedTable
from ssad_lib.claims.calibration.worlds import AUC, Draw, Simulated, World
from ssad_lib.claims.outlier_exposure import cells, objectives, single, sweeps
from ssad_lib.evidence import Evidence, NotRunError
from ssad_lib.studies.outlier_exposure import tables
from ssad_lib.studies.outlier_exposure.methods import DSVDD, UNTRAINED

PLACE = ["method", "images", "classes", "named", "blur", "radial", "gamma", "augmented"]
REFERENCE = 0.02  # AUC
RNG = np.random.Generator
Shift = Callable[[pd.DataFrame], Floats]
"""What is added to an expected AUC that all runs of an image set share."""


def runs_alike(shift: Shift | None = None, keep: Shift | None = None) -> World:
    """Return the world in which all runs of an image set have the same expected AUC.

    `shift` moves some of them away from the others; `keep` says which runs are drawn, all others
    are left out.
    """

    def world(evidence: Evidence) -> Draw:
        runs = evidence.exposed
        if runs.empty:
            raise NotRunError("no runs against outliers")
        runs = runs[runs["method"] != UNTRAINED].reset_index(drop=True)
        if keep is not None:
            runs = runs[keep(runs) > 0].reset_index(drop=True)
        simulated = SimulatedTable(runs, [AUC], PLACE)
        level = runs.groupby("image_set")[AUC].transform("mean").to_numpy(np.float64)
        expected = level + (0.0 if shift is None else shift(runs))
        return lambda random: replace(evidence, exposed=simulated.draw(random, expected[:, None]))

    return world


def of_methods(sizes: dict[str, float]) -> Shift:
    """Return the shift of each method by its own size, 0 for those that are not named."""
    return lambda runs: np.asarray(runs["method"].map(sizes).fillna(0.0), np.float64)


def _printed(runs: pd.DataFrame) -> Floats:
    """Return by how much the printed mean AUC of a method lies over that of HSC."""
    means = tables.paper_means("Table 1")
    lead = {str(name): float(value - means["HSC"]) for name, value in means.items()}
    return of_methods(lead)(runs)


def _of_gammas(size: float, runs: pd.DataFrame) -> Floats:
    """Return the shift of every γ above 0."""
    return np.where(runs["gamma"].fillna(0.0) > 0, size, 0.0)


def _steps(name: str, runs: pd.DataFrame) -> Floats:
    """Return a shift that grows by `REFERENCE` from each value of a column to the next.

    Without outliers the AUC lies one step below.
    """
    found = sorted(runs[name].unique(), key=lambda value: (value == 0, value))
    steps = {value: place * REFERENCE for place, value in enumerate(found)}
    grown = runs[name].map(steps).to_numpy(np.float64)
    return np.where(runs["method"] == DSVDD, -REFERENCE, grown)


def _crossing(runs: pd.DataFrame) -> Floats:
    """Return a lead of HSC with the fewest outliers and of BCE with all."""
    fewest = runs.loc[runs["images"] > 0, "images"].min()
    leads = {("HSC", fewest): REFERENCE, ("BCE", 0): REFERENCE}
    pairs = zip(runs["method"], runs["images"], strict=True)
    return np.asarray([leads.get(pair, 0.0) for pair in pairs], np.float64)


def _of_the_named(size: float, none: float, runs: pd.DataFrame) -> Floats:
    """Return the shifts of outliers of the named class and of no outliers; 0 is one at random."""
    return np.select([runs["named"] != "", runs["method"] == DSVDD], [size, none], 0.0)


def _the_case(runs: pd.DataFrame) -> Floats:
    """Return 1 for the runs of the class that has outliers by name: its seeds are the units."""
    mine = runs.loc[runs["named"] != "", ["image_set", "normal_class"]].drop_duplicates()
    places = set(mine.itertuples(index=False, name=None))
    pairs = zip(runs["image_set"], runs["normal_class"], strict=True)
    return np.asarray([pair in places for pair in pairs], np.float64)


def _blurred(size: float, runs: pd.DataFrame) -> Floats:
    """Return what every blur costs."""
    return np.where(runs["blur"] > 0, -size, 0.0)


def _fading(lead: float, runs: pd.DataFrame) -> Floats:
    """Return an AUC that fades to what claim E14 asks for, with a lead of HSC."""
    level = runs[AUC].mean()
    strongest = runs["blur"].max() or 1.0
    faded = (sweeps.LASTING - 1) * level * runs["blur"].to_numpy(np.float64) / strongest
    above = of_methods({"HSC": lead})(runs)
    return faded * (0.5 if lead else 1.0) + above


def _kinds(runs: pd.DataFrame) -> Floats:
    """Return a lead of HSC on digits and of BCE on photographs."""
    digits = runs["image_set"].map(cells.kind_of) == cells.DIGITS
    ahead = np.where(digits, runs["method"] == "HSC", runs["method"] == "BCE")
    return REFERENCE * ahead.astype(np.float64)


def _printed_radial(runs: pd.DataFrame) -> Floats:
    """Return the means of Table 3 over that of its best cell."""
    printed = paper_values.read("003_table3_hsc_radial")
    lead = (printed["value"] - printed["value"].max()) / tables.PERCENT
    augmented = printed["data_augmentation"] == "with"
    by_cell = dict(zip(zip(printed["h"], augmented, strict=True), lead, strict=True))
    pairs = zip(runs["radial"], runs["augmented"], strict=True)
    return np.asarray([by_cell.get(pair, 0.0) for pair in pairs], np.float64)


def _few_as_printed(excess: float) -> World:
    """Return the world in which 128 outliers reach the printed AUC without any, plus `excess`."""

    def world(evidence: Evidence) -> Draw:
        runs = evidence.exposed
        if runs.empty or set(runs["image_set"]) != {sweeps.CIFAR}:
            raise NotRunError("no runs on CIFAR-10")
        runs = runs[runs["method"] != UNTRAINED].reset_index(drop=True)
        simulated = SimulatedTable(runs, [AUC], PLACE)
        given = runs["normal_class"].map(sweeps.printed_without()) + excess
        few = (runs["images"] == sweeps.FEW).to_numpy()
        expected = np.where(few, given, simulated.means[:, 0])[:, None]
        return lambda random: replace(evidence, exposed=simulated.draw(random, expected))

    return world


def _borders(hypersphere: float, classifier: float, lead: float) -> World:
    """Return the world of points in which regions end with these probabilities.

    The AUC of the two methods are exchanged at random inside a seed, then HSC gets `lead`.
    """

    def world(evidence: Evidence) -> Draw:
        if evidence.borders.empty:
            raise NotRunError("no borders of points were measured")
        return lambda random: replace(evidence, borders=_drawn(evidence.borders, random))

    def _drawn(borders: pd.DataFrame, random: RNG) -> pd.DataFrame:
        own = borders["method"] == "HSC"
        ends = random.random(len(borders)) < np.where(own, hypersphere, classifier)
        cell = ["activation", "outliers", "seed"]
        order = borders.assign(drawn=random.random(len(borders))).sort_values([*cell, "drawn"])
        plain = borders.sort_values([*cell, "method"])
        auc = pd.Series(order[AUC].to_numpy(), index=plain.index)
        return borders.assign(bounded=ends, auc=auc + np.where(own, lead, 0.0))

    return world


EDGE = runs_alike()
STEP = "0.02 AUC for each step"

WORLDS: dict[str, Simulated] = {
    "E01": Simulated(EDGE, runs_alike(_printed), "the means of Table 1", printed=True),
    "E02": Simulated(EDGE, runs_alike(_printed), "the means of Table 1", printed=True),
    "E03": Simulated(runs_alike(of_methods({"BCE": -objectives.MATCHES})), EDGE, "equal AUC"),
    "E04": Simulated(runs_alike(partial(_of_gammas, objectives.SAME)), EDGE, "equal AUC"),
    "E05": Simulated(EDGE, runs_alike(_printed), "the means of Table 1", printed=True),
    "E06": Simulated(_few_as_printed(-objectives.MATCHES), _few_as_printed(REFERENCE),
                     "0.02 AUC more than printed"),
    "E07": Simulated(EDGE, runs_alike(partial(_steps, "images")), STEP),
    "E08": Simulated(EDGE, runs_alike(_crossing), "leads of 0.02 AUC"),
    "E09": Simulated(EDGE, runs_alike(partial(_steps, "classes")), STEP),
    "E10": Simulated(EDGE, runs_alike(of_methods({"HSC": REFERENCE})), "a lead of 0.02 AUC"),
    "E11": Simulated(
        runs_alike(partial(_of_the_named, -single.HARDLY_WORSE, -single.HARDLY_WORSE), _the_case),
        runs_alike(partial(_of_the_named, 0.0, -0.1), _the_case),
        "as good as one at random, 0.1 AUC over none",
    ),
    "E12": Simulated(runs_alike(partial(_blurred, sweeps.COLLAPSE)),
                     runs_alike(partial(_blurred, 2 * sweeps.COLLAPSE)), "a loss of 0.1 AUC"),
    "E13": Simulated(EDGE, runs_alike(of_methods({"HSC": REFERENCE})), "a lead of 0.02 AUC"),
    "E14": Simulated(runs_alike(partial(_fading, 0.0)), runs_alike(partial(_fading, REFERENCE)),
                     "a lead of 0.02 AUC, and half the loss"),
    "E15": Simulated(EDGE, runs_alike(_printed_radial), "the means of Table 3", printed=True),
    "E16": Simulated(EDGE, runs_alike(_printed_radial), "the means of Table 3", printed=True),
    "E17": Simulated(_borders(0.5, 0.5, 0.0), _borders(1.0, 0.0, 0.2),
                     "as figure 1 shows it, 0.2 AUC apart", printed=True),
    "E18": Simulated(EDGE, runs_alike(_kinds), "leads of 0.02 AUC"),
}  # fmt: skip
"""By claim."""
