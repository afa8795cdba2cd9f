"""The claims B10 and B11: what ST-SSAD's validation loss is, computed without any run (METHODS 9).

Nothing in them is left to chance, so that a part holds or does not.
"""

from __future__ import annotations

import numpy as np
import pandas as pd

from ssad_lib.appearance import in_powers
from ssad_lib.claims.comparisons import exactly
from ssad_lib.claims.rule_book import Finding, decide
from ssad_lib.studies.self_tuning import landscape

STEPS, REACH = 41, 0.95  # Lemma 2 speaks of |u| < 1
EXACT = 1e-6
ROBUST = 0.01
INWARD = 0.99  # share of arrows; at the corners of the grid a few run along its edge
SCALES = {"1/1000": 1e-3, "1000": 1e3}


def aligned_is_lowest() -> Finding:
    """B10: the validation loss is 1 at perfect alignment, and that is a local minimum."""
    found = landscape.facts(landscape.landscape(STEPS, REACH))
    points = STEPS**2
    away = float(np.hypot(found["at u1"], found["at u2"]))
    parts = [
        exactly("smallest loss of the grid", float(found["smallest loss"]),
                (1 - EXACT, 1 + EXACT), "loss", points),
        exactly("distance of its place from u = 0", away, (0.0, EXACT), "distance", points),
        exactly("second smallest loss", float(found["second smallest"]),
                (1 + EXACT, np.inf), "loss", points),
        exactly("share of arrows towards the minimum", float(found["towards the minimum"]),
                (INWARD, 1.0), "share", points),
    ]  # fmt: skip
    return decide(parts, pd.DataFrame())


def loss_is_invariant() -> Finding:
    """B11: the validation loss depends neither on the scale of embeddings nor on ν."""
    parts = [
        exactly(f"change of the loss at {name} times the scale", float(value), (0.0, EXACT),
                "loss", 1)
        for name, value in landscape.scale_changes(SCALES).items()
    ]  # fmt: skip
    for spread, rows in landscape.drift().groupby(level="spread"):
        changes = rows.max(axis=1) / rows.min(axis=1) - 1
        what = f"largest relative change over ν, spread {spread:g}"
        parts.append(exactly(what, float(changes.max()), (0.0, ROBUST), "relative", rows.size))
    scale = max(part.effect for part in parts[: len(SCALES)])
    note = f"the scale changes at most {in_powers(scale)}"
    return decide(parts, pd.DataFrame(), note)


CHECKS = {
    "B10": aligned_is_lowest,
    "B11": loss_is_invariant,
}
