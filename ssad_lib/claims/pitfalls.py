"""The claims C03 and C04: snooping, and errors that move with the augmentation (METHODS 15)."""

from __future__ import annotations

import numpy as np
import pandas as pd

from ssad_lib import statistics
from ssad_lib.claims import cases
from ssad_lib.claims.finding import Finding, NotRunError, Part, all_of, between
from ssad_lib.errors import SsadError
from ssad_lib.evidence import MODELS, NO_AUGMENTATION, UNTRAINED, Evidence
from ssad_lib.studies.pitfalls import choices, controls
from ssad_lib.studies.pitfalls.choices import BEST_OF_EACH, RANDOM, Trials

MATERIAL = 0.01  # AUC; the best of several is never below their mean, so zero is no threshold


def snooping_inflates(evidence: Evidence) -> Finding:
    """C03: choosing the augmentation by the labels of the test images inflates results."""
    parts: list[Part] = []
    notes: list[str] = []
    for model in MODELS:
        tried = choices.trials(evidence, model)
        outcome = choices.outcomes(tried)
        clusters = len(set(tried.auc.index.get_level_values(choices.CLUSTER)))
        if clusters < 2:
            raise NotRunError("fewer than two normal classes")
        effect, low, high = choices.inflation(outcome, BEST_OF_EACH)
        what = f"{model}: AUC of the best augmentation for each task minus one at random"
        parts.append(between(what, effect, (low, high), (MATERIAL, np.inf), clusters))
        parts += _more_than_luck(evidence, model, tried)
        parts += _does_not_repeat(evidence, model)
        wins = float((outcome[BEST_OF_EACH] > outcome[NO_AUGMENTATION]).mean())
        due = choices.flips(tried, outcome, BEST_OF_EACH, RANDOM)
        if wins:
            notes.append(f"{model}: {due / wins:.0%} of the wins are due to the choice")
    if evidence.halves.empty:
        notes.append("no raw scores to split")
    tasks = evidence.tasks[evidence.tasks["model"].isin(list(MODELS))]
    return all_of(parts, tasks[tasks["row"] != UNTRAINED], "; ".join(notes))


def bias_moves_errors(evidence: Evidence) -> Finding:
    """C04: pseudo-anomalies of one kind bias the errors (A16 and A17, of another paper)."""
    tests = {"DeepSAD": cases.sad_errors_move, "DAE": cases.dae_errors_move}
    found: dict[str, Finding] = {}
    reasons = {}
    for model, test in tests.items():
        try:
            found[model] = test(evidence)
        except NotRunError as reason:
            reasons[model] = str(reason)
    if not found:
        raise NotRunError("; ".join(reasons.values()))
    parts = [part for finding in found.values() for part in finding.parts]
    keys = sorted({key for finding in found.values() for key in finding.keys})
    note = f"without {', '.join(reasons)}" if reasons else ""
    return all_of(parts, pd.DataFrame({"key": keys}), note)


def _more_than_luck(evidence: Evidence, model: str, tried: Trials) -> list[Part]:
    """Return the parts that the best augmentation gains more than the best of as many seeds.

    On the tasks of one normal class, which has many seeds of one augmentation.
    """
    parts = []
    for (row, normal_class), luck in controls.seeds_instead(evidence, model).items():
        if row == NO_AUGMENTATION:
            continue  # shown on the page; the control is of one augmentation
        same = tried.auc.xs(normal_class, level=choices.CLUSTER).groupby("anomaly").mean()
        seeds = luck.auc.groupby("anomaly").mean()
        both = same.join(seeds, how="inner")
        count = min(same.shape[1], seeds.shape[1])
        gains = [
            (best := choices.best_of(both[table.columns]))[:, count - 1] - best[:, 0]
            for table in (same, seeds)
        ]
        more = gains[0] - gains[1]
        if len(more) > 1:
            what = (
                f"{model}, normal {evidence.classes[normal_class]}: best of {count} augmentations "
                f"over their mean, minus best of {count} seeds of {row}"
            )
            interval = statistics.bootstrap_interval(more)
            parts.append(between(what, float(more.mean()), interval, (0.0, np.inf), len(more)))
    return parts


def _does_not_repeat(evidence: Evidence, model: str) -> list[Part]:
    """Return the part that what is best on half of the test images is worse on the other half."""
    try:
        both = controls.split_half(evidence, model)
    except SsadError:
        return []
    lost = (both["same half"] - both["other half"]).groupby(level=choices.CLUSTER).mean()
    if len(lost) < 2:
        return []
    what = f"{model}: AUC on the half that chose minus the other half"
    interval = statistics.bootstrap_interval(lost)
    return [between(what, float(lost.mean()), interval, (0.0, np.inf), len(lost))]
