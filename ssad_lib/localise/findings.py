"""What `ssad localise` finds: maps of a folder's images, their scores, what is flagged."""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass
from functools import cached_property

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from ssad_lib import metrics, pixels
from ssad_lib.appearance import number
from ssad_lib.localise.model import Model, maps_of
from ssad_lib.localise.thresholds import Threshold, choose
from ssad_lib.pixels import PixelMeasures
from ssad_lib.recommend.folders import Folder

LISTED = 10  # images that the terminal names
RATIO = 1.02  # sides that differ by more are not square


@dataclass(frozen=True)
class Findings:
    """Maps of images by a trained detector.

    Attributes
    ----------
    model : Model
    images : Folder
    maps : ndarray of float32, shape (N, H, W)
        Larger is more anomalous.
    threshold : Threshold
    masks : ndarray of bool, shape (N, H, W), or None
        True on defective pixels.
    notes : tuple of str
        What was left out or converted, a sentence each.
    """

    model: Model
    images: Folder
    maps: NDArray[np.float32]
    threshold: Threshold
    masks: NDArray[np.bool_] | None = None
    notes: tuple[str, ...] = ()

    @cached_property
    def scores(self) -> NDArray[np.float32]:
        """The highest pixel of each map, ``(N,)``: what is compared with the threshold."""
        return self.maps.max(axis=(1, 2))

    @property
    def order(self) -> list[int]:
        """The images, most anomalous first."""
        return [int(i) for i in np.argsort(-self.scores, kind="stable")]

    def table(self) -> pd.DataFrame:
        """Return a row for each image, most anomalous first.

        Columns are image, score, flagged, ``marked`` (share of pixels at or above the threshold),
        the smallest box around these in pixels of the file (left, top, right, bottom; empty where
        none is), and with masks ``defective``.
        """
        rows = [self._row(i) for i in self.order]
        table = pd.DataFrame(rows)
        return table.astype(dict.fromkeys(("left", "top", "right", "bottom"), "Int64"))

    @cached_property
    def measures(self) -> PixelMeasures | None:
        """How well the maps agree with the masks; None without masks."""
        return None if self.masks is None else pixels.measure(self.maps, self.masks)

    def summary(self) -> list[str]:
        """Return what was found, a sentence or two each."""
        flagged = int((self.scores >= self.threshold.value).sum())
        said = [
            f"{flagged} of {len(self.maps)} images are flagged.",
            f"Trained on {self.model.trained_on} normal images of "
            f"{self.model.size}×{self.model.size} pixels. {self.threshold.text()}",
        ]
        found = self.measures
        if found is not None and self.masks is not None:
            marked = self.maps >= self.threshold.value
            hits = int((marked & self.masks).sum())
            said.append(
                f"At this threshold {_share(hits, int(marked.sum()))} of the marked pixels are "
                f"defective (precision) and {_share(hits, int(self.masks.sum()))} of the defective "
                f"pixels are marked (recall). By the masks: pixel AUROC {number(found.auroc)}, "
                f"average precision {number(found.average_precision)}, AUPRO "
                f"{number(found.aupro)}{self._by_image()}. The best F1, {number(found.f1)}, would "
                f"be at {number(found.threshold)}; it is known only where there are masks."
            )
        return said

    def text(self) -> str:
        """Return notes, summary and the first images for a terminal."""
        lines = [*self.notes, *self.summary(), ""]
        width = len(str(len(self.maps)))
        for place, i in enumerate(self.order[:LISTED], start=1):
            score = float(self.scores[i])
            sign = "flagged" if score >= self.threshold.value else "-"
            lines.append(f"{place:{width}}  {number(score):>10}  {sign:8}{self.images.names[i]}")
        return "\n".join(lines)

    def _row(self, i: int) -> dict[str, object]:
        marked = self.maps[i] >= self.threshold.value
        row: dict[str, object] = {
            "image": self.images.names[i],
            "score": float(f"{self.scores[i]:.6g}"),
            "flagged": bool(marked.any()),
            "marked": round(float(marked.mean()), 6),
            **self._box(i, marked),
        }
        if self.masks is not None:
            row["defective"] = bool(self.masks[i].any())
        return row

    def _box(self, i: int, marked: NDArray[np.bool_]) -> dict[str, int | None]:
        if not marked.any():
            return dict.fromkeys(("left", "top", "right", "bottom"))
        height, width = marked.shape
        if self.images.origins:
            origin = self.images.origins[i]
            across, down = origin.width / width, origin.height / height
        else:
            across = down = 1.0
        rows, columns = (np.flatnonzero(marked.any(axis=axis)) for axis in (1, 0))
        return {
            "left": int(columns[0] * across),
            "top": int(rows[0] * down),
            "right": int(np.ceil((columns[-1] + 1) * across)),
            "bottom": int(np.ceil((rows[-1] + 1) * down)),
        }

    def _by_image(self) -> str:
        assert self.masks is not None
        labels = self.masks.any(axis=(1, 2))
        if labels.all():
            return ""  # without an image that has no defect there is nothing to rank
        return f", image AUROC {number(metrics.auroc(labels, self.scores))}"


def localise(
    model: Model,
    images: Folder,
    *,
    rate: float = 0.05,
    masks: NDArray[np.bool_] | None = None,
    notes: tuple[str, ...] = (),
) -> Findings:
    """Return the maps of `images` by a trained model, with a threshold for false alarms of `rate`.

    Raises
    ------
    SsadError
        If the rate is out of range.
    """
    threshold = choose(model.held_out, rate, in_turn=model.in_turn)
    return Findings(model, images, maps_of(model.detector, images.images), threshold, masks, notes)


def sizes(what: str, folder: Folder) -> list[str]:
    """Return what has to be said of the sizes of a folder's files: they were made equal squares."""
    shapes = Counter((one.width, one.height) for one in folder.origins)
    side = folder.images.shape[-1]
    bent = sum(n for (w, h), n in shapes.items() if max(w, h) > RATIO * min(w, h))
    notes = []
    if len(shapes) > 1:
        (width, height), most = shapes.most_common(1)[0]
        notes.append(
            f"The {what} have {len(shapes)} sizes (most often {width}×{height}, {most} of "
            f"{shapes.total()}); all were brought to {side}×{side} pixels."
        )
    if bent:
        notes.append(
            f"{bent} of {shapes.total()} {what} are not square and were pressed into "
            f"{side}×{side} pixels."
        )
    return notes


def _share(part: int, whole: int) -> str:
    return f"{part / whole:.1%}" if whole else "none"
