"""The statistics of paper 000: tests, intervals, corrections (METHODS sections 6 and 15)."""

from ssad_lib.statistics.intervals import (
    binomial_interval,
    bootstrap_interval,
    difference_interval,
    two_stage_interval,
)
from ssad_lib.statistics.multiple import holm
from ssad_lib.statistics.paired_auc import Gain, auc_gain
from ssad_lib.statistics.ranks import (
    Outcome,
    binomial,
    category_rank,
    spearman,
    trend,
    within_category,
)
from ssad_lib.statistics.wilcoxon import (
    EXACT_BELOW,
    Alternative,
    SignedRank,
    clustered,
    exact_p,
    signed_rank,
    walsh_averages,
)

__all__ = [
    "EXACT_BELOW",
    "Alternative",
    "Gain",
    "Outcome",
    "SignedRank",
    "auc_gain",
    "binomial",
    "binomial_interval",
    "bootstrap_interval",
    "category_rank",
    "clustered",
    "difference_interval",
    "exact_p",
    "holm",
    "signed_rank",
    "spearman",
    "trend",
    "two_stage_interval",
    "walsh_averages",
    "within_category",
]
