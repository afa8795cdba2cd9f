"""Which runs the chapters of paper 004 rest on (METHODS 12, 13).

A run is a surface, a method and a seed. All runs of a chapter are tested on the same defects and
on the same simulated anomalies; those that Tables 1 to 4 share are trained once.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import dataclass, field, replace
from itertools import product
from typing import Any

from ssad_lib.augment import simulated
from ssad_lib.augment.simulated.registry import DRAEM as DRAEM_SIMULATION
from ssad_lib.augment.simulated.registry import OURS as EVERY_SIMULATION
from ssad_lib.detectors.natural import OBJECT, TEXTURE
from ssad_lib.engine.images import content
from ssad_lib.errors import SsadError
from ssad_lib.spec import RunSpec, options
from ssad_lib.studies.grid import Budget
from ssad_lib.tasks import ONE_VS_REST, SIMULATED

OURS, DRAEM, NSA, PATCHCORE = "Ours", "DRAEM", "NSA", "PatchCore"  # columns of Tables 1 to 3
NO_ROTATION, OUR_SIMULATION, DRAEM_SIMULATED = "D.NoRot", "D.Our", "Our.D"  # of Table 4
NO_SPLIT, SPLIT = "no split, no rotation", "split, no rotation"  # of the mechanism
UNTRAINED, PLAIN = "untrained", "AE"
BUDGET = ("width", "epochs", "batch_size", "learning_rate")
# Whatever is none of these is an object to NSA and to F12: MVTec AD's five, one that is drawn, and
# photographs of flat parts whose frame shows nothing else.
TEXTURES = (
    *("carpet", "grid", "leather", "tile", "wood", "weave"),
    *("leather_tiles", "magnetic_tile", "kolektorsdd"),
)
# Slope and middle, in grey levels, of the label of NSA: a pair for each class, as in its paper.
NSA_LABELS = {
    **dict.fromkeys(("bottle", "cable", "hazelnut"), (1 / 12, 24.0)),
    "capsule": (1 / 2, 4.0),
    **dict.fromkeys(("metal_nut", "pill", "carpet", "grid", "leather", "tile"), (1 / 3, 7.0)),
    "screw": (1.0, 3.0),
    **dict.fromkeys(("toothbrush", "transistor", "zipper", "wood"), (1 / 6, 15.0)),
}


@dataclass(frozen=True)
class Method:
    """A detector and what it differs in from its defaults.

    Attributes
    ----------
    detector : str
    chosen : mapping
        Options beside those of the budget.
    selected : bool
        Trained with paper 004's selection of simulations for the surface.
    rotation_selected : bool
        Whether the selection decides about turned normals, too.
    """

    detector: str
    chosen: Mapping[str, Any] = field(default_factory=dict)
    selected: bool = False
    rotation_selected: bool = False


_DRAEM_SIMULATION = {"simulations": DRAEM_SIMULATION, "rotate_normals": True}
METHODS: dict[str, Method] = {
    OURS: Method("SplitDRAEM", selected=True, rotation_selected=True),
    DRAEM: Method("DRAEM"),
    NSA: Method("NSA"),
    PATCHCORE: Method("PatchCore"),
    NO_ROTATION: Method("DRAEM", {"rotate_normals": False}),
    OUR_SIMULATION: Method("DRAEM", {"rotate_normals": False}, selected=True),
    DRAEM_SIMULATED: Method("SplitDRAEM", _DRAEM_SIMULATION),
    UNTRAINED: Method("SplitDRAEM", {"epochs": 0}, selected=True, rotation_selected=True),
    # The two of the mechanism: they differ in nothing but the split.
    NO_SPLIT: Method("SplitDRAEM", {"split": "none", "rotate_normals": False}, selected=True),
    SPLIT: Method("SplitDRAEM", {"split": "parity", "rotate_normals": False}, selected=True),
    # What the text claims without a table: F10, F11, F13.
    "no NDAA": Method("SplitDRAEM", {"simulations": DRAEM_SIMULATION, "rotate_normals": False}),
    "every simulation": Method(
        "SplitDRAEM", {"simulations": EVERY_SIMULATION, "rotate_normals": True}
    ),
    "25 % for R": Method("SplitDRAEM", {"share": 0.25}, selected=True, rotation_selected=True),
    "75 % for R": Method("SplitDRAEM", {"share": 0.75}, selected=True, rotation_selected=True),
    "halves": Method("SplitDRAEM", {"split": "halves"}, selected=True, rotation_selected=True),
    "random halves": Method(
        "SplitDRAEM", {"split": "random"}, selected=True, rotation_selected=True
    ),
}
ABLATIONS = tuple(list(METHODS)[list(METHODS).index("no NDAA") :])
TABLES_1_TO_3 = (UNTRAINED, DRAEM, NSA, PATCHCORE, OURS)
TABLE_4 = (UNTRAINED, DRAEM, NO_ROTATION, OUR_SIMULATION, DRAEM_SIMULATED, OURS)


def tables_1_to_3(settings: Mapping[str, Any]) -> list[RunSpec]:
    """Return the runs of Tables 1, 2 and 3: every method on every surface, and AE beside them."""
    planned = [
        run(settings, surface, method, seed)
        for surface, method, seed in _each(settings, TABLES_1_TO_3)
    ]
    for surface in settings["surfaces"]:
        budget = Budget.of({**settings, "image_set": surface, "normal_classes": [0]})
        planned += [replace(spec, testbeds=(ONE_VS_REST,)) for spec in budget.specs("AE")]
    return planned


def table_4(settings: Mapping[str, Any]) -> list[RunSpec]:
    """Return the runs of Table 4, and of the ablations that the settings name.

    Raises
    ------
    SsadError
        If there is no such ablation.
    """
    for name in settings["ablations"]:
        if name not in ABLATIONS:
            raise SsadError(f"there is no ablation '{name}': choose of {', '.join(ABLATIONS)}")
    methods = (*TABLE_4, *settings["ablations"])
    return [run(settings, *cell) for cell in _each(settings, methods)]


def mechanism(settings: Mapping[str, Any]) -> list[RunSpec]:
    """Return the runs of claim F07: the same simulation without and with the split, no rotation.

    Few images and many epochs, so that R learns its own images by heart if it can.
    """
    planned = []
    for surface, seed in product(settings["surfaces"], settings["seeds"]):
        for name in (NO_SPLIT, SPLIT):
            planned.append(_run(settings, surface, METHODS[name], seed, testbeds=(ONE_VS_REST,)))
    return planned


def run(settings: Mapping[str, Any], surface: str, method: str, seed: int) -> RunSpec:
    """Return the run of one cell of a table."""
    return _run(settings, surface, METHODS[method], seed)


def for_chapter(chapter: str, settings: Mapping[str, Any]) -> list[RunSpec]:
    """Return the runs of a chapter under `settings`; none if it has none."""
    make = CHAPTERS.get(chapter)
    return make(settings) if make else []


def label(settings: Mapping[str, Any]) -> str:
    """Return data and budget of a chapter's runs in words."""
    chosen = {name: settings[f"sim_{name}"] for name in BUDGET}
    seeds = len(settings["seeds"])
    return (
        f"{', '.join(settings['surfaces'])}: {settings['images_per_class'] or 'all'} images, "
        f"{settings['size']}×{settings['size']} pixels, {seeds} seed{'s' * (seeds != 1)}; "
        f"R of width {chosen['width']}, {chosen['epochs']} epochs, batches of "
        f"{chosen['batch_size']}, rate {chosen['learning_rate']:g}; anomaly source: "
        f"{settings['source']}"
    )


