"""Chooses an augmentation without labels (paper 001, Section 3; paper 002; METHODS section 10)."""

from ssad_lib.selection.candidates import candidates
from ssad_lib.selection.features import FILTERS_VERSION, statistics
from ssad_lib.selection.ranking import (
    LEAST_NORMAL,
    LEAST_UNLABELLED,
    LEVEL,
    Ranking,
    agreement,
    rank,
)

__all__ = [
    "FILTERS_VERSION",
    "LEAST_NORMAL",
    "LEAST_UNLABELLED",
    "LEVEL",
    "Ranking",
    "agreement",
    "candidates",
    "rank",
    "statistics",
]
