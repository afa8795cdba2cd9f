"""Observation 4: how errors of normals, augmented data and anomalies lie (figures 6 and 12)."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
import pandas as pd
from numpy.typing import NDArray
from scipy import stats

from ssad_lib import augment, data, metrics
from ssad_lib.evidence import NO_AUGMENTATION, UNTRAINED, Evidence, record_of
from ssad_lib.record import AUGMENTED, NORMAL, Record
from ssad_lib.studies.not_magic import table_2
from ssad_lib.tasks import CONTROLLED, IN_THE_WILD
from ssad_lib.widgets import TableBrowser, ThresholdExplorer

MODEL = "DAE"
PAIR = (6, 9)  # digits that are nearly each other's rotation
PAIR_ROWS = (NO_AUGMENTATION, "Rotate", "GEOM")  # figure 12 has a fourth that it does not name
MEAN = "mean"
PAIR_CASE = f"{PAIR[0]} against {PAIR[1]}"
PANELS = {  # gen: the augmentations of figures 6 and 12
    "flip": (NO_AUGMENTATION, "CutOut", "Flip", "GEOM"),
    "cutout": (NO_AUGMENTATION, "CutOut", "GEOM", "Invert"),
}

Groups = dict[str, NDArray[np.float32]]


@dataclass(frozen=True)
class Comparison:
    """One task whose errors are compared between rows: a figure of four panels.

    Attributes
    ----------
    title : str
        Such as ``"Flip anomalies of 6"``.
    group : str
        Name of the score group of the anomalies.
    rows : tuple of str
        The panels.
    normal_class, seed : int
    """

    title: str
    group: str
    rows: tuple[str, ...]
    normal_class: int
    seed: int


def comparisons(settings: Mapping[str, Any]) -> list[Comparison]:
    """Return what a chapter with these parameters compares: figure 6, figure 12 top and bottom.

    The digit pair only where the image set has digits and the pair's class is run.
    """
    classes, seed = data.class_names(settings["image_set"]), settings["seeds"][0]
    shown = settings["shown_class"]
    found = [
        Comparison(
            f"{augment.get(gen).label} anomalies of {classes[shown]}",
            f"{CONTROLLED}/{gen}", rows, shown, seed,
        )
        for gen, rows in PANELS.items()
    ]  # fmt: skip
    normal, other = PAIR
    if data.is_digits(settings["image_set"]) and normal in settings["normal_classes"]:
        group = f"{IN_THE_WILD}/{classes[other]}"
        found.append(Comparison(PAIR_CASE, group, PAIR_ROWS, normal, seed))
    return found


def panels(comparison: Comparison, records: Iterable[Record]) -> dict[str, Groups]:
    """Return the scores of normals, augmented data and anomalies for each row, by title.

    `records` need their raw scores. Without augmentation the "augmented data" are the training
    images themselves.
    """
    there = list(records)
    return {
        f"{comparison.title}, {row}": _groups(comparison, there, row) for row in comparison.rows
    }


def quantities(comparison: Comparison, records: Iterable[Record]) -> pd.DataFrame:
    """Return the numbers beside the histograms: one row per panel, and the untrained network.

    Columns: AUC of anomalies against normals; mean errors normal, augmented, anomaly; ``distance``
    (1-Wasserstein between errors of augmented data and of anomalies); ``over normal`` (the distance
    over the mean error on normals); ``order`` (AUC of anomalies against augmented data, 0.5 if
    neither has the larger errors).
    """
    there = list(records)
    rows = {}
    for row in (UNTRAINED, *comparison.rows):
        groups = _groups(comparison, there, row)
        distance = float(stats.wasserstein_distance(groups["augmented"], groups["anomaly"]))
        rows[row] = {
            "AUC": metrics.auroc_between(groups["normal"], groups["anomaly"]),
            **{f"{name} (mean)": float(values.mean()) for name, values in groups.items()},
            "distance": distance,
            "over normal": distance / float(groups["normal"].mean()),
            "order": metrics.auroc_between(groups["augmented"], groups["anomaly"]),
        }
    return pd.DataFrame(rows).T.rename_axis("augmentation")


def explorer(chosen: Sequence[Comparison], records: Iterable[Record]) -> ThresholdExplorer:
    """Return the widget with a threshold over the histograms of every panel."""
    there = list(records)
    return ThresholdExplorer.from_scores(
        {title: groups for one in chosen for title, groups in panels(one, there).items()},
        label="Anomalies and augmentation",
    )


def distances(evidence: Evidence, gen: str) -> pd.DataFrame:
    """Return the 1-Wasserstein distance of augmented data and anomalies by normal class and row.

    Index class names, ``mean`` last; columns untrained and the panels of `gen`; means over seeds.
    Empty if the records do not hold the distance.
    """
    table = _by_class(evidence, gen, "wasserstein", (UNTRAINED, *PANELS[gen]))
    if not table.empty:
        table.loc[MEAN] = table.mean()
    return table


def nearest(sources: Mapping[str, Evidence]) -> pd.DataFrame:
    """Return in how many normal classes the panel aug = gen is the nearest of its four.

    Index source and gen; columns ``distance`` (as claim A22 counts), ``over normal`` (distance over
    the row's own mean error on normals), ``without none`` (by distance, of the three panels with an
    augmentation), ``most often nearest`` (the rows with most classes, by distance), and the mean
    AUC of the rows none and aug = gen.
    """
    rows = {}
    for name, evidence in sources.items():
        for gen, shown in PANELS.items():
            plain = _by_class(evidence, gen, "wasserstein", shown).dropna()
            if plain.empty:
                continue
            scale = _by_class(evidence, gen, "error_normal", shown).loc[plain.index]
            label = augment.get(gen).label
            counts = plain.idxmin(axis=1).value_counts()
            auc = _by_class(evidence, gen, "auc", shown).mean()
            rows[name, label] = {
                "distance": _counted(plain, label),
                "over normal": _counted(plain / scale, label),
                "without none": _counted(plain.drop(columns=NO_AUGMENTATION), label),
                "most often nearest": ", ".join(counts.index[counts == counts.max()]),
                "AUC, none": auc[NO_AUGMENTATION],
                "AUC, aug = gen": auc[label],
            }
    return _indexed(rows, ["source", "gen"])


def mean_errors(sources: Mapping[str, Evidence]) -> pd.DataFrame:
    """Return mean errors over normal classes and seeds by source and row of figures 6 and 12.

    Columns: normal, augmented, and the anomalies of each gen.
    """
    rows = {}
    for name, evidence in sources.items():
        for row in _rows():
            values = _errors(evidence.of(MODEL, row))
            if not values.empty:
                rows[name, row] = {str(k): v for k, v in values.mean().items()}
    return _indexed(rows, ["source", "augmentation"])


def error_browser(evidence: Evidence) -> TableBrowser:
    """Return the widget that shows the mean errors of one normal class at a time, row by row."""
    tables = {}
    for normal_class, group in evidence.of(MODEL, *_rows()).groupby("normal_class"):
        means = {row: _errors(mine).mean() for row, mine in group.groupby("row")}
        order = [row for row in _rows() if row in means]
        frame = pd.DataFrame(means).T.loc[order].rename_axis("augmentation")
        tables[evidence.classes[int(str(normal_class))]] = frame
    return TableBrowser.from_tables(
        tables,
        label="Normal class",
        captions={name: f"Mean errors with normal class {name}" for name in tables},
        summaries={
            name: f"Normal class {name}. Largest error on augmented data: "
            f"{table['augmented'].idxmax()}; on normal images: {table['normal'].idxmax()}."
            for name, table in tables.items()
        },
        number="{:.4f}",
    )


def mmd_cases(frames: Mapping[str, pd.DataFrame]) -> pd.DataFrame:
    """Return the MMD that figures 6 and 12 print, and ours (see `table_2.cases`)."""
    table = table_2.cases(frames)
    titles = table.index.get_level_values("case")
    mine = titles.str.contains("gen Flip") | titles.str.contains("gen CutOut")
    return table[mine | (titles == PAIR_CASE)]


def _groups(comparison: Comparison, records: Iterable[Record], row: str) -> Groups:
    scores = record_of(records, MODEL, row, comparison.normal_class, comparison.seed).scores
    return {
        "normal": scores[NORMAL],
        "augmented": scores[AUGMENTED],
        "anomaly": scores[comparison.group],
    }


def _rows() -> tuple[str, ...]:
    return tuple(dict.fromkeys([UNTRAINED, *(row for rows in PANELS.values() for row in rows)]))


def _errors(mine: pd.DataFrame) -> pd.DataFrame:
    """Return the mean errors of each run: columns normal, augmented, and each gen's anomalies."""
    needed = ["error_normal", "error_augmented", "error_anomaly"]
    if mine.empty or not set(needed) <= set(mine):
        return pd.DataFrame()
    units = ["normal_class", "seed"]
    frame = mine.groupby(units)[needed[:2]].first()
    frame = frame.rename(columns={"error_normal": "normal", "error_augmented": "augmented"})
    controlled = mine[mine["testbed"] == CONTROLLED]
    for gen in augment.gens():
        errors = controlled[controlled["anomaly"] == gen].set_index(units)["error_anomaly"]
        frame[f"{augment.get(gen).label} anomalies"] = errors
    return frame.dropna()


def _by_class(evidence: Evidence, gen: str, measure: str, rows: Sequence[str]) -> pd.DataFrame:
    """Return one measure of a gen's tasks: index class names, columns `rows`; means over seeds."""
    mine = evidence.of(MODEL, *rows)
    mine = mine[(mine["testbed"] == CONTROLLED) & (mine["anomaly"] == gen)]
    if measure not in mine or mine[measure].isna().all():
        return pd.DataFrame()
    table = mine.pivot_table(index="normal_class", columns="row", values=measure)
    table.index = pd.Index([evidence.classes[int(c)] for c in table.index], name="normal class")
    return table.reindex(columns=list(rows)).rename_axis(columns=None)


def _counted(table: pd.DataFrame, label: str) -> str:
    return f"{(table.idxmin(axis=1) == label).sum()} of {len(table)} classes"


def _indexed(rows: Mapping[tuple[str, str], Mapping[str, Any]], names: list[str]) -> pd.DataFrame:
    table = pd.DataFrame(list(rows.values()))
    table.index = pd.MultiIndex.from_tuples(list(rows), names=names) if rows else table.index
    return table
