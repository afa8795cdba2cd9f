"""Which runs the chapters of paper 003 rest on: the grids of its tables and figures (METHODS 11.6).

All of a chapter's runs share normal images, classes and seeds; they differ in the objective and in
one thing more, such as the number of outliers.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Mapping
from itertools import product
from types import MappingProxyType
from typing import Any

from ssad_lib.engine import outliers
from ssad_lib.engine.images import content
from ssad_lib.errors import SsadError
from ssad_lib.spec import Options, RunSpec, options
from ssad_lib.tasks import ONE_VS_REST

METHODS = ("DSAD", "HSC", "Focal", "BCE")  # in the order of the paper's tables
BOTH = ("HSC", "BCE")  # the two whose curves the figures show
ALONE = "DSAD"  # which without outliers is deep SVDD around the origin
BUDGET = ("network", "width", "epochs", "batch_size", "learning_rate", "augmented")
RADIAL = ("l1", "l2", "l2_squared", "pseudo_huber")
REPLACEMENT = {"small_mode": "replacement"}  # of an outlier set of few classes
UNBIASED = {"bias": False}
EVERY: Mapping[str, Any] = MappingProxyType({})  # outlier of the set
OWN: dict[str, dict[str, Any]] = {"HSC": {"radial": "pseudo_huber"}, "Focal": {"gamma": 2.0}}


def table_1(settings: Mapping[str, Any]) -> list[RunSpec]:
    """Return the runs of Table 1: no training, no outliers, no augmentation, and the four methods.

    Also of Table 2, which has other images. Without outliers the LeNets have no bias, as those of
    deep SVDD: with one they would map all images onto the origin.
    """
    planned = [
        *_cell(settings, ALONE, UNBIASED | {"epochs": 0}, None),
        *_cell(settings, ALONE, UNBIASED, None),
        *_cell(settings, "HSC", UNBIASED, None),
    ]
    for method in BOTH:
        planned += _cell(settings, method, {"augmented": False})
    for method in METHODS:
        planned += _cell(settings, method)
    return _unique(planned)


def oe_size(settings: Mapping[str, Any]) -> list[RunSpec]:
    """Return the runs of figures 2 and 8: both methods, by the number of outliers; 0 takes all."""
    _named(settings, "sizes")
    planned = list(_cell(settings, ALONE, UNBIASED, None))
    for size, method in product(settings["sizes"], BOTH):
        planned += _cell(settings, method, {}, {"images": size})
    return _unique(planned)


def oe_diversity(settings: Mapping[str, Any]) -> list[RunSpec]:
    """Return the runs of figures 4, 11 and 12: by the number of outlier classes; 0 takes all.

    Beside them those of the single case of appendix B: one normal class against one outlier class
    that has nothing to do with it, with each of ``case_seeds``.
    """
    _named(settings, "class_counts", "case_seeds")
    planned = list(_cell(settings, ALONE, UNBIASED, None))
    for count, method in product(settings["class_counts"], BOTH):
        planned += _cell(settings, method, REPLACEMENT if count else {}, {"classes": count})
    case = {
        **settings,
        "normal_classes": [settings["case_class"]],
        "seeds": settings["case_seeds"],
    }
    planned += _cell(case, ALONE, UNBIASED, None)
    for method in BOTH:
        planned += _cell(case, method, REPLACEMENT, {"classes": (settings["case_outlier"],)})
        planned += _cell(case, method, REPLACEMENT, {"classes": 1})
    return _unique(planned)


def multiscale(settings: Mapping[str, Any]) -> list[RunSpec]:
    """Return the runs of figures 3, 5 and 6: by the blur of the outliers, in pixels."""
    _named(settings, "blurs")
    planned = list(_cell(settings, ALONE, UNBIASED, None))
    for sigma, method in product(settings["blurs"], BOTH):
        blur = {"blur": float(sigma)} if sigma else {}
        planned += _cell(settings, method, blur, {"images": settings["blurred_images"]})
    return _unique(planned)


def sensitivity(settings: Mapping[str, Any]) -> list[RunSpec]:
    """Return the runs of Table 3 and figure 7: HSC by h and augmentation, Focal by γ."""
    _named(settings, "gammas")
    planned = list(_cell(settings, "HSC", {"epochs": 0}))
    for radial, augmented in product(RADIAL, (False, True)):
        planned += _cell(settings, "HSC", {"radial": radial, "augmented": augmented})
    planned += _cell(settings, "BCE")
    for gamma in settings["gammas"]:
        planned += _cell(settings, "Focal", {"gamma": float(gamma)})
    return _unique(planned)


def for_chapter(chapter: str, settings: Mapping[str, Any]) -> list[RunSpec]:
    """Return the runs of a chapter under `settings`; none if it has none."""
    make = CHAPTERS.get(chapter)
    return make(settings) if make and settings["normal_classes"] else []


def label(settings: Mapping[str, Any]) -> str:
    """Return data and budget of a chapter's runs in words."""
    counted = settings["images_per_class"] or "all"
    side = f"{settings['size']}×{settings['size']} pixels, " if settings["size"] else ""
    classes, seeds = len(settings["normal_classes"]), len(settings["seeds"])
    chosen = {name: settings[f"oe_{name}"] for name in BUDGET}
    width = f"width {chosen['width']}" if chosen["width"] else "the paper's width"
    augmented = "augmented" if chosen["augmented"] else "not augmented"
    return (
        f"{settings['image_set']}: {counted} images a class, {side}{classes} normal classes, "
        f"{seeds} seed{'s' * (seeds != 1)}; outliers: {settings['outliers']}; "
        f"network {chosen['network']}, {width}, {chosen['epochs']} epochs, batches of "
        f"{chosen['batch_size']} + {chosen['batch_size']}, rate {chosen['learning_rate']:g}, "
        f"{augmented}"
    )


