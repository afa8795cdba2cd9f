"""The claims A18 and A21 to A25: what the DAE does, in errors and embeddings (METHODS 8 and 15)."""

from __future__ import annotations

import numpy as np
import pandas as pd

from ssad_lib import augment, statistics
from ssad_lib.claims.finding import (
    CONTRADICTED,
    INCONCLUSIVE,
    LEVEL,
    SUPPORTED,
    Finding,
    NotRunError,
    Part,
    all_of,
    between,
    greater,
    need,
)
from ssad_lib.evidence import NO_AUGMENTATION, UNIT, Evidence
from ssad_lib.tasks import CONTROLLED

NAN = float("nan")
STRENGTH = (NO_AUGMENTATION, "CutOut", "Flip", "GEOM")  # the order of figure 6
PANELS = {  # gen: the augmentations of figures 6 and 12
    "flip": (NO_AUGMENTATION, "CutOut", "Flip", "GEOM"),
    "cutout": (NO_AUGMENTATION, "CutOut", "GEOM", "Invert"),
}
REPAIRED = ("cutout", "invert")  # the controlled cases of figures 5 and 11
FAR = 2.0  # e_id of the DAE stays below so many times that of the AE
LEAST_SHARE = 0.8


def repairs(evidence: Evidence) -> Finding:
    """A18: DAE leaves normals as they are and undoes the augmentation on aligned anomalies."""
    parts: list[Part] = []
    for gen in REPAIRED:
        label = augment.get(gen).label
        names = ("error_repair", "error_anomaly", "error_normal")
        dae, ae = (_measured(evidence, gen, row, *names) for row in (label, NO_AUGMENTATION))
        both = dae.add_suffix(" DAE").join(ae.add_suffix(" AE"), how="inner")
        log = np.log(both)
        parts += greater(
            {
                f"{label}: log e_inv, AE minus DAE": log["error_repair AE"]
                - log["error_repair DAE"],
                f"{label}: DAE, log e_copy minus log e_inv": log["error_anomaly DAE"]
                - log["error_repair DAE"],
                f"{label}: AE, log e_inv minus log e_copy": log["error_repair AE"]
                - log["error_anomaly AE"],
                f"{label}: log of {FAR:g} e_id of AE minus log e_id of DAE": np.log(FAR)
                + log["error_normal AE"]
                - log["error_normal DAE"],
            }
        )
    return all_of(parts, _used(evidence, (NO_AUGMENTATION, *_labels(REPAIRED))))


def errors_rise(evidence: Evidence) -> Finding:
    """A21: reconstruction errors of normals rise from Identity over CutOut and Flip to GEOM."""
    table = _by_row(evidence, "error_normal", STRENGTH)
    found = statistics.trend(table)
    against = statistics.trend(table[table.columns[::-1]])
    ends = np.log(table[STRENGTH[-1]] / table[STRENGTH[0]])
    (rise,) = greater({"log error on normals, GEOM minus no augmentation": ends})
    answer = SUPPORTED if found.p_value < LEVEL else INCONCLUSIVE
    if against.p_value < LEVEL:
        answer = CONTRADICTED
    trend = Part("Page's L for none < CutOut < Flip < GEOM", found.statistic, NAN, NAN,
                 len(table), found.p_value, answer)  # fmt: skip
    return all_of([trend, rise], _used(evidence, STRENGTH))


def histograms_match(evidence: Evidence) -> Finding:
    """A22: errors of augmented data and of anomalies are nearest to each other where aug = gen."""
    parts = []
    for gen, rows in PANELS.items():
        label = augment.get(gen).label
        table = _by_row(evidence, "wasserstein", rows, gen)
        nearest = int((table.idxmin(axis=1) == label).sum())
        low, high = statistics.binomial_interval(nearest, len(table))
        p = statistics.binomial(nearest, len(table), 1 / len(rows)).p_value
        share = nearest / len(table)
        answer = INCONCLUSIVE
        if share >= LEAST_SHARE and p < LEVEL:
            answer = SUPPORTED
        elif high < LEAST_SHARE:
            answer = CONTRADICTED
        what = f"{label} anomalies: share of classes nearest with {label}"
        parts.append(Part(what, share, low, high, len(table), p, answer))
    rows_used = {row for rows in PANELS.values() for row in rows}
    return all_of(parts, _used(evidence, tuple(rows_used)))


