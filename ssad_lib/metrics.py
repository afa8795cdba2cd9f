"""Ranking metrics of an anomaly score, in float64 (METHODS section 0).

Label 0 is normal, 1 is an anomaly; a larger score means more anomalous; ties count one half.
"""

from __future__ import annotations

from typing import Any

import numpy as np
import torch
from numpy.typing import ArrayLike, NDArray
from sklearn.metrics import average_precision_score, roc_auc_score

from ssad_lib.errors import SsadError


def auroc(labels: ArrayLike, scores: ArrayLike) -> float:
    """Return the area under the ROC curve, in [0, 1].

    Parameters
    ----------
    labels : array_like of {0, 1}, shape (n,)
    scores : array_like of float, shape (n,)

    Raises
    ------
    SsadError
        If shapes differ, a score is not finite, or only one of the two labels occurs.
    """
    return float(roc_auc_score(*_checked(labels, scores)))


def auroc_between(normal: ArrayLike, anomalous: ArrayLike) -> float:
    """Return the area under the ROC curve of two groups of scores, each of shape ``(n,)``."""
    return auroc(*labelled(normal, anomalous))


def labelled(
    normal: ArrayLike, anomalous: ArrayLike
) -> tuple[NDArray[np.int64], NDArray[np.float64]]:
    """Return labels (0 normal, 1 anomaly) and scores of two groups of scores, joined."""
    groups = [_array(scores, np.float64) for scores in (normal, anomalous)]
    return np.repeat([0, 1], [len(scores) for scores in groups]), np.concatenate(groups)


def average_precision(labels: ArrayLike, scores: ArrayLike) -> float:
    """Return the average precision (area under the precision-recall steps), in [0, 1].

    Parameters and errors are those of `auroc`.
    """
    return float(average_precision_score(*_checked(labels, scores)))


def _checked(labels: ArrayLike, scores: ArrayLike) -> tuple[NDArray[np.int64], NDArray[np.float64]]:
    truth = _array(labels, None)
    values = _array(scores, np.float64)
    if truth.ndim != 1 or truth.shape != values.shape:
        raise SsadError(
            f"labels {truth.shape} and scores {values.shape} must be vectors of one length"
        )
    if not np.isfinite(values).all():
        raise SsadError(f"{int((~np.isfinite(values)).sum())} of {len(values)} scores not finite")
    if set(np.unique(truth).tolist()) != {0, 1}:
        raise SsadError("labels must hold both 0 (normal) and 1 (anomaly) and nothing else")
    return truth.astype(np.int64), values


def _array(values: ArrayLike, dtype: type[np.float64] | None) -> NDArray[Any]:
    """Return values as an array; a tensor may be on a GPU and have a gradient."""
    if isinstance(values, torch.Tensor):
        values = values.detach().cpu().numpy()
    return np.asarray(values, dtype=dtype)
