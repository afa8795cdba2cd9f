"""Which runs the chapters of paper 001 rest on: its demonstration and both of its tables.

ST-SSAD sees the unlabelled test images of one task, so it is trained anew for every task; the
baselines are trained once for a normal class and tested on all of its tasks (METHODS 9.5, 9.6).
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import replace
from itertools import product
from typing import Any

from ssad_lib import data
from ssad_lib.engine.images import content
from ssad_lib.errors import SsadError
from ssad_lib.spec import RunSpec, options
from ssad_lib.studies.grid import Budget
from ssad_lib.tasks import DEFECT, DEMONSTRATION, IN_THE_WILD, PATCHES

TUNER, BASELINE = "STSSAD", "Discriminator"
UNTRAINED = "untrained"
# What the tuner and its baselines share, and what is the tuner's alone; `st_` in the parameters.
NETWORK = ("network", "batch_size", "learning_rate")
TUNING = ("epochs", "iterations", "updates", "patience", "initial", "tuning_rate")
ABLATIONS: dict[str, dict[str, str]] = {
    "ST-SSAD": {},
    "MMD1": {"objective": "mmd"},
    "MMD2": {"objective": "mmd-raw"},
    "FO": {"order": "first"},
}
REDRAWN = {"RS": "once", "RD": "epoch"}  # random static and random dynamic
FAMILIES = {"CO": "cutout", "CP": "cutpaste", "CD": "cutdiff", "RO": "rotation"}


def demonstration(settings: Mapping[str, Any]) -> list[RunSpec]:
    """Return the runs of figure 3: ST-SSAD on anomalies that CutDiff made of the test images.

    Raises
    ------
    SsadError
        If no seed, size or ratio is named, or there is no patch of that form.
    """
    _named(settings, "sizes", "ratios", "seeds")
    patches = [
        name
        for name, patch in PATCHES.items()
        if patch["size"] in settings["sizes"] and patch["ratio"] in settings["ratios"]
    ]
    if len(patches) < len(settings["sizes"]) * len(settings["ratios"]):
        known = ", ".join(f"{size:g}" for size in sorted({p["size"] for p in PATCHES.values()}))
        raise SsadError(f"parameter 'sizes' or 'ratios' names no patch: sizes are {known}")
    return [
        tuned(settings, settings["image_set"], 0, DEMONSTRATION, patch, "cutdiff", "ST-SSAD", seed)
        for patch, seed in product(patches, settings["seeds"])
    ]


def table_1(settings: Mapping[str, Any]) -> list[RunSpec]:
    """Return the runs of Table 1: every kind of defect of every surface, CutDiff."""
    _named(settings, "surfaces", "seeds")
    planned: list[RunSpec] = []
    for surface in settings["surfaces"]:
        kinds = data.class_names(surface)[1:]
        planned += _methods(settings, surface, 0, DEFECT, kinds, "cutdiff", ("CO", "CP", "CD"))
    return planned


def table_2(settings: Mapping[str, Any]) -> list[RunSpec]:
    """Return the runs of Table 2: each normal class against every other class, Rotation."""
    _named(settings, "normal_classes", "seeds")
    image_set = settings["image_set"]
    planned: list[RunSpec] = []
    for normal_class in settings["normal_classes"]:
        others = [
            name
            for label, name in enumerate(data.class_names(image_set))
            if label != normal_class and label in settings["anomalies"]
        ]
        planned += _methods(
            settings, image_set, normal_class, IN_THE_WILD, others, "rotation", ("RO",)
        )
    return planned


def for_chapter(chapter: str, settings: Mapping[str, Any]) -> list[RunSpec]:
    """Return the runs of a chapter under `settings`; none if it has none."""
    make = CHAPTERS.get(chapter)
    return make(settings) if make else []


def label(settings: Mapping[str, Any]) -> str:
    """Return data and budget of a chapter's runs in words."""
    where = settings.get("image_set") or ", ".join(settings["surfaces"])
    chosen = {name: settings[f"st_{name}"] for name in (*NETWORK, *TUNING)}
    return _budget(
        where, settings["images_per_class"], settings["size"], len(settings["seeds"]), chosen
    )


def label_of(specs: Iterable[RunSpec]) -> str:
    """Return data and budget of ST-SSAD's runs in words, read from their specifications."""
    mine = [spec for spec in specs if spec.detector == TUNER]
    first = mine[0]
    where = ", ".join(sorted({spec.image_set for spec in mine}))
    seeds = len({spec.seed for spec in mine})
    return _budget(where, first.images_per_class, first.size, seeds, dict(first.detector_options))


