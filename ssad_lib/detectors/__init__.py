"""Detectors with PyOD's convention: ``fit``, ``decision_function``, ``predict``."""

from ssad_lib.detectors.autoencoder import AE, DAE
from ssad_lib.detectors.base import Detector, NonFiniteError

DETECTORS: dict[str, type[Detector]] = {"AE": AE, "DAE": DAE}
"""Every detector by the name a run specification uses."""

AUGMENTED = ("DAE",)
"""Those that take an augmentation (``augmentation``, ``augmentation_options``)."""

__all__ = ["AE", "AUGMENTED", "DAE", "DETECTORS", "Detector", "NonFiniteError"]
