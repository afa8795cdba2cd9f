"""The claims of paper 002 (METHODS section 15)."""

from __future__ import annotations

from collections.abc import Callable

from ssad_lib.claims.pitfalls import selection, snooping
from ssad_lib.claims.rule_book import Finding
from ssad_lib.evidence import Evidence

TESTS: dict[str, Callable[[Evidence], Finding]] = {
    "C01": selection.kind_matters,
    "C02": selection.alignment_beats_random,
    "C03": snooping.snooping_inflates,
    "C04": snooping.bias_moves_errors,
    "C05": selection.other_data_mislead,
    "C06": selection.both_parts_help,
    "C07": selection.follows_auc,
    "C08": selection.tuning_is_feasible,
}

__all__ = ["TESTS"]
