"""A threshold to drag over distributions of scores (Figures 6 and 12)."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import anywidget
import numpy as np
import traitlets
from numpy.typing import NDArray

from ssad_lib import metrics
from ssad_lib.appearance import GROUPS
from ssad_lib.widgets.parts import marks_state, script, style

LEVELS, FOLD = 400, 8  # fine levels for the threshold; eight of them make one of 50 bars
HIGHEST = 0.99  # quantile of a panel's scores where its levels end; those above count, undrawn


class ThresholdExplorer(anywidget.AnyWidget):
    """Shows score distributions and what a threshold finds: TPR, FPR, precision, ROC point.

    The threshold moves on `LEVELS` equal steps, from the lowest score of the panel to its 99th
    percentile: on a scale of all panels one with large scores would squeeze the others. The state
    holds how many scores lie on each step, so TPR and FPR are exact at every threshold that can be
    chosen; the AUC is of the scores themselves. ``panel`` and ``level`` are synchronised with the
    page while a kernel lives.
    """

    _esm = script("plots", "threshold_explorer")
    _css = style("plots", "facts", "threshold_explorer")
    label = traitlets.Unicode().tag(sync=True)
    names = traitlets.List(traitlets.Unicode()).tag(sync=True)
    panels = traitlets.Dict().tag(sync=True)
    scale = traitlets.Dict().tag(sync=True)
    marks: traitlets.List[Any] = traitlets.List().tag(sync=True)
    panel = traitlets.Unicode().tag(sync=True)
    level = traitlets.Int().tag(sync=True)

    @classmethod
    def from_scores(
        cls, panels: Mapping[str, Mapping[str, NDArray[Any]]], *, label: str
    ) -> ThresholdExplorer:
        """Make the widget from the scores of its panels, each on a scale of its own.

        Parameters
        ----------
        panels : mapping of str to mapping of str to ndarray ``(n,)``
            Name of each panel, and in it the scores of the groups ``"normal"``, ``"anomaly"`` and,
            where there are any, ``"augmented"``.
        label : str
            The label of the list of panels, e.g. ``"Augmentation"``.

        Raises
        ------
        ValueError
            If there is no panel, or a panel lacks normals or anomalies.
        """
        if not panels or any({"normal", "anomaly"} - set(groups) for groups in panels.values()):
            raise ValueError("every panel needs scores of 'normal' and 'anomaly'")
        first = next(iter(panels))
        return cls(
            label=label,
            names=[*panels],
            panels={name: _panel_state(groups) for name, groups in panels.items()},
            scale={"levels": LEVELS, "fold": FOLD},
            marks=marks_state(GROUPS),
            panel=first,
            level=_normal_share(panels[first]),
        )

    def __repr__(self) -> str:
        """Name the label and count the panels, for readers of the plain text."""
        return f"ThresholdExplorer({self.label}: {len(self.panels)} panels)"


def _scale(groups: Mapping[str, NDArray[Any]]) -> tuple[float, float]:
    """Return where the levels of a panel begin and end."""
    pooled = np.concatenate([*groups.values()])
    low, high = float(pooled.min()), float(np.quantile(pooled, HIGHEST))
    return low, high if high > low else low + 1  # a collapsed detector gives one score to all


def _thresholds(groups: Mapping[str, NDArray[Any]]) -> NDArray[np.float64]:
    """Return the score at which every level begins, shape ``(LEVELS + 1,)``."""
    low, high = _scale(groups)
    return low + np.arange(LEVELS + 1) * (high - low) / LEVELS


def _panel_state(groups: Mapping[str, NDArray[Any]]) -> dict[str, Any]:
    """Return how many scores begin at each level (the last is open above), and the AUC."""
    low, high = _scale(groups)
    counts = {
        name: np.histogram(scores, [*_thresholds(groups), np.inf])[0].tolist()
        for name, scores in groups.items()
    }
    auc = metrics.auroc_between(groups["normal"], groups["anomaly"])
    return {"counts": counts, "auc": f"{auc:.3f}", "low": low, "high": high}


def _normal_share(groups: Mapping[str, NDArray[Any]]) -> int:
    """Return the level of the quantile that equals the share of normals (METHODS 8.1)."""
    tested = np.concatenate([groups["normal"], groups["anomaly"]])
    threshold = np.quantile(tested, len(groups["normal"]) / len(tested))
    return int(np.abs(_thresholds(groups) - threshold).argmin())
