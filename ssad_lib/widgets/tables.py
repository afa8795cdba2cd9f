"""Tables of numbers to choose from."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import anywidget
import numpy as np
import pandas as pd
import traitlets

from ssad_lib.appearance import number as written
from ssad_lib.widgets.parts import script, style

Limits = tuple[float, float]


class TableBrowser(anywidget.AnyWidget):
    """Shows one of several tables of numbers, coloured by value, chosen from a list.

    ``chosen`` is the name of the table shown, synchronised with the page while a kernel lives.
    """

    _esm = script("table_browser")
    _css = style("table_browser")
    label = traitlets.Unicode().tag(sync=True)
    names = traitlets.List(traitlets.Unicode()).tag(sync=True)
    tables = traitlets.Dict().tag(sync=True)
    chosen = traitlets.Unicode().tag(sync=True)

    @classmethod
    def from_tables(
        cls,
        tables: Mapping[str, pd.DataFrame],
        *,
        label: str,
        captions: Mapping[str, str],
        summaries: Mapping[str, str] | None = None,
        number: str = "{:.3f}",
        limits: Limits | Mapping[str, Limits] | None = None,
    ) -> TableBrowser:
        """Make the widget from its tables.

        Parameters
        ----------
        tables : mapping of str to DataFrame
            One table of numbers per choice; row names in the index, missing numbers as NaN.
        label : str
            The label of the list, e.g. ``"Normal class"``.
        captions, summaries : mapping of str to str
            The caption of every table, and a sentence that is announced when it is chosen.
        number : str
            Format of one number.
        limits : (float, float), or mapping of str to (float, float), optional
            Values of the palest and the strongest colour, of all tables or of each; by default the
            range of all tables, so that colours can be compared between them.

        Raises
        ------
        ValueError
            If there is no table, or a table has no caption.
        """
        if not tables or set(tables) - set(captions):
            raise ValueError("every table needs a caption, and there must be one")
        ranges = limits
        if not isinstance(ranges, Mapping):
            ranges = dict.fromkeys(tables, ranges or range_of(*tables.values()))
        said = summaries or {}
        return cls(
            label=label,
            names=[*tables],
            tables={
                name: _table_state(table, number, *ranges[name])
                | {"caption": captions[name], "summary": said.get(name, "")}
                for name, table in tables.items()
            },
            chosen=next(iter(tables)),
        )

    def __repr__(self) -> str:
        """Name the choices, for readers of the plain text."""
        return f"TableBrowser({self.label}: {', '.join(self.tables)})"


def range_of(*tables: pd.DataFrame) -> Limits:
    """Return the smallest and the largest number of tables, NaN left out."""
    values = np.concatenate([table.to_numpy(float).ravel() for table in tables])
    return float(np.nanmin(values)), float(np.nanmax(values))


def _table_state(table: pd.DataFrame, number: str, low: float, high: float) -> dict[str, Any]:
    """Return texts and shades (0 to 1, None where missing) of a table, row by row."""
    values = table.to_numpy(float)
    shades = np.clip((values - low) / ((high - low) or 1.0), 0, 1)
    return {
        "corner": str(table.index.name or ""),
        "columns": [str(name) for name in table.columns],
        "index": [str(name) for name in table.index],
        "texts": [[written(v, number) for v in row] for row in values],
        "shades": [[None if np.isnan(s) else round(float(s), 2) for s in row] for row in shades],
    }
