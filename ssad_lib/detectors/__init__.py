"""Detectors with PyOD's convention: ``fit``, ``decision_function``, ``predict``."""

from ssad_lib.detectors.autoencoder import AE, DAE
from ssad_lib.detectors.base import Detector
from ssad_lib.detectors.discriminator import Discriminator
from ssad_lib.detectors.exposure import BCE, DSAD, HSC, Focal
from ssad_lib.detectors.hypersphere import DeepSAD, DeepSVDD
from ssad_lib.detectors.localising import LocalisingDetector
from ssad_lib.detectors.natural import NSA
from ssad_lib.detectors.patchcore import PatchCore
from ssad_lib.detectors.prediction import AP
from ssad_lib.detectors.reconstruction import DRAEM, SplitDRAEM
from ssad_lib.detectors.self_tuning import STSSAD
from ssad_lib.errors import NonFiniteError

DETECTORS: dict[str, type[Detector]] = {
    "AE": AE,
    "DAE": DAE,
    "DeepSVDD": DeepSVDD,
    "DeepSAD": DeepSAD,
    "AP": AP,
    "STSSAD": STSSAD,
    "Discriminator": Discriminator,
    "HSC": HSC,
    "DSAD": DSAD,
    "BCE": BCE,
    "Focal": Focal,
    "SplitDRAEM": SplitDRAEM,
    "DRAEM": DRAEM,
    "NSA": NSA,
    "PatchCore": PatchCore,
}
"""Every detector by the name a run specification uses."""

AUGMENTED = ("DAE", "DeepSAD", "AP", "STSSAD", "Discriminator")
"""Those that take an augmentation (``augmentation``, ``augmentation_options``)."""

TRAINED_ALONE = ("STSSAD", "Discriminator")
"""Those whose training is no `ssad_lib.detectors.course.Course`: fleets cannot take them."""

EXPOSED = ("HSC", "DSAD", "BCE", "Focal")
"""Those of paper 003, which are trained on outliers, too."""

LOCALISING = ("SplitDRAEM", "DRAEM", "NSA", "PatchCore")
"""Those of paper 004, which have a map of scores; fleets do not take them, they are too large."""

UNTRAINED = ("PatchCore",)
"""Those that train no network: ``fit`` remembers."""

__all__ = [
    "AE",
    "AP",
    "AUGMENTED",
    "BCE",
    "DAE",
    "DETECTORS",
    "DRAEM",
    "DSAD",
    "EXPOSED",
    "HSC",
    "LOCALISING",
    "NSA",
    "STSSAD",
    "TRAINED_ALONE",
    "UNTRAINED",
    "DeepSAD",
    "DeepSVDD",
    "Detector",
    "Discriminator",
    "Focal",
    "LocalisingDetector",
    "NonFiniteError",
    "PatchCore",
    "SplitDRAEM",
]
