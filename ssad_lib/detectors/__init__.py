"""Detectors with PyOD's convention: ``fit``, ``decision_function``, ``predict``."""

from ssad_lib.detectors.autoencoder import AE, DAE
from ssad_lib.detectors.base import Detector
from ssad_lib.detectors.hypersphere import DeepSAD, DeepSVDD
from ssad_lib.detectors.prediction import AP

DETECTORS: dict[str, type[Detector]] = {
    "AE": AE,
    "DAE": DAE,
    "DeepSVDD": DeepSVDD,
    "DeepSAD": DeepSAD,
    "AP": AP,
}
"""Every detector by the name a run specification uses."""

AUGMENTED = ("DAE", "DeepSAD", "AP")
"""Those that take an augmentation (``augmentation``, ``augmentation_options``)."""

__all__ = [
    "AE",
    "AP",
    "AUGMENTED",
    "DAE",
    "DETECTORS",
    "DeepSAD",
    "DeepSVDD",
    "Detector",
    "NonFiniteError",
]
