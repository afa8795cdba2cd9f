"""The claims B06 and B07, on the demonstration of paper 001 (METHODS sections 9 and 15).

ST-SSAD is trained anew for every patch, so that patches are the units; seeds give a median.
"""

from __future__ import annotations

import numpy as np
import pandas as pd

from ssad_lib.claims.comparisons import above, correlated, share
from ssad_lib.claims.rule_book import Finding, Part, decide
from ssad_lib.evidence import Evidence, NotRunError
from ssad_lib.studies.self_tuning import demonstration
from ssad_lib.tasks import DEMONSTRATION

PERFECT = 0.99  # the paper prints 1.00
MOST = 0.8


def truth_is_followed(evidence: Evidence) -> Finding:
    """B06: the learned size and ratio follow the true ones, and the detector is perfect."""
    found = demonstrated(evidence)
    parts = [followed(found, name) for name in demonstration.VALUES]
    return decide([*parts, detected(found)], found)


def size_is_easier(evidence: Evidence) -> Finding:
    """B07: the size is recovered better than the ratio."""
    found = demonstrated(evidence)
    errors = demonstration.log_errors(found)
    what = "|log error| of the ratio minus that of the size"
    return decide([above(what, errors["ratio"] - errors["size"], "log")], found)


def demonstrated(evidence: Evidence) -> pd.DataFrame:
    """Return what was learned, with what was true, by patch and seed.

    Raises
    ------
    NotRunError
        If there are no runs of the demonstration.
    """
    if evidence.tuned.empty or DEMONSTRATION not in set(evidence.tuned["testbed"]):
        raise NotRunError("no runs of the demonstration")
    return demonstration.learned(evidence.tuned)


def followed(found: pd.DataFrame, name: str) -> Part:
    """Return the part that the learned value `name`, size or ratio, rises with the true one."""
    patches = _patches(found)
    what = f"Spearman's ρ of learned and true {name}"
    return correlated(what, np.log(patches[f"true {name}"]), np.log(patches[name]), sign=1)


def detected(found: pd.DataFrame) -> Part:
    """Return the part that most patches have a perfect detector."""
    patches = _patches(found)
    hits = int((patches["auc"] >= PERFECT).sum())
    what = f"share of patches with an AUC of at least {PERFECT}, above {MOST}"
    return share(what, hits, len(patches), MOST)


def _patches(found: pd.DataFrame) -> pd.DataFrame:
    return found.groupby("anomaly").median(numeric_only=True)


TESTS = {
    "B06": truth_is_followed,
    "B07": size_is_easier,
}
