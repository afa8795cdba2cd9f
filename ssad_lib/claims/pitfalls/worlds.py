"""How the rates of the rules of paper 002 are measured: edges and effects of its claims.

The paper prints no table, so that every effect is a reference of ours.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace

import numpy as np
import pandas as pd
from scipy.optimize import brentq

from ssad_lib import augment
from ssad_lib.alignment import CRITERIA
from ssad_lib.claims.calibration.simulation import Floats
from ssad_lib.claims.calibration.worlds import CASES, Draw, Simulated, of_rows, rows_alike, together
from ssad_lib.claims.comparisons import by_cluster
from ssad_lib.claims.pitfalls import snooping
from ssad_lib.claims.self_tuning.worlds import WORLDS as TUNED_WORLDS
from ssad_lib.errors import SsadError
from ssad_lib.evidence import CLUSTER, MODELS, Evidence, NotRunError
from ssad_lib.studies.pitfalls import controls
from ssad_lib.studies.pitfalls import selection_experiment as experiment
from ssad_lib.tasks import DEFECT, IN_THE_WILD

REFERENCE = 0.05
RNG = np.random.Generator
TOLD = 1.0  # weight of the AUC's rank in a criterion that tells something; ρ is about −.7
GROUPS = {
    IN_THE_WILD: [augment.get(name).label for name in experiment.GEOMETRIC],
    DEFECT: [augment.get(name).label for name in experiment.LOCAL],
}


def _candidates(change: Callable[[pd.DataFrame, RNG], pd.DataFrame]) -> Callable[[Evidence], Draw]:
    def world(evidence: Evidence) -> Draw:
        if evidence.candidates.empty:
            raise NotRunError("no candidates on defects were run")
        return lambda random: replace(evidence, candidates=change(evidence.candidates, random))

    return world


def _unrelated(table: pd.DataFrame, random: RNG) -> pd.DataFrame:
    """Make every criterion noise: whatever is chosen, is chosen at random."""
    return table.assign(**{name: random.standard_normal(len(table)) for name in CRITERIA})


def _by_candidate(table: pd.DataFrame, random: RNG) -> pd.DataFrame:
    """Deal the criteria out among the candidates of each surface, those of its kinds alike."""
    parts = []
    for _, mine in table.groupby("surface", sort=False):
        names = mine.set_index(experiment.CANDIDATE).index.unique()
        dealt = dict(zip(names, random.permutation(len(names)), strict=True))
        place = [names[dealt[name]] for name in mine.set_index(experiment.CANDIDATE).index]
        source = mine.set_index([*experiment.CANDIDATE, "seed", "anomaly"])[list(CRITERIA)]
        wanted = pd.MultiIndex.from_arrays(
            [*zip(*place, strict=True), mine["seed"], mine["anomaly"]], names=source.index.names
        )
        values = source.reindex(wanted).to_numpy()
        parts.append(mine.assign(**dict(zip(CRITERIA, values.T, strict=True))))
    return pd.concat(parts)


def _informed(*names: str) -> Callable[[pd.DataFrame, RNG], pd.DataFrame]:
    """Return what makes some criteria tell something of the AUC, and all others nothing."""

    def change(table: pd.DataFrame, random: RNG) -> pd.DataFrame:
        ranks = table.groupby(experiment.PLACE)["auc"].rank(pct=True)
        scale = ranks.std() or 1.0
        noise = _unrelated(table, random)
        told = {
            name: -TOLD * (ranks - ranks.mean()) / scale + random.standard_normal(len(table))
            for name in names
        }
        return noise.assign(**told)

    return change


def _halves(lost: float | None) -> Callable[[Evidence], Draw]:
    """Return the world in which a choice by the labels of one half loses `lost` on the other.

    The difference of the two halves is made smaller until it does (None: as it is); then normal
    classes are drawn again, those of one image set as often as there are.
    """

    def world(evidence: Evidence) -> Draw:
        if evidence.halves.empty:
            raise NotRunError("no raw scores")
        table = evidence.halves if lost is None else _shrunk(evidence, lost)
        groups = [mine for _, mine in table.groupby(CLUSTER, sort=False)]

        def draw(random: RNG) -> Evidence:
            taken = random.integers(len(groups), size=len(groups))
            parts = [groups[place].assign(normal_class=number)
                     for number, place in enumerate(taken)]  # fmt: skip
            return replace(evidence, halves=pd.concat(parts, ignore_index=True))

        return draw

    return world


def _shrunk(evidence: Evidence, lost: float) -> pd.DataFrame:
    """Return the halves, each model's nearer to each other until its choice loses `lost`."""
    parts = []
    for model in MODELS:
        mine = evidence.halves[evidence.halves["model"] == model]
        if mine.empty:
            continue

        def excess(factor: float, mine: pd.DataFrame = mine, model: str = model) -> float:
            both = controls.split_half(replace(evidence, halves=_nearer(mine, factor)), model)
            return float(by_cluster(both["same half"] - both["other half"], CLUSTER).mean() - lost)

        if excess(1.0) <= 0:
            raise SsadError(f"{model}: a choice by one half loses less than {lost}")
        parts.append(_nearer(mine, float(brentq(excess, 0.0, 1.0, xtol=1e-3))))
    return pd.concat(parts)


def _nearer(table: pd.DataFrame, factor: float) -> pd.DataFrame:
    middle = (table["first"] + table["second"]) / 2
    half = factor * (table["first"] - table["second"]) / 2
    return table.assign(first=middle + half, second=middle - half)


def _types(table: pd.DataFrame) -> Floats:
    """Return the shift of Rotate by which one type gains and another loses."""
    kinds = sorted(table["anomaly"].unique())
    moved = {kinds[0]: REFERENCE, kinds[-1]: -REFERENCE}
    size = table["anomaly"].map(moved).fillna(0.0)
    return np.where(table["row"] == "Rotate", size, 0.0)


SUITED = together(
    *(of_rows(rows, REFERENCE, model="DAE", testbed=testbed) for testbed, rows in GROUPS.items())
)
TELLS = "a criterion that correlates with the AUC by about ρ = −.7"

WORLDS: dict[str, Simulated] = {
    "C01": Simulated(rows_alike(), rows_alike(shift=SUITED), ".05 AUC for those that suit"),
    "C02": Simulated(_candidates(_by_candidate), _candidates(_informed("dsv")), TELLS),
    "C03": Simulated(_halves(snooping.MATERIAL), _halves(None), "what the records lose"),
    "C04": Simulated(rows_alike(CASES), rows_alike(CASES, _types),
                     "one type that gains .05 AUC, one that loses as much"),
    "C05": Simulated(_candidates(_by_candidate), _candidates(_informed("dsv")), TELLS),
    "C06": Simulated(_candidates(_unrelated), _candidates(_informed("dsv")), TELLS),
    "C07": Simulated(_candidates(_by_candidate), _candidates(_informed("dsv")), TELLS),
    "C08": Simulated(TUNED_WORLDS["B06"].edge, TUNED_WORLDS["B06"].truth,
                     TUNED_WORLDS["B06"].effect),
}  # fmt: skip
"""By claim."""
