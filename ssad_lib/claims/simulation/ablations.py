"""The claims F03 to F07, F10, F11 and F13: what each ingredient does (METHODS 15)."""

from __future__ import annotations

import pandas as pd

from ssad_lib.claims.comparisons import above, equivalent
from ssad_lib.claims.rule_book import Finding, decide
from ssad_lib.claims.simulation import surfaces
from ssad_lib.claims.simulation.benchmarks import PIXEL
from ssad_lib.claims.simulation.surfaces import by_surface, difference, leads, of_methods
from ssad_lib.evidence import Evidence, NotRunError
from ssad_lib.studies.simulation.runs import (
    DRAEM,
    DRAEM_SIMULATED,
    NO_ROTATION,
    NO_SPLIT,
    OUR_SIMULATION,
    OURS,
    SPLIT,
)

SAME = 0.03  # AP: what counts as the same
NO_NDAA, EVERY = "no NDAA", "every simulation"
OTHER_SPLITS = ("25 % for R", "75 % for R", "halves")
AP = "pixel_ap"


def rotation_helps(evidence: Evidence) -> Finding:
    """F03: DRAEM is worse without rotation of normals."""
    return _better(evidence, DRAEM, NO_ROTATION)


def split_and_rotation_are_needed(evidence: Evidence) -> Finding:
    """F04: Ours is better than its simulation in DRAEM's training without rotation."""
    return _better(evidence, OURS, OUR_SIMULATION)


def split_replaces_rotation(evidence: Evidence) -> Finding:
    """F05: with the same simulation and no rotation, the split is better than none."""
    runs = surfaces.of(evidence)
    table = by_surface(runs, AP)
    plain = _upright(table)
    part = above(f"{OURS} minus {OUR_SIMULATION}, nothing turned: AP",
                 difference(plain, OURS, OUR_SIMULATION), "AP")  # fmt: skip
    return decide([part], of_methods(runs, OURS, OUR_SIMULATION))


def split_adds_nothing_to_rotation(evidence: Evidence) -> Finding:
    """F06: with DRAEM's simulation and rotation, the split makes no difference."""
    runs = surfaces.of(evidence)
    lead = difference(by_surface(runs, AP), DRAEM_SIMULATED, DRAEM)
    part = equivalent(f"{DRAEM_SIMULATED} minus {DRAEM}, within ±{SAME}: AP", lead, "AP", SAME)
    return decide([part], of_methods(runs, DRAEM_SIMULATED, DRAEM))


def split_closes_the_gap(evidence: Evidence) -> Finding:
    """F07: R reconstructs its own images better, S flags sound pixels; the split mends both."""
    runs = of_methods(surfaces.of(evidence), NO_SPLIT, SPLIT)
    if runs.empty:
        raise NotRunError("no runs with and without the split and nothing else between them")
    seen, unseen = (by_surface(runs, f"similarity_{name}") for name in ("judged", "unseen"))
    flagged, known = (by_surface(runs, f"flagged_{name}") for name in ("unseen", "judged"))
    gap, excess = seen - unseen, flagged - known
    if not {NO_SPLIT, SPLIT} <= set(gap):
        raise NotRunError("no runs both with and without the split")
    parts = [
        above("gap without a split: SSIM of S's images minus of test images",
              gap[NO_SPLIT].dropna(), "SSIM"),
        above("gap without minus with the split", difference(gap, NO_SPLIT, SPLIT), "SSIM"),
        above("score of sound test pixels over that of training, without minus with the split",
              difference(excess, NO_SPLIT, SPLIT), "score"),
    ]  # fmt: skip
    return decide(parts, runs)


def ndaa_helps(evidence: Evidence) -> Finding:
    """F10: NDAA helps where the rule selects it."""
    runs = surfaces.of(evidence)
    table = by_surface(runs, AP)
    chosen = [
        "near-distribution" in surfaces.selection(str(name)).simulations
        for name in table.index.get_level_values("image_set")
    ]
    lead = difference(_upright(table[chosen]), OURS, NO_NDAA)
    part = above(f"{OURS} minus {NO_NDAA}: AP", lead, "AP")
    return decide([part], of_methods(runs, OURS, NO_NDAA))


def selection_helps(evidence: Evidence) -> Finding:
    """F11: the selection is better than every simulation and rotation everywhere."""
    runs = surfaces.of(evidence)
    lead = difference(by_surface(runs, AP), OURS, EVERY)
    return decide([above(f"{OURS} minus {EVERY}: AP", lead, "AP")], of_methods(runs, OURS, EVERY))


def halves_by_parity_are_best(evidence: Evidence) -> Finding:
    """F13: every other image is better than a quarter, three quarters, or the first half for R."""
    runs = surfaces.of(evidence)
    table = by_surface(runs, AP)
    parts = [
        above(f"{OURS} minus {name}: AP", difference(table, OURS, name), "AP")
        for name in OTHER_SPLITS
    ]
    return decide(parts, of_methods(runs, OURS, *OTHER_SPLITS))


def _better(evidence: Evidence, better: str, worse: str) -> Finding:
    runs = surfaces.of(evidence)
    return decide(leads(runs, [(better, worse)], PIXEL), of_methods(runs, better, worse))


def _upright(table: pd.DataFrame) -> pd.DataFrame:
    """Return the surfaces whose normal images the selection does not turn.

    Raises
    ------
    NotRunError
        If there is none.
    """
    names = table.index.get_level_values("image_set")
    kept = table[[not surfaces.selection(str(name)).rotate_normals for name in names]]
    if kept.empty:
        raise NotRunError("normal images of every surface here are turned")
    return kept


TESTS = {
    "F03": rotation_helps,
    "F04": split_and_rotation_are_needed,
    "F05": split_replaces_rotation,
    "F06": split_adds_nothing_to_rotation,
    "F07": split_closes_the_gap,
    "F10": ndaa_helps,
    "F11": selection_helps,
    "F13": halves_by_parity_are_best,
}
