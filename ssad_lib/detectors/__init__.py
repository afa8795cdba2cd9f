"""Detectors with PyOD's convention: ``fit``, ``decision_function``, ``predict``."""

from ssad_lib.detectors.autoencoder import AE, DAE
from ssad_lib.detectors.base import Detector, NonFiniteError

__all__ = ["AE", "DAE", "Detector", "NonFiniteError"]
