"""The study of alignment: MMD between augmented images and anomalies (METHODS section 7)."""

from ssad_lib.studies.alignment.files import committed, measure, of, stored, write
from ssad_lib.studies.alignment.measuring import COLUMNS, Plan

__all__ = ["COLUMNS", "Plan", "committed", "measure", "of", "stored", "write"]
