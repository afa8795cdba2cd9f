"""The scorecard: every claim on every source of evidence, from records alone."""

from __future__ import annotations

from collections.abc import Iterable, Mapping

import numpy as np
import pandas as pd

from ssad_lib import paths, results
from ssad_lib.claims import printed, report, sources, verification
from ssad_lib.claims.rule_book import NOT_RUN, Finding
from ssad_lib.record import Record
from ssad_lib.studies.grid import budget_label
from ssad_lib.studies.not_magic import table_1
from ssad_lib.studies.outlier_exposure import runs as exposure
from ssad_lib.studies.self_tuning import runs

Findings = Mapping[str, Mapping[str, Finding]]


def findings(profiles: Iterable[str]) -> dict[str, dict[str, Finding]]:
    """Return the finding of every claim by source: stored, committed and printed.

    A profile of which no run is stored here is judged on its committed records, if there are any.

    Raises
    ------
    SsadError
        If there is no such profile (with the nearest name).
    """
    names = [*profiles, *sources.names(), printed.SOURCE, report.FORMULA]
    found = {name: verification.verify(name) for name in names}
    for name in found:
        nothing = all(one.verdict == NOT_RUN for one in found[name].values())
        if nothing and (paths.RESULTS / name / "runs.csv").is_file():
            found[name] = verification.verify_committed(name)
    return found


def fidelity() -> pd.DataFrame:
    """Return how near the cells of Table 1 of paper 000 are to the printed ones, by source.

    Index source and model; columns cells, within .02 and within .05 (shares), and the mean
    difference, ours minus printed. Sources without a model have no row of it.
    """
    rows = {}
    for name in sources.GRIDS:
        if name not in sources.names():
            continue
        units = table_1.units(sources.load(name).tasks)
        for model in dict.fromkeys(units["model"]):
            paper = table_1.paper_cells(str(model))
            ours = table_1.cells(units, str(model))["auc"].unstack("column")
            difference = ours.reindex_like(paper) - paper
            away = pd.Series(difference.to_numpy(np.float64).ravel()).dropna()
            rows[name, model] = {
                "cells": len(away), "within .02": (away.abs() <= 0.02).mean(),
                "within .05": (away.abs() <= 0.05).mean(), "ours minus printed": away.mean(),
            }  # fmt: skip
    table = pd.DataFrame(rows).T.astype({"cells": int})
    return table.rename_axis(["source", "model"])


def committed_records() -> dict[str, tuple[str, list[Record]]]:
    """Return budget, in words, and records of every committed source by its name, pools apart."""
    found = {}
    for name in sources.names():
        if name not in sources.POOLS:
            records = results.committed(sources.folder_of(name))
            if name in sources.GRIDS:
                words = budget_label(records)
            elif name in sources.EXPOSED:
                words = exposure.label_of(record.spec for record in records)
            else:
                words = runs.label_of(record.spec for record in records)
            found[name] = (words, records)
    return found
