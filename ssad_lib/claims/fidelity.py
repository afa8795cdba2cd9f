"""How near our cells of the printed tables are to what is printed, by committed source."""

from __future__ import annotations

from collections.abc import Mapping

import pandas as pd

from ssad_lib import results
from ssad_lib.claims import catalogue, sources
from ssad_lib.evidence import Evidence
from ssad_lib.studies.not_magic import table_1
from ssad_lib.studies.self_tuning import tables

TABLE_1 = "Table 1 (000)"
TUNED = {  # chapter of paper 001: its table and the file of it
    "self-tuning/table-1": ("Table 1 (001)", "001_table1_mvtec_auc"),
    "self-tuning/table-2": ("Table 2 (001)", "001_table2_svhn_auc"),
}
ALL_METHODS = "all methods"


def grids(found: Mapping[str, Evidence]) -> dict[str, pd.DataFrame]:
    """Return the cells of Table 1 of paper 000 beside the printed ones, by source."""
    return {
        name: table_1.beside_printed(table_1.units(evidence.tasks))
        for name, evidence in found.items()
        if not evidence.tasks.empty
    }


def tuned(found: Mapping[str, Evidence], chapter: str) -> dict[str, pd.DataFrame]:
    """Return the cells of a table of paper 001 beside the printed ones, by source.

    Sources without a task of the same name are left out.
    """
    _, file = TUNED[chapter]
    panels = {name: tables.beside_printed(one.tuned, file) for name, one in found.items()}
    return {name: table for name, table in panels.items() if not table.empty}


def shares() -> pd.DataFrame:
    """Return the shares of cells near the printed value, by table, committed records and model.

    Columns cells, within .02 and within .05 (shares), and the mean of ours minus printed.
    """
    rows = {}
    found = {name: sources.load(name) for name in catalogue.GRIDS if name in sources.names()}
    for name, folder in catalogue.ROWS.items():
        found[name] = sources.this_run(results.committed(folder))
    for name, cells in grids(found).items():
        for model, mine in cells.groupby("group", sort=False):
            rows[TABLE_1, name, str(model)] = _near(mine)
    for chapter, (title, _) in TUNED.items():
        for name, cells in tuned(sources.committed_tuned(chapter), chapter).items():
            rows[title, name, ALL_METHODS] = _near(cells)
    table = pd.DataFrame(rows).T.astype({"cells": int})
    return table.rename_axis(["table", "source", "model"])


def _near(cells: pd.DataFrame) -> dict[str, float]:
    away = cells["ours"] - cells["printed"]
    return {
        "cells": len(away),
        "within .02": float((away.abs() <= 0.02).mean()),
        "within .05": float((away.abs() <= 0.05).mean()),
        "ours minus printed": float(away.mean()),
    }
