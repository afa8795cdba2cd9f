"""Observation 6: where the anomalies lie between normal and augmented data (figures 8 and 13)."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import numpy as np
import pandas as pd

from ssad_lib import augment, data
from ssad_lib.evidence import NO_AUGMENTATION, UNIT, Evidence, NotRunError
from ssad_lib.studies.not_magic.embeddings import MODEL, Case
from ssad_lib.tasks import CONTROLLED, IN_THE_WILD

FIGURES = ("Fig 5c-d", "Fig 8", "Fig 13c-d", "Fig 13e-f", "Fig 13g-h")
# The paper's pairs and a row for each: normal class, other class, row.
DIGITS = (("6", "9", "Rotate"), ("6", "9", NO_AUGMENTATION), ("6", "9", "GEOM"))
OBJECTS = (
    ("automobile", "cat", "Rotate"), ("truck", "dog", NO_AUGMENTATION), ("truck", "dog", "GEOM"),
)  # fmt: skip
INVERTED = ("invert", "Flip")  # figure 13 c-d: gen, and a row that is not aligned with it
EVERY = "all"


def cases(settings: Mapping[str, Any]) -> list[Case]:
    """Return the cases that a chapter with these parameters shows: those the paper has.

    A case is left out where the image set lacks a class of it, or it is not run.
    """
    classes, seed = data.class_names(settings["image_set"]), settings["seeds"][0]
    gen, row = INVERTED
    shown = settings["shown_class"]
    label = augment.get(gen).label
    found = [
        Case(f"{classes[shown]}, gen = {label}, aug = {row}", row, f"{CONTROLLED}/{gen}", shown,
             seed)
    ]  # fmt: skip
    for normal, other, row in (*DIGITS, *OBJECTS):
        there = {normal, other} <= set(classes)
        if there and classes.index(normal) in settings["normal_classes"]:
            title = f"{normal} against {other}, {row}"
            group = f"{IN_THE_WILD}/{other}"
            found.append(Case(title, row, group, classes.index(normal), seed))
    return found


def positions(evidence: Evidence) -> pd.DataFrame:
    """Return unit, row, task, gain and position t of every task and augmentation of DAE.

    Raises
    ------
    NotRunError
        If the evidence has no embeddings.
    """
    gains = evidence.gains(MODEL)
    if gains.empty or "position" not in gains:
        raise NotRunError("no runs of DAE with an embedding")
    names = [*UNIT, "row", "category", "testbed", "anomaly", "auc", "gain", "position"]
    return gains[names].dropna()


def tables(sources: Mapping[str, Evidence]) -> dict[str, pd.DataFrame]:
    """Return position and gain of every task and augmentation, for the sources that have them.

    Columns of `positions`, and ``inside`` (0 < t < 1).
    """
    found = {}
    for name, evidence in sources.items():
        try:
            table = positions(evidence)
        except NotRunError:
            continue
        found[name] = table.assign(inside=table["position"].between(0, 1, inclusive="neither"))
    return found


def shares(shown: Mapping[str, pd.DataFrame]) -> pd.DataFrame:
    """Return how often an augmentation helps inside and outside of 0 < t < 1, by category.

    Parameters
    ----------
    shown : mapping of str to DataFrame
        From `tables`.

    Returns
    -------
    DataFrame
        Index source and category (``all`` last); columns tasks, share of gains and mean gain, each
        inside and outside.
    """
    rows: dict[tuple[str, str], dict[str, Any]] = {}
    for name, table in shown.items():
        groups = [(str(category), part) for category, part in table.groupby("category")]
        for category, part in [*groups, (EVERY, table)]:
            rows[name, category] = _both(part)
    return _indexed(rows, ["source", "category"])


def by_tasks(shown: Mapping[str, pd.DataFrame]) -> pd.DataFrame:
    """Return the same as `shares` by testbed, and by whether aug = gen."""
    rows: dict[tuple[str, str], dict[str, Any]] = {}
    for name, table in shown.items():
        labels = table["anomaly"].map({gen: augment.get(gen).label for gen in augment.gens()})
        controlled = table["testbed"] == CONTROLLED
        matched = controlled & (table["row"] == labels)
        kinds = {
            "controlled, aug = gen": matched,
            "controlled, others": controlled & ~matched,
            "in the wild": ~controlled,
        }
        for kind, chosen in kinds.items():
            if chosen.any():
                rows[name, kind] = _both(table[chosen])
    return _indexed(rows, ["source", "tasks"])


def by_augmentation(shown: Mapping[str, pd.DataFrame]) -> dict[str, pd.DataFrame]:
    """Return what `ssad_lib.figures.scatter_with_ranks` draws for each source.

    Index label; columns category, inside (share of its tasks with 0 < t < 1) and gain (mean).
    """
    found = {}
    for name, table in shown.items():
        groups = table.groupby("row")
        found[name] = pd.DataFrame(
            {
                "category": groups["category"].first(),
                "inside": groups["inside"].mean(),
                "gain": groups["gain"].mean(),
            }
        )
    return found


def case_gains(evidence: Evidence, chosen: list[Case]) -> pd.DataFrame:
    """Return AUC without and with the augmentation and the position t of every case.

    Index case; columns without, with, gain, position t; rows without augmentation have none.
    """
    gains = evidence.gains(MODEL)
    rows = {}
    for case in chosen:
        mine = gains[
            (gains["row"] == case.row)
            & (gains["normal_class"] == case.normal_class)
            & (gains["seed"] == case.seed)
            & (gains["testbed"] + "/" + gains["anomaly"] == case.group)
        ]
        if len(mine):
            (task,) = mine.to_dict("records")
            rows[case.title] = {
                "without": task["base"],
                "with": task["auc"],
                "gain": task["gain"],
                "position t": task.get("position", np.nan),
            }
    return pd.DataFrame(rows).T.rename_axis("case")


def two_by_two(shown: Mapping[str, pd.DataFrame]) -> list[dict[str, pd.DataFrame]]:
    """Return the cases in figures of two: their titles are long."""
    items = list(shown.items())
    return [dict(items[place : place + 2]) for place in range(0, len(items), 2)]


def _both(part: pd.DataFrame) -> dict[str, Any]:
    row: dict[str, Any] = {}
    for where, mine in {"inside": part[part["inside"]], "outside": part[~part["inside"]]}.items():
        row[f"tasks {where}"] = len(mine)
        row[f"helped {where}"] = float((mine["gain"] > 0).mean()) if len(mine) else np.nan
        row[f"mean gain {where}"] = float(mine["gain"].mean()) if len(mine) else np.nan
    return row


def _indexed(rows: Mapping[tuple[str, str], Mapping[str, Any]], names: list[str]) -> pd.DataFrame:
    table = pd.DataFrame(list(rows.values()))
    table.index = pd.MultiIndex.from_tuples(list(rows), names=names) if rows else table.index
    return table
