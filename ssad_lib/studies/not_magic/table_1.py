"""Table 1 of paper 000: its cells, and what the page shows of them."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import replace

import numpy as np
import pandas as pd
from torch import Tensor

from ssad_lib import augment, data, paper_values, statistics, tasks
from ssad_lib.evidence import CLUSTER, NO_AUGMENTATION, UNIT, UNTRAINED, tidy
from ssad_lib.record import Record
from ssad_lib.studies.grid import Budget
from ssad_lib.studies.not_magic.runs import TABLE_1
from ssad_lib.widgets import TableBrowser

SEMANTIC = "Semantic"
EXAMPLES = 8
CELL = ["model", "row", "column", *UNIT]


def row_names() -> list[str]:
    """Return the rows of our Table 1: the two reference rows, then the paper's."""
    return [UNTRAINED, NO_AUGMENTATION, *(augment.get(name).label for name in TABLE_1)]


def column_names() -> list[str]:
    """Return the columns of Table 1: the gens of the controlled testbed, then Semantic."""
    return [*(augment.get(gen).label for gen in augment.gens()), SEMANTIC]


def heat_map_panels(model: str, unit_tables: Mapping[str, pd.DataFrame]) -> dict[str, pd.DataFrame]:
    """Return the mean AUC of one model, rows by columns: the paper's, then each of ours."""
    panels = {"paper": paper_cells(model)}
    for name, unit_table in unit_tables.items():
        if model in set(unit_table["model"]):
            summary = cells(unit_table, model)["auc"].unstack("column")
            panels[name] = summary.reindex(row_names())[column_names()].dropna(how="all")
    return panels


def units(task_table: pd.DataFrame) -> pd.DataFrame:
    """Return one AUC per model, cell of Table 1, normal class and seed.

    Columns: model, row, column, image_set, normal_class, seed, auc. ``Semantic`` is the mean over
    the in-the-wild pairs of the normal class (METHODS 1.2). `task_table` is that of
    `ssad_lib.evidence.tidy`.
    """
    frame = task_table[task_table["row"].isin(row_names())].copy()
    frame["column"] = [
        SEMANTIC if testbed == tasks.IN_THE_WILD else augment.get(anomaly).label
        for testbed, anomaly in zip(frame["testbed"], frame["anomaly"], strict=True)
    ]
    return frame.groupby(CELL, sort=False)["auc"].mean().reset_index()


def cells(unit_table: pd.DataFrame, model: str) -> pd.DataFrame:
    """Return mean AUC, 95 % interval over classes and seeds, and n of every cell of one model.

    Indexed by row and column in the order of Table 1; columns auc, low, high, n; NaN where the
    model has no such row (AP has no version without augmentation).
    """
    rows = []
    mine = unit_table[unit_table["model"] == model]
    for (row, column), group in mine.groupby(["row", "column"], sort=False):
        values = group.pivot_table(index=CLUSTER, columns="seed", values="auc").to_numpy()
        low, high = statistics.two_stage_interval(values)
        rows.append((row, column, values.mean(), low, high, values.size))
    summary = pd.DataFrame(rows, columns=["row", "column", "auc", "low", "high", "n"])
    order = pd.MultiIndex.from_product([row_names(), column_names()], names=["row", "column"])
    return summary.set_index(["row", "column"]).reindex(order)


def paper_cells(model: str) -> pd.DataFrame:
    """Return the AUC printed in Table 1 for one model: rows augmentations, columns gens."""
    printed = paper_values.read("000_table1_auc")
    mine = printed[printed["model"] == model]
    return mine.pivot_table(index="aug", columns="gen", values="value").reindex(
        index=[augment.get(name).label for name in TABLE_1], columns=column_names()
    )


def side_by_side(paper: pd.DataFrame, ours: Mapping[str, pd.DataFrame]) -> pd.DataFrame:
    """Return Table 1 as text: the paper's value, then ours with its interval, cell by cell.

    Parameters
    ----------
    paper : DataFrame
        From `paper_cells`.
    ours : mapping of str to DataFrame
        Heading of each of our runs and its `cells`.
    """
    index = pd.MultiIndex.from_product(
        [row_names(), column_names()], names=["augmentation", "anomalies"]
    )
    table = pd.DataFrame(index=index)
    table["paper"] = [
        f"{paper.loc[row, column]:.3f}" if row in paper.index else "not reported"
        for row, column in index
    ]
    for heading, summary in ours.items():
        table[heading] = [
            _interval(cell["auc"], cell["low"], cell["high"]) for cell in summary.to_dict("records")
        ]
    return table


def _interval(auc: float, low: float, high: float) -> str:
    return "–" if np.isnan(auc) else f"{auc:.3f} [{low:.3f}, {high:.3f}]"


def beside_printed(unit_table: pd.DataFrame) -> pd.DataFrame:
    """Return our cells beside the printed ones, for `figures.beside_printed`.

    Index model, row, column; columns group (the model), printed, ours, low, high. Cells that were
    not run are left out.
    """
    tables = []
    for model in dict.fromkeys(unit_table["model"]):
        ours = cells(unit_table, str(model)).rename(columns={"auc": "ours"})
        printed = pd.DataFrame({"printed": paper_cells(str(model)).stack()})
        printed.index.names = ours.index.names
        both = ours[["ours", "low", "high"]].join(printed, how="inner").dropna(subset=["ours"])
        tables.append(both.assign(group=model, model=model).set_index("model", append=True))
    together = pd.concat(tables)
    return together.reorder_levels(["model", "row", "column"])


