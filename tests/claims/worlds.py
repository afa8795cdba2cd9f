"""Made-up evidence with a known answer: a world in which every claim of paper 000 holds, or not."""

from __future__ import annotations

import itertools
from collections.abc import Callable

import numpy as np
import pandas as pd

from ssad_lib import augment
from ssad_lib.data.catalogue import DIGITS
from ssad_lib.evidence import UNIT, Evidence
from ssad_lib.studies.not_magic.distances import printed

NAME = "street-digits"
LABELS = [augment.get(name).label for name in augment.names() if name != "identity"]
GENS = ("cutout", "flip", "invert")
GEOMETRIC = ("Rotate", "Flip", "GEOM")
CATEGORY = {augment.get(name).label: augment.get(name).category for name in augment.names()}
CATEGORY |= {"none": "none", "untrained": "none"}

Effect = Callable[[str, str, str], float]


def true_effect(model: str, row: str, anomaly: str) -> float:
    """How much `row` adds to no augmentation if the paper is right."""
    category = CATEGORY[row]
    if row in ("none", "untrained"):
        return 0.0
    if anomaly in GENS:
        gen = augment.get(anomaly)
        if row == gen.label:
            return 0.3
        return 0.2 if category == gen.category else -0.1
    if model == "AP":
        return {"GEOM": 0.3, "Flip": 0.2, "Invert": 0.15}.get(row, -0.1)
    best = {"DAE": "Flip", "DeepSAD": "Invert"}[model]
    if row in GEOMETRIC:
        return 0.12 if row == best else 0.08
    if row == "SimCLR":
        return 0.05 if model == "DeepSAD" else -0.05
    return 0.02 if row == "Invert" and best == "Invert" else -0.04


def no_effect(model: str, row: str, anomaly: str) -> float:
    """Augmentations do nothing at all."""
    return 0.0


def opposite(model: str, row: str, anomaly: str) -> float:
    """Everything is the other way round."""
    return -true_effect(model, row, anomaly)


def world(
    effect: Effect = true_effect, *, classes: int = 10, seeds: int = 1, noise: float = 0.005
) -> Evidence:
    """Return evidence in which `effect(model, row, anomaly)` is the relative AUC of every task."""
    random = np.random.default_rng(0)
    rows = []
    for model in ("DAE", "DeepSAD", "AP"):
        there = [*LABELS, "untrained"] if model == "AP" else [*LABELS, "untrained", "none"]
        for row, c, seed in itertools.product(there, range(classes), range(seeds)):
            others = [name for i, name in enumerate(DIGITS) if i != c]
            for testbed, anomaly in [*(("controlled", g) for g in GENS),
                                     *(("in-the-wild", o) for o in others)]:  # fmt: skip
                auc = 0.6 + effect(model, row, anomaly) + noise * random.normal()
                rows.append((f"{model}-{row}-{c}-{seed}", model, row, CATEGORY[row], NAME, c, seed,
                             testbed, anomaly, auc))  # fmt: skip
    names = ["key", "model", "row", "category", *UNIT, "testbed", "anomaly", "auc"]
    return Evidence("this run", NAME, DIGITS, pd.DataFrame(rows, columns=names), alignment())


def alignment(order: list[str] | None = None, *, classes: int = 10, draws: int = 5) -> pd.DataFrame:
    """Return an MMD table in which the rows have the order of the paper's averages."""
    base = printed(NAME)[0]
    random = np.random.default_rng(1)
    rows = [
        (row, c, "in-the-wild", other, draw, base[row] + 0.001 * random.normal())
        for row, c, draw in itertools.product(order or list(base.index), range(classes),
                                              range(draws))
        for other in DIGITS
        if other != DIGITS[c]
    ]  # fmt: skip
    names = ["augmentation", "normal_class", "testbed", "anomaly", "draw", "mmd"]
    return pd.DataFrame(rows, columns=names).assign(encoder="made up", image_set=NAME)
