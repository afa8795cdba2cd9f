"""Observation 3: what AE and DAE make of normals and anomalies (figures 5 and 11, METHODS 8.1)."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
import pandas as pd
from numpy.typing import NDArray
from torch import Tensor

from ssad_lib import augment, data, metrics
from ssad_lib.detectors import DAE
from ssad_lib.engine.images import tested_images
from ssad_lib.engine.run import train
from ssad_lib.errors import SsadError
from ssad_lib.evidence import NO_AUGMENTATION, UNTRAINED, row_of
from ssad_lib.record import NORMAL, REPAIR, Record
from ssad_lib.studies.not_magic.runs import DIGIT_CASES
from ssad_lib.tasks import CONTROLLED, IN_THE_WILD
from ssad_lib.widgets import Axis, SpriteBrowser, ThresholdExplorer, side_by_side

CONTROLLED_CASES = ("cutout", "invert")  # figures 5a-b and 11a-b
KINDS = ("normal", "anomaly")
SUCCESS, FAILURE = "success", "failure"
PICTURES = {SUCCESS: 3, FAILURE: 2}  # of each kind, where there are so many
STEPS = 6  # images of each kind in the widget


@dataclass(frozen=True)
class Case:
    """One pair of normal images and anomalies that figures 5 and 11 show.

    Attributes
    ----------
    title : str
        Such as ``"6 against 9, Rotate"``.
    augmentation : str
        Of the DAE.
    normal_class, seed : int
        Of the runs.
    group : str
        Name of the score group of the anomalies.
    """

    title: str
    augmentation: str
    normal_class: int
    seed: int
    group: str

    @property
    def label(self) -> str:
        """Label of the augmentation: the DAE's row in a table."""
        return augment.get(self.augmentation).label


@dataclass(frozen=True)
class Shown:
    """The pictures of one case, and on which side of the thresholds they fall.

    Attributes
    ----------
    case : Case
    images : dict of str to Tensor ``(n, C, H, W)``
        Test images by kind.
    made : dict of str to dict of str to ndarray ``(n, C, H, W)``
        Their reconstructions by detector and kind.
    scores : dict of str to dict of str to ndarray ``(n,)``
        By detector and kind.
    records : tuple of Record
        Runs among which those of the case are, with raw scores.
    """

    case: Case
    images: dict[str, Tensor]
    made: dict[str, dict[str, NDArray[np.float32]]]
    scores: dict[str, dict[str, NDArray[np.float32]]]
    records: tuple[Record, ...]

    def right(self, detector: str, kind: str) -> NDArray[np.bool_]:
        """Return which images of `kind` lie on their own side of the detector's threshold."""
        above = self.scores[detector][kind] > threshold(self.scores[detector])
        return above if kind == "anomaly" else ~above


def cases(settings: Mapping[str, Any]) -> list[Case]:
    """Return the cases that a chapter with these parameters shows, controlled ones first.

    The paper does not name the class of its controlled cases; the first one is taken. The other
    cases are pairs of digits; image sets without digits have none.
    """
    normal_class, classes = settings["normal_classes"][0], data.class_names(settings["image_set"])
    shown = [
        Case(
            f"{augment.get(gen).label} anomalies, normal class {classes[normal_class]}",
            gen, normal_class, settings["seeds"][0], f"{CONTROLLED}/{gen}",
        )
        for gen in CONTROLLED_CASES
    ]  # fmt: skip
    if data.is_digits(settings["image_set"]):
        shown += [
            Case(
                f"{normal} against {other}, {augment.get(name).label}",
                name, normal, settings["case_seeds"][0], f"{IN_THE_WILD}/{classes[other]}",
            )
            for normal, other, name in DIGIT_CASES
        ]  # fmt: skip
    return shown


def threshold(scores: Mapping[str, NDArray[np.float32]]) -> float:
    """Return the quantile of all scores that equals the share of normal images (METHODS 8.1)."""
    tested = np.concatenate([scores[kind] for kind in KINDS])
    return float(np.quantile(tested, len(scores["normal"]) / len(tested)))


def show(
    chosen: Iterable[Case], controlled: Iterable[Record], digits: Iterable[Record]
) -> list[Shown]:
    """Return the pictures of every case; the networks behind them are trained again.

    Parameters
    ----------
    chosen : iterable of Case
    controlled, digits : iterable of Record
        With raw scores: of the controlled and of the digit cases.

    Raises
    ------
    SsadError
        If a run that a case shows is not among the records.
    """
    there = {True: tuple(controlled), False: tuple(digits)}
    networks: dict[str, DAE] = {}
    shown = []
    for case in chosen:
        mine = there[case.group.startswith(CONTROLLED)]
        runs = {name: found(mine, case, row) for name, row in _detectors(case).items()}
        for record in runs.values():
            if record.spec.key not in networks:
                trained = train(record.spec)
                assert isinstance(trained, DAE)
                networks[record.spec.key] = trained
        groups = tested_images(runs["AE"].spec)
        images = {"normal": groups[NORMAL], "anomaly": groups[case.group]}
        shown.append(
            Shown(
                case,
                images,
                {
                    name: {kind: networks[r.spec.key].reconstruct(images[kind]) for kind in KINDS}
                    for name, r in runs.items()
                },
                {name: scores_of(record, case) for name, record in runs.items()},
                mine,
            )
        )
    return shown


