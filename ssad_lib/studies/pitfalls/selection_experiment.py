"""DSV's selection experiment: candidates are trained, unlabelled criteria choose (METHODS 10.6).

Every surface with defects has the same candidates: families of augmentations that make one patch,
at several areas and aspects. They are trained once on good images and tested on each kind of
defect; what is chosen, is chosen for each kind anew, from its unlabelled test images.
"""

from __future__ import annotations

import math
from collections.abc import Iterable, Mapping
from dataclasses import replace
from itertools import product
from typing import Any

import numpy as np
import pandas as pd

from ssad_lib import augment, metrics
from ssad_lib.alignment import CRITERIA, LARGEST_IS_BEST
from ssad_lib.engine.images import content
from ssad_lib.errors import SsadError
from ssad_lib.record import NORMAL, Record
from ssad_lib.spec import RunSpec, options
from ssad_lib.studies.grid import Budget, training_label
from ssad_lib.studies.not_magic import runs
from ssad_lib.tasks import DEFECT

DETECTOR = "Discriminator"
FAMILIES = ("cutout", "cutpaste", "cutdiff")
DIFFUSE_WIDTH = math.sqrt(0.2)  # of CutDiff's half axes, in patch sides: as DSV's code has it
RECIPE = ("network", "epochs", "batch_size", "learning_rate")
REDRAW = "image"  # a new patch for every image and epoch
GEOMETRIC, LOCAL = ("rotate", "flip", "geom"), ("cutout", "cutpaste", "cp-scar")  # of claim C01
PLACE = ["surface", "seed", "anomaly"]
CANDIDATE = ["family", "area", "aspect"]
RANDOM, WORST, ORACLE, ENSEMBLE = "at random", "worst", "best (peeking)", "ensemble"


def candidates(settings: Mapping[str, Any]) -> list[RunSpec]:
    """Return the runs of all candidates of every surface, as a chapter's parameters state them.

    ``surfaces``, ``candidate_areas`` and ``candidate_aspects`` say which; ``candidate_size``,
    ``candidate_network``, ``candidate_epochs`` and so on how they are trained.

    Raises
    ------
    SsadError
        If a list is empty: there would be nothing to choose from.
    """
    names = ("surfaces", "candidate_areas", "candidate_aspects", "candidate_seeds")
    for name in names:
        if not settings[name]:
            raise SsadError(f"parameter '{name}' is empty: name at least one")
    images, tested = settings["surface_images"], settings["surface_test_images"]
    size = settings["candidate_size"]
    budget = {name: settings[f"candidate_{name}"] for name in RECIPE}
    return [
        RunSpec(
            detector=DETECTOR,
            detector_options=options(budget, redraw=REDRAW),
            augmentation=family,
            augmentation_options=options(patch(family, area, aspect)),
            image_set=surface,
            images_per_class=images,
            test_images_per_class=tested,
            size=size,
            normal_class=0,
            seed=seed,
            testbeds=(DEFECT,),
            fingerprint=content(surface, images, tested, size),
        )
        for surface, family, area, aspect, seed in product(
            settings["surfaces"], FAMILIES, *(settings[name] for name in names[1:])
        )
    ]


def patch(family: str, area: float, aspect: float) -> dict[str, Any]:
    """Return the options that fix the patch of `family` at an area (of the image) and aspect."""
    fixed: dict[str, dict[str, Any]] = {
        "cutout": {"cutout_area": (area, area), "cutout_aspect": (aspect, aspect)},
        "cutpaste": {
            "cutpaste_area": (area, area),
            "cutpaste_aspect": (aspect, aspect),
            "cutpaste_aspect_mode": "loguniform",
            "cutpaste_jitter": 0.0,
        },
        "cutdiff": {"size": area, "ratio": aspect, "cutdiff_width_factor": DIFFUSE_WIDTH},
    }
    return fixed[family]


def defect_grid(settings: Mapping[str, Any]) -> list[RunSpec]:
    """Return the runs of DAE on every surface, geometric and local augmentations and none (C01)."""
    planned: list[RunSpec] = []
    for surface in settings["surfaces"]:
        chosen = {
            "image_set": surface, "normal_classes": [0], "size": settings["candidate_size"],
            "images_per_class": settings["surface_images"],
            "test_images_per_class": settings["surface_test_images"],
        }  # fmt: skip
        budget = Budget.of({**settings, **chosen})
        planned += runs.references(budget, "AE")
        for name in (*GEOMETRIC, *LOCAL):
            planned += budget.specs("DAE", name)
    return [_on_defects(spec) for spec in planned]


def label(settings: Mapping[str, Any]) -> str:
    """Return one line that states the candidates and their training in words."""
    counts = (len(settings[f"candidate_{name}"]) for name in ("areas", "aspects", "seeds"))
    areas, aspects, seeds = counts
    chosen = {name: settings[f"candidate_{name}"] for name in RECIPE}
    return (
        f"{len(settings['surfaces'])} surfaces with {settings['surface_images']} training images, "
        f"{len(FAMILIES)} families of patches, {areas} areas, {aspects} aspects, {seeds} seeds; "
        + training_label([DETECTOR], settings["candidate_size"], chosen)
    )


def table(records: Iterable[Record]) -> pd.DataFrame:
    """Return one row per candidate and task: `PLACE`, `CANDIDATE`, key, auc and the criteria."""
    rows = [
        {
            "key": record.spec.key,
            "surface": record.spec.image_set,
            "seed": record.spec.seed,
            "anomaly": task.anomaly,
            **_candidate(record.spec),
            "auc": task.auc,
            **task.measures,
        }
        for record in records
        for task in record.tasks
    ]
    return pd.DataFrame(rows, columns=["key", *PLACE, *CANDIDATE, "auc", *CRITERIA])


