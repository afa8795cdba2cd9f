"""How well augmented images agree with anomalies: MMD, ST-SSAD's validation loss, DSV.

Sources: paper 000, Section 4.3 (MMD); paper 001, Section 3.1 (validation loss); METHODS sections 7,
9.4 and 10.4. MMD compares with labelled anomalies; the others see an unlabelled test set only.
"""

from ssad_lib.alignment.criteria import CRITERIA, LARGEST_IS_BEST, criteria
from ssad_lib.alignment.discrepancy import kernel, mmd, noise_floor
from ssad_lib.alignment.dsv import DSV_VARIANTS, dsv, dsv_parts
from ssad_lib.alignment.validation import (
    KERNELS,
    mean_distance,
    mmd_loss,
    normalise_total_distance,
    validation_loss,
)

__all__ = [
    "CRITERIA",
    "DSV_VARIANTS",
    "KERNELS",
    "LARGEST_IS_BEST",
    "criteria",
    "dsv",
    "dsv_parts",
    "kernel",
    "mean_distance",
    "mmd",
    "mmd_loss",
    "noise_floor",
    "normalise_total_distance",
    "validation_loss",
]