def label_of(specs: Iterable[RunSpec]) -> str:
    """Return data and budget of the runs of several chapters in words, what differs left out."""
    known = list(specs)
    first = next(spec for spec in known if spec.outliers)
    chosen, others = dict(first.detector_options), dict(first.outliers)
    counted = first.images_per_class or "all"
    classes = {spec.normal_class for spec in known}
    side = f", {first.size}×{first.size} pixels" if first.size else ""
    return (
        f"{counted} images a class{side}, {len(classes)} normal classes, outliers of "
        f"{others['image_set']}, width {chosen['width'] or 'of the paper'}, {chosen['epochs']} "
        f"epochs, batches of {chosen['batch_size']} + {chosen['batch_size']}, rate "
        f"{chosen['learning_rate']:g}"
    )


def _cell(
    settings: Mapping[str, Any],
    detector: str,
    chosen: Mapping[str, Any] | None = None,
    against: Mapping[str, Any] | None = EVERY,
) -> Iterator[RunSpec]:
    """Yield one specification per normal class and seed.

    Parameters
    ----------
    settings : mapping
        Of a chapter.
    detector : str
    chosen : mapping, optional
        Options of the detector beside those of the budget.
    against : mapping or None
        What of the outliers, as `ssad_lib.engine.outliers.named` takes it; None for no outliers.
    """
    _named(settings, "normal_classes", "seeds")
    image_set, size = settings["image_set"], settings["size"]
    budget = {name: settings[f"oe_{name}"] for name in BUDGET}
    budget |= {"precision": settings["precision"], **OWN.get(detector, {}), **(chosen or {})}
    others: Options = ()
    if against is not None:
        others = outliers.named(
            image_set,
            settings["outliers"],
            split=settings["outlier_split"],
            images_per_class=settings["outlier_images_per_class"],
            size=size,
            allow_overlap=settings["allow_overlap"],
            **dict(against),
        )
    counts = (settings["images_per_class"], settings["test_images_per_class"])
    images = content(image_set, *counts, size)
    for normal_class, seed in product(settings["normal_classes"], settings["seeds"]):
        yield RunSpec(
            detector=detector,
            detector_options=options(budget),
            augmentation="identity",
            augmentation_options=(),
            image_set=image_set,
            images_per_class=counts[0],
            test_images_per_class=counts[1],
            size=size,
            normal_class=normal_class,
            seed=seed,
            testbeds=(ONE_VS_REST,),
            fingerprint=images,
            outliers=others,
        )


def _named(settings: Mapping[str, Any], *names: str) -> None:
    for name in names:
        if not settings[name]:
            raise SsadError(f"parameter '{name}' is empty: name at least one")


def _unique(planned: list[RunSpec]) -> list[RunSpec]:
    return list(dict.fromkeys(planned))


CHAPTERS: dict[str, Callable[[Mapping[str, Any]], list[RunSpec]]] = {
    "outlier-exposure/table-1": table_1,
    "outlier-exposure/table-2": table_1,
    "outlier-exposure/oe-size": oe_size,
    "outlier-exposure/oe-diversity": oe_diversity,
    "outlier-exposure/multiscale": multiscale,
    "outlier-exposure/sensitivity": sensitivity,
}
