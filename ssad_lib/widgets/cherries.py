"""The cherry-picking machine: how a reported AUC grows with what was tried (METHODS 10.9)."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import anywidget
import numpy as np
import pandas as pd
import traitlets

from ssad_lib.appearance import BLUE, GREY, ORANGE, Mark
from ssad_lib.widgets.parts import marks_state, script, style

PEEKS = ("not at all", "once, for all tasks", "for every task")
MARKS = {
    "reported": Mark(ORANGE, "square"),
    "honest": Mark(BLUE, "circle"),
    "without augmentation": Mark(GREY, "cross"),
}
DIGITS = 4  # of an AUC
SEED = "seed"


class CherryPicker(anywidget.AnyWidget):
    """Tries augmentations on tasks of a benchmark and reports the best, as told to.

    Every draw is decided by its number alone. ``panel``, ``peek`` (one of `PEEKS`), ``tried``,
    ``tasks`` and ``seeds`` (how many of each) and ``draw`` are synchronised with the page while a
    kernel lives.
    """

    _esm = script("plots", "cherry_picker")
    _css = style("plots", "facts", "cherry_picker")
    label = traitlets.Unicode().tag(sync=True)
    names = traitlets.List(traitlets.Unicode()).tag(sync=True)
    panels = traitlets.Dict().tag(sync=True)
    marks: traitlets.List[Any] = traitlets.List().tag(sync=True)
    panel = traitlets.Unicode().tag(sync=True)
    peek = traitlets.Enum(PEEKS, PEEKS[-1]).tag(sync=True)
    tried = traitlets.Int(1).tag(sync=True)
    tasks = traitlets.Int(1).tag(sync=True)
    seeds = traitlets.Int(1).tag(sync=True)
    draw = traitlets.Int(1).tag(sync=True)

    @classmethod
    def from_tables(
        cls, tables: Mapping[str, pd.DataFrame], *, label: str, plain: str
    ) -> CherryPicker:
        """Make the widget from tables of AUC.

        Parameters
        ----------
        tables : mapping of str to DataFrame
            Name and table of each panel: tasks in rows, augmentations in columns, and the column
            `plain`. An index level ``"seed"`` tells the seeds of a task, the same for all tasks.
        label : str
            The label of the list of panels, e.g. ``"Detector"``.
        plain : str
            The column without augmentation.

        Raises
        ------
        ValueError
            If there is no table, or a table has gaps, no augmentation or no column `plain`.
        """
        if not tables:
            raise ValueError("a cherry-picking machine needs at least one table")
        panels = {name: _panel_state(name, table, plain) for name, table in tables.items()}
        first = next(iter(panels))
        return cls(
            label=label,
            names=[*panels],
            panels=panels,
            marks=marks_state(MARKS),
            panel=first,
            tasks=len(panels[first]["plain"][0]),
        )

    def __repr__(self) -> str:
        """Name the label and count the panels, for readers of the plain text."""
        return f"CherryPicker({self.label}: {len(self.panels)} panels)"


def _panel_state(name: str, table: pd.DataFrame, plain: str) -> dict[str, Any]:
    """Return the AUC by seed, task and augmentation, and without augmentation by seed and task."""
    if plain not in table or table.shape[1] < 2:
        raise ValueError(f"table '{name}' needs the column '{plain}' and one augmentation or more")
    seeded = SEED in table.index.names
    parts = [part for _, part in table.groupby(level=SEED)] if seeded else [table]
    if len({len(part) for part in parts}) > 1 or table.isna().any(axis=None):
        raise ValueError(f"table '{name}' has gaps: every task needs every seed and augmentation")
    augmented = [part.drop(columns=plain).to_numpy(np.float64) for part in parts]
    return {
        "augmentations": [str(label) for label in table.columns if label != plain],
        "auc": [np.round(values, DIGITS).tolist() for values in augmented],
        "plain": [np.round(part[plain].to_numpy(np.float64), DIGITS).tolist() for part in parts],
    }
