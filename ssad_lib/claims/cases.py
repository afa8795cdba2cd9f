"""The claims A16, A17, A19 and A20, on single classes and pairs with many seeds (METHODS 15)."""

from __future__ import annotations

import numpy as np
import pandas as pd

from ssad_lib import augment
from ssad_lib.claims.finding import (
    INCONCLUSIVE,
    LEVEL,
    SUPPORTED,
    Finding,
    NotRunError,
    Part,
    all_of,
    correlation,
    greater,
    signed_rank,
)
from ssad_lib.data import is_digits
from ssad_lib.evidence import NO_AUGMENTATION, Evidence
from ssad_lib.studies.not_magic.runs import DIGIT_CASES, ROTATION
from ssad_lib.tasks import IN_THE_WILD

LEAST_SEEDS = 5  # one-sided, five pairs can reach p = 1/32


def sad_errors_move(evidence: Evidence) -> Finding:
    """A16: Rotate moves DeepSAD's errors between anomaly types."""
    return _errors_move(evidence, "DeepSAD")


def dae_errors_move(evidence: Evidence) -> Finding:
    """A17: Rotate moves DAE's errors between anomaly types."""
    return _errors_move(evidence, "DAE")


def six_and_nine(evidence: Evidence) -> Finding:
    """A19: 6 against 9 is naturally aligned with Rotate."""
    return _digit_case(evidence, *DIGIT_CASES[0])


def zero_and_three(evidence: Evidence) -> Finding:
    """A20: CutPaste is aligned with 0 against 3 by chance."""
    return _digit_case(evidence, *DIGIT_CASES[1])


def by_type(evidence: Evidence, model: str) -> tuple[int, pd.DataFrame, pd.DataFrame]:
    """Return the class with enough seeds, and per seed (rows) and anomaly type the base and gain.

    Raises
    ------
    NotRunError
        If no class was run with Rotate and at least five seeds.
    """
    label = augment.get(ROTATION).label
    gains = evidence.on_cases().gains(model)
    mine = gains[(gains["row"] == label) & (gains["testbed"] == IN_THE_WILD)]
    seeds = mine.groupby("normal_class")["seed"].nunique()
    enough = seeds[seeds >= LEAST_SEEDS]
    if enough.empty:
        raise NotRunError(f"no class of {model} with {label} and {LEAST_SEEDS} seeds")
    normal_class = int(enough.index[0])
    mine = mine[mine["normal_class"] == normal_class]
    base, gain = (mine.pivot_table(index="seed", columns="anomaly", values=name)
                  for name in ("base", "gain"))  # fmt: skip
    return normal_class, base, gain


def _errors_move(evidence: Evidence, model: str) -> Finding:
    normal_class, base, gain = by_type(evidence, model)
    name = evidence.classes[normal_class]
    (overall,) = greater(
        {f"{model}, normal {name}: gain of Rotate, mean over types": gain.mean(axis=1)}
    )
    losses = {kind: signed_rank(-gain[kind].to_numpy()) for kind in gain}
    worst = min(losses, key=lambda kind: (losses[kind].p_value, -losses[kind].pseudo_median))
    test = losses[worst]
    loss = Part(
        f"{model}, normal {name}: {worst} loses most",
        -test.pseudo_median, -test.high, -test.low, test.n, test.p_value,
        SUPPORTED if test.pseudo_median > 0 and test.p_value < LEVEL else INCONCLUSIVE,
    )  # fmt: skip
    bias = correlation(
        f"{model}, normal {name}: ρ of AUC without Rotate and gain, over types",
        base.mean(), gain.mean(), sign=-1,
    )  # fmt: skip
    tasks = evidence.on_cases().of(model, NO_AUGMENTATION, augment.get(ROTATION).label)
    return all_of([overall, bias, loss], tasks[tasks["normal_class"] == normal_class])


def _digit_case(evidence: Evidence, normal_class: int, other: int, name: str) -> Finding:
    if not is_digits(evidence.image_set):
        raise NotRunError(f"the classes of {evidence.image_set} are not digits")
    label, anomaly = augment.get(name).label, evidence.classes[other]
    gains = evidence.on_cases().gains("DAE")
    mine = gains[
        (gains["row"] == label)
        & (gains["normal_class"] == normal_class)
        & (gains["anomaly"] == anomaly)
        & (gains["testbed"] == IN_THE_WILD)
    ].drop_duplicates("seed")
    if len(mine) < LEAST_SEEDS:
        raise NotRunError(
            f"{len(mine)} seeds of class {normal_class} with {label}, not {LEAST_SEEDS}"
        )
    pair = f"{normal_class} against {other}"
    (auc,) = greater({f"{pair}: AUC of DAE with {label} minus AE": mine["gain"]})
    (mmd,) = greater({f"{pair}: MMD of none minus {label}, over draws": _nearer(
        evidence, normal_class, anomaly, label)})  # fmt: skip
    note = f"AUC {mine['auc'].mean():.3f} with {label}, {mine['base'].mean():.3f} without"
    tasks = evidence.on_cases().of("DAE", NO_AUGMENTATION, label)
    return all_of([auc, mmd], tasks[tasks["normal_class"] == normal_class], note)


def _nearer(evidence: Evidence, normal_class: int, anomaly: str, label: str) -> np.ndarray:
    frame = evidence.alignment
    if frame.empty:
        raise NotRunError("the alignment (MMD) was not measured")
    mine = frame[
        (frame["normal_class"] == normal_class)
        & (frame["anomaly"] == anomaly)
        & (frame["testbed"] == IN_THE_WILD)
    ].pivot_table(index="draw", columns="augmentation", values="mmd")
    if not {NO_AUGMENTATION, label} <= set(mine):
        raise NotRunError(f"the alignment of class {normal_class} with {label} was not measured")
    difference: np.ndarray = (mine[NO_AUGMENTATION] - mine[label]).to_numpy()
    return difference
