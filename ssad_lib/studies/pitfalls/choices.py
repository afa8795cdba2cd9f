"""Choices of an augmentation, honest and not, on tasks that are already run (METHODS 10.9).

The nearest augmentation has the least MMD between augmented normals and anomalies alone: it is an
oracle, for that distance uses the labels of the test images. Without them one would compare
mixtures, whose normal parts cancel only where the share of anomalies is known and images are many.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

import numpy as np
import pandas as pd
from numpy.typing import ArrayLike, NDArray
from scipy.special import comb

from ssad_lib import augment, statistics
from ssad_lib.errors import SsadError
from ssad_lib.evidence import CLUSTER, NO_AUGMENTATION, TASK, Evidence
from ssad_lib.tasks import IN_THE_WILD

DEFAULTS = ("GEOM", "CutPaste")  # what the literature takes for objects and for defects
RANDOM, ABROAD = "at random", "best on other image sets"
NEAREST = "nearest (MMD, uses labels)"
BEST_OF_ALL, BEST_OF_EACH = "best for the image set", "best for each task"
CRITERIA = {"dsv": "least DSV"}  # measures of a task that choose without labels: the least is taken
PEEKING = (NEAREST, BEST_OF_ALL, BEST_OF_EACH)


@dataclass(frozen=True)
class Trials:
    """The AUC of every task under every augmentation that somebody might have tried.

    Attributes
    ----------
    auc : DataFrame
        Index `TASK` (image set, normal class, seed, ...); one column per augmentation's label.
    plain : Series
        The AUC of the same tasks without augmentation.
    criteria : dict of str to DataFrame
        By name of the choice, what it makes small: shaped like `auc`.
    """

    auc: pd.DataFrame
    plain: pd.Series
    criteria: Mapping[str, pd.DataFrame]


def trials(evidence: Evidence, model: str, testbed: str = IN_THE_WILD) -> Trials:
    """Return the trials of `model` (DAE or DeepSAD) on one testbed; tasks with gaps are left out.

    Raises
    ------
    SsadError
        If the model was not run without and with at least two augmentations.
    """
    gains = evidence.gains(model)
    mine = gains[gains["testbed"] == testbed]
    auc = mine.pivot_table(index=TASK, columns="row", values="auc").dropna()
    if len(auc) == 0 or auc.shape[1] < 2:
        raise SsadError(f"no tasks of {model} ({testbed}) with two augmentations and with none")
    auc = auc[[label for label in _order() if label in auc]]
    measured = {
        said: mine.pivot_table(index=TASK, columns="row", values=name)
        for name, said in CRITERIA.items()
        if name in mine and mine[name].notna().any()
    }
    if len(evidence.alignment):
        measured[NEAREST] = _distances(evidence.alignment, auc)
    shaped = {
        said: table.reindex(auc.index, columns=auc.columns) for said, table in measured.items()
    }
    return Trials(
        auc=auc,
        plain=mine.groupby(TASK)["base"].first().reindex(auc.index),
        criteria={said: table for said, table in shaped.items() if table.notna().all(axis=None)},
    )


def chosen(tried: Trials, abroad: str | None = None) -> pd.DataFrame:
    """Return which augmentation each choice takes on every task: rows tasks, columns choices.

    Honest choices first: the defaults of the literature, the least of each criterion, and
    `abroad`, the label of what was best on other image sets; then those that peek at the labels of
    the test images (`PEEKING`). At random takes no one augmentation and is not among them.
    """
    auc = tried.auc
    taken = {f"always {label}": _same(auc, label) for label in DEFAULTS if label in auc}
    least = {said: table.idxmin(axis=1) for said, table in tried.criteria.items()}
    taken |= {said: labels for said, labels in least.items() if said not in PEEKING}
    if abroad in auc:
        taken[ABROAD] = _same(auc, str(abroad))
    taken |= {said: labels for said, labels in least.items() if said in PEEKING}
    taken[BEST_OF_ALL] = _same(auc, best(auc))
    taken[BEST_OF_EACH] = auc.idxmax(axis=1)
    return pd.DataFrame(taken, index=auc.index)


def outcomes(tried: Trials, abroad: str | None = None) -> pd.DataFrame:
    """Return the AUC that each choice reaches on every task: rows tasks, columns choices.

    The columns of `chosen`, after no augmentation and a choice at random, whose AUC is the mean
    over all augmentations.
    """
    taken = chosen(tried, abroad)
    reached = {said: _looked_up(tried.auc, labels) for said, labels in taken.items()}
    first = {NO_AUGMENTATION: tried.plain, RANDOM: tried.auc.mean(axis=1)}
    return pd.DataFrame(first | reached, index=tried.auc.index)


def inflation(
    outcome: pd.DataFrame,
    choice: str,
    honest: str = RANDOM,
    *,
    cluster: Sequence[str] = tuple(CLUSTER),
) -> tuple[float, float, float]:
    """Return how much higher `choice` lies than `honest`, mean over tasks, and its 95 % interval.

    Tasks that share a normal class (the index levels `cluster`) share detectors: normal classes are
    resampled, then tasks inside each. One class alone has no interval (NaN).
    """
    gained = outcome[choice] - outcome[honest]
    groups = [group.to_numpy(np.float64) for _, group in gained.groupby(level=list(cluster))]
    if len(groups) < 2:
        return float(gained.mean()), np.nan, np.nan
    if len({len(group) for group in groups}) == 1:
        return float(gained.mean()), *statistics.two_stage_interval(groups)
    means = [group.mean() for group in groups]
    return float(np.mean(means)), *statistics.bootstrap_interval(means)


def flips(tried: Trials, outcome: pd.DataFrame, choice: str, honest: str) -> float:
    """Return the share of tasks that `choice` wins against no augmentation and `honest` does not.

    Such a win is due to the choice. For a choice at random it is the share expected: each
    augmentation that does not win counts one part.
    """
    wins = outcome[choice] > outcome[NO_AUGMENTATION]
    if honest == RANDOM:
        lost = (tried.auc.le(tried.plain, axis=0)).mean(axis=1)
    else:
        lost = (outcome[honest] <= outcome[NO_AUGMENTATION]).astype(float)
    return float((wins * lost).mean())


def best(auc: pd.DataFrame) -> str:
    """Return the label with the highest mean AUC over the tasks; on a tie the first."""
    return str(auc.mean().idxmax())


def best_of(values: ArrayLike) -> NDArray[np.float64]:
    """Return the expected maximum of k values drawn without replacement, for k = 1 .. n.

    ``sum_i x_(i) C(i-1, k-1) / C(n, k)`` over the order statistics: exact, no draws.

    Parameters
    ----------
    values : array_like of float, shape (tasks, n)
        What was tried on each task.

    Returns
    -------
    ndarray of float, shape (tasks, n)
    """
    table = np.sort(np.asarray(values, dtype=np.float64), axis=1)
    n = table.shape[1]
    place, count = np.arange(n)[:, None], np.arange(1, n + 1)
    expected: NDArray[np.float64] = table @ (comb(place, count - 1) / comb(n, count))
    return expected


def _order() -> list[str]:
    return [augment.get(name).label for name in augment.names() if name != "identity"]


def _same(auc: pd.DataFrame, label: str) -> pd.Series:
    return pd.Series(label, index=auc.index)


def _looked_up(auc: pd.DataFrame, labels: pd.Series) -> NDArray[np.float64]:
    values: NDArray[np.float64] = auc.to_numpy()[
        np.arange(len(auc)), auc.columns.get_indexer(pd.Index(labels))
    ]
    return values


def _distances(alignment: pd.DataFrame, auc: pd.DataFrame) -> pd.DataFrame:
    """Return the MMD of the tasks of `auc` (rows, alike for all seeds) by augmentation."""
    place = [name for name in TASK if name != "seed"]
    means = alignment.pivot_table(index=place, columns="augmentation", values="mmd")
    return means.reindex(auc.reset_index("seed").index).set_axis(auc.index, axis=0)
