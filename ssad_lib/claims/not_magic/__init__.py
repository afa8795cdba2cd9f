"""The claims of paper 000 (METHODS section 15)."""

from __future__ import annotations

from collections.abc import Callable

from ssad_lib.claims.not_magic import alignment, cases, effects, mechanism, table_1
from ssad_lib.claims.rule_book import Finding
from ssad_lib.evidence import Evidence

TESTS: dict[str, Callable[[Evidence], Finding]] = {
    "A01": table_1.matched_is_best,
    "A02": effects.local_helps,
    "A03": effects.color_hurts,
    "A04": effects.color_leads,
    "A05": effects.local_hurts,
    "A06": effects.other_cells_agree,
    "A07": effects.categories_agree,
    "A08": table_1.no_best_for_all,
    "A09": table_1.predictor_depends_more,
    "A10": table_1.mismatched_predictor_is_at_chance,
    "A11": effects.geometric_helps,
    "A12": effects.most_do_not_help,
    "A13": effects.mixed_beats_local,
    "A14": alignment.geometric_is_nearest,
    "A15": alignment.nearer_is_better,
    "A16": cases.sad_errors_move,
    "A17": cases.dae_errors_move,
    "A18": mechanism.repairs,
    "A19": cases.six_and_nine,
    "A20": cases.zero_and_three,
    "A21": mechanism.errors_rise,
    "A22": mechanism.histograms_match,
    "A23": mechanism.inversion_shifts_most,
    "A24": mechanism.global_separates,
    "A25": mechanism.between_is_good,
    "A26": effects.self_supervision_can_hurt,
}

__all__ = ["TESTS"]
