"""The numbers the papers print, from ``book/paper_values``; the only source for them (rule 4)."""

from __future__ import annotations

import pandas as pd

from ssad_lib import paths
from ssad_lib.errors import unknown


def read(name: str) -> pd.DataFrame:
    """Return one table of printed values, e.g. ``"000_table1_auc"``.

    Raises
    ------
    SsadError
        If there is no such table (with the nearest name).
    """
    path = paths.PAPER_VALUES / f"{name}.csv"
    if not path.is_file():
        raise unknown(
            "table of paper values", name, [p.stem for p in paths.PAPER_VALUES.glob("*.csv")]
        )
    return pd.read_csv(path)
