"""What a run measures beside the AUC: errors, repairs, embeddings (METHODS section 8)."""

from __future__ import annotations

import warnings
from collections.abc import Callable, Mapping
from typing import Any

import numpy as np
from numpy.typing import NDArray
from scipy.stats import wasserstein_distance
from sklearn.exceptions import ConvergenceWarning
from sklearn.linear_model import LogisticRegression
from sklearn.metrics import silhouette_score
from sklearn.model_selection import cross_val_predict
from torch import Tensor

from ssad_lib import augment, metrics, rng
from ssad_lib.alignment import criteria
from ssad_lib.detectors import AUGMENTED as TAKES_AUGMENTATION
from ssad_lib.detectors import Detector
from ssad_lib.detectors.gaussian import GaussianDetector
from ssad_lib.record import AUGMENTED, HISTORY, NORMAL, REPAIR
from ssad_lib.spec import RunSpec
from ssad_lib.tasks import CONTROLLED, TESTBEDS

TRAINED = "trained"  # group of training normals, among the embeddings alone
SAMPLES = 200  # images of each kind that distances, probes and embeddings use
FOLDS = 5
DIGITS = 6  # significant digits kept

Scores = dict[str, NDArray[np.float32]]
Measures = dict[str, float]


def of_run(detector: Detector, scores: Mapping[str, NDArray[np.float32]]) -> Measures:
    """Return the measures of a run as a whole, from its detector and its raw scores.

    ``relative_spread`` is the standard deviation of all test scores over their mean (a collapsed
    detector has next to none); AE and DAE add ``error_normal`` and ``error_augmented``; a detector
    adds its own ``measures_``.
    """
    tested = [values for name, values in scores.items() if name == NORMAL or is_task(name)]
    everything = np.concatenate(tested).astype(np.float64)
    measured = {"relative_spread": float(everything.std() / (abs(everything.mean()) or 1.0))}
    if hasattr(detector, "errors"):
        measured["error_normal"] = float(scores[NORMAL].mean())
        measured["error_augmented"] = float(scores[AUGMENTED].mean())
    return rounded({**measured, **getattr(detector, "measures_", {})})


def of_task(
    name: str,
    detector: Detector,
    scores: Mapping[str, NDArray[np.float32]],
    embeddings: Mapping[str, NDArray[np.float32]],
) -> Measures:
    """Return the measures of the task called `name`, such as ``"controlled/flip"``.

    AE and DAE: ``error_anomaly`` (e_copy), ``wasserstein`` (between the scores of augmented normals
    and of the anomalies), for controlled tasks ``error_repair`` (e_inv). Detectors that embed:
    ``position`` (t of METHODS 8.3), for controlled tasks ``probe_auc`` and ``silhouette``. AP:
    ``auc_simple``. The detectors of papers 001 and 002: `ssad_lib.alignment.CRITERIA`, with normals
    and anomalies as one unlabelled test set.
    """
    measured: Measures = {}
    controlled = name.startswith(f"{CONTROLLED}/")
    if hasattr(detector, "errors"):
        measured["error_anomaly"] = float(scores[name].mean())
        measured["wasserstein"] = float(wasserstein_distance(scores[AUGMENTED], scores[name]))
        if controlled:
            measured["error_repair"] = float(scores[_repair(name)].mean())
    if name in embeddings:
        if AUGMENTED in embeddings:
            measured["position"] = position(
                embeddings[NORMAL], embeddings[AUGMENTED], embeddings[name]
            )
        if controlled:
            measured |= separation(embeddings[NORMAL], embeddings[name])
        if TRAINED in embeddings:
            test = np.concatenate([embeddings[NORMAL], embeddings[name]])
            measured |= criteria(embeddings[TRAINED], embeddings[AUGMENTED], test)
    for kind in detector.other_scores:
        other = scores[f"{kind}/{NORMAL}"], scores[f"{kind}/{name}"]
        measured[f"auc_{kind}"] = metrics.auroc_between(*other)
    return rounded(measured)


def shown(detector: Detector, spec: RunSpec, train: Tensor) -> dict[str, Tensor]:
    """Return the groups of training images whose embeddings are measured, by name.

    Augmented ones if `spec` trains with an augmentation, and beside them the normals themselves if
    `detector` is one that the criteria of paper 002 choose among.
    """
    if spec.detector not in TAKES_AUGMENTATION:
        return {}
    groups = {AUGMENTED: augmented_normals(spec, train)}
    return groups | {TRAINED: train} if isinstance(detector, GaussianDetector) else groups