def departures(paper: pd.DataFrame, summary: pd.DataFrame, tolerance: float = 0.05) -> pd.DataFrame:
    """Return the cells whose mean AUC lies further than `tolerance` from the printed one.

    Indexed by augmentation and anomalies; columns paper, ours, difference, within interval
    (whether the paper's value lies in our 95 % interval).
    """
    rows = []
    for cell in summary.reset_index().to_dict("records"):
        row, column = cell["row"], cell["column"]
        printed = float(paper.loc[row, column]) if row in paper.index else np.nan
        if abs(cell["auc"] - printed) > tolerance:
            inside = "yes" if cell["low"] <= printed <= cell["high"] else "no"
            rows.append((row, column, printed, cell["auc"], cell["auc"] - printed, inside))
    names = ["augmentation", "anomalies", "paper", "ours", "difference", "within interval"]
    return pd.DataFrame(rows, columns=names).set_index(names[:2])


def gaps(paper: pd.DataFrame, before: pd.DataFrame, after: pd.DataFrame) -> pd.DataFrame:
    """Return the cells of `departures`, and what they come to in another run.

    Columns are paper, ours, difference, and with longer training ours and difference.
    """
    table = departures(paper, before).drop(columns="within interval")
    longer = [after.loc[cell, "auc"] for cell in table.index]
    return table.assign(**{
        "ours, longer": longer,
        "difference, longer": np.array(longer, np.float64) - table["paper"],
    })  # fmt: skip


def by_budget(records: Iterable[Record], column: str, classes: Sequence[str]) -> pd.DataFrame:
    """Return the AUC in one column of Table 1 by normal class and budget.

    Indexed by augmentation and normal class; one column per width and number of epochs of the
    trained runs, NaN where a class was not run at that budget; only rows with two budgets or more.
    """
    groups: dict[tuple[int, int], list[Record]] = {}
    for record in records:
        width, epochs = int(str(dict(record.spec.detector_options)["width"])), _epochs(record)
        if epochs:
            groups.setdefault((width, epochs), []).append(record)
    budgets = {}
    for (width, epochs), group in sorted(groups.items()):
        values = units(tidy(group))
        chosen = values[values["column"] == column].groupby(["row", "normal_class"])["auc"].mean()
        budgets[f"width {width}, {epochs} epochs"] = chosen
    table = pd.DataFrame(budgets).dropna(thresh=2)
    table.index = pd.MultiIndex.from_tuples(
        [(row, classes[int(normal_class)]) for row, normal_class in table.index],
        names=["augmentation", "normal class"],
    )
    return table


def longest(runs: Iterable[Record], others: Iterable[Record]) -> list[Record]:
    """Return `runs`, each as the one of `others` that was trained longest and is else the same."""
    found = {}
    for record in sorted(others, key=_epochs):
        found[_but_epochs(record)] = record
    return [max(record, found.get(_but_epochs(record), record), key=_epochs) for record in runs]


def _epochs(record: Record) -> int:
    return int(str(dict(record.spec.detector_options)["epochs"]))


def _but_epochs(record: Record) -> tuple[str, bool]:
    """Return what a run shares with those that differ in the epochs alone, and if it has any."""
    options = tuple(one for one in record.spec.detector_options if one[0] != "epochs")
    return replace(record.spec, detector_options=options).key, _epochs(record) > 0


def per_class(unit_table: pd.DataFrame, classes: Sequence[str]) -> dict[str, pd.DataFrame]:
    """Return one table of AUC (mean over seeds) per model and normal class, such as "AP, cat"."""
    tables = {}
    for (model, normal_class), group in unit_table.groupby(["model", "normal_class"], sort=False):
        order = [label for label in row_names() if label in set(group["row"])]
        table = group.pivot_table(index="row", columns="column", values="auc")
        tables[f"{model}, {classes[int(str(normal_class))]}"] = table.reindex(
            index=order, columns=column_names()
        ).rename_axis(index="augmentation")
    return tables


def class_browser(unit_table: pd.DataFrame, classes: Sequence[str]) -> TableBrowser:
    """Return the widget that shows Table 1 for one model and normal class at a time."""
    tables = per_class(unit_table, classes)
    return TableBrowser.from_tables(
        tables,
        label="Model and normal class",
        captions={name: f"AUC of {name}, mean over seeds" for name in tables},
        summaries={name: _best_rows(name, table) for name, table in tables.items()},
        limits=(0.4, 1.0),
    )


def _best_rows(name: str, table: pd.DataFrame) -> str:
    best = ", ".join(f"{column}: {table[column].idxmax()}" for column in table.columns)
    return f"{name}. Best row for each column: {best}."


def controlled_examples(budget: Budget) -> tuple[dict[str, Tensor], str]:
    """Return a few normal test images and their anomalies by each gen, and the alt text."""
    count = budget.test_images_per_class or None
    images = data.load(
        budget.image_set, split="test", images_per_class=count, size=budget.size or None
    )
    normal_class, seed = budget.normal_classes[0], budget.seeds[0]
    rows = {"normal": tasks.normal_images(images, normal_class)[:EXAMPLES]}
    for gen, anomalies in tasks.anomalies(images, normal_class, tasks.CONTROLLED, seed):
        rows[augment.get(gen).label] = anomalies[:EXAMPLES]
    made = ", ".join(list(rows)[1:])
    alt = (
        f"{EXAMPLES} normal test images of {budget.image_set} and, below, the same through {made}."
    )
    return rows, alt
