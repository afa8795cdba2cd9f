"""Figure 3 of paper 001: patches of known size and ratio, and what ST-SSAD learned of them."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import Any

import numpy as np
import pandas as pd
import torch
from scipy import stats

from ssad_lib import augment, rng, tasks
from ssad_lib.detectors import STSSAD
from ssad_lib.engine.images import image_set, tested_images, training_images
from ssad_lib.engine.run import one_thread, train
from ssad_lib.errors import SsadError
from ssad_lib.record import HISTORY, NORMAL, Record
from ssad_lib.studies.not_magic.embeddings import in_the_plane
from ssad_lib.tasks import DEMONSTRATION, PATCHES
from ssad_lib.widgets import Axis, SpriteBrowser, side_by_side

VALUES = ("size", "ratio")
SHOWN = 3  # test images that the widget shows
FORMATS = {"AUC": "{:.3f}", "lowest AUC": "{:.3f}"}


def learned(tuned: pd.DataFrame) -> pd.DataFrame:
    """Return the demonstration's rows of `methods.table` with ``true size``, ``true ratio``."""
    mine = tuned[tuned["testbed"] == DEMONSTRATION]
    truth = pd.DataFrame([PATCHES[name] for name in mine["anomaly"]], index=mine.index,
                         columns=list(VALUES))  # fmt: skip
    return mine.join(truth.add_prefix("true "))


def grid(found: pd.DataFrame, value: str) -> pd.DataFrame:
    """Return the median over seeds of what was learned, true size by true ratio.

    `value` is ``"size"``, ``"ratio"`` or ``"auc"``.
    """
    table = found.pivot_table(index="true size", columns="true ratio", values=value,
                              aggfunc="median")  # fmt: skip
    return table.rename(columns=lambda ratio: f"ratio {ratio:g}")


def agreement(found: pd.DataFrame) -> pd.DataFrame:
    """Return for each seed, and their median: Spearman's ρ of learned and true, AUC.

    Columns: ρ of size and of ratio, median factor between learned and true of both, AUC (mean) and
    lowest AUC.
    """
    rows = {}
    for seed, mine in found.groupby("seed"):
        rank = {
            f"ρ of {name}": stats.spearmanr(mine[f"true {name}"], mine[name]).statistic
            for name in VALUES
        }
        away = {
            f"{name}, factor": float(np.exp(_log_error(mine, name).abs().median()))
            for name in VALUES
        }
        auc = {"AUC": mine["auc"].mean(), "lowest AUC": mine["auc"].min()}
        rows[f"seed {seed}"] = {**rank, **away, **auc}
    table = pd.DataFrame(rows).T
    return pd.concat([table, table.median().to_frame("median of the seeds").T])


def starts(found: pd.DataFrame) -> pd.DataFrame:
    """Return, by true size, how often each start was taken and the median size that it learned.

    Starts are counted from 1, in the order of the initial sizes.
    """
    names = [str(name) for name in found]
    places = [int(name.removeprefix("spread_")) for name in names if name.startswith("spread_")]
    columns = {}
    for place in places:
        taken = found["chosen_init"] == place
        columns[f"start {place + 1} taken"] = taken.groupby(found["true size"]).sum()
        columns[f"start {place + 1} learned"] = found.groupby("true size")[f"size_{place}"].median()
    return pd.DataFrame(columns)


def log_errors(found: pd.DataFrame) -> pd.DataFrame:
    """Return |log learned - log true| of size and of ratio, median over seeds, one row per task."""
    errors = pd.DataFrame({name: _log_error(found, name).abs() for name in VALUES})
    return errors.groupby(found["anomaly"]).median()


def _log_error(found: pd.DataFrame, name: str) -> pd.Series[float]:
    return np.log(found[name]) - np.log(found[f"true {name}"])


