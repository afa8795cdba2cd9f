"""The claims A18 and A21 to A25: what the DAE does, in errors and embeddings (METHODS 8 and 15)."""

from __future__ import annotations

import numpy as np
import pandas as pd

from ssad_lib import augment, statistics
from ssad_lib.claims.comparisons import above, by_cluster
from ssad_lib.claims.not_magic.rows import need
from ssad_lib.claims.rule_book import Finding, Part, decide
from ssad_lib.evidence import CLUSTER, NO_AUGMENTATION, UNIT, Evidence, NotRunError
from ssad_lib.studies.not_magic.error_distributions import PANELS
from ssad_lib.studies.not_magic.positions import positions
from ssad_lib.tasks import CONTROLLED, IN_THE_WILD

NAN = float("nan")
STRENGTH = (NO_AUGMENTATION, "CutOut", "Flip", "GEOM")  # the order of figure 6
REPAIRED = ("cutout", "invert")  # the controlled cases of figures 5 and 11
FAR = 2.0  # e_id of the DAE stays below so many times that of the AE
LOG = "log error"


def repairs(evidence: Evidence) -> Finding:
    """A18: DAE leaves normals as they are and undoes the augmentation on aligned anomalies."""
    parts: list[Part] = []
    for gen in REPAIRED:
        label = augment.get(gen).label
        names = ("error_repair", "error_anomaly", "error_normal")
        dae, ae = (_logs(evidence, gen, row, *names) for row in (label, NO_AUGMENTATION))
        compared = {
            "e_inv, AE minus DAE": ae["error_repair"] - dae["error_repair"],
            "DAE, e_copy minus e_inv": dae["error_anomaly"] - dae["error_repair"],
            "AE, e_inv minus e_copy": ae["error_repair"] - ae["error_anomaly"],
            f"{FAR:g} times e_id of AE minus e_id of DAE": np.log(FAR)
            + ae["error_normal"]
            - dae["error_normal"],
        }
        parts += [above(f"{label}: {what}", v.dropna(), LOG) for what, v in compared.items()]
    return decide(parts, evidence.of("DAE", NO_AUGMENTATION, *_labels(REPAIRED)))


def errors_rise(evidence: Evidence) -> Finding:
    """A21: reconstruction errors of normals rise from Identity over CutOut and Flip to GEOM."""
    table = _by_row(evidence, "error_normal", STRENGTH)
    if len(table) < 2:
        raise NotRunError("fewer than two normal classes")
    rises, falls = statistics.trend(table), statistics.trend(table[table.columns[::-1]])
    trend = Part("Page's L for none < CutOut < Flip < GEOM", rises.statistic, NAN, NAN, "Page's L",
                 len(table), rises.p_value, falls.p_value)  # fmt: skip
    ends = table[STRENGTH[-1]] - table[STRENGTH[0]]
    rise = above("error on normals, GEOM minus no augmentation", ends, LOG)
    return decide([trend, rise], evidence.of("DAE", *STRENGTH))


def histograms_match(evidence: Evidence) -> Finding:
    """A22: errors of augmented data and of anomalies are nearest to each other where aug = gen.

    Distances are divided by the mean error of the anomalies: raw ones favour whoever has small
    errors.
    """
    parts = []
    for gen, rows in PANELS.items():
        matched = augment.get(gen).label
        apart = _by_row(evidence, "wasserstein", rows, gen)
        apart -= _by_row(evidence, "error_anomaly", rows, gen)
        parts += [
            above(f"{matched} anomalies: distance with {row} minus {matched}",
                  (apart[row] - apart[matched]).dropna(), "log relative distance")
            for row in rows
            if row != matched
        ]  # fmt: skip
    used = sorted({row for rows in PANELS.values() for row in rows})
    return decide(parts, evidence.of("DAE", *used))


def inversion_shifts_most(evidence: Evidence) -> Finding:
    """A23: Invert shifts the errors of augmented data further to the right than GEOM does."""
    table = _by_row(evidence, "error_augmented", ("Invert", "GEOM"))
    what = "error on augmented normals, Invert minus GEOM"
    return decide([above(what, table["Invert"] - table["GEOM"], LOG)],
                  evidence.of("DAE", "Invert", "GEOM"))  # fmt: skip


