"""The committed error rates, ``results/calibration.csv``, for whoever shows a verdict."""

from __future__ import annotations

from functools import lru_cache
from io import StringIO
from typing import Any

import pandas as pd

from ssad_lib import paths

FILE = "calibration.csv"  # in results/
THIS_RUN, LAPTOP = "this run", "laptop"  # a page's own runs are judged as the laptop's were


def table() -> pd.DataFrame:
    """Return the committed rates, indexed by claim and source; empty if there are none.

    Columns are the attributes of `ssad_lib.claims.calibration.rates.Rates`.
    """
    path = paths.RESULTS / FILE
    return _read(path.read_text(encoding="utf-8") if path.is_file() else "")


def of(claim: str, source: str) -> dict[str, Any] | None:
    """Return the rates of one rule on one source, or None if they were not measured."""
    place = (claim, LAPTOP if source == THIS_RUN else source)
    found = table()
    if place not in found.index:
        return None
    (row,) = found.loc[[place]].to_dict("records")
    return {str(name): value for name, value in row.items()}


@lru_cache(maxsize=2)
def _read(text: str) -> pd.DataFrame:
    """Return the table; every line of a page asks for it."""
    if not text:
        index = pd.MultiIndex.from_arrays([[], []], names=["claim", "source"])
        return pd.DataFrame(index=index)
    return pd.read_csv(StringIO(text)).set_index(["claim", "source"])
