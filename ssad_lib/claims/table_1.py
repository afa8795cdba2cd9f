"""The claims A01 and A08 to A10, on Table 1 of paper 000 (METHODS section 15)."""

from __future__ import annotations

import numpy as np
import pandas as pd

from ssad_lib import augment, statistics
from ssad_lib.claims.finding import (
    CONTRADICTED,
    INCONCLUSIVE,
    LEVEL,
    SUPPORTED,
    Finding,
    NotRunError,
    Part,
    all_of,
    between,
    greater,
    need,
)
from ssad_lib.evidence import UNIT, Evidence
from ssad_lib.studies.not_magic import table_1
from ssad_lib.studies.not_magic.runs import TABLE_1

LABELS = [augment.get(name).label for name in TABLE_1]
CONTROLLED = [label for label in table_1.column_names() if label != table_1.SEMANTIC]
PREDICTOR = "AP"
CHANCE_MARGIN = 0.03


def matched_is_best(evidence: Evidence) -> Finding:
    """A01: with gen known, aug = gen is the best of the four, for each model."""
    units = _units(evidence)
    parts: list[Part] = []
    models = [model for model in ("DAE", "DeepSAD", PREDICTOR) if model in set(units["model"])]
    for model in models:
        parts += matched_parts(units, model)
    absent = {"DAE", "DeepSAD", PREDICTOR} - set(models)
    note = f"without {', '.join(sorted(absent))}" if absent else ""
    return all_of(parts, _used(evidence), note)


def matched_parts(units: pd.DataFrame, model: str) -> list[Part]:
    """Return the comparisons of claim A01 for one model: each gen's row against the three others.

    Paired over normal classes and seeds, Holm over the three comparisons of a gen.
    """
    parts: list[Part] = []
    for gen in CONTROLLED:
        table = _column(units, model, gen)
        others = [row for row in LABELS if row != gen and row in table]
        if gen not in table or not others:
            raise NotRunError(f"no runs of {model} with {gen} and another augmentation")
        parts += greater(
            {
                f"{model}, anomalies by {gen}: {gen} over {row}": (table[gen] - table[row]).dropna()
                for row in others
            }
        )
    return parts


def no_best_for_all(evidence: Evidence) -> Finding:
    """A08: on semantic anomalies no augmentation is the best for every model."""
    units, parts, best = _units(evidence), [], {}
    for model in ("DAE", "DeepSAD", PREDICTOR):
        need(evidence, model, LABELS)
        table = _column(units, model, table_1.SEMANTIC)[LABELS].dropna()
        means = table.mean().sort_values(ascending=False)
        best[model] = means.index[0]
        test = statistics.friedman(table)
        parts.append(
            Part(
                f"{model}: {best[model]} best ({means.iloc[0]:.3f}), the four rows differ",
                float(means.iloc[0] - means.iloc[1]),
                *statistics.bootstrap_interval(
                    table.to_numpy(), lambda rows: _lead(rows.mean(axis=0))
                ),
                n=len(table),
                p=test.p_value,
                verdict=SUPPORTED if test.p_value < LEVEL else INCONCLUSIVE,
            )
        )
    table = _column(units, PREDICTOR, table_1.SEMANTIC)[LABELS].dropna()
    parts += greater(
        {f"AP: GEOM over {row}": table["GEOM"] - table[row] for row in LABELS if row != "GEOM"}
    )
    finding = all_of(parts, _used(evidence), "best rows: " + _said(best))
    if len(set(best.values())) == 1 and all(part.verdict == SUPPORTED for part in parts[:3]):
        return Finding(CONTRADICTED, finding.parts, finding.keys, finding.note)
    if len(set(best.values())) == 1:
        return Finding(INCONCLUSIVE, finding.parts, finding.keys, finding.note)
    return finding


def predictor_depends_more(evidence: Evidence) -> Finding:
    """A09: on semantic anomalies AP depends more on the augmentation than DAE does."""
    units = _units(evidence)
    tables = []
    for model in (PREDICTOR, "DAE"):
        need(evidence, model, LABELS)
        tables.append(_column(units, model, table_1.SEMANTIC)[LABELS])
    joined = tables[0].join(tables[1].add_suffix(" DAE")).dropna().to_numpy()
    count = len(LABELS)

    def ratio(rows: np.ndarray) -> float:
        means = rows.mean(axis=0)
        return float(np.ptp(means[:count]) / np.ptp(means[count:]))

    interval = statistics.bootstrap_interval(joined, ratio)
    part = between(
        "range of AUC over the four rows, AP divided by DAE",
        ratio(joined),
        interval,
        (1.0, np.inf),
        len(joined),
    )
    return all_of([part], _used(evidence))


def mismatched_predictor_is_at_chance(evidence: Evidence) -> Finding:
    """A10: AP with CutOut is at chance wherever the anomalies are not made by CutOut."""
    need(evidence, PREDICTOR, ["CutOut"])
    units, parts = _units(evidence), []
    for column in ("Flip", "Invert", table_1.SEMANTIC):
        excess = _column(units, PREDICTOR, column)["CutOut"].dropna().to_numpy() - 0.5
        if len(excess) < 2:
            raise NotRunError("fewer than two normal classes of AP with CutOut")
        parts.append(
            between(
                f"AP with CutOut, column {column}: AUC minus one half",
                float(excess.mean()),
                statistics.bootstrap_interval(excess),
                (-CHANCE_MARGIN, CHANCE_MARGIN),
                len(excess),
            )
        )
    return all_of(parts, evidence.of(PREDICTOR, "CutOut"))


def _units(evidence: Evidence) -> pd.DataFrame:
    if evidence.tasks.empty:
        raise NotRunError("no runs")
    return table_1.units(evidence.tasks)


def _column(units: pd.DataFrame, model: str, column: str) -> pd.DataFrame:
    """Return one column of Table 1: rows are normal class and seed, columns augmentations."""
    mine = units[(units["model"] == model) & (units["column"] == column)]
    return mine.pivot_table(index=UNIT, columns="row", values="auc")


def _used(evidence: Evidence) -> pd.DataFrame:
    return evidence.tasks[evidence.tasks["row"].isin(LABELS)]


def _lead(means: np.ndarray) -> float:
    first, second = np.sort(means)[::-1][:2]
    return float(first - second)


def _said(best: dict[str, str]) -> str:
    return ", ".join(f"{model} {row}" for model, row in best.items())
