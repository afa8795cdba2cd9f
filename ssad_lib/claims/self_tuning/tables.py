"""The claims of paper 001 on its tables: B01 to B05, B08, B09, B12 to B14 (METHODS 15).

The baselines are trained once for a surface or digit, so that its kinds of defect, or the digits it
is tested against, share networks: surfaces and digits are the units. Where a claim is about one
normal set and kinds that it names, seeds are.
"""

from __future__ import annotations

from collections.abc import Sequence
from itertools import pairwise

import numpy as np
import pandas as pd

from ssad_lib.claims.comparisons import above, below, best_more_often, by_cluster, share
from ssad_lib.claims.rule_book import Finding, Part, decide
from ssad_lib.evidence import CLUSTER, Evidence, NotRunError
from ssad_lib.studies.self_tuning import tables
from ssad_lib.studies.self_tuning.methods import TASK, TUNED
from ssad_lib.tasks import DEFECT, IN_THE_WILD

BEATEN = ("AE", "D-SVDD", "RS-CO", "RD-CO", "RS-CP", "RD-CP", "RS-CD")  # RD-CD is not claimed
TURNS = ("AE", "D-SVDD", "RS-RO", "RD-RO")
GROWING = {  # image set: kinds of defect, by their size
    "mvtec:cable": ("poke_insulation", "missing_wire", "missing_cable"),
    "textures:cable": ("poke", "missing-wire", "missing-cable"),
}
TURNED = ((6, "9"), (2, "6"))  # what half a turn makes of a digit
HALF_TURN, NEAR = 180.0, 15.0  # degrees
BEYOND = (("tile", "oil"), ("carpet", "thread"))  # CutDiff only darkens
SURFACES = ("mvtec", "textures")  # where these are
MATTERS = 0.02  # AUC: less is no gain, and no harm


def beats_on_defects(evidence: Evidence) -> Finding:
    """B01: ST-SSAD beats seven of the eight baselines on defects."""
    return _beats(evidence, DEFECT, BEATEN)


def beats_on_digits(evidence: Evidence) -> Finding:
    """B03: ST-SSAD beats every baseline on digits."""
    return _beats(evidence, IN_THE_WILD, TURNS)


def discrepancy_is_worse(evidence: Evidence) -> Finding:
    """B04: with MMD as the loss, ST-SSAD is worse."""
    return _beats(evidence, testbed_of(evidence), ("MMD1", "MMD2"))


def second_order_helps(evidence: Evidence) -> Finding:
    """B05: the second-order step is better than the first-order one."""
    return _beats(evidence, testbed_of(evidence), ("FO",))


def is_best_most_often(evidence: Evidence) -> Finding:
    """B02: among nine methods ST-SSAD is the best more often than by chance."""
    mine = _of(evidence, DEFECT)
    if TUNED not in set(mine["method"]):
        raise NotRunError("no runs of ST-SSAD")
    wins = tables.wins(mine)
    if TUNED not in wins:
        raise NotRunError("no task that every method was run on")
    count = len(wins.columns)
    what = f"share of tasks in which ST-SSAD is the best of {count}, above 1/{count}"
    note = f"the best in {wins[TUNED].sum()} of {wins.to_numpy().sum()} tasks"
    return decide([best_more_often(what, wins, TUNED)], mine, note)


def size_follows_the_defect(evidence: Evidence) -> Finding:
    """B08: the same normal images, larger defects: a larger patch is learned."""
    mine = _tuned(evidence, DEFECT)
    mine = mine[mine["image_set"].isin(list(GROWING))]
    if mine.empty:
        raise NotRunError("no runs of ST-SSAD on cable")
    parts: list[Part] = []
    for image_set, own in mine.groupby("image_set"):
        kinds = GROWING[str(image_set)]
        if lacking := [kind for kind in kinds if kind not in set(own["anomaly"])]:
            raise NotRunError(f"no runs of {image_set} with {', '.join(lacking)}")
        sizes = own.pivot_table(index="seed", columns="anomaly", values="size")[[*kinds]].dropna()
        parts += [
            above(f"{image_set}: log size, {large} minus {small}",
                  np.log(sizes[large] / sizes[small]), "log")
            for small, large in pairwise(kinds)
        ]  # fmt: skip
    return decide(parts, mine, "seeds are the units")


def half_a_turn_is_learned(evidence: Evidence) -> Finding:
    """B09: half a turn is learned where it makes the anomaly of the normal digit."""
    mine = _tuned(evidence, IN_THE_WILD)
    parts, used = [], []
    for normal, anomaly in TURNED:
        seeds = mine[(mine["normal_class"] == normal) & (mine["anomaly"] == anomaly)]
        if seeds.empty:
            raise NotRunError(f"no runs of {normal} against {anomaly}")
        near = int(((seeds["angle"] - HALF_TURN).abs() <= NEAR).sum())
        what = f"{normal} against {anomaly}: share of seeds within {NEAR:g}° of {HALF_TURN:g}°"
        parts.append(share(f"{what}, above one half", near, len(seeds), 0.5))
        used.append(seeds)
    return decide(parts, pd.concat(used), "seeds are the units")


