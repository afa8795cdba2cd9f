"""Which runs each chapter of paper 000 rests on: the grids of its tables, figures and cases."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any

from ssad_lib import augment
from ssad_lib.data import is_digits
from ssad_lib.errors import SsadError
from ssad_lib.evidence import MODELS
from ssad_lib.spec import RunSpec
from ssad_lib.studies.grid import Budget

TABLE_1 = ("cutout", "flip", "invert", "geom")  # its rows, in its order
UNTRAINED_PREDICTOR = "flip"  # AP needs some augmentation even where nothing is trained
ROTATION = "rotate"  # figures 2 and 9
# Pairs of digits that an augmentation resembles by nature or by chance (section 6.1, appendix F).
DIGIT_CASES = ((6, 9, "rotate"), (0, 3, "cutpaste"))
CASE_BUDGET = ("images_per_class", "test_images_per_class", "epochs", "batch_size", "learning_rate")


def table_1(budget: Budget) -> list[RunSpec]:
    """Return the runs of Table 1, with a no-training and a no-augmentation row per model."""
    runs: list[RunSpec] = []
    for model, plain in MODELS.items():
        if budget.has(model):
            runs += references(budget, plain)
            for name in TABLE_1:
                runs += budget.specs(model, name)
    if budget.has("AP"):
        runs += budget.specs("AP", UNTRAINED_PREDICTOR, untrained=True)
        for name in TABLE_1:
            runs += budget.specs("AP", name)
    return runs


def grid(budget: Budget) -> list[RunSpec]:
    """Return the runs of figures 1, 3, 4 and 10: both models, without and with every augmentation.

    One training serves the controlled and the in-the-wild tasks of its class (METHODS 1.4).
    """
    runs: list[RunSpec] = []
    for model, plain in MODELS.items():
        if budget.has(model):
            runs += references(budget, plain)
            for name in augment.names():
                if name != "identity":
                    runs += budget.specs(model, name)
    return runs


def references(budget: Budget, plain: str) -> list[RunSpec]:
    """Return the runs of the rows that every table has: no training, and no augmentation."""
    return [*budget.specs(plain, untrained=True), *budget.specs(plain)]


def error_bias(budget: Budget) -> list[RunSpec]:
    """Return the runs of figures 2 and 9: both models on one class, without and with Rotate."""
    runs: list[RunSpec] = []
    for model, plain in MODELS.items():
        runs += [*references(budget, plain), *budget.specs(model, ROTATION)]
    return runs


def repairs(budget: Budget) -> list[RunSpec]:
    """Return the runs of the controlled cases of figures 5 and 11: AE, and DAE with aug = gen."""
    runs = references(budget, "AE")
    for name in augment.gens():
        runs += budget.specs("DAE", name)
    return runs


def digit_cases(settings: Mapping[str, Any]) -> list[RunSpec]:
    """Return the runs of the digit cases (`DIGIT_CASES`): AE and DAE with each of `case_seeds`.

    They are trained on ``case_images_per_class`` images for ``case_epochs`` in batches of
    ``case_batch_size`` at ``case_learning_rate``: to turn a digit takes more images, more epochs
    and smaller steps than to fill a hole.
    Image sets that are not digits have none.

    Raises
    ------
    SsadError
        If the settings name no seed.
    """
    if not settings["case_seeds"]:
        raise SsadError("parameter 'case_seeds' is empty: name at least one, such as [0]")
    if not is_digits(settings["image_set"]):
        return []
    longer = {name: settings[f"case_{name}"] for name in CASE_BUDGET}
    runs: list[RunSpec] = []
    for normal_class, _, name in DIGIT_CASES:
        chosen = {"normal_classes": [normal_class], "seeds": settings["case_seeds"]}
        case = Budget.of({**settings, **chosen, **longer})
        runs += [*references(case, "AE"), *case.specs("DAE", name)]
    return runs


def for_chapter(chapter: str, settings: Mapping[str, Any]) -> list[RunSpec]:
    """Return the runs of a chapter under `settings`, without its cases; none if it has none."""
    make = CHAPTERS.get(chapter)
    return make(Budget.of(settings)) if make else []


def cases(chapter: str, settings: Mapping[str, Any]) -> list[RunSpec]:
    """Return the runs of single classes with many seeds that a chapter has beside its grid."""
    make = CASES.get(chapter)
    return make(settings) if make else []


def many_seeds(settings: Mapping[str, Any]) -> list[RunSpec]:
    """Return the runs of `error_bias` for ``case_classes`` and ``case_seeds``."""
    chosen = {"normal_classes": settings["case_classes"], "seeds": settings["case_seeds"]}
    return error_bias(Budget.of({**settings, **chosen}))


CHAPTERS: dict[str, Callable[[Budget], list[RunSpec]]] = {
    "not-magic/table-1": table_1,
    "not-magic/finding-1": grid,
    "not-magic/finding-2": grid,
    "not-magic/observation-1": grid,
    "not-magic/observation-2": error_bias,
    "not-magic/observation-3": repairs,
    "not-magic/observation-4": grid,
    "not-magic/observation-5": grid,
    "not-magic/observation-6": grid,
    "pitfalls/snooping": grid,
    "pitfalls/alignment-validation": grid,
    "reference/deviations": lambda budget: [*grid(budget), *table_1(budget)],
}
CASES: dict[str, Callable[[Mapping[str, Any]], list[RunSpec]]] = {
    "not-magic/observation-3": digit_cases,
    "pitfalls/snooping": many_seeds,
}