def found(records: Iterable[Record], case: Case, row: str) -> Record:
    """Return the run of one row (untrained, none, or a label) that belongs to a case.

    Raises
    ------
    SsadError
        If there is none.
    """
    wanted = (case.normal_class, case.seed, row)
    for record in records:
        spec = record.spec
        if (spec.normal_class, spec.seed, row_of(spec)) == wanted:
            return record
    raise SsadError(f"{case.title}: no run of class {wanted[0]}, seed {wanted[1]}, row '{row}'")


def scores_of(record: Record, case: Case) -> dict[str, NDArray[np.float32]]:
    """Return the scores of the case's normal images and anomalies."""
    return {"normal": record.scores[NORMAL], "anomaly": record.scores[case.group]}


def panel(shown: Shown) -> tuple[dict[str, NDArray[Any]], list[tuple[str, str]], str]:
    """Return rows, columns and caption of one figure, for `display.panels`.

    The first images of the test set on which the DAE succeeds, then the first on which it fails,
    normals left and anomalies right.
    """
    detectors = _detectors(shown.case)
    last = list(detectors)[-1]
    columns: list[tuple[str, str]] = []
    parts: dict[str, list[NDArray[Any]]] = {name: [] for name in ("original", *detectors)}
    for kind in KINDS:
        right = shown.right(last, kind)
        for outcome, chosen in ((SUCCESS, right), (FAILURE, ~right)):
            places = np.flatnonzero(chosen)[: PICTURES[outcome]]
            columns += [(kind, outcome)] * len(places)
            parts["original"].append(shown.images[kind].numpy()[places])
            for name in detectors:
                parts[name].append(shown.made[name][kind][places])
    rows = {name: np.concatenate(images) for name, images in parts.items()}
    return rows, columns, f"{shown.case.title}: images and what AE and DAE reconstruct from them."


def beside(shown: Shown) -> pd.DataFrame:
    """Return the quantities of the runs of a case, from their raw scores.

    Index untrained, none and the augmentation (rows that were not run are left out); columns AUC,
    the shares of normals and of anomalies on their side of the threshold, e_id, e_copy and, where
    the anomalies have a known original, e_inv.
    """
    rows, case = {}, shown.case
    for row in (UNTRAINED, NO_AUGMENTATION, case.label):
        try:
            record = found(shown.records, case, row)
        except SsadError:
            continue
        scores = scores_of(record, case)
        limit = threshold(scores)
        rows[row] = {
            "AUC": metrics.auroc_between(scores["normal"], scores["anomaly"]),
            "normals right": float((scores["normal"] <= limit).mean()),
            "anomalies right": float((scores["anomaly"] > limit).mean()),
            "e_id": float(scores["normal"].mean()),
            "e_copy": float(scores["anomaly"].mean()),
        }
        gen = case.group.removeprefix(f"{CONTROLLED}/")
        if f"{REPAIR}{gen}" in record.scores:
            rows[row]["e_inv"] = float(record.scores[f"{REPAIR}{gen}"].mean())
    return pd.DataFrame(rows).T.rename_axis("augmentation")


def stepper(shown: Sequence[Shown]) -> SpriteBrowser:
    """Return the widget that steps through images of every case, with what AE and DAE make."""
    frames = np.stack([np.stack([_frames(s, kind) for kind in KINDS]) for s in shown])
    axes = [
        Axis("Case", [s.case.title for s in shown]), Axis("Kind", KINDS),
        Axis("Image", frames.shape[2]),
    ]  # fmt: skip
    return SpriteBrowser.from_frames(
        frames, axes, heads=["original", "AE", "DAE"],
        alt=lambda case, kind, image: f"Original, AE and DAE. {_caption(shown[case], kind, image)}",
        caption=lambda case, kind, image: _caption(shown[case], kind, image),
    )  # fmt: skip


def explorer(shown: Sequence[Shown]) -> ThresholdExplorer:
    """Return the widget with a threshold over the scores of the digit cases.

    Image sets without digits show their first controlled case.
    """
    wild = [s for s in shown if s.case.group.startswith(IN_THE_WILD)]
    return ThresholdExplorer.from_scores(
        {
            f"{s.case.title}: {detector}": scores
            for s in wild or shown[:1]
            for detector, scores in s.scores.items()
        },
        label="Case and detector",
    )


def _detectors(case: Case) -> dict[str, str]:
    """Return the two detectors of a case and their rows."""
    return {"AE": NO_AUGMENTATION, "DAE": case.label}


def _frames(shown: Shown, kind: str) -> NDArray[np.uint8]:
    images = [shown.images[kind].numpy(), *(made[kind] for made in shown.made.values())]
    return side_by_side(*(part[:STEPS] for part in images))


def _caption(shown: Shown, place: int, image: int) -> str:
    kind = KINDS[place]
    said = [f"{shown.case.title}, {kind} {image + 1}"]
    for name, scores in shown.scores.items():
        outcome = "right" if shown.right(name, kind)[image] else "wrong"
        said.append(f"{name}: error {scores[kind][image]:.4f}, {outcome} side")
    return "; ".join(said)
