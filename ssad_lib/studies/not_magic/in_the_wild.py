"""Observation 1: what augmentations do in the wild, and how near they are (figure 4, Table 2)."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from ssad_lib import tasks
from ssad_lib.evidence import (
    MODELS,
    NO_AUGMENTATION,
    UNTRAINED,
    Evidence,
    NotRunError,
    model_of,
    row_of,
)
from ssad_lib.record import NORMAL, Record
from ssad_lib.studies.not_magic import distances, relative
from ssad_lib.widgets import PairBrowser

MMD, GAIN = "mean MMD", "relative AUC"


def pairs_and_clusters(sources: Mapping[str, Evidence]) -> pd.DataFrame:
    """Return p-values over all pairs, as the paper takes them, and over normal classes.

    Rows: source, model and augmentation; columns: n and p of both.
    """
    chosen = ["pseudo_median", "p_value", "p_holm", "n"]
    parts = [
        pd.concat(relative.wild_panels(sources, clustered=clustered))[chosen].add_suffix(heading)
        for heading, clustered in ((", by pairs", False), (", by classes", True))
    ]
    return pd.concat(parts, axis=1).rename_axis(["model and source", "augmentation"])


def nearness(sources: Mapping[str, Evidence]) -> dict[str, pd.DataFrame]:
    """Return mean MMD and relative AUC of every augmentation, by title of the panel.

    Index augmentation; columns category, mean MMD, relative AUC (pseudo-median over normal
    classes). Sources without alignment or without runs of a model are left out.
    """
    panels = {}
    for name, evidence in sources.items():
        for model in MODELS:
            differences = relative.in_the_wild(evidence, model, clustered=True)
            try:
                means = distances.averages(evidence)
            except NotRunError:
                continue
            if len(differences) > 1:
                effects = relative.forest(differences)
                panels[f"{model}: {name}"] = pd.DataFrame(
                    {
                        "category": effects["category"],
                        MMD: means.reindex(effects.index),
                        GAIN: effects["pseudo_median"],
                    }
                )
    return panels


def pair_browser(records: Iterable[Record], classes: Sequence[str], seed: int) -> PairBrowser:
    """Return the widget that shows the scores of any pair of classes under any detector.

    Parameters
    ----------
    records : iterable of Record
        With their raw scores.
    classes : sequence of str
        Names of all classes of the image set.
    seed : int
        The seed to show.
    """
    scores: dict[tuple[str, str, str], NDArray[np.float32]] = {}
    baselines = {}
    for record in records:
        row = row_of(record.spec)
        if record.spec.seed != seed or row == UNTRAINED:
            continue
        model = model_of(record.spec)
        name = MODELS[model] if row == NO_AUGMENTATION else f"{model}, {row}"
        if row != NO_AUGMENTATION:
            baselines[name] = MODELS[model]
        own = classes[record.spec.normal_class]
        scores[name, own, own] = record.scores[NORMAL]
        for group, values in record.scores.items():
            testbed, _, other = group.partition("/")
            if testbed == tasks.IN_THE_WILD:
                scores[name, own, other] = values
    return PairBrowser.from_scores(scores, baselines, classes=list(classes))