def trajectories(records: Iterable[Record], ratio: float, value: str = "size") -> pd.DataFrame:
    """Return how a hyper-parameter went, of the initialisation taken, for patches of one `ratio`.

    Columns true size, seed, iteration, learned. Records without raw scores have none.
    """
    rows = []
    for record in records:
        patch = PATCHES[record.spec.unlabelled.removeprefix(f"{DEMONSTRATION}/")]
        group = f"{HISTORY}{record.measures['chosen_init']:.0f}/{value}"
        if patch["ratio"] == ratio and group in record.scores:
            rows += [
                {"true size": patch["size"], "seed": record.spec.seed, "iteration": place,
                 "learned": float(now)}
                for place, now in enumerate(record.scores[group])
            ]  # fmt: skip
    return pd.DataFrame(rows, columns=["true size", "seed", "iteration", "learned"])


def browser(records: Iterable[Record]) -> SpriteBrowser:
    """Return the widget that shows true anomalies above what was learned, for every patch.

    Of the first seed: the same test images, normal, patched as they were, and patched as learned.
    """
    mine = [record for record in records if not record.error]
    if not mine:
        raise SsadError("no run of the demonstration has finished")
    first = min(record.spec.seed for record in mine)
    by_patch = {
        record.spec.unlabelled.removeprefix(f"{DEMONSTRATION}/"): record
        for record in mine
        if record.spec.seed == first
    }
    names = [name for name in PATCHES if name in by_patch]
    frames = np.stack([_frame(by_patch[name]) for name in names])
    return SpriteBrowser.from_frames(
        frames,
        [Axis("Patch", names)],
        alt=lambda at: (
            f"{SHOWN} test images; with the true patch, {names[at]}; with the learned one, "
            f"{_said(by_patch[names[at]])}."
        ),
        caption=lambda at: f"true {names[at]}; learned {_said(by_patch[names[at]])}",
        scale=2,
        quality=90,
    )


def _said(record: Record) -> str:
    known = record.measures
    (task,) = record.tasks
    return f"size={known['size']:.3f} ratio={known['ratio']:.2f}, AUC {task.auc:.3f}"


def _frame(record: Record) -> Any:
    """Return test images above their true anomalies above the learned ones, as one RGB frame."""
    spec = record.spec
    normals = tasks.normal_images(image_set(spec, "test"), spec.normal_class)[:SHOWN]
    name = spec.unlabelled.removeprefix(f"{DEMONSTRATION}/")
    forms = [PATCHES[name], {value: record.measures[value] for value in (*VALUES, "angle")}]
    made = [
        augment.get("cutdiff", **form)(normals, rng.generator("patch shown", name))
        for form in forms
    ]
    return np.concatenate([side_by_side(*row) for row in (normals, *made)], axis=0)


def plane(record: Record, points: int) -> pd.DataFrame:
    """Return the embeddings of figure 3b in the plane (t-SNE); the network is trained again.

    Columns x, y, group ("normal" of training and test together, "augmented", "anomaly"), score.
    """
    spec = record.spec
    detector = train(spec)
    assert isinstance(detector, STSSAD)
    tested = tested_images(spec)
    augmentation = augment.get(spec.augmentation, **detector.augmentation_)
    trained = training_images(spec)[:points]
    groups = {
        "normal": torch.cat([trained, tested[NORMAL][:points]]),
        "augmented": augmentation(trained, rng.generator("plane", spec.key)),
        "anomaly": tested[spec.unlabelled][:points],
    }
    with one_thread():
        everything = torch.cat(list(groups.values())).clamp(0, 1)
        spots = in_the_plane(detector.embed(everything))
        scores = detector.decision_function(everything)
    names = [name for name, images in groups.items() for _ in images]
    return pd.DataFrame({"x": spots[:, 0], "y": spots[:, 1], "group": names, "score": scores})


def closest(records: Iterable[Record], wanted: Mapping[str, float]) -> Record:
    """Return the record of the first seed whose true patch is nearest to `wanted`."""
    mine = [record for record in records if not record.error]

    def away(record: Record) -> tuple[float, int]:
        patch = PATCHES[record.spec.unlabelled.removeprefix(f"{DEMONSTRATION}/")]
        steps = [abs(np.log(patch[name] / wanted[name])) for name in VALUES]
        return float(sum(steps)), record.spec.seed

    return min(mine, key=away)