def global_separates(evidence: Evidence) -> Finding:
    """A24: matched global augmentations separate the embeddings, matched local ones mix them."""
    probes = {
        gen: _by_class(_units(evidence, gen, augment.get(gen).label, "probe_auc"))["probe_auc"]
        for gen in augment.gens()
    }
    parts = [
        above(f"probe AUC of {augment.get(gen).label} minus that of CutOut",
              (probes[gen] - probes["cutout"]).dropna(), "AUC of a probe")
        for gen in ("flip", "invert")
    ]  # fmt: skip
    return decide(parts, evidence.of("DAE", *_labels(tuple(augment.gens()))))


def between_is_good(evidence: Evidence) -> Finding:
    """A25: an augmentation helps where the anomalies lie between normal and augmented data.

    Tasks in the wild alone, compared within an augmentation: some augmentations place all
    anomalies between and help more, whatever the position does.
    """
    table = positions(evidence)
    table = table[table["testbed"] == IN_THE_WILD]
    inside = table["position"].between(0, 1, inclusive="neither")
    if inside.all() or not inside.any():
        raise NotRunError("no task lies inside, or none outside, of 0 < t < 1")
    worth = _worth_of_a_place(table.assign(inside=inside.astype(float)))
    what = "gain of AUC, inside 0 < t < 1 minus outside, within an augmentation"
    note = f"{int(inside.sum())} of {len(table)} tasks inside"
    return decide([above(what, worth, "AUC")], evidence.of("DAE"), note)


def _worth_of_a_place(table: pd.DataFrame) -> pd.Series[float]:
    """Return the mean gain inside minus that outside by normal class, compared within networks.

    It is the slope of the gain on the place, with an intercept of each network. An odds ratio of
    gains above zero, as in METHODS, is no measure of it: the number of gains also depends on how
    widely a task scatters, and so does the place. In simulated worlds in which a place is worth
    nothing the odds ratio "contradicted" the claim in 8 to 9 % of them.
    """
    network = table.groupby([*UNIT, "row"])
    place = table["inside"] - network["inside"].transform("mean")
    sums = (
        table.assign(product=place * table["gain"], square=place**2)
        .groupby(CLUSTER)[["product", "square"]]
        .sum()
    )
    compared = sums[sums["square"] > 0]  # else all tasks of each network lie on one side
    return compared["product"] / compared["square"]


def _units(evidence: Evidence, gen: str, row: str, *names: str) -> pd.DataFrame:
    """Return measures of one row of DAE on the controlled tasks of `gen`, by class and seed."""
    mine = need(evidence, "DAE", [row])
    mine = mine[(mine["testbed"] == CONTROLLED) & (mine["anomaly"] == gen)]
    if not set(names) <= set(mine) or mine[list(names)].isna().any().any():
        raise NotRunError(f"the records of DAE do not hold {', '.join(names)}")
    return mine.set_index(UNIT)[list(names)]


def _by_class(units: pd.DataFrame) -> pd.DataFrame:
    return pd.DataFrame({name: by_cluster(units[name], CLUSTER) for name in units})


def _logs(evidence: Evidence, gen: str, row: str, *names: str) -> pd.DataFrame:
    """Return the logarithms of measures of one row, by normal class."""
    return _by_class(_units(evidence, gen, row, *names).transform(np.log))


def _by_row(
    evidence: Evidence, name: str, rows: tuple[str, ...], gen: str = "cutout"
) -> pd.DataFrame:
    """Return the logarithm of one measure of DAE: normal classes by `rows`.

    A measure of the run, such as the error on normal images, is the same for every gen.
    """
    return pd.DataFrame({row: _logs(evidence, gen, row, name)[name] for row in rows}).dropna()


def _labels(names: tuple[str, ...]) -> tuple[str, ...]:
    return tuple(augment.get(name).label for name in names)


TESTS = {
    "A18": repairs,
    "A21": errors_rise,
    "A22": histograms_match,
    "A23": inversion_shifts_most,
    "A24": global_separates,
    "A25": between_is_good,
}
