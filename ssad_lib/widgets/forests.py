"""Forest plots to choose from and to sort (Figures 1, 3, 4 and 10)."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import anywidget
import pandas as pd
import traitlets

from ssad_lib.appearance import CATEGORIES, effect, p_text, signed
from ssad_lib.widgets.parts import marks_state, script, style

ORDERS = ("effect", "category", "name", "p")


class ForestBrowser(anywidget.AnyWidget):
    """Shows one of several forest plots, row by row with its numbers, sorted as the reader likes.

    ``panel``, ``order`` (one of `ORDERS`) and ``chosen`` (the row pointed at, or "") are
    synchronised with the page while a kernel lives.
    """

    _esm = script("plots", "forest_browser")
    _css = style("plots", "forest_browser")
    label = traitlets.Unicode().tag(sync=True)
    names = traitlets.List(traitlets.Unicode()).tag(sync=True)
    effect = traitlets.Unicode().tag(sync=True)
    panels = traitlets.Dict().tag(sync=True)
    marks: traitlets.List[Any] = traitlets.List().tag(sync=True)
    panel = traitlets.Unicode().tag(sync=True)
    order = traitlets.Enum(ORDERS, ORDERS[0]).tag(sync=True)
    chosen = traitlets.Unicode().tag(sync=True)

    @classmethod
    def from_tables(
        cls, tables: Mapping[str, pd.DataFrame], *, label: str, effect: str = "relative AUC"
    ) -> ForestBrowser:
        """Make the widget from its tables.

        Parameters
        ----------
        tables : mapping of str to DataFrame
            Name and table of each panel, as `ssad_lib.figures.forest` takes them: indexed by the
            augmentation's label; columns category, pseudo_median, low, high, p_value, p_holm, n.
            Rows without numbers are shown as not run.
        label : str
            The label of the list of panels, e.g. ``"Detector and gen"``.
        effect : str
            What the pseudo-median is one of.

        Raises
        ------
        ValueError
            If there is no table.
        """
        if not tables:
            raise ValueError("a forest browser needs at least one table")
        return cls(
            label=label,
            names=[*tables],
            effect=effect,
            panels={name: _panel_state(table) for name, table in tables.items()},
            marks=marks_state(CATEGORIES),
            panel=next(iter(tables)),
        )

    def __repr__(self) -> str:
        """Name the label and count the panels, for readers of the plain text."""
        return f"ForestBrowser({self.label}: {len(self.panels)} panels)"


def _panel_state(table: pd.DataFrame) -> dict[str, Any]:
    effects = table["p_value"].map(effect)
    summary = (
        f"{(effects == 'beneficial').sum()} of {len(table)} rows beneficial (p < 0.05), "
        f"{(effects == 'harmful').sum()} harmful (p > 0.95)."
    )
    return {"summary": summary, "rows": [_row_state(name, row) for name, row in table.iterrows()]}


def _row_state(name: Any, row: pd.Series[Any]) -> dict[str, Any]:
    numbers = {
        "effect": row["pseudo_median"],
        "low": row["low"],
        "high": row["high"],
        "p": row["p_value"],
    }
    interval = f"{signed(row['low'])} to {signed(row['high'])}"
    return {
        "name": str(name),
        "category": row["category"],
        "rank": list(CATEGORIES).index(row["category"]),
        "n": None if pd.isna(row["n"]) else int(row["n"]),
        "verdict": effect(row["p_value"]),
        "texts": [
            signed(row["pseudo_median"]),
            "–" if pd.isna(row["low"]) else interval,
            p_text(row["p_value"]),
            p_text(row["p_holm"]),
        ],
    } | {key: None if pd.isna(value) else float(value) for key, value in numbers.items()}
