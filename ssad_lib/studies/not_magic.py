"""The studies of paper 000, "Self-supervision is not magic": the grid and units of its Table 1."""

from __future__ import annotations

from collections.abc import Iterable

import pandas as pd

from ssad_lib import augment, paper_values, results, statistics, tasks
from ssad_lib.record import Record
from ssad_lib.spec import RunSpec
from ssad_lib.studies.grid import Budget, label

UNTRAINED = "untrained"
NO_AUGMENTATION = "none"
SEMANTIC = "Semantic"
AUGMENTATIONS = ("cutout", "flip", "invert", "geom")  # rows of Table 1, in its order


def table_1(budget: Budget) -> list[RunSpec]:
    """Return the runs of Table 1's DAE rows, with a no-training and a no-augmentation row."""
    content = budget.data_fingerprint()
    runs = [*budget.specs("AE", content=content, epochs=0), *budget.specs("AE", content=content)]
    for augmentation in AUGMENTATIONS:
        runs += budget.specs("DAE", augmentation, content=content)
    return runs


def row_names() -> list[str]:
    """Return the rows of our Table 1: the two reference rows, then the paper's."""
    return [UNTRAINED, NO_AUGMENTATION, *(augment.get(name).label for name in AUGMENTATIONS)]


def column_names() -> list[str]:
    """Return the columns of Table 1: the gens of the controlled testbed, then Semantic."""
    return [*(augment.get(gen).label for gen in augment.gens()), SEMANTIC]


def units(records: Iterable[Record]) -> pd.DataFrame:
    """Return one AUC per cell of Table 1, normal class and seed.

    Columns: row, column, normal_class, seed, auc. ``Semantic`` is the mean over the in-the-wild
    pairs of the normal class (METHODS 1.2).
    """
    frame = results.table(records)
    frame["row"] = [
        _row(detector, augmentation, epochs)
        for detector, augmentation, epochs in zip(
            frame["detector"], frame["augmentation"], frame["epochs"], strict=True
        )
    ]
    frame["column"] = [
        SEMANTIC if testbed == tasks.IN_THE_WILD else augment.get(anomaly).label
        for testbed, anomaly in zip(frame["testbed"], frame["anomaly"], strict=True)
    ]
    cell = ["row", "column", "normal_class", "seed"]
    return frame.groupby(cell, sort=False)["auc"].mean().reset_index()


def cells(unit_table: pd.DataFrame) -> pd.DataFrame:
    """Return mean AUC, 95 % interval over classes and seeds, and n of every cell of `units`.

    Indexed by row and column in the order of Table 1; columns auc, low, high, n.
    """
    rows = []
    for (row, column), group in unit_table.groupby(["row", "column"], sort=False):
        values = group.pivot_table(index="normal_class", columns="seed", values="auc").to_numpy()
        low, high = statistics.two_stage_interval(values)
        rows.append((row, column, values.mean(), low, high, values.size))
    summary = pd.DataFrame(rows, columns=["row", "column", "auc", "low", "high", "n"])
    order = pd.MultiIndex.from_product([row_names(), column_names()], names=["row", "column"])
    return summary.set_index(["row", "column"]).reindex(order)


def paper_cells(model: str = "DAE") -> pd.DataFrame:
    """Return the AUC printed in Table 1 for one model: rows augmentations, columns gens."""
    printed = paper_values.read("000_table1_auc")
    mine = printed[printed["model"] == model]
    return mine.pivot_table(index="aug", columns="gen", values="value").reindex(
        index=[augment.get(name).label for name in AUGMENTATIONS], columns=column_names()
    )


def budget_label(records: Iterable[Record]) -> str:
    """Return the budget of finished `records` in words, read from their specifications."""
    specs = [record.spec for record in records]
    trained = [dict(spec.detector_options) for spec in specs]
    first = specs[0]
    return label(
        image_set=first.image_set,
        images=first.images_per_class,
        size=first.size,
        width=max(int(str(options["width"])) for options in trained),
        epochs=max(int(str(options["epochs"])) for options in trained),
        batch_size=max(int(str(options["batch_size"])) for options in trained),
        classes=len({spec.normal_class for spec in specs}),
        seeds=len({spec.seed for spec in specs}),
    )


def _row(detector: str, augmentation: str, epochs: int) -> str:
    if epochs == 0:
        return UNTRAINED
    return NO_AUGMENTATION if detector == "AE" else augment.get(augmentation).label