def augmented_normals(spec: RunSpec, train: Tensor, count: int = SAMPLES) -> Tensor:
    """Return the first `count` training normals, augmented as in `spec`, ``(n, C, H, W)``.

    In its always-on form: half of what Flip makes in training is not flipped.

    The same images for every augmentation, so that their scores can be compared pair by pair.
    """
    augmentation = augment.always(spec.augmentation, **dict(spec.augmentation_options))
    generator = rng.generator("augmented", spec.image_set, spec.normal_class, spec.seed)
    return augmentation(train[:count], generator)


def embed(detector: Detector, groups: Mapping[str, Tensor]) -> dict[str, NDArray[np.float32]]:
    """Return the embeddings ``(n, d)`` of the first images of each group, if `detector` has any."""
    if not hasattr(detector, "embed"):
        return {}
    return {name: detector.embed(images[:SAMPLES].clamp(0, 1)) for name, images in groups.items()}


def histories(detector: Detector) -> Scores:
    """Return how ST-SSAD's losses and hyper-parameters went, as ``history/<init>/<name>``."""
    return {
        f"{HISTORY}{place}/{name}": np.array([row[name] for row in init["history"]], np.float32)
        for place, init in enumerate(getattr(detector, "inits_", ()))
        for name in (init["history"][0] if init["history"] else ())
    }


def reconstructions(
    detector: Detector, spec: RunSpec, groups: Mapping[str, Tensor], train: Tensor
) -> Scores:
    """Return the errors of augmented normals, and `repairs`, if `detector` reconstructs."""
    if not hasattr(detector, "errors"):
        return {}
    augmented = augmented_normals(spec, train)
    return {AUGMENTED: detector.errors(augmented, augmented)} | repairs(detector.errors, groups)


def repairs(
    errors: Callable[[Tensor, Tensor], NDArray[np.float32]], groups: Mapping[str, Tensor]
) -> Scores:
    """Return per image the error MSE(f(gen(x)), x): how far each gen was from being undone."""
    return {
        _repair(name): errors(images, groups[NORMAL])
        for name, images in groups.items()
        if name.startswith(f"{CONTROLLED}/")
    }


def position(
    normal: NDArray[np.float32], augmented: NDArray[np.float32], anomalous: NDArray[np.float32]
) -> float:
    """Return where the anomalies lie from normal (0) to augmented data (1), by means of embeddings.

    t = ⟨z̄_anomaly - z̄_normal, u⟩ / ‖z̄_augmented - z̄_normal‖ with u the unit vector from normal to
    augmented mean (METHODS 8.3); each argument is ``(n, d)``. NaN if the two means coincide.
    """
    origin = normal.mean(axis=0, dtype=np.float64)
    way = augmented.mean(axis=0, dtype=np.float64) - origin
    length = float(way @ way)
    if length == 0:
        return float("nan")
    return float((anomalous.mean(axis=0, dtype=np.float64) - origin) @ way / length)


def separation(normal: NDArray[np.float32], anomalous: NDArray[np.float32]) -> Measures:
    """Return how well the embeddings ``(n, d)`` of normals and anomalies can be told apart.

    ``probe_auc`` of a cross-validated logistic regression, ``silhouette`` of the two groups.
    """
    points = np.concatenate([normal, anomalous]).astype(np.float64)
    labels = np.repeat([0, 1], [len(normal), len(anomalous)])
    spread = points.std(axis=0)
    if not spread.any():
        return {"probe_auc": 0.5, "silhouette": 0.0}
    scaled = (points - points.mean(axis=0)) / np.where(spread > 0, spread, 1.0)
    folds = min(FOLDS, len(normal), len(anomalous))
    with warnings.catch_warnings():
        # Hundreds of dimensions and few images: the ranks are settled before the weights are.
        warnings.simplefilter("ignore", ConvergenceWarning)
        guess = cross_val_predict(
            LogisticRegression(), scaled, labels, cv=folds, method="decision_function"
        )
    return {
        "probe_auc": metrics.auroc(labels, guess),
        "silhouette": float(silhouette_score(points, labels)),
    }


def _repair(task: str) -> str:
    return REPAIR + task.split("/", 1)[1]


def is_task(name: str) -> bool:
    """Whether the score group `name` holds the anomalies of a task."""
    return name.startswith(tuple(f"{testbed}/" for testbed in TESTBEDS))


def rounded(measures: Mapping[str, Any]) -> Measures:
    """Return the finite ones of `measures`, with as many digits as are kept."""
    values = {name: float(f"{value:.{DIGITS}g}") for name, value in measures.items()}
    return {name: value for name, value in values.items() if np.isfinite(value)}
