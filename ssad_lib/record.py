"""The record of a run: specification, scores, metrics, provenance; stored once, never edited."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Any

import numpy as np
from numpy.typing import NDArray

from ssad_lib.spec import RunSpec

NORMAL = "normal"  # name of the score group of the normal test images
AUGMENTED = "augmented"  # scores of augmented training normals, AE and DAE
HISTORY = "history/"  # + initialisation + name: one value for each iteration, ST-SSAD
PICTURE = "picture/"  # + what + "map" or "reconstruction": a few, small, of those that localise
REPAIR = "repair/"  # + gen: errors MSE(f(gen(x)), x), AE and DAE


@dataclass(frozen=True)
class TaskResult:
    """Metrics of one task of a run.

    Attributes
    ----------
    testbed : str
        ``"controlled"`` or ``"in-the-wild"``.
    anomaly : str
        The gen (``"flip"``) or the name of the anomalous class.
    auc, average_precision : float
        In [0, 1].
    normals, anomalies : int
        Test images of each kind.
    measures : dict of str to float
        What else was measured on this task (`ssad_lib.engine.measures`).
    """

    testbed: str
    anomaly: str
    auc: float
    average_precision: float
    normals: int
    anomalies: int
    measures: dict[str, float] = field(default_factory=dict)


@dataclass(frozen=True)
class Record:
    """What is known of a finished or failed run.

    Attributes
    ----------
    spec : RunSpec
    tasks : tuple of TaskResult
        Empty for a failed run.
    scores : dict of str to ndarray of float32
        Raw scores: ``"normal"``, one group for every task (``"controlled/flip"``), and what
        `ssad_lib.engine.measures` adds (``"augmented"``, ``"repair/flip"``).
    loss_curve : tuple of float
        Mean training loss per epoch.
    provenance : dict
        seconds, peak_memory_mib, version, commit, torch, python, device, created.
    measures : dict of str to float
        What was measured on the run as a whole.
    error : str
        Why the run failed; empty for a finished one.
    """

    spec: RunSpec
    tasks: tuple[TaskResult, ...]
    loss_curve: tuple[float, ...]
    provenance: dict[str, Any]
    scores: dict[str, NDArray[np.float32]] = field(default_factory=dict)
    measures: dict[str, float] = field(default_factory=dict)
    error: str = ""
