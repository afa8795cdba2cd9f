"""Controls of snooping: labels split in two, other image sets, seeds instead of augmentations.

METHODS 10.9. They tell what snooping gains by luck from what it gains because the labels know.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from ssad_lib import rng
from ssad_lib.errors import SsadError
from ssad_lib.evidence import (
    CLUSTER,
    NO_AUGMENTATION,
    TASK,
    UNTRAINED,
    Evidence,
    model_of,
    row_of,
)
from ssad_lib.record import NORMAL, Record
from ssad_lib.studies.pitfalls import choices
from ssad_lib.studies.pitfalls.choices import Trials
from ssad_lib.tasks import IN_THE_WILD, TESTBEDS

SPLITS = 5
LEAST_SEEDS = 3
HALF = ["model", "row", *TASK, "split", "first", "second"]


def halves(records: Iterable[Record], splits: int = SPLITS) -> pd.DataFrame:
    """Return the AUC of every run and task on two halves of its test images.

    The images are split at random, several times, for all augmentations of a task alike. Columns:
    `HALF`, where first and second are the AUC on either half. Records without raw scores, as those
    read from committed tables, give no rows; untrained runs are left out.
    """
    rows = []
    for record in records:
        row = row_of(record.spec)
        if row == UNTRAINED or NORMAL not in record.scores:
            continue
        spec = record.spec
        normal = np.sort(_split(record.scores[NORMAL], splits, spec.image_set, spec.normal_class))
        for group, scores in record.scores.items():
            testbed, _, anomaly = group.partition("/")
            if testbed in TESTBEDS:
                parts = _split(scores, splits, spec.image_set, spec.normal_class, group)
                task = (model_of(spec), row, spec.image_set, spec.normal_class, spec.seed, testbed,
                        anomaly)  # fmt: skip
                rows += [
                    (*task, split, *(_auc(normal[split, half], parts[split, half])
                                     for half in (0, 1)))
                    for split in range(splits)
                ]  # fmt: skip
    return pd.DataFrame(rows, columns=HALF)


def split_half(evidence: Evidence, model: str, testbed: str = IN_THE_WILD) -> pd.DataFrame:
    """Return what a choice by the labels of one half is worth on that half and on the other.

    Returns
    -------
    DataFrame
        Index `TASK`; columns ``same half`` (the best AUC of the half that chose), ``other half``
        (the AUC of the same augmentation on the other half) and ``at random`` (mean over the
        augmentations), means over splits and over both directions.

    Raises
    ------
    SsadError
        If the evidence has no raw scores.
    """
    table = evidence.halves
    if table.empty:
        raise SsadError("no raw scores: committed tables hold the AUC of whole test sets alone")
    mine = table[(table["model"] == model) & (table["testbed"] == testbed)]
    mine = mine[mine["row"] != NO_AUGMENTATION]
    if mine.empty:
        raise SsadError(f"no raw scores of {model} ({testbed})")
    first, second = (
        mine.pivot_table(index=[*TASK, "split"], columns="row", values=half).dropna()
        for half in ("first", "second")
    )
    parts = []
    for chosen_on, other in ((first, second), (second, first)):
        place = chosen_on.to_numpy().argmax(axis=1)
        rows = np.arange(len(place))
        parts.append(
            pd.DataFrame(
                {
                    "same half": chosen_on.to_numpy()[rows, place],
                    "other half": other.to_numpy()[rows, place],
                    choices.RANDOM: other.mean(axis=1).to_numpy(),
                },
                index=chosen_on.index,
            )
        )
    return pd.concat(parts).groupby(level=TASK).mean()


def across_image_sets(tried: Mapping[str, Trials], image_sets: Mapping[str, str]) -> dict[str, str]:
    """Return for each source the augmentation that is best on the image sets of the others.

    Parameters
    ----------
    tried : mapping of str to Trials
        By source, of one model and testbed.
    image_sets : mapping of str to str
        The image set of each source; sources of the same one are not others.

    Returns
    -------
    dict of str to str
        Label of the augmentation with the highest mean over the other image sets, each counting
        once; sources without any other image set are left out.
    """
    taken = {}
    for name in tried:
        means = pd.DataFrame(
            {
                other: trial.auc.mean()
                for other, trial in tried.items()
                if image_sets[other] != image_sets[name]
            }
        )
        if len(means.columns):
            by_set = means.T.groupby(pd.Series(image_sets)).mean()
            taken[name] = str(by_set.mean().idxmax())
    return taken


def seeds_instead(
    evidence: Evidence, model: str, testbed: str = IN_THE_WILD
) -> dict[tuple[str, int], Trials]:
    """Return trials whose "augmentations" are seeds of one row: what they differ by is luck.

    By row and normal class, wherever there are `LEAST_SEEDS` seeds. The best of so many seeds lies
    above their mean although nothing was improved.
    """
    tasks = evidence.on_cases().of(model)
    tasks = tasks[(tasks["testbed"] == testbed) & (tasks["row"] != UNTRAINED)]
    found: dict[tuple[str, int], Trials] = {}
    for row, normal_class in tasks[["row", "normal_class"]].drop_duplicates().to_numpy():
        mine = tasks[(tasks["row"] == row) & (tasks["normal_class"] == normal_class)]
        place = [name for name in TASK if name != "seed"]
        auc = mine.pivot_table(index=place, columns="seed", values="auc").dropna()
        if len(auc) and auc.shape[1] >= LEAST_SEEDS:
            auc.index = auc.assign(seed=0).set_index("seed", append=True).reorder_levels(TASK).index
            found[row, normal_class] = Trials(auc, auc.mean(axis=1), {})
    return found


def shuffled_labels(tried: Trials, draws: int = 200) -> NDArray[np.float64]:
    """Return the inflation of the best augmentation for the image set if they were all alike.

    The augmentations of every normal class are exchanged at random, those of its tasks alike,
    because they share detectors; what the best of the exchanged columns gains is luck,
    ``(draws,)``.
    """
    groups = [group.to_numpy() for _, group in tried.auc.groupby(level=CLUSTER)]
    random = np.random.default_rng(0)
    mean = tried.auc.to_numpy().mean()
    gains = np.empty(draws)
    for draw in range(draws):
        total = sum(random.permutation(group.sum(axis=0)) for group in groups)
        gains[draw] = np.max(total) / len(tried.auc) - mean
    return gains


def _split(scores: NDArray[np.float32], splits: int, *key: str | int) -> NDArray[np.float64]:
    """Return the scores in two equal parts, several times, ``(splits, 2, n // 2)``."""
    half = len(scores) // 2
    if half == 0:
        raise SsadError("a test set of one image cannot be split in two")
    generator = np.random.default_rng(rng.seed_of("halves", *key))
    order = np.stack([generator.permutation(len(scores))[: 2 * half] for _ in range(splits)])
    return np.asarray(scores, np.float64)[order].reshape(splits, 2, half)


def _auc(normal: NDArray[np.float64], anomalous: NDArray[np.float64]) -> float:
    """Return what `metrics.auroc_between` does, many times faster; `normal` must be sorted."""
    below = np.searchsorted(normal, anomalous, side="left")
    not_above = np.searchsorted(normal, anomalous, side="right")
    return float((below + not_above).sum() / (2 * len(normal) * len(anomalous)))
