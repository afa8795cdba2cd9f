"""The claims A01 and A08 to A10, on Table 1 of paper 000 (METHODS section 15)."""

from __future__ import annotations

import math

import numpy as np
import pandas as pd

from ssad_lib import augment
from ssad_lib.claims.comparisons import (
    above,
    by_cluster,
    equivalent,
)
from ssad_lib.claims.not_magic.rows import need
from ssad_lib.claims.rule_book import Finding, Part, any_of, decide
from ssad_lib.evidence import CLUSTER, UNIT, Evidence, NotRunError
from ssad_lib.studies.not_magic import table_1
from ssad_lib.studies.not_magic.runs import TABLE_1

LABELS = [augment.get(name).label for name in TABLE_1]
CONTROLLED = [label for label in table_1.column_names() if label != table_1.SEMANTIC]
PREDICTOR = "AP"
EVERY_MODEL = ("DAE", "DeepSAD", PREDICTOR)
CHANCE_MARGIN = 0.03


def matched_is_best(evidence: Evidence) -> Finding:
    """A01: with gen known, aug = gen is the best of the four, for each model."""
    units = _units(evidence)
    parts: list[Part] = []
    models = [model for model in EVERY_MODEL if model in set(units["model"])]
    for model in models:
        parts += matched_parts(units, model)
    absent = set(EVERY_MODEL) - set(models)
    note = f"without {', '.join(sorted(absent))}" if absent else ""
    return decide(parts, _used(evidence), note)


def matched_parts(units: pd.DataFrame, model: str) -> list[Part]:
    """Return the comparisons of claim A01 for one model: the row of each gen against the others."""
    parts: list[Part] = []
    for gen in CONTROLLED:
        table = _column(units, model, gen)
        others = [row for row in LABELS if row != gen and row in table]
        if gen not in table or not others:
            raise NotRunError(f"no runs of {model} with {gen} and another augmentation")
        parts += [
            above(f"{model}, anomalies by {gen}: {gen} over {row}", _lead(table, gen, row), "AUC")
            for row in others
        ]
    return parts


def no_best_for_all(evidence: Evidence) -> Finding:
    """A08: on semantic anomalies no augmentation is the best for every model."""
    units = _units(evidence)
    tables = {}
    for model in EVERY_MODEL:
        need(evidence, model, LABELS)
        tables[model] = _column(units, model, table_1.SEMANTIC)[LABELS]
    # An augmentation is not the best for all if some model has one that is better.
    parts = [
        any_of(
            f"something beats {row}",
            [
                above(f"{model}, {other}", _lead(table, other, row), "AUC")
                for model, table in tables.items()
                for other in LABELS
                if other != row
            ],
        )
        for row in LABELS
    ]
    best = ", ".join(f"{model} {table.mean().idxmax()}" for model, table in tables.items())
    return decide(parts, _used(evidence), f"best means: {best}")


def predictor_depends_more(evidence: Evidence) -> Finding:
    """A09: on semantic anomalies AP depends more on the augmentation than DAE does."""
    units = _units(evidence)
    tables = []
    for model in (PREDICTOR, "DAE"):
        need(evidence, model, LABELS)
        column = _column(units, model, table_1.SEMANTIC)[LABELS]
        tables.append(pd.DataFrame({row: by_cluster(column[row], CLUSTER) for row in LABELS}))
    joined = tables[0].join(tables[1].add_suffix(" DAE"), how="inner").dropna().to_numpy()
    if len(joined) < 3:
        raise NotRunError("fewer than three normal classes")
    own, other = joined[:, : len(LABELS)], joined[:, len(LABELS) :]
    ranges = [float(np.ptp(rows.mean(axis=0))) for rows in (own, other)]
    note = f"the means of AP's rows range over {ranges[0]:.3f}, those of DAE over {ranges[1]:.3f}"
    return decide([_wider(own, other)], _used(evidence), note)


def _wider(own: np.ndarray, other: np.ndarray) -> Part:
    """Return the part that the rows' true means differ more in `own` than in `other`.

    Both are classes by rows. The range of observed means would be larger where classes scatter
    more, even if the augmentation matters as little; products of different classes have no such
    excess. What each class adds is its jackknife pseudo-value: exchanging `own` and `other` inside
    classes contradicts the claim in up to 18 % of the worlds at its edge, because networks of one
    kind scatter more than those of the other.
    """
    count = len(own)
    whole = _spread_of_means(own) - _spread_of_means(other)
    left_out = np.array([
        _spread_of_means(np.delete(own, place, axis=0))
        - _spread_of_means(np.delete(other, place, axis=0))
        for place in range(count)
    ])  # fmt: skip
    what = "standard deviation of the true means of the four rows, AP minus DAE"
    return above(what, count * whole - (count - 1) * left_out, "AUC")


def _spread_of_means(rows: np.ndarray) -> float:
    """Return the standard deviation of the true means of rows ``(classes, rows)``.

    Its square is the mean product of two different classes; the root keeps the sign of that.
    """
    apart = rows - rows.mean(axis=1, keepdims=True)
    count = len(rows)
    squares = (apart.sum(axis=0) ** 2).sum() - (apart**2).sum()
    square = float(squares / (count * (count - 1) * rows.shape[1]))
    return math.copysign(math.sqrt(abs(square)), square)


def mismatched_predictor_is_at_chance(evidence: Evidence) -> Finding:
    """A10: AP with CutOut is at chance wherever the anomalies are not made by CutOut."""
    need(evidence, PREDICTOR, ["CutOut"])
    units, parts = _units(evidence), []
    for column in ("Flip", "Invert", table_1.SEMANTIC):
        excess = by_cluster(_column(units, PREDICTOR, column)["CutOut"], CLUSTER) - 0.5
        what = f"AP with CutOut, column {column}: AUC minus one half, within ±{CHANCE_MARGIN}"
        parts.append(equivalent(what, excess, "AUC", CHANCE_MARGIN))
    return decide(parts, evidence.of(PREDICTOR, "CutOut"))


def _units(evidence: Evidence) -> pd.DataFrame:
    if evidence.tasks.empty:
        raise NotRunError("no runs")
    return table_1.units(evidence.tasks)


def _column(units: pd.DataFrame, model: str, column: str) -> pd.DataFrame:
    """Return one column of Table 1: rows are normal classes and seeds, columns augmentations."""
    mine = units[(units["model"] == model) & (units["column"] == column)]
    return mine.set_index([*UNIT, "row"])["auc"].unstack("row")


def _lead(table: pd.DataFrame, row: str, other: str) -> pd.Series:
    return by_cluster(table[row] - table[other], CLUSTER)


def _used(evidence: Evidence) -> pd.DataFrame:
    return evidence.tasks[evidence.tasks["row"].isin(LABELS)]


TESTS = {
    "A01": matched_is_best,
    "A08": no_best_for_all,
    "A09": predictor_depends_more,
    "A10": mismatched_predictor_is_at_chance,
}
