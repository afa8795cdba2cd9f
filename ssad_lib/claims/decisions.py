"""Which test decides which claim, and the verdict of a claim on some evidence."""

from __future__ import annotations

from collections.abc import Callable

from ssad_lib.claims import alignment, cases, mechanism, relative, table_1
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
