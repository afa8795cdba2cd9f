"""Detectors with PyOD's convention: ``fit``, ``decision_function``, ``predict``."""

from ssad_lib.detectors.autoencoder import AE, DAE
from ssad_lib.detectors.base import Detector, NonFiniteError
from ssad_lib.detectors.hypersphere import DeepSAD, DeepSVDD

DETECTORS: dict[str, type[Detector]] = {
    "AE": AE,
    "DAE": DAE,
    "DeepSVDD": DeepSVDD,
    "DeepSAD": DeepSAD,
}
"""Every detector by the name a run specification uses."""

AUGMENTED = ("DAE", "DeepSAD")
"""Those that take an augmentation (``augmentation``, ``augmentation_options``)."""

__all__ = [
    "AE",
    "AUGMENTED",
    "DAE",
    "DETECTORS",
    "DeepSAD",
    "DeepSVDD",
    "Detector",
    "NonFiniteError",
]