def inversion_shifts_most(evidence: Evidence) -> Finding:
    """A23: Invert shifts the errors of augmented data further to the right than GEOM does."""
    table = _by_row(evidence, "error_augmented", ("Invert", "GEOM"))
    log = np.log(table)
    parts = greater(
        {"log error on augmented normals, Invert minus GEOM": log["Invert"] - log["GEOM"]}
    )
    return all_of(parts, _used(evidence, ("Invert", "GEOM")))


def global_separates(evidence: Evidence) -> Finding:
    """A24: matched global augmentations separate the embeddings, matched local ones mix them."""
    probes = {
        gen: _by_row(evidence, "probe_auc", (augment.get(gen).label,), gen).iloc[:, 0]
        for gen in augment.gens()
    }
    parts = greater(
        {
            f"probe AUC of {augment.get(gen).label} minus that of CutOut": (
                probes[gen] - probes["cutout"]
            ).dropna()
            for gen in ("flip", "invert")
        }
    )
    return all_of(parts, _used(evidence, _labels(augment.gens())))


def between_is_good(evidence: Evidence) -> Finding:
    """A25: an augmentation helps where the anomalies lie between normal and augmented data."""
    table = positions(evidence)
    inside = table["position"].between(0, 1)
    if inside.all() or not inside.any():
        raise NotRunError("no task lies inside, or none outside, of 0 < t < 1")
    classes = np.array(sorted(set(table["normal_class"])))
    counts = np.array(
        [
            [
                (mine["gain"][mine["inside"]] > 0).sum(), mine["inside"].sum(),
                (mine["gain"][~mine["inside"]] > 0).sum(), (~mine["inside"]).sum(),
            ]
            for mine in (
                table.assign(inside=inside)[table["normal_class"] == c] for c in classes
            )
        ],
        dtype=np.float64,
    )  # fmt: skip
    if len(classes) < 2:
        raise NotRunError("fewer than two normal classes")
    interval = statistics.bootstrap_interval(counts, _log_odds)
    what = "log odds of a gain inside 0 < t < 1 against outside, by normal class"
    part = between(what, _log_odds(counts), interval, (0.0, np.inf), len(classes))
    note = f"{int(inside.sum())} of {len(table)} tasks inside"
    return all_of([part], _used(evidence, None), note)


def positions(evidence: Evidence) -> pd.DataFrame:
    """Return normal class, row, anomaly, gain and position t of every task and augmentation."""
    gains = evidence.gains("DAE")
    if gains.empty or "position" not in gains:
        raise NotRunError("no runs of DAE with an embedding")
    names = ["normal_class", "seed", "row", "category", "testbed", "anomaly", "auc", "gain",
             "position"]  # fmt: skip
    return gains[names].dropna()


def _log_odds(counts: np.ndarray) -> float:
    """Return the log odds ratio of a 2×2 table summed over rows, one half added to each cell."""
    good_in, all_in, good_out, all_out = counts.sum(axis=0)
    inside = (good_in + 0.5) / (all_in - good_in + 0.5)
    outside = (good_out + 0.5) / (all_out - good_out + 0.5)
    return float(np.log(inside / outside))


def _measured(evidence: Evidence, gen: str, row: str, *names: str) -> pd.DataFrame:
    """Return measures of one row of DAE on the controlled tasks of `gen`, one line per unit."""
    mine = need(evidence, "DAE", [row])
    mine = mine[(mine["testbed"] == CONTROLLED) & (mine["anomaly"] == gen)]
    if not set(names) <= set(mine) or mine[list(names)].isna().any().any():
        raise NotRunError(f"the records of DAE do not hold {', '.join(names)}")
    return mine.set_index(UNIT)[list(names)]


def _by_row(
    evidence: Evidence, name: str, rows: tuple[str, ...], gen: str = "cutout"
) -> pd.DataFrame:
    """Return one measure of DAE: units in rows, `rows` in columns (those of a run ignore gen)."""
    columns = {row: _measured(evidence, gen, row, name)[name] for row in rows}
    table = pd.DataFrame(columns).dropna()
    if len(table) < 2:
        raise NotRunError("fewer than two normal classes")
    return table


def _labels(names: tuple[str, ...] | list[str]) -> tuple[str, ...]:
    return tuple(augment.get(name).label for name in names)


def _used(evidence: Evidence, rows: tuple[str, ...] | None) -> pd.DataFrame:
    return evidence.of("DAE", *(rows or ()))
