"""Embeddings in the plane to look into (Figures 7, 8 and 13)."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import anywidget
import numpy as np
import pandas as pd
import traitlets
from numpy.typing import NDArray

from ssad_lib.appearance import GROUPS, SCORE_RAMP
from ssad_lib.widgets.parts import marks_state, script, style

BOX = (1280, 960)  # pixels of the canvas; a page shows about half as many
MARGIN = 40


class EmbeddingBrowser(anywidget.AnyWidget):
    """Shows one of several embeddings, coloured by group or by score, point by point.

    ``panel``, ``colour`` ("group" or "score") and ``point`` (place in the order of the scores, -1
    for none) are synchronised with the page while a kernel lives.
    """

    _esm = script("embedding_browser")
    _css = style("embedding_browser")
    label = traitlets.Unicode().tag(sync=True)
    names = traitlets.List(traitlets.Unicode()).tag(sync=True)
    panels = traitlets.Dict().tag(sync=True)
    marks: traitlets.List[Any] = traitlets.List().tag(sync=True)
    ramp: traitlets.List[Any] = traitlets.List().tag(sync=True)
    box: traitlets.List[Any] = traitlets.List().tag(sync=True)
    panel = traitlets.Unicode().tag(sync=True)
    colour = traitlets.Enum(("group", "score"), "group").tag(sync=True)
    point = traitlets.Int(-1).tag(sync=True)

    @classmethod
    def from_panels(
        cls,
        panels: Mapping[str, pd.DataFrame],
        *,
        label: str,
        captions: Mapping[str, str] | None = None,
    ) -> EmbeddingBrowser:
        """Make the widget from the points of its panels.

        Parameters
        ----------
        panels : mapping of str to DataFrame
            Name and points of each panel, as `ssad_lib.figures.embedding` takes them: columns x,
            y, group ("normal", "augmented" or "anomaly"), score.
        label : str
            The label of the list of panels, e.g. ``"Case"``.
        captions : mapping of str to str, optional
            What is said of a panel while no point is chosen, e.g. its AUC; by default how to
            choose a point.

        Raises
        ------
        ValueError
            If there is no panel, or a group has another name.
        """
        groups = {group for table in panels.values() for group in table["group"]}
        if not panels or groups - set(GROUPS):
            raise ValueError(f"every point needs one of the groups {', '.join(GROUPS)}")
        said = captions or {}
        hint = "Point at a mark, or move the slider from the lowest score to the highest."
        return cls(
            label=label,
            names=[*panels],
            panels={
                name: _panel_state(table) | {"caption": said.get(name, hint)}
                for name, table in panels.items()
            },
            marks=marks_state(GROUPS),
            ramp=[*SCORE_RAMP],
            box=[*BOX],
            panel=next(iter(panels)),
        )

    def __repr__(self) -> str:
        """Name the label and count the panels, for readers of the plain text."""
        return f"EmbeddingBrowser({self.label}: {len(self.panels)} panels)"


def _panel_state(table: pd.DataFrame) -> dict[str, Any]:
    """Return the points in the order of their scores: places on the canvas, groups, scores."""
    ranked = table.sort_values("score", kind="stable")
    x, y = _on_canvas(ranked[["x", "y"]].to_numpy(float))
    return {
        "x": x,
        "y": y,
        "groups": "".join(str(list(GROUPS).index(group)) for group in ranked["group"]),
        "scores": " ".join(f"{score:.3g}" for score in ranked["score"]),
    }


def _on_canvas(points: NDArray[np.float64]) -> list[list[int]]:
    """Return whole pixels of points ``(n, 2)``, centred, equally scaled, upwards as in a plot."""
    low, high = points.min(0), points.max(0)
    room = np.array(BOX) - 2 * MARGIN
    scale = (room / np.maximum(high - low, 1e-12)).min()
    shifted = (points - (low + high) / 2) * scale * [1, -1] + np.array(BOX) / 2
    return shifted.round().astype(int).T.tolist()
