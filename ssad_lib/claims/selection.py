"""The claims C01, C02 and C05 to C07: which augmentation, and who chooses it (METHODS 15)."""

from __future__ import annotations

import numpy as np
import pandas as pd

from ssad_lib import augment, statistics
from ssad_lib.claims.finding import Finding, NotRunError, Part, all_of, between, greater, keys_of
from ssad_lib.errors import SsadError
from ssad_lib.evidence import MODELS, NO_AUGMENTATION, Evidence
from ssad_lib.studies.pitfalls import choices
from ssad_lib.studies.pitfalls import selection_experiment as experiment
from ssad_lib.tasks import DEFECT, IN_THE_WILD

MODEL = "DAE"
CRITERION = "dsv"
SURFACE = "image_set"


def kind_matters(evidence: Evidence) -> Finding:
    """C01: geometric augmentations suit semantic anomalies, local ones suit small defects."""
    wild, defects = (leads(evidence, testbed) for testbed in (IN_THE_WILD, DEFECT))
    for name, found in (("classes", wild), ("surfaces with defects", defects)):
        if len(found) < 2:
            raise NotRunError(f"fewer than two {name} with geometric and local augmentations")
    effect = wild.mean() - defects.mean()
    interval = statistics.difference_interval(wild, defects)
    part = between(
        f"{MODEL}: AUC of geometric minus local augmentations, on other classes minus on defects",
        float(effect), interval, (0.0, np.inf), len(wild) + len(defects),
    )  # fmt: skip
    note = (
        f"geometric minus local: {wild.mean():+.3f} over {len(wild)} classes, "
        f"{defects.mean():+.3f} over {len(defects)} surfaces"
    )
    return all_of([part], _grid(evidence), note)


def leads(evidence: Evidence, testbed: str) -> pd.Series:
    """Return mean AUC of geometric minus local augmentations, by normal class of an image set."""
    mine = evidence.of(MODEL)
    if mine.empty:
        return pd.Series(dtype=float)
    mine = mine[mine["testbed"] == testbed]
    place = [SURFACE, "normal_class"] if SURFACE in mine else ["normal_class"]
    means = mine.pivot_table(index=place, columns="row", values="auc")
    rows = {kind: [augment.get(name).label for name in names] for kind, names in
            {"geometric": experiment.GEOMETRIC, "local": experiment.LOCAL}.items()}  # fmt: skip
    if not {label for labels in rows.values() for label in labels} <= set(means):
        return pd.Series(dtype=float)
    return (means[rows["geometric"]].mean(axis=1) - means[rows["local"]].mean(axis=1)).dropna()


def alignment_beats_random(evidence: Evidence) -> Finding:
    """C02: choosing by alignment with unlabelled test data beats choosing at random."""
    comparisons = {}
    if len(evidence.candidates):
        reached = experiment.selected(evidence.candidates)
        comparisons["defects: least DSV minus a candidate at random, over tasks"] = (
            reached[CRITERION] - reached[experiment.RANDOM]
        )
    keys = set(keys_of(evidence.candidates))
    for model in MODELS:
        try:
            outcome = choices.outcomes(choices.trials(evidence, model))
        except SsadError:
            continue
        if choices.NEAREST in outcome:
            gained = outcome[choices.NEAREST] - outcome[choices.RANDOM]
            comparisons[f"{model}, other classes: least MMD minus at random, by normal class"] = (
                gained.groupby(level=choices.CLUSTER).mean()
            )
            keys |= set(keys_of(evidence.of(model)))
    if not comparisons:
        raise NotRunError("neither candidates on defects nor a grid with its alignment")
    note = "" if len(evidence.candidates) else "without candidates on defects"
    return all_of(greater(comparisons), pd.DataFrame({"key": sorted(keys)}), note)


def other_data_mislead(evidence: Evidence) -> Finding:
    """C05: a choice by alignment gets worse when it is made on other anomalies."""
    reached = experiment.shifted(_candidates(evidence), CRITERION)
    if reached.empty:
        raise NotRunError("no surface with two kinds of defect")
    parts = greater(
        {"least DSV, chosen on the same kind of defect minus on others": reached["own"]
         - reached["other"]}
    )  # fmt: skip
    gain = (reached["other"] - reached[experiment.RANDOM]).mean()
    note = f"chosen on other kinds it lies {gain:+.3f} over a candidate at random"
    return all_of(parts, evidence.candidates, note)


def both_parts_help(evidence: Evidence) -> Finding:
    """C06: DSV is better than either of its two parts alone."""
    reached = experiment.selected(_candidates(evidence))
    parts = greater(
        {
            "least DSV minus least discordance": reached[CRITERION] - reached["dis"],
            "least DSV minus largest separability": reached[CRITERION] - reached["sep"],
        }
    )
    return all_of(parts, evidence.candidates)


def follows_auc(evidence: Evidence) -> Finding:
    """C07: within a task, a smaller DSV goes with a larger AUC."""
    ranks = experiment.rank_correlations(_candidates(evidence))[CRITERION].dropna()
    parts: list[Part] = greater({"minus Spearman's ρ of DSV and AUC, over tasks": -ranks})
    return all_of(parts, evidence.candidates)


def _candidates(evidence: Evidence) -> pd.DataFrame:
    if evidence.candidates.empty:
        raise NotRunError("no candidates on defects were run")
    return evidence.candidates


def _grid(evidence: Evidence) -> pd.DataFrame:
    tasks = evidence.of(MODEL)
    labels = [augment.get(name).label for name in (*experiment.GEOMETRIC, *experiment.LOCAL)]
    return tasks[tasks["row"].isin([NO_AUGMENTATION, *labels])]
