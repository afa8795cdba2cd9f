"""The claims C01, C02 and C05 to C08: which augmentation, and who chooses it (METHODS 15).

The candidates of a surface are trained once and tested on all of its kinds of defect, so that
surfaces are the units: kinds and seeds are averaged inside.
"""

from __future__ import annotations

import pandas as pd

from ssad_lib import augment
from ssad_lib.claims.comparisons import above, apart, by_cluster
from ssad_lib.claims.rule_book import Finding, Part, decide
from ssad_lib.claims.self_tuning.demonstration import demonstrated, detected, followed
from ssad_lib.evidence import Evidence, NotRunError
from ssad_lib.studies.pitfalls import selection_experiment as experiment
from ssad_lib.studies.pitfalls.validation import MODEL, leads
from ssad_lib.tasks import DEFECT, IN_THE_WILD

CRITERION = "dsv"
SURFACE = ["surface"]


def kind_matters(evidence: Evidence) -> Finding:
    """C01: geometric augmentations suit semantic anomalies, local ones suit small defects."""
    wild, defects = (leads(evidence, testbed) for testbed in (IN_THE_WILD, DEFECT))
    for name, found in (("classes", wild), ("surfaces with defects", defects)):
        if found.empty:
            raise NotRunError(f"no {name} with geometric and local augmentations of {MODEL}")
    what = f"{MODEL}: AUC of geometric minus local augmentations, other classes minus defects"
    note = (
        f"geometric minus local: {wild.mean():+.3f} over {len(wild)} classes, "
        f"{defects.mean():+.3f} over {len(defects)} surfaces"
    )
    labels = [augment.get(name).label for name in (*experiment.GEOMETRIC, *experiment.LOCAL)]
    return decide([apart(what, wild, defects, "AUC")], evidence.of(MODEL, *labels), note)


def alignment_beats_random(evidence: Evidence) -> Finding:
    """C02: choosing by alignment with unlabelled test data beats choosing at random."""
    reached = experiment.selected(_candidates(evidence))
    what = "AUC of the least DSV minus a candidate at random"
    return decide(
        [_above(what, reached[CRITERION] - reached[experiment.RANDOM])], evidence.candidates
    )


def other_data_mislead(evidence: Evidence) -> Finding:
    """C05: a choice by alignment gets worse when it is made on other anomalies."""
    reached = experiment.shifted(_candidates(evidence), CRITERION)
    if reached.empty:
        raise NotRunError("no surface with two kinds of defect")
    what = "AUC of the least DSV, chosen on the same kind of defect minus on others"
    gain = (reached["other"] - reached[experiment.RANDOM]).mean()
    note = f"chosen on other kinds it lies {gain:+.3f} over a candidate at random"
    return decide([_above(what, reached["own"] - reached["other"])], evidence.candidates, note)


def both_parts_help(evidence: Evidence) -> Finding:
    """C06: DSV is better than either of its two parts alone."""
    reached = experiment.selected(_candidates(evidence))
    parts = [
        _above(f"AUC of the least DSV minus the {name}", reached[CRITERION] - reached[column])
        for column, name in (("dis", "least discordance"), ("sep", "largest separability"))
    ]
    return decide(parts, evidence.candidates)


def follows_auc(evidence: Evidence) -> Finding:
    """C07: within a task, a smaller DSV goes with a larger AUC."""
    ranks = experiment.rank_correlations(_candidates(evidence))[CRITERION]
    what = "minus Spearman's ρ of DSV and AUC inside a task"
    return decide([_above(what, -ranks, "ρ")], evidence.candidates)


def tuning_is_feasible(evidence: Evidence) -> Finding:
    """C08: tuning end to end is feasible at a small scale: sizes are found, and anomalies too.

    Weaker than claim B06, which wants the ratio as well.
    """
    found = demonstrated(evidence)
    return decide([followed(found, "size"), detected(found)], found)


def _above(what: str, values: pd.Series, unit: str = "AUC") -> Part:
    return above(what, by_cluster(values, SURFACE), unit)


def _candidates(evidence: Evidence) -> pd.DataFrame:
    if evidence.candidates.empty:
        raise NotRunError("no candidates on defects were run")
    return evidence.candidates


TESTS = {
    "C01": kind_matters,
    "C02": alignment_beats_random,
    "C05": other_data_mislead,
    "C06": both_parts_help,
    "C07": follows_auc,
    "C08": tuning_is_feasible,
}
