"""Which test decides which claim, and the verdict of a claim on some evidence."""

from __future__ import annotations

from collections.abc import Callable

from ssad_lib.claims import (
    alignment,
    cases,
    mechanism,
    pitfalls,
    relative,
    selection,
    self_tuning,
    table_1,
    tuned,
)
from ssad_lib.claims.finding import NOT_RUN, Finding, NotRunError
from ssad_lib.errors import SsadError, unknown
from ssad_lib.evidence import Evidence

TESTS: dict[str, Callable[[Evidence], Finding]] = {
    "A01": table_1.matched_is_best,
    "A02": relative.local_helps,
    "A03": relative.color_hurts,
    "A04": relative.color_leads,
    "A05": relative.local_hurts,
    "A06": relative.other_cells_agree,
    "A07": relative.categories_agree,
    "A08": table_1.no_best_for_all,
    "A09": table_1.predictor_depends_more,
    "A10": table_1.mismatched_predictor_is_at_chance,
    "A11": relative.geometric_helps,
    "A12": relative.most_do_not_help,
    "A13": relative.mixed_beats_local,
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
    "A26": relative.self_supervision_can_hurt,
    "B01": tuned.beats_on_defects,
    "B02": tuned.is_best_most_often,
    "B03": tuned.beats_on_digits,
    "B04": tuned.discrepancy_is_worse,
    "B05": tuned.second_order_helps,
    "B06": self_tuning.truth_is_followed,
    "B07": self_tuning.size_is_easier,
    "B08": tuned.size_follows_the_defect,
    "B09": tuned.half_a_turn_is_learned,
    "B10": self_tuning.aligned_is_lowest,
    "B11": self_tuning.loss_is_invariant,
    "B12": tuned.some_are_beyond_cutdiff,
    "B13": tuned.variance_chooses_well,
    "B14": tuned.smooth_is_no_worse,
    "C01": selection.kind_matters,
    "C02": selection.alignment_beats_random,
    "C03": pitfalls.snooping_inflates,
    "C04": pitfalls.bias_moves_errors,
    "C05": selection.other_data_mislead,
    "C06": selection.both_parts_help,
    "C07": selection.follows_auc,
    "C08": self_tuning.truth_is_followed,
}


def decide(identifier: str, evidence: Evidence) -> Finding:
    """Return the finding of one claim; "not run", and why, where the evidence does not suffice.

    Raises
    ------
    SsadError
        If no test is known for the claim.
    """
    if identifier not in TESTS:
        raise unknown("claim", identifier, TESTS)
    try:
        return TESTS[identifier](evidence)
    except (NotRunError, SsadError) as reason:
        return Finding(NOT_RUN, note=str(reason))
