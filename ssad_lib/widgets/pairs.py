"""Pairs of a normal and an anomaly class to choose from (the in-the-wild testbed)."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

import anywidget
import numpy as np
import traitlets
from numpy.typing import NDArray

from ssad_lib import metrics
from ssad_lib.appearance import GROUPS
from ssad_lib.widgets.parts import marks_state, script, style

BINS, HIGHEST = 24, 0.99  # bars of a histogram, and the quantile of the scores where they end
DIGITS = "0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz"  # heights of bars
SHOWN = ("difference", "with augmentation", "without")

Scores = Mapping[tuple[str, str, str], NDArray[Any]]


class PairBrowser(anywidget.AnyWidget):
    """Shows what an augmentation changes, pair of classes by pair: AUC and both score histograms.

    The AUC is of the scores themselves, rounded to three digits, and differences are of rounded
    values. ``detector``, ``pair`` (row and column of the grid) and ``shown`` (one of `SHOWN`) are
    synchronised with the page while a kernel lives.
    """

    _esm = script("plots", "pair_browser")
    _css = style("plots", "pair_browser")
    label = traitlets.Unicode().tag(sync=True)
    names = traitlets.List(traitlets.Unicode()).tag(sync=True)
    detectors = traitlets.Dict().tag(sync=True)
    baselines = traitlets.Dict().tag(sync=True)
    normals: traitlets.List[Any] = traitlets.List().tag(sync=True)
    anomalies: traitlets.List[Any] = traitlets.List().tag(sync=True)
    marks: traitlets.List[Any] = traitlets.List().tag(sync=True)
    detector = traitlets.Unicode().tag(sync=True)
    pair: traitlets.List[Any] = traitlets.List().tag(sync=True)
    shown = traitlets.Enum(SHOWN, SHOWN[0]).tag(sync=True)

    @classmethod
    def from_scores(
        cls,
        scores: Scores,
        baselines: Mapping[str, str],
        *,
        classes: Sequence[str],
        label: str = "Detector",
    ) -> PairBrowser:
        """Make the widget from the scores of one seed.

        Parameters
        ----------
        scores : mapping of (str, str, str) to ndarray ``(n,)``
            Scores by detector, normal class and class of the scored test images, among them those
            of the normal class itself: ``("DAE, Rotate", "6", "9")`` and ``("DAE, Rotate", "6",
            "6")``. A normal class is a row if every detector has it, a class is a column if it was
            scored for all rows.
        baselines : mapping of str to str
            Every detector to choose from, and the one without augmentation that it is compared
            with, e.g. ``{"DAE, Rotate": "AE"}``.
        classes : sequence of str
            Names of the classes in their order.
        label : str
            The label of the list of detectors.

        Raises
        ------
        ValueError
            If no pair of classes was scored by every detector.
        """
        used = list(dict.fromkeys([*baselines, *baselines.values()]))
        rows = [a for a in classes if all((name, a, a) in scores for name in used)]
        columns = [b for b in classes if all((n, a, b) in scores for n in used for a in rows)]
        pairs = [(i, j) for i, a in enumerate(rows) for j, b in enumerate(columns) if a != b]
        if not pairs:
            raise ValueError(f"no pair of classes was scored by all of {', '.join(used)}")
        return cls(
            label=label,
            names=[*baselines],
            detectors={name: _detector_state(scores, name, rows, columns) for name in used},
            baselines=dict(baselines),
            normals=rows,
            anomalies=columns,
            marks=marks_state(GROUPS),
            detector=next(iter(baselines)),
            pair=[*pairs[0]],
        )

    def __repr__(self) -> str:
        """Count detectors and classes, for readers of the plain text."""
        return (
            f"PairBrowser({len(self.baselines)} detectors, {len(self.normals)} normal and "
            f"{len(self.anomalies)} anomaly classes)"
        )


def _detector_state(
    scores: Scores, name: str, rows: Sequence[str], columns: Sequence[str]
) -> dict[str, list[Any]]:
    """Return, row by row, AUC in thousandths, histograms as texts, their peaks and their range."""
    state: dict[str, list[Any]] = {"aucs": [], "codes": [], "peaks": [], "ranges": []}
    for normal in rows:
        own = scores[name, normal, normal]
        others = [scores[name, normal, other] for other in columns]
        pooled = np.concatenate(others)
        low, high = float(pooled.min()), float(np.quantile(pooled, HIGHEST))
        high = high if high > low else low + 1  # a collapsed detector gives one score to all
        codes, peaks = zip(*(_histogram(values, low, high) for values in others), strict=True)
        state["codes"].append(list(codes))
        state["peaks"].append(list(peaks))
        state["ranges"].append([low, high])
        state["aucs"].append([round(1000 * metrics.auroc_between(own, v)) for v in others])
    return state


def _histogram(values: NDArray[Any], low: float, high: float) -> tuple[str, int]:
    """Return the heights of the bars in sixty-firsts of the highest, and that in thousandths."""
    counts, _ = np.histogram(values, BINS, (low, high))
    levels = np.rint(61 * counts / max(counts.max(), 1)).astype(int)
    return "".join(DIGITS[level] for level in levels), round(1000 * counts.max() / len(values))
