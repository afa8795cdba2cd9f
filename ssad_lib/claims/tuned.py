"""The claims of paper 001 on its tables: B01 to B05, B08, B09, B12 to B14 (METHODS 15)."""

from __future__ import annotations

import itertools
from collections.abc import Sequence

import numpy as np
import pandas as pd

from ssad_lib import statistics
from ssad_lib.claims.finding import (
    CONTRADICTED,
    INCONCLUSIVE,
    LEVEL,
    SUPPORTED,
    Finding,
    NotRunError,
    Part,
    all_of,
    greater,
)
from ssad_lib.evidence import Evidence
from ssad_lib.studies.self_tuning import tables
from ssad_lib.studies.self_tuning.methods import TASK, TUNED
from ssad_lib.tasks import DEFECT, IN_THE_WILD

NAN = float("nan")
BEATEN = ("AE", "D-SVDD", "RS-CO", "RD-CO", "RS-CP", "RD-CP", "RS-CD")  # RD-CD is not claimed
TURNS = ("AE", "D-SVDD", "RS-RO", "RD-RO")
GROWING = ("poke", "missing-wire", "missing-cable")  # cable's kinds, by the size of the defect
TURNED = ((6, "9"), (2, "6"))  # what half a turn makes of a digit
HALF_TURN, NEAR = 180.0, 15.0  # degrees
BEYOND = (("textures:tile", "oil"), ("textures:carpet", "thread"))  # CutDiff only darkens


def beats_on_defects(evidence: Evidence) -> Finding:
    """B01: ST-SSAD beats seven of the eight baselines on defects."""
    return _beats(evidence, DEFECT, BEATEN)


def beats_on_digits(evidence: Evidence) -> Finding:
    """B03: ST-SSAD beats every baseline on digits."""
    return _beats(evidence, IN_THE_WILD, TURNS)


def discrepancy_is_worse(evidence: Evidence) -> Finding:
    """B04: with MMD as the loss, ST-SSAD is worse."""
    return _beats(evidence, _testbed(evidence), ("MMD1", "MMD2"))


def second_order_helps(evidence: Evidence) -> Finding:
    """B05: the second-order step is better than the first-order one."""
    return _beats(evidence, _testbed(evidence), ("FO",))


def is_best_most_often(evidence: Evidence) -> Finding:
    """B02: among nine methods ST-SSAD is the best more often than by chance."""
    mine = _of(evidence, DEFECT)
    counts = tables.best_counts(mine)
    if TUNED not in counts or len(counts) < 2:
        raise NotRunError("no methods to compare")
    best, tasks = int(counts[TUNED]), int(counts.sum())
    low, high = statistics.binomial_interval(best, tasks)
    p = statistics.binomial(best, tasks, 1 / len(counts)).p_value
    answer = SUPPORTED if p < LEVEL else INCONCLUSIVE
    if high < 1 / len(counts):
        answer = CONTRADICTED
    what = f"share of tasks in which ST-SSAD is the best of {len(counts)}"
    return all_of([Part(what, best / tasks, low, high, tasks, p, answer)], mine)


def size_follows_the_defect(evidence: Evidence) -> Finding:
    """B08: the same normal images, larger defects: a larger patch is learned."""
    mine = _of(evidence, DEFECT)
    cable = mine[(mine["method"] == TUNED) & mine["image_set"].str.endswith("cable")]
    if cable.empty:
        raise NotRunError("no runs of ST-SSAD on cable")
    sizes = cable.pivot_table(index="seed", columns="anomaly", values="size").reindex(
        columns=list(GROWING)
    )
    sizes = sizes.dropna()
    if sizes.empty:
        raise NotRunError(f"no runs of cable with {', '.join(GROWING)}")
    parts = []
    for small, large in itertools.pairwise(GROWING):
        parts += greater({f"log size, {large} minus {small}": np.log(sizes[large] / sizes[small])})
    return all_of(parts, cable)


