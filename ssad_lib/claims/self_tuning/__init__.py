"""The claims of paper 001 (METHODS section 15)."""

from __future__ import annotations

from collections.abc import Callable

from ssad_lib.claims.rule_book import Finding
from ssad_lib.claims.self_tuning import demonstration, loss, tables
from ssad_lib.evidence import Evidence

TESTS: dict[str, Callable[[Evidence], Finding]] = {
    "B01": tables.beats_on_defects,
    "B02": tables.is_best_most_often,
    "B03": tables.beats_on_digits,
    "B04": tables.discrepancy_is_worse,
    "B05": tables.second_order_helps,
    "B06": demonstration.truth_is_followed,
    "B07": demonstration.size_is_easier,
    "B08": tables.size_follows_the_defect,
    "B09": tables.half_a_turn_is_learned,
    "B12": tables.some_are_beyond_cutdiff,
    "B13": tables.variance_chooses_well,
    "B14": tables.smooth_is_no_worse,
}
CHECKS: dict[str, Callable[[], Finding]] = {
    "B10": loss.aligned_is_lowest,
    "B11": loss.loss_is_invariant,
}

__all__ = ["CHECKS", "TESTS"]