def _budget(where: str, images: int, side: int, seeds: int, chosen: Mapping[str, Any]) -> str:
    return (
        f"{where}: {images or 'all'} images, {f'{side}×{side}' if side else 'their own'} pixels, "
        f"{seeds} seed{'s' * (seeds > 1)}; ST-SSAD: network {chosen['network']}, "
        f"{len(chosen['initial'])} starts, {chosen['epochs']} epochs, then "
        f"{chosen['iterations']} iterations of {chosen['updates']}, batches of "
        f"{chosen['batch_size']}"
    )


def _methods(
    settings: Mapping[str, Any],
    image_set: str,
    normal_class: int,
    testbed: str,
    anomalies: Sequence[str],
    augmentation: str,
    families: Sequence[str],
) -> Iterator[RunSpec]:
    """Yield all rows of a table for one normal class: the tuner per task, the baselines once."""
    place = (settings, image_set, normal_class, testbed)
    for method, anomaly, seed in product(ABLATIONS, anomalies, settings["seeds"]):
        yield tuned(*place, anomaly, augmentation, method, seed)
    for family, redraw, seed in product(families, REDRAWN, settings["seeds"]):
        yield baseline(*place, FAMILIES[family], REDRAWN[redraw], seed)
    for seed in settings["seeds"]:
        yield baseline(*place, augmentation, "once", seed, epochs=0)
    yield from _without_augmentation(*place)


def tuned(
    settings: Mapping[str, Any],
    image_set: str,
    normal_class: int,
    testbed: str,
    anomaly: str,
    augmentation: str,
    method: str,
    seed: int,
) -> RunSpec:
    """Return the run of ST-SSAD, or of one of its ablations, on one task."""
    chosen = {name: settings[f"st_{name}"] for name in (*NETWORK, *TUNING)}
    return replace(
        _spec(settings, TUNER, {**chosen, **ABLATIONS[method]}, augmentation, seed),
        **_images(settings, image_set, normal_class, testbed),
        unlabelled=f"{testbed}/{anomaly}",
    )


def baseline(
    settings: Mapping[str, Any],
    image_set: str,
    normal_class: int,
    testbed: str,
    augmentation: str,
    redraw: str,
    seed: int,
    epochs: int | None = None,
) -> RunSpec:
    """Return the run of a network that tells normal from randomly augmented images."""
    chosen = {name: settings[f"st_{name}"] for name in NETWORK}
    chosen |= {"epochs": settings["random_epochs"] if epochs is None else epochs}
    return replace(
        _spec(settings, BASELINE, {**chosen, "redraw": redraw}, augmentation, seed),
        **_images(settings, image_set, normal_class, testbed),
    )


def _without_augmentation(
    settings: Mapping[str, Any], image_set: str, normal_class: int, testbed: str
) -> Iterator[RunSpec]:
    chosen = {"image_set": image_set, "normal_classes": [normal_class]}
    budget = Budget.of({**settings, **chosen})
    for spec in (*budget.specs("AE"), *budget.specs("DeepSVDD")):
        yield replace(spec, testbeds=(testbed,))


def _spec(
    settings: Mapping[str, Any],
    detector: str,
    chosen: Mapping[str, Any],
    augmentation: str,
    seed: int,
) -> RunSpec:
    padding = {"rot_padding": settings["rot_padding"]} if augmentation == "rotation" else {}
    return RunSpec(
        detector=detector,
        detector_options=options(chosen),
        augmentation=augmentation,
        augmentation_options=options(padding),
        image_set="",
        images_per_class=settings["images_per_class"],
        test_images_per_class=settings["test_images_per_class"],
        size=settings["size"],
        normal_class=0,
        seed=seed,
        testbeds=(),
        fingerprint="",
    )


def _images(
    settings: Mapping[str, Any], image_set: str, normal_class: int, testbed: str
) -> dict[str, Any]:
    counts = (settings["images_per_class"], settings["test_images_per_class"])
    return {
        "image_set": image_set,
        "normal_class": normal_class,
        "testbeds": (testbed,),
        "fingerprint": content(image_set, *counts, settings["size"]),
    }


def _named(settings: Mapping[str, Any], *names: str) -> None:
    for name in names:
        if not settings[name]:
            raise SsadError(f"parameter '{name}' is empty: name at least one")


CHAPTERS: dict[str, Callable[[Mapping[str, Any]], list[RunSpec]]] = {
    "self-tuning/demonstration": demonstration,
    "self-tuning/table-1": table_1,
    "self-tuning/table-2": table_2,
}