def label_of(specs: Iterable[RunSpec]) -> str:
    """Return data and budget of the runs of all chapters in words, read from specifications."""
    known = [spec for spec in specs if spec.detector in ("SplitDRAEM", "DRAEM")]
    trained = [dict(spec.detector_options) for spec in known]
    first = known[0]
    surfaces = ", ".join(sorted({spec.image_set for spec in known}))
    counts = sorted({spec.images_per_class for spec in known})
    sides = sorted({spec.size for spec in known})
    seeds = len({spec.seed for spec in known})
    return (
        f"{surfaces}: {_several(counts)} images, {_several(f'{n}×{n}' for n in sides)} pixels, "
        f"{seeds} seed{'s' * (seeds != 1)}; R of width "
        f"{_several(sorted({one['width'] for one in trained}))}, "
        f"{_several(sorted({one['epochs'] for one in trained} - {0}))} epochs, batches of "
        f"{trained[0]['batch_size']}, rate {trained[0]['learning_rate']:g}; anomaly source: "
        f"{first.source}"
    )


def _several(values: Iterable[object]) -> str:
    return " or ".join(map(str, values))


def _each(settings: Mapping[str, Any], methods: tuple[str, ...]) -> Iterator[tuple[str, str, int]]:
    for name in ("surfaces", "seeds"):
        if not settings[name]:
            raise SsadError(f"parameter '{name}' is empty: name at least one")
    yield from product(settings["surfaces"], methods, settings["seeds"])


def _run(
    settings: Mapping[str, Any],
    surface: str,
    method: Method,
    seed: int,
    testbeds: tuple[str, ...] = (ONE_VS_REST, SIMULATED),
) -> RunSpec:
    counts = (settings["images_per_class"], settings["test_images_per_class"])
    return RunSpec(
        detector=method.detector,
        detector_options=options(detector_options(settings, surface, method)),
        augmentation="identity",
        augmentation_options=(),
        image_set=surface,
        images_per_class=counts[0],
        test_images_per_class=counts[1],
        size=settings["size"],
        normal_class=0,
        seed=seed,
        testbeds=testbeds,
        fingerprint=content(surface, *counts, settings["size"]),
        source=settings["source"],
    )


def detector_options(settings: Mapping[str, Any], surface: str, method: Method) -> dict[str, Any]:
    """Return the options of a detector: its budget, the selection, and what the method says."""
    if method.detector == PATCHCORE:
        return {"encoder": settings["encoder"]}
    if method.detector == NSA:
        name = surface.rpartition(":")[2].rpartition("/")[2]
        kind = TEXTURE if name in TEXTURES else OBJECT
        slope, middle = NSA_LABELS.get(name, NSA_LABELS["carpet"])
        label = {"kind": kind, "slope": slope, "middle": middle}
        return {**label, **{name: settings[f"nsa_{name}"] for name in BUDGET}}
    chosen: dict[str, Any] = {name: settings[f"sim_{name}"] for name in BUDGET}
    chosen |= {"source": settings["source"], "precision": settings["precision"]}
    if method.selected:
        selection = simulated.selected(surface)
        chosen["simulations"] = selection.simulations
        if method.rotation_selected:
            chosen["rotate_normals"] = selection.rotate_normals
    return {**chosen, **method.chosen}


CHAPTERS: dict[str, Callable[[Mapping[str, Any]], list[RunSpec]]] = {
    "simulation/tables-1-2": tables_1_to_3,
    "simulation/table-3": tables_1_to_3,
    "simulation/table-4": table_4,
    "simulation/mechanism": mechanism,
}
