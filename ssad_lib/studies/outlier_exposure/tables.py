"""Tables 1 to 6 and the curves of paper 003, from the runs of its chapters."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

import numpy as np
import pandas as pd

from ssad_lib import paper_values, statistics
from ssad_lib.studies.outlier_exposure.methods import (
    CLUSTER,
    DSVDD,
    HSC_ALONE,
    UNTRAINED,
    usual,
)
from ssad_lib.studies.outlier_exposure.runs import BOTH, METHODS, RADIAL

PLAIN = "{}, not augmented"
ROWS = (UNTRAINED, DSVDD, HSC_ALONE, *map(PLAIN.format, BOTH), *METHODS)
PRINTED = {DSVDD: "DSVDD*", "GT+ (no outliers)": "GT+* (no OE)", "GT+": "GT+* (OE)"}
VARIED = ["method", "images", "classes", "blur", "radial", "gamma", "augmented"]
EVERY = "all"  # how 0 outliers, or classes, is written: the whole set
PERCENT = 100
GAPS = dict.fromkeys(("difference", "BCE minus HSC", "low", "high"), "{:+.3f}")


def labelled(runs: pd.DataFrame) -> pd.DataFrame:
    """Return the runs of Table 1 with a column ``row``: the method, and if it was not augmented.

    Where a study augments nothing, no row says so.
    """
    some = bool(runs["augmented"].any())
    names = [
        PLAIN.format(method) if some and method in BOTH and not augmented else method
        for method, augmented in zip(runs["method"], runs["augmented"], strict=True)
    ]
    return runs.assign(row=names)


def balanced(runs: pd.DataFrame) -> pd.DataFrame:
    """Return the runs of a grid: no outliers by name, every class with every cell and seed.

    The single case of appendix B has more seeds, of one normal class that may not be the grid's.
    """
    mine = runs[runs["named"] == ""]
    cells = mine[["normal_class", *VARIED]].drop_duplicates()["normal_class"].value_counts()
    mine = mine[mine["normal_class"].isin(cells.index[cells == cells.max()])]
    classes = mine.groupby("seed")["normal_class"].nunique()
    return mine[mine["seed"].isin(classes.index[classes == mine["normal_class"].nunique()])]


def means(runs: pd.DataFrame, by: Sequence[str]) -> pd.DataFrame:
    """Return mean AUC, its 95 % interval over classes and seeds, and n, by the columns `by`.

    Columns: those of `by`, auc, low, high, n (normal classes).
    """
    rows = []
    for cell, group in runs.groupby(list(by), sort=False, dropna=False):
        values = group.pivot_table(index=CLUSTER, columns="seed", values="auc").to_numpy()
        # A class or a seed that a cell lacks would count as nothing.
        complete = values[~np.isnan(values).any(axis=1)]
        low, high = statistics.two_stage_interval(complete) if len(complete) else (np.nan, np.nan)
        mean = complete.mean() if len(complete) else np.nan
        rows.append((*cell, mean, low, high, len(complete)))
    return pd.DataFrame(rows, columns=[*by, "auc", "low", "high", "n"])


def table_1(sources: Mapping[str, pd.DataFrame], printed: str = "Table 1") -> pd.DataFrame:
    """Return Table 1 as text: the printed mean AUC, then ours with its interval, by source.

    Parameters
    ----------
    sources : mapping of str to DataFrame
        Name and runs (`ssad_lib.studies.outlier_exposure.methods.table`) of each source.
    printed : {"Table 1", "Table 2"}
    """
    known = paper_means(printed)
    ours = {name: means(labelled(runs), ["row"]).set_index("row") for name, runs in sources.items()}
    present = [row for row in ROWS if any(row in table.index for table in ours.values())]
    order = [*present, *(row for row in known.index if row not in present)]
    table = pd.DataFrame(index=pd.Index(order, name="method"))
    table["paper"] = [
        f"{known[row]:.3f}" if row in known.index else "not reported" for row in order
    ]
    for name, summary in ours.items():
        table[name] = [_interval(summary, row) for row in order]
    return table


def paper_means(table: str) -> pd.Series[float]:
    """Return the printed mean AUC by method, of Table 1 or 2, in [0, 1]."""
    printed = paper_values.read("003_table1_table2_means")
    mine = printed[printed["table"] == table].set_index("method")["value"] / PERCENT
    names = {theirs: ours for ours, theirs in PRINTED.items()}
    return mine.rename(index=lambda name: names.get(name, name.replace("*", ", from literature")))


def by_class(runs: pd.DataFrame, classes: Sequence[str]) -> pd.DataFrame:
    """Return the AUC (mean over seeds) by normal class and row of Table 1, and their means."""
    table = labelled(runs).pivot_table(index="normal_class", columns="row", values="auc")
    table = table[[row for row in ROWS if row in table]].set_axis(
        pd.Index([classes[int(label)] for label in table.index], name="normal class")
    )
    return pd.concat([table, table.mean().to_frame("mean").T.rename_axis("normal class")])


def paper_classes() -> pd.DataFrame:
    """Return Table 4 as printed, in [0, 1]: normal classes by method, and their means."""
    printed = paper_values.read("003_table4_cifar10_classes")
    return _by_class(printed, "class", sort=False)


def paper_imagenet() -> dict[str, pd.DataFrame]:
    """Return Table 6, in [0, 1]: as printed, and with the order of two columns as inferred.

    The columns of DSAD and Focal are printed in another order of the classes than their names
    (METHODS 14); the second table is our inference, and no number of the paper.
    """
    printed = paper_values.read("003_table6_imagenet_classes")
    inferred = paper_values.read("003_table6_relabelled_inferred")
    return {
        "as printed": _by_class(printed, "class", sort=True),
        "order inferred": _by_class(inferred, "class_inferred", sort=True),
    }


def _by_class(printed: pd.DataFrame, column: str, *, sort: bool) -> pd.DataFrame:
    kept = printed[~printed[column].str.lower().str.startswith("mean")]
    table = kept.pivot_table(index=column, columns="method", values="value", sort=sort)
    return (table / PERCENT).rename_axis(index="normal class")


def curve(runs: pd.DataFrame, by: str) -> pd.DataFrame:
    """Return the curves of a figure: mean AUC of each method over the values of the column `by`.

    Columns: method, x (the value as text; 0 of a number is `EVERY`, last), auc, low, high, n.
    """
    mine = balanced(runs)
    mine = mine[mine["method"].isin(BOTH)]
    found = means(mine, ["method", by])
    whole = found[by].eq(0) & (by in ("images", "classes"))
    order = found[by].where(~whole, np.inf)
    found = found.assign(x=[_said(v, w) for v, w in zip(found[by], whole, strict=True)])
    ordered = found.assign(order=order).sort_values(["method", "order"], kind="stable")
    return ordered.drop(columns=[by, "order"]).reset_index(drop=True)


def swept(
    sources: Mapping[str, pd.DataFrame], by: str
) -> tuple[dict[str, pd.DataFrame], dict[str, float]]:
    """Return the curves over the column `by` of all sources that vary it, and their AUC without.

    Everything else is as usual (`ssad_lib.studies.outlier_exposure.methods.usual`).
    """
    chosen = {name: usual(runs, [by]) for name, runs in sources.items() if len(runs)}
    varied = {name: runs for name, runs in chosen.items() if runs[by].nunique() > 1}
    curves = {name: curve(runs, by) for name, runs in varied.items()}
    return curves, {name: reference(usual(sources[name])) for name in curves}


def every_gap(sources: Mapping[str, pd.DataFrame], by: str) -> dict[str, pd.DataFrame]:
    """Return `gaps` of all sources that vary the column `by`."""
    curves, _ = swept(sources, by)
    return {name: gaps(usual(sources[name], [by]), by) for name in curves}


def with_every_radial(sources: Mapping[str, pd.DataFrame]) -> dict[str, pd.DataFrame]:
    """Return the runs of all sources that have HSC with every radial function."""
    return {
        name: usual(runs, ["radial", "augmented"])
        for name, runs in sources.items()
        if len(runs) and set(RADIAL) <= set(runs["radial"])
    }


def _said(value: float, whole: bool) -> str:
    return EVERY if whole else f"{value:g}"


def gaps(runs: pd.DataFrame, by: str) -> pd.DataFrame:
    """Return BCE minus HSC over the values of `by`: mean, interval, and where BCE is higher.

    Indexed by the value as text; columns gain, low, high (pseudo-median and interval of the
    signed-rank test over normal classes), BCE higher in, of.
    """
    table = balanced(runs).pivot_table(index=CLUSTER, columns=["method", by], values="auc")
    rows = {}
    for x in dict.fromkeys(curve(runs, by)["x"]):
        value = 0.0 if x == EVERY else float(x)
        rows[x] = _paired(table["BCE"][value] - table["HSC"][value])
    names = ["BCE minus HSC", "low", "high", "BCE higher in", "of"]
    return pd.DataFrame(rows, index=names).T.rename_axis(by).astype({names[3]: int, "of": int})


def pairs(runs: pd.DataFrame, chosen: Sequence[tuple[str, str]]) -> pd.DataFrame:
    """Return paired differences of two rows of Table 1 over normal classes, as `pairs_of`."""
    mine = labelled(balanced(runs))
    return pairs_of(mine.pivot_table(index=CLUSTER, columns="row", values="auc"), chosen)


def pairs_of(by_class: pd.DataFrame, chosen: Sequence[tuple[str, str]]) -> pd.DataFrame:
    """Return how much higher the first of two columns is than the second, over normal classes.

    Columns difference, low, high (of the signed-rank test), higher in, of. Pairs with a column that
    the table lacks are left out.
    """
    rows = {
        f"{first} minus {second}": _paired(by_class[first] - by_class[second])
        for first, second in chosen
        if first in by_class and second in by_class
    }
    names = ["difference", "low", "high", "higher in", "of"]
    table = pd.DataFrame(rows, index=names).T
    return table.astype({"higher in": int, "of": int})


def radial_pairs(runs: pd.DataFrame) -> pd.DataFrame:
    """Return what Table 3 compares: the pseudo-Huber function with the others, and augmentation."""
    mine = balanced(runs)
    mine = mine[(mine["method"] == "HSC") & (mine["outliers"] != "")]
    words = np.where(mine["augmented"], ", augmented", "")
    table = mine.assign(row=mine["radial"] + words).pivot_table(
        index=CLUSTER, columns="row", values="auc"
    )
    best, *others = RADIAL[::-1]
    chosen = [(f"{best}, augmented", f"{other}, augmented") for other in others]
    return pairs_of(table, [*chosen, *((f"{name}, augmented", name) for name in RADIAL)])


def _paired(differences: pd.Series[float]) -> tuple[float, float, float, int, int]:
    known = differences.dropna()
    middle, low, high = 0.0, np.nan, np.nan
    if (known != 0).any():
        test = statistics.signed_rank(known.to_numpy(), alternative="two-sided")
        middle, low, high = test.pseudo_median, test.low, test.high
    return middle, low, high, int((known > 0).sum()), len(known)


def reference(runs: pd.DataFrame, method: str = DSVDD) -> float:
    """Return the mean AUC of a method that a figure draws as a line, NaN if it was not run."""
    mine = balanced(runs)
    return float(mine.loc[mine["method"] == method, "auc"].mean())


def table_3(runs: pd.DataFrame) -> pd.DataFrame:
    """Return Table 3 as text, the printed mean AUC beside ours: h by augmentation."""
    printed = paper_values.read("003_table3_hsc_radial")
    known = printed.set_index(["h", "data_augmentation"])["value"] / PERCENT
    mine = runs[(runs["method"] == "HSC") & (runs["outliers"] != "")]
    ours = means(mine, ["radial", "augmented"]).set_index(["radial", "augmented"])
    rows: dict[str, dict[str, str]] = {}
    for radial in RADIAL:
        rows[radial] = {}
        for augmented, word in ((False, "without"), (True, "with")):
            rows[radial][f"paper, {word}"] = f"{known[radial, word]:.3f}"
            rows[radial][f"ours, {word}"] = _interval(ours, (radial, augmented))
    return pd.DataFrame(rows).T.rename_axis("h")


def gammas(runs: pd.DataFrame) -> pd.DataFrame:
    """Return figure 7: mean AUC of Focal by γ; columns method, x, auc, low, high, n."""
    mine = runs[runs["method"] == "Focal"].sort_values("gamma")
    return means(mine, ["method", "gamma"]).assign(x=lambda t: [f"{v:g}" for v in t["gamma"]])


def single_case(runs: pd.DataFrame) -> pd.DataFrame:
    """Return the single case of appendix B: one outlier class by name beside one at random.

    Indexed by what was learned from; columns mean, lowest, highest AUC over seeds, and seeds.
    """
    named = runs[runs["named"] != ""]
    case = runs[runs["normal_class"].isin(named["normal_class"].unique())]
    rows = {}
    for method in BOTH:
        mine = case[case["method"] == method]
        for label, chosen in (
            (f"{method}, outliers '{next(iter(named['named']), '')}'", mine[mine["named"] != ""]),
            (
                f"{method}, one class at random",
                mine[(mine["named"] == "") & (mine["classes"] == 1)],
            ),
        ):
            rows[label] = _summary(chosen["auc"])
    rows["no outliers (DSVDD)"] = _summary(case.loc[case["method"] == DSVDD, "auc"])
    names = ["mean", "lowest", "highest", "seeds"]
    return pd.DataFrame(rows, index=names).T.rename_axis("learned from")


def _summary(auc: pd.Series[float]) -> tuple[float, float, float, int]:
    return auc.mean(), auc.min(), auc.max(), len(auc)


def _interval(summary: pd.DataFrame, row: object) -> str:
    if row not in summary.index:
        return "–"
    cell = summary.loc[row]  # type: ignore[call-overload]
    return f"{cell['auc']:.3f} [{cell['low']:.3f}, {cell['high']:.3f}]"
