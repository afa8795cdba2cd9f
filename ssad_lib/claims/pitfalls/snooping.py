"""The claims C03 and C04: snooping, and errors that move with the augmentation (METHODS 15)."""

from __future__ import annotations

import pandas as pd

from ssad_lib.claims.comparisons import above, any_above, by_cluster
from ssad_lib.claims.rule_book import Finding, Part, decide
from ssad_lib.errors import SsadError
from ssad_lib.evidence import CLUSTER, MODELS, NO_AUGMENTATION, UNTRAINED, Evidence, NotRunError
from ssad_lib.studies.not_magic import error_bias
from ssad_lib.studies.pitfalls import choices, controls
from ssad_lib.studies.pitfalls.choices import BEST_OF_EACH, RANDOM

MATERIAL = 0.01  # AUC; what is best on one half is never worse there, so zero is no threshold


def snooping_inflates(evidence: Evidence) -> Finding:
    """C03: choosing the augmentation by the labels of the test images inflates results."""
    parts, notes, absent = [], [], []
    for model in MODELS:
        try:
            both = controls.split_half(evidence, model)
        except SsadError as reason:
            absent.append(str(reason))
            continue
        lost = by_cluster(both["same half"] - both["other half"], CLUSTER)
        what = f"{model}: AUC on the half that chose minus on the other, above {MATERIAL}"
        parts.append(above(what, lost, "AUC", MATERIAL))
        notes.append(_inflation(evidence, model))
    if not parts:
        raise NotRunError(absent[0])
    tasks = evidence.tasks[evidence.tasks["model"].isin(list(MODELS))]
    used = tasks[tasks["row"] != UNTRAINED]
    return decide(parts, used, "; ".join([*(note for note in notes if note), *absent]))


def bias_moves_errors(evidence: Evidence) -> Finding:
    """C04: pseudo-anomalies of one kind bias the errors: some types gain, others lose."""
    parts: list[Part] = []
    used, absent = [], []
    for model in MODELS:
        try:
            normal_class, _, gain = error_bias.with_seeds(evidence, model)
        except NotRunError as reason:
            absent.append(str(reason))
            continue
        name = f"{model}, normal {evidence.classes[normal_class]}"
        parts += [
            any_above(f"{name}: a type of anomalies gains", gain, "AUC"),
            any_above(f"{name}: a type of anomalies loses", -gain, "AUC lost"),
        ]
        tasks = evidence.on_cases().of(model, NO_AUGMENTATION, error_bias.ROTATED)
        used.append(tasks[tasks["normal_class"] == normal_class])
    if not parts:
        raise NotRunError("; ".join(absent))
    return decide(parts, pd.concat(used), "; ".join(["seeds are the units", *absent]))


def _inflation(evidence: Evidence, model: str) -> str:
    """Return by how much the best augmentation of each task lies above one at random, in words.

    It is no test: the best of several is never below their mean.
    """
    try:
        tried = choices.trials(evidence, model)
    except SsadError:
        return ""
    outcome = choices.outcomes(tried)
    gain = (outcome[BEST_OF_EACH] - outcome[RANDOM]).mean()
    wins = float((outcome[BEST_OF_EACH] > outcome[NO_AUGMENTATION]).mean())
    said = f"{model}: the best of {tried.auc.shape[1]} for each task lies {gain:+.3f} over the mean"
    if wins:
        due = choices.flips(tried, outcome, BEST_OF_EACH, RANDOM) / wins
        said += f", {due:.0%} of its wins are due to the choice"
    return said


TESTS = {
    "C03": snooping_inflates,
    "C04": bias_moves_errors,
}