def some_are_beyond_cutdiff(evidence: Evidence) -> Finding:
    """B12: where CutDiff cannot express the defect, tuning it brings nothing."""
    mine = _of(evidence, DEFECT)
    pairs = mine.pivot_table(index=[*TASK, "seed"], columns="method", values="auc")
    parts, absent = [], []
    for surface, kind in BEYOND:
        gains = _gain_of_tuning(pairs, surface, kind)
        if gains.empty:
            absent.append(f"{surface} with {kind}")
        else:
            what = f"{surface}, {kind}: ST-SSAD minus RD-CD, below {MATTERS}"
            parts.append(below(what, gains, "AUC", MATTERS))
    if not parts:
        raise NotRunError(f"no runs of ST-SSAD and RD-CD on {' or '.join(absent)}")
    note = "; ".join(["seeds are the units", *(f"without {name}" for name in absent)])
    named = mine[mine["anomaly"].isin([kind for _, kind in BEYOND])]
    return decide(parts, named[named["method"].isin([TUNED, "RD-CD"])], note)


def variance_chooses_well(evidence: Evidence) -> Finding:
    """B13: the start with the largest variance of scores is better than one at random."""
    mine = evidence.tuned
    starts = [name for name in mine if str(name).startswith("auc_init_")]
    mine = mine[mine["method"] == TUNED].dropna(subset=starts) if starts else mine.iloc[:0]
    if mine.empty:
        raise NotRunError("no record knows the AUC of each start")
    gains = mine.assign(gain=mine["auc"] - mine[starts].mean(axis=1)).set_index(CLUSTER)["gain"]
    what = "AUC of the start that S takes minus their mean"
    return decide([above(what, by_cluster(gains, CLUSTER), "AUC")], mine)


def smooth_is_no_worse(evidence: Evidence) -> Finding:
    """B14: random smooth patches (RD-CD) do no harm against random hard ones (RD-CO)."""
    mine = _of(evidence, DEFECT)
    what = f"RD-CD minus RD-CO, above −{MATTERS}"
    part = above(what, _difference(mine, "RD-CD", "RD-CO"), "AUC", margin=-MATTERS)
    return decide([part], mine[mine["method"].isin(["RD-CD", "RD-CO"])])


def _beats(evidence: Evidence, testbed: str, others: Sequence[str]) -> Finding:
    """Return the finding that ST-SSAD has the higher AUC than each of the others."""
    mine = _of(evidence, testbed)
    parts = [
        above(f"ST-SSAD minus {name}", _difference(mine, TUNED, name), "AUC") for name in others
    ]
    variants = [name for name in (TUNED, *tables.VARIANTS) if name in set(mine["method"])]
    means = tables.by_task(mine)[variants].mean()
    note = "mean AUC: " + ", ".join(f"{name} {auc:.3f}" for name, auc in means.items())
    return decide(parts, mine[mine["method"].isin([TUNED, *others])], note)


def _difference(tuned: pd.DataFrame, better: str, worse: str) -> pd.Series[float]:
    """Return the difference of AUC by surface or digit: means over seeds, then over its tasks."""
    means = tuned.pivot_table(index=TASK, columns="method", values="auc")
    if lacking := {better, worse} - set(means):
        raise NotRunError(f"no runs of {', '.join(sorted(lacking))}")
    return by_cluster(means[better] - means[worse], CLUSTER)


def _gain_of_tuning(pairs: pd.DataFrame, surface: str, kind: str) -> pd.Series[float]:
    """Return ST-SSAD minus RD-CD by image set and seed, of one kind of defect of one surface."""
    if not {TUNED, "RD-CD"} <= set(pairs):
        return pd.Series(dtype=float)
    image_sets = [f"{family}:{surface}" for family in SURFACES]
    chosen = pairs.index.get_level_values("image_set").isin(image_sets)
    chosen &= pairs.index.get_level_values("anomaly") == kind
    gains: pd.Series[float] = (pairs[TUNED] - pairs["RD-CD"])[chosen].dropna()
    return gains


def _tuned(evidence: Evidence, testbed: str) -> pd.DataFrame:
    mine = _of(evidence, testbed)
    return mine[mine["method"] == TUNED]


def _of(evidence: Evidence, testbed: str) -> pd.DataFrame:
    if evidence.tuned.empty:
        raise NotRunError("no runs of ST-SSAD")
    mine = evidence.tuned[evidence.tuned["testbed"] == testbed]
    if mine.empty:
        raise NotRunError(f"no runs of ST-SSAD on the testbed {testbed}")
    return mine


def testbed_of(evidence: Evidence) -> str:
    """Return the testbed of the table that the evidence holds."""
    held = set(evidence.tuned["testbed"]) if len(evidence.tuned) else set()
    return IN_THE_WILD if IN_THE_WILD in held else DEFECT


TESTS = {
    "B01": beats_on_defects,
    "B02": is_best_most_often,
    "B03": beats_on_digits,
    "B04": discrepancy_is_worse,
    "B05": second_order_helps,
    "B08": size_follows_the_defect,
    "B09": half_a_turn_is_learned,
    "B12": some_are_beyond_cutdiff,
    "B13": variance_chooses_well,
    "B14": smooth_is_no_worse,
}