def losses(candidates: pd.DataFrame) -> pd.DataFrame:
    """Return the criteria of `table` as losses: the smallest is chosen of each."""
    signs = {name: -1.0 if name in LARGEST_IS_BEST else 1.0 for name in CRITERIA}
    return candidates[list(CRITERIA)] * pd.Series(signs)


def selected(candidates: pd.DataFrame) -> pd.DataFrame:
    """Return the AUC that each way of choosing reaches, one row per task (`PLACE`).

    Columns: at random (mean over the candidates), worst, each criterion, best (which peeks at the
    labels). Tasks in which a criterion is missing are left out.
    """
    loss = losses(candidates)
    rows = {}
    for place, mine in candidates.groupby(PLACE, sort=False):
        own, auc = loss.loc[mine.index].to_numpy(), mine["auc"].to_numpy()
        if np.isnan(own).any():
            continue
        taken = dict(zip(CRITERIA, auc[own.argmin(axis=0)], strict=True))
        rows[place] = {RANDOM: auc.mean(), WORST: auc.min(), **taken, ORACLE: auc.max()}
    return _by_place(rows, [RANDOM, WORST, *CRITERIA, ORACLE])


def shifted(candidates: pd.DataFrame, criterion: str = "dsv") -> pd.DataFrame:
    """Return what a choice is worth on other anomalies than those it was made with (claim C05).

    One row per task (`PLACE`); columns ``own`` (chosen from the unlabelled images of the task) and
    ``other`` (chosen from those of each other kind of defect of the surface, mean over kinds) and
    at random.
    """
    loss = losses(candidates)[criterion]
    rows = {}
    for (surface, seed), mine in candidates.groupby(PLACE[:2], sort=False):
        auc = mine.pivot_table(index=CANDIDATE, columns="anomaly", values="auc")
        value = mine.assign(loss=loss).pivot_table(index=CANDIDATE, columns="anomaly",
                                                   values="loss")  # fmt: skip
        kinds, reached = list(auc), auc.to_numpy()
        reached_by = reached[value[kinds].to_numpy().argmin(axis=0)]  # chosen for, tested on
        for place, kind in enumerate(kinds):
            other = np.delete(reached_by[:, place], place)
            if len(other):
                rows[surface, seed, kind] = {
                    "own": reached_by[place, place],
                    "other": other.mean(),
                    RANDOM: reached[:, place].mean(),
                }
    return _by_place(rows, ["own", "other", RANDOM])


def rank_correlations(candidates: pd.DataFrame) -> pd.DataFrame:
    """Return Spearman's ρ of every criterion (as a loss) and the AUC, one row per task.

    NaN where all candidates have the same AUC or the same loss.
    """
    loss = losses(candidates)
    rows = {}
    for place, mine in candidates.groupby(PLACE, sort=False):
        ranks = loss.loc[mine.index].rank()
        rows[place] = {name: ranks[name].corr(mine["auc"].rank()) for name in CRITERIA}
    return _by_place(rows, list(CRITERIA))


def ensemble(records: Iterable[Record]) -> pd.Series:
    """Return the AUC of the mean score of all candidates, by task; needs raw scores.

    Scores of different networks have different scales: each is standardised on the unlabelled test
    images of the task before the mean is taken.
    """
    pooled: dict[tuple[str, int, str], list[Any]] = {}
    for record in records:
        normal = record.scores.get(NORMAL)
        for group, scores in record.scores.items():
            testbed, _, anomaly = group.partition("/")
            if testbed == DEFECT and normal is not None:
                place = (record.spec.image_set, record.spec.seed, anomaly)
                together = np.concatenate([normal, scores]).astype(np.float64)
                spread = together.std() or 1.0
                pooled.setdefault(place, []).append(
                    (len(normal), (together - together.mean()) / spread)
                )
    found = {}
    for place, members in pooled.items():
        count = members[0][0]
        mean = np.mean([scores for _, scores in members], axis=0)
        found[place] = {ENSEMBLE: metrics.auroc_between(mean[:count], mean[count:])}
    return _by_place(found, [ENSEMBLE])[ENSEMBLE]


def candidate_label(family: str, area: float, aspect: float) -> str:
    """Return a candidate in words, such as ``"CutOut, area 0.04, aspect 0.3"``."""
    return f"{family}, area {area:g}, aspect {aspect:g}"


def _on_defects(spec: RunSpec) -> RunSpec:
    return replace(spec, testbeds=(DEFECT,))


def _candidate(spec: RunSpec) -> dict[str, Any]:
    chosen: dict[str, Any] = dict(spec.augmentation_options)
    for area, aspect in (("size", "ratio"), *((f"{name}_area", f"{name}_aspect")
                                              for name in FAMILIES)):  # fmt: skip
        if area in chosen:
            first, second = (value[0] if isinstance(value, tuple) else value
                             for value in (chosen[area], chosen[aspect]))  # fmt: skip
            label = augment.get(spec.augmentation).label
            return dict(zip(CANDIDATE, (label, first, second), strict=True))
    raise SsadError(f"{spec.title} is no candidate: its patch has no fixed area")


def _by_place(rows: Mapping[Any, Mapping[str, Any]], columns: list[str]) -> pd.DataFrame:
    index = pd.MultiIndex.from_tuples(list(rows), names=PLACE) if rows else None
    frame = pd.DataFrame(list(rows.values()), columns=columns)
    return frame if index is None else frame.set_axis(index)
