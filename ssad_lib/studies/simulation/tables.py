"""Tables 1 to 4 of paper 004, from the runs of its chapters and as printed."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from typing import Any

import pandas as pd

from ssad_lib import paper_values
from ssad_lib.augment.simulated import LABELS
from ssad_lib.record import Record
from ssad_lib.spec import RunSpec
from ssad_lib.studies.outlier_exposure.tables import pairs_of
from ssad_lib.studies.simulation import methods
from ssad_lib.studies.simulation.runs import DRAEM, METHODS, PLAIN, UNTRAINED

PERCENT = 100
ORDER = (UNTRAINED, PLAIN, *(name for name in METHODS if name != UNTRAINED))
MEASURES = {
    "image": {"AUROC": "auc", "AP": "ap"},
    "pixel": {"AUROC": "pixel_auroc", "AP": "pixel_ap"},
}
PRINTED = {
    "Table 1": "004_table1_image",
    "Table 2": "004_table2_pixel",
    "Table 3": "004_table3_simulated",
    "Table 4": "004_table4_ablation",
}
# Two printed cells contradict the means below them; the values that fit (METHODS 14).
REPAIRED = {
    ("Table 1", "metal nut", "NSA", "AUROC %"): 98.5,
    ("Table 2", "leather", "DRAEM", "AUROC %"): 98.6,
}
MECHANISM: dict[str, str | Callable[[Any], str]] = {
    "gap": "{:+.4f}",
    "flagged, S's": "{:.4f}",
    "flagged, test": "{:.4f}",
}
SPLITS = {"none": "without a split", "parity": "with the split"}
TRAINED_WITH = {
    "DRAEM": ("transparent", "opaque"),
    "NSA": ("nsa",),
    "Ours": ("transparent", "opaque", "near-distribution"),
}


def by_surface(runs: pd.DataFrame, measure: str) -> pd.DataFrame:
    """Return a measure of the real defects: surfaces by method, mean over seeds, and the means.

    Columns without a value are left out, such as a detector without a map among pixel measures.
    """
    table = methods.defects(runs).pivot_table(index="image_set", columns="method", values=measure)
    table = table.set_axis([name.rpartition(":")[2] for name in table.index])
    return _with_mean(_ordered(table), "surface")


def by_simulation(runs: pd.DataFrame, measure: str) -> pd.DataFrame:
    """Return a measure of the simulated anomalies: categories by method, mean over the surfaces."""
    table = methods.simulated(runs).pivot_table(index="anomaly", columns="method", values=measure)
    table = table.reindex([name for name in LABELS if name in table.index]).rename(LABELS)
    return _with_mean(_ordered(table), "category")


def paper_table(name: str, metric: str) -> pd.DataFrame:
    """Return a printed table in [0, 1], its means computed from its cells.

    Table 4 has the column of DRAEM, too, that Table 2 prints: the paper compares with it.

    Parameters
    ----------
    name : {"Table 1", "Table 2", "Table 3", "Table 4"}
    metric : {"AUROC", "AP"}
    """
    table = _cells(name, metric)
    if name == "Table 4":
        table = table.join(_cells("Table 2", metric)[[DRAEM]])
    return _with_mean(table, "category" if name == "Table 3" else "class")


def _cells(name: str, metric: str) -> pd.DataFrame:
    printed = paper_values.read(PRINTED[name])
    mine = printed[printed["metric"] == f"{metric} %"]
    mine = mine[~mine["class"].str.lower().str.startswith(("avg", "mean"))]
    keys = zip(mine["class"], mine["method"], mine["metric"], strict=True)
    values = [
        REPAIRED.get((name, *key), value) for key, value in zip(keys, mine["value"], strict=True)
    ]
    cells = mine.assign(value=values)
    return cells.pivot_table(index="class", columns="method", values="value", sort=False) / PERCENT


def against_paper(runs: pd.DataFrame, names: Sequence[tuple[str, str]]) -> pd.DataFrame:
    """Return the means of printed tables beside ours, a row per method.

    Parameters
    ----------
    runs : DataFrame
    names : sequence of (str, str)
        Printed tables and the level of ours, ``"image"`` or ``"pixel"``.
    """
    columns: dict[str, Any] = {}
    for name, level in names:
        for metric, measure in MEASURES[level].items():
            whole = by_simulation if name == "Table 3" else by_surface
            columns[f"{level} {metric}, paper"] = paper_table(name, metric).loc["mean"]
            columns[f"{level} {metric}, ours"] = whole(runs, measure).loc["mean"]
    table = pd.DataFrame(columns)
    present = [name for name in ORDER if name in table.index]
    return table.reindex(present).rename_axis("method")


def pairs(
    runs: pd.DataFrame, chosen: Sequence[tuple[str, str]], measure: str = "pixel_ap"
) -> pd.DataFrame:
    """Return how much higher a measure of the first of two methods is, over surfaces."""
    table = methods.defects(runs).pivot_table(index="image_set", columns="method", values=measure)
    return pairs_of(table, chosen)


def paper_pairs(name: str, chosen: Sequence[tuple[str, str]], metric: str = "AP") -> pd.DataFrame:
    """Return the same of a printed table, over its classes."""
    return pairs_of(paper_table(name, metric).drop(index="mean"), chosen)


def lost_row() -> pd.DataFrame:
    """Return what the row of NDAA of Table 3 must have been, in [0, 1]; no number of the paper."""
    inferred = paper_values.read("004_table3_inferred_missing_row")
    table = inferred.pivot_table(index="metric", columns="method", values="value", sort=False)
    names = [str(name).removesuffix(" %") for name in table.index]
    return (table / PERCENT).set_axis(pd.Index(names, name="NDAA, inferred"))


def own_and_other(runs: pd.DataFrame) -> pd.DataFrame:
    """Return the AP of pixels on simulations a method was trained with, and on the others (F09).

    The mean over surfaces and simulations; the difference is over surfaces.
    """
    mine = methods.simulated(runs)
    mine = mine[mine["method"].isin(TRAINED_WITH)]
    known = [
        "trained with" if anomaly in TRAINED_WITH[method] else "others"
        for method, anomaly in zip(mine["method"], mine["anomaly"], strict=True)
    ]
    by = mine.assign(known=known).pivot_table(
        index=["method", "image_set"], columns="known", values="pixel_ap"
    )
    table = by.groupby(level="method").mean()[["trained with", "others"]]
    table = table.assign(difference=table["trained with"] - table["others"])
    return table.reindex([name for name in TRAINED_WITH if name in table.index])


def mechanism(records: Iterable[Record]) -> pd.DataFrame:
    """Return how R and S fare on images they know and on images they do not (claim F07)."""
    rows = {}
    for record in records:
        if record.error:
            continue
        spec, found = record.spec, record.measures
        seen, unseen = found["similarity_judged"], found["similarity_unseen"]
        rows[spec.image_set.rpartition(":")[2], SPLITS[split_of(spec)], spec.seed] = {
            "SSIM, R's": found["similarity_reconstructed"],
            "SSIM, S's": seen,
            "SSIM, test": unseen,
            "gap": seen - unseen,
            "flagged, S's": found["flagged_judged"],
            "flagged, test": found["flagged_unseen"],
            "pixel AP": record.tasks[0].measures["pixel_ap"],
        }
    table = pd.DataFrame(rows).T.rename_axis(["surface", "training", "seed"])
    return table.groupby(level=["surface", "training"], sort=False).mean()


def split_of(spec: RunSpec) -> str:
    """Return how the images of a run of R and S are split."""
    return str(dict(spec.detector_options).get("split", "parity"))


def _ordered(table: pd.DataFrame) -> pd.DataFrame:
    return table[[name for name in ORDER if name in table]].dropna(axis=1, how="all")


def _with_mean(table: pd.DataFrame, index: str) -> pd.DataFrame:
    return pd.concat([table, table.mean().to_frame("mean").T]).rename_axis(index)
