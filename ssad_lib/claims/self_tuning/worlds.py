"""How the rates of the rules of paper 001 are measured: edges and effects of its claims."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace

import numpy as np
import pandas as pd

from ssad_lib import paper_values
from ssad_lib.claims.calibration.simulation import Floats
from ssad_lib.claims.calibration.worlds import (
    TUNING,
    Draw,
    Simulated,
    World,
    of_methods,
    rows_alike,
)
from ssad_lib.claims.self_tuning import demonstration, tables
from ssad_lib.evidence import Evidence, NotRunError
from ssad_lib.studies.self_tuning import demonstration as study
from ssad_lib.studies.self_tuning.methods import TUNED
from ssad_lib.tasks import DEMONSTRATION, IN_THE_WILD

DEFECTS, DIGITS = "001_table1_mvtec_auc", "001_table2_svhn_auc"
RNG = np.random.Generator
Change = Callable[[pd.DataFrame, RNG], pd.DataFrame]


def _printed(name: str) -> dict[str, float]:
    """Return by how much the printed mean AUC of each method lies over that of ST-SSAD."""
    means = paper_values.read(name).groupby("method")["value"].mean()
    return {str(method): float(value - means[TUNED]) for method, value in means.items()}


def _either(evidence: Evidence) -> Draw:
    """Return the printed world of Table 1 or Table 2, whichever the evidence is about."""
    on_digits = tables.testbed_of(evidence) == IN_THE_WILD
    return rows_alike(TUNING, of_methods(_printed(DIGITS if on_digits else DEFECTS)))(evidence)


def _beyond(excess: float) -> World:
    """Return the world in which ST-SSAD gains `excess` over RD-CD, and all else is alike."""
    return rows_alike(TUNING, of_methods({"RD-CD": -excess}))


def changed(change: Change) -> World:
    """Return the world in which the runs of paper 001 are changed at random."""

    def world(evidence: Evidence) -> Draw:
        if evidence.tuned.empty:
            raise NotRunError("no runs of ST-SSAD")
        return lambda random: replace(evidence, tuned=change(evidence.tuned, random))

    return world


def _unrelated(table: pd.DataFrame, random: RNG) -> pd.DataFrame:
    """Deal what was learned out among the patches; four of five have a perfect detector."""
    mine = table[table["testbed"] == DEMONSTRATION]
    patches = mine["anomaly"].unique()
    dealt = dict(zip(patches, random.permutation(patches), strict=True))
    found = mine.assign(anomaly=mine["anomaly"].map(dealt))
    return _perfect(found, random, demonstration.MOST)


def _perfect(table: pd.DataFrame, random: RNG, share: float) -> pd.DataFrame:
    patches = table["anomaly"].unique()
    auc = np.where(random.random(len(patches)) < share, 1.0, 0.5)
    return table.assign(auc=table["anomaly"].map(dict(zip(patches, auc, strict=True))))


def _followed(table: pd.DataFrame, random: RNG) -> pd.DataFrame:
    """Make what was learned the truth with the errors of the records, dealt out among patches."""
    found = study.learned(table)
    found = found.drop(columns=[f"true {name}" for name in study.VALUES]).assign(
        **{
            name: found[f"true {name}"] * np.exp(random.permutation(_centred_errors(found, name)))
            for name in study.VALUES
        }
    )
    return found.assign(auc=1.0)


def _centred_errors(found: pd.DataFrame, name: str) -> Floats:
    errors = np.log(found[name]) - np.log(found[f"true {name}"])
    return np.asarray(errors - errors.median(), np.float64)


def _equal_errors(table: pd.DataFrame, random: RNG, harder: float = 1.0) -> pd.DataFrame:
    """Exchange the errors of size and ratio of some patches; those of ratios are `harder` times."""
    found = study.learned(table)
    errors = {n: np.log(found[n]) - np.log(found[f"true {n}"]) for n in study.VALUES}
    patches = found["anomaly"].unique()
    swapped = dict(zip(patches, random.random(len(patches)) < 0.5, strict=True))
    swap = found["anomaly"].map(swapped).to_numpy(dtype=bool)
    size, ratio = errors["size"].to_numpy(), errors["ratio"].to_numpy()
    dealt = {"size": np.where(swap, ratio, size), "ratio": harder * np.where(swap, size, ratio)}
    made = {n: found[f"true {n}"] * np.exp(dealt[n]) for n in study.VALUES}
    return found.drop(columns=[f"true {n}" for n in study.VALUES]).assign(**made)


def _any_size(table: pd.DataFrame, random: RNG) -> pd.DataFrame:
    """Deal the learned sizes of each seed out among the kinds of defect."""
    sizes = table.groupby(["method", "image_set", "seed"], sort=False)["size"]
    return table.assign(size=sizes.transform(lambda mine: random.permutation(mine.to_numpy())))


def _printed_sizes(table: pd.DataFrame, random: RNG) -> pd.DataFrame:
    """Make the sizes the printed ones, with the variation of the records."""
    printed = paper_values.read("001_settings_and_text_values")
    cable = printed[printed["scope"].str.startswith("Cable ")]
    values = [float(v) for v in cable[cable["quantity"] == "learned_scale"]["value"]]
    mine = table[table["image_set"].isin(list(tables.GROWING)) & table["size"].notna()]
    kinds = {kind: value for names in tables.GROWING.values()
             for kind, value in zip(names, sorted(values), strict=True)}  # fmt: skip
    logs = np.log(mine["size"])
    spread = logs - logs.groupby([mine["image_set"], mine["anomaly"]]).transform("mean")
    noise = np.exp(random.permutation(np.asarray(spread, np.float64)))
    size: pd.Series[float] = mine["anomaly"].map(kinds) * noise
    return pd.concat([table.drop(mine.index), mine.assign(size=size)])


def _half_a_turn(share: float) -> Change:
    """Return what makes every seed learn half a turn with this probability."""

    def change(table: pd.DataFrame, random: RNG) -> pd.DataFrame:
        return table.assign(angle=np.where(random.random(len(table)) < share, 180.0, 0.0))

    return change


def _start(best: bool) -> Change:
    """Return what takes a start at random, or the best one."""

    def change(table: pd.DataFrame, random: RNG) -> pd.DataFrame:
        starts = [name for name in table if str(name).startswith("auc_init_")]
        auc = table[starts].to_numpy(np.float64)
        known = ~np.isnan(auc).any(axis=1)
        place = random.integers(max(len(starts), 1), size=len(table))
        taken = table["auc"].to_numpy(np.float64).copy()
        rows = np.flatnonzero(known)
        taken[rows] = auc[rows].max(axis=1) if best else auc[rows, place[rows]]
        return table.assign(auc=taken)

    return change


EDGE = rows_alike(TUNING)
TABLE_1 = rows_alike(TUNING, of_methods(_printed(DEFECTS)))
TABLE_2 = rows_alike(TUNING, of_methods(_printed(DIGITS)))

WORLDS: dict[str, Simulated] = {
    "B01": Simulated(EDGE, TABLE_1, "the means of Table 1", printed=True),
    "B02": Simulated(EDGE, TABLE_1, "the means of Table 1", printed=True),
    "B03": Simulated(EDGE, TABLE_2, "the means of Table 2", printed=True),
    "B04": Simulated(EDGE, _either, "the means of Tables 1 and 2", printed=True),
    "B05": Simulated(EDGE, _either, "the means of Tables 1 and 2", printed=True),
    "B06": Simulated(changed(_unrelated), changed(_followed),
                     "the truth, with the errors that the records have, and an AUC of 1",
                     printed=True),
    "B07": Simulated(changed(_equal_errors),
                     changed(lambda table, random: _equal_errors(table, random, harder=2.0)),
                     "ratios whose errors are twice those of sizes"),
    "B08": Simulated(changed(_any_size), changed(_printed_sizes), "the sizes of figure 5",
                     printed=True),
    "B09": Simulated(changed(_half_a_turn(0.5)), changed(_half_a_turn(1.0)),
                     "half a turn in every seed, as figure 6", printed=True),
    "B12": Simulated(_beyond(tables.MATTERS), _beyond(0.0), "no gain at all"),
    "B13": Simulated(changed(_start(best=False)), changed(_start(best=True)),
                     "the best start always taken"),
    "B14": Simulated(rows_alike(TUNING, of_methods({"RD-CD": -tables.MATTERS})), TABLE_1,
                     "the means of Table 1", printed=True),
}  # fmt: skip
"""By claim."""
