"""The claims B06, B07, B10 and B11: ST-SSAD's loss, and its demonstration (METHODS 9 and 15)."""

from __future__ import annotations

import numpy as np
import pandas as pd

from ssad_lib import statistics
from ssad_lib.claims.finding import (
    CONTRADICTED,
    INCONCLUSIVE,
    SUPPORTED,
    Finding,
    NotRunError,
    Part,
    all_of,
    between,
    correlation,
    greater,
)
from ssad_lib.evidence import Evidence
from ssad_lib.studies.self_tuning import demonstration, landscape
from ssad_lib.tasks import DEMONSTRATION

STEPS, REACH = 41, 0.95  # Lemma 2 speaks of |u| < 1
EXACT = 1e-6
ROBUST = 0.01
PERFECT = 0.99  # the paper prints 1.00
MOST = 0.8
NAN = float("nan")
INWARD = 0.99  # share of arrows; at the corners of the grid a few run along its edge


def aligned_is_lowest(evidence: Evidence) -> Finding:
    """B10: the validation loss is 1 at perfect alignment, and that is a local minimum."""
    found = landscape.facts(landscape.landscape(STEPS, REACH))
    away = float(np.hypot(found["at u1"], found["at u2"]))
    values = {
        "smallest loss of the grid": (found["smallest loss"], (1 - EXACT, 1 + EXACT)),
        "distance of its place from u = 0": (away, (0.0, EXACT)),
        "second smallest loss": (found["second smallest"], (1 + EXACT, np.inf)),
        "share of arrows towards the minimum": (found["towards the minimum"], (INWARD, 1.0)),
    }
    parts = [_exactly(what, value, limits, STEPS**2) for what, (value, limits) in values.items()]
    return all_of(parts, evidence.tasks)


def loss_is_invariant(evidence: Evidence) -> Finding:
    """B11: the validation loss depends neither on the scale of embeddings nor on ν."""
    scaled = landscape.scale_changes({"1/1000": 1e-3, "1000": 1e3})
    parts = [
        _exactly(f"change of the loss at {name} times the scale", value, (0.0, EXACT), 1)
        for name, value in scaled.items()
    ]
    table = landscape.drift()
    for spread, rows in table.groupby(level="spread"):
        changes = rows.max(axis=1) / rows.min(axis=1) - 1
        what = f"largest relative change over ν, spread {spread:g}"
        parts.append(_exactly(what, float(changes.max()), (0.0, ROBUST), rows.size))
    return all_of(parts, evidence.tasks)


def truth_is_followed(evidence: Evidence) -> Finding:
    """B06: the learned size and ratio follow the true ones, and the detector is perfect."""
    found = _demonstrated(evidence)
    tasks = found.groupby("anomaly").median(numeric_only=True)
    parts = [
        correlation(f"Spearman's ρ of learned and true {name}", tasks[f"true {name}"], tasks[name],
                    sign=1, comparisons=len(demonstration.VALUES))
        for name in demonstration.VALUES
    ]  # fmt: skip
    perfect = int((tasks["auc"] >= PERFECT).sum())
    low, high = statistics.binomial_interval(perfect, len(tasks))
    share = perfect / len(tasks)
    answer = SUPPORTED if perfect == len(tasks) else INCONCLUSIVE
    if high < MOST:
        answer = CONTRADICTED
    what = f"share of tasks with an AUC of at least {PERFECT}"
    parts.append(Part(what, share, low, high, len(tasks), NAN, answer))
    return all_of(parts, found)


def size_is_easier(evidence: Evidence) -> Finding:
    """B07: the size is recovered better than the ratio."""
    found = _demonstrated(evidence)
    errors = demonstration.log_errors(found)
    less = errors["ratio"] - errors["size"]
    return all_of(greater({"|log error| of the ratio minus that of the size": less}), found)


def _demonstrated(evidence: Evidence) -> pd.DataFrame:
    if evidence.tuned.empty or DEMONSTRATION not in set(evidence.tuned["testbed"]):
        raise NotRunError("no runs of the demonstration")
    return demonstration.learned(evidence.tuned)


def _exactly(what: str, value: float, limits: tuple[float, float], n: int) -> Part:
    """Return the part that a computed number, without any chance in it, lies inside `limits`."""
    return between(what, float(value), (float(value), float(value)), limits, n)