def half_a_turn_is_learned(evidence: Evidence) -> Finding:
    """B09: half a turn is learned where it makes the anomaly of the normal digit."""
    mine = _of(evidence, IN_THE_WILD)
    mine = mine[mine["method"] == TUNED]
    parts = []
    for normal, anomaly in TURNED:
        seeds = mine[(mine["normal_class"] == normal) & (mine["anomaly"] == anomaly)]
        if seeds.empty:
            raise NotRunError(f"no runs of {normal} against {anomaly}")
        near = int(((seeds["angle"] - HALF_TURN).abs() <= NEAR).sum())
        low, high = statistics.binomial_interval(near, len(seeds))
        answer = SUPPORTED if low > 0.5 else INCONCLUSIVE
        if high < 0.5:
            answer = CONTRADICTED
        what = f"{normal} against {anomaly}: share of seeds within {NEAR:g}° of {HALF_TURN:g}°"
        parts.append(Part(what, near / len(seeds), low, high, len(seeds), NAN, answer))
    return all_of(parts, mine)


def some_are_beyond_cutdiff(evidence: Evidence) -> Finding:
    """B12: where CutDiff cannot express the defect, tuning it brings nothing."""
    mine = _of(evidence, DEFECT)
    pairs = mine.pivot_table(index=[*TASK, "seed"], columns="method", values="auc")
    differences = {}
    for surface, kind in BEYOND:
        chosen = pairs[
            (pairs.index.get_level_values("image_set") == surface)
            & (pairs.index.get_level_values("anomaly") == kind)
        ]
        if {"RD-CD", TUNED} <= set(chosen) and len(chosen):
            differences[f"{surface}, {kind}: RD-CD minus ST-SSAD"] = (
                chosen["RD-CD"] - chosen[TUNED]
            ).dropna()
    if not differences:
        raise NotRunError("no runs of tile with oil or carpet with thread")
    return all_of(greater(differences), mine)


def variance_chooses_well(evidence: Evidence) -> Finding:
    """B13: the start with the largest variance of scores is better than one at random."""
    mine = evidence.tuned
    starts = [name for name in mine if str(name).startswith("auc_init_")]
    mine = mine[mine["method"] == TUNED].dropna(subset=starts) if starts else mine.iloc[:0]
    if mine.empty:
        raise NotRunError("no record knows the AUC of each start")
    gain = (mine["auc"] - mine[starts].mean(axis=1)).groupby([mine[name] for name in TASK]).mean()
    return all_of(greater({"AUC of the start that S takes minus their mean": gain}), mine)


def smooth_is_no_worse(evidence: Evidence) -> Finding:
    """B14: random smooth patches (RD-CD) are as good as random hard ones (RD-CO), or better."""
    mine = _of(evidence, DEFECT)
    return all_of(greater({"RD-CD minus RD-CO": _difference(mine, "RD-CD", "RD-CO")}), mine)


def _beats(evidence: Evidence, testbed: str, others: Sequence[str]) -> Finding:
    """Return the finding that ST-SSAD has the higher AUC, over tasks, Holm over the others."""
    mine = _of(evidence, testbed)
    return all_of(
        greater({f"ST-SSAD minus {name}": _difference(mine, TUNED, name) for name in others}), mine
    )


def _difference(tuned: pd.DataFrame, better: str, worse: str) -> pd.Series[float]:
    means = tuned.pivot_table(index=TASK, columns="method", values="auc")
    if lacking := {better, worse} - set(means):
        raise NotRunError(f"no runs of {', '.join(sorted(lacking))}")
    return (means[better] - means[worse]).dropna()


def _of(evidence: Evidence, testbed: str) -> pd.DataFrame:
    if evidence.tuned.empty:
        raise NotRunError("no runs of ST-SSAD")
    mine = evidence.tuned[evidence.tuned["testbed"] == testbed]
    if mine.empty:
        raise NotRunError(f"no runs of ST-SSAD on the testbed {testbed}")
    return mine


def _testbed(evidence: Evidence) -> str:
    """Return the testbed of the table that the evidence holds."""
    held = set(evidence.tuned["testbed"]) if len(evidence.tuned) else set()
    return IN_THE_WILD if IN_THE_WILD in held else DEFECT
