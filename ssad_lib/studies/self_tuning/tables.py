"""Tables 1 and 2 of paper 001: AUC by task and method, ST-SSAD against every other column."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import Any

import pandas as pd

from ssad_lib import paper_values, statistics
from ssad_lib.studies.self_tuning.methods import TASK, TUNED
from ssad_lib.studies.self_tuning.runs import ABLATIONS, UNTRAINED

PLAIN = ("AE", "D-SVDD")
RANDOM_PATCHES = ("RS-CO", "RD-CO", "RS-CP", "RD-CP", "RS-CD", "RD-CD")
RANDOM_TURNS = ("RS-RO", "RD-RO")
VARIANTS = tuple(name for name in ABLATIONS if name != TUNED)
ORDER = (UNTRAINED, *PLAIN, *RANDOM_PATCHES, *RANDOM_TURNS, TUNED, *VARIANTS)
FORMATS: dict[str, str | Callable[[Any], str]] = {
    "gain": "{:+.3f}",
    "low": "{:+.3f}",
    "high": "{:+.3f}",
    "p": "{:.2g}",
    "p, every task": "{:.2g}",
    "p, every seed": "{:.2g}",
    "paper": "{:.4f}",
}
SHORTFALL: dict[str, str | Callable[[Any], str]] = {
    "lost by the choice": "{:+.3f}",
    "lost by tuning": "{:+.3f}",
}


def by_task(tuned: pd.DataFrame) -> pd.DataFrame:
    """Return mean AUC over seeds: tasks by methods, in the paper's order; tasks that all have."""
    table = tuned.pivot_table(index=TASK, columns="method", values="auc")
    return table[[name for name in ORDER if name in table]].dropna()


def shown(tuned: pd.DataFrame, classes: Sequence[str] = ()) -> pd.DataFrame:
    """Return `by_task` with one name per task and a last row of means.

    `classes` names the normal classes, where they are not all "good".
    """
    table = by_task(tuned)
    names = [
        f"{classes[normal] if classes else image_set.split(':')[-1]}, {anomaly}"
        for image_set, normal, anomaly in table.index
    ]
    table = table.set_axis(pd.Index(names, name="task"))
    return pd.concat([table, table.mean().to_frame("mean").T.rename_axis("task")])


def against(tuned: pd.DataFrame, table: str) -> pd.DataFrame:
    """Return ST-SSAD against every other method: gain, its interval, p-values, the paper's p.

    The signed-rank test takes surfaces or normal digits as units (means over tasks and seeds),
    whose networks are trained independently. ``p, every task`` takes tasks, ``p, every seed`` every
    pair of task and seed, as the paper does, although they share networks.

    Parameters
    ----------
    tuned : DataFrame
    table : {"Table 1", "Table 2"}
        Of the paper, whose p-values are shown.
    """
    printed = paper_values.read("001_pvalues")
    known = printed[printed["table"] == table].set_index("compared_method")["value"]
    tasks = by_task(tuned)
    units = tasks.groupby(level=TASK[:2]).mean()
    pairs = tuned.pivot_table(index=[*TASK, "seed"], columns="method", values="auc")
    rows = {}
    for name in tasks:
        if name != TUNED and TUNED in tasks:
            test, task, seed = (
                _signed_rank((auc[TUNED] - auc[name]).dropna()) for auc in (units, tasks, pairs)
            )
            rows[name] = {
                "gain": test.pseudo_median, "low": test.low, "high": test.high, "n": len(units),
                "p": test.p_value, "p, every task": task.p_value, "p, every seed": seed.p_value,
                "paper": known.get(name),
            }  # fmt: skip
    columns = ["gain", "low", "high", "n", "p", "p, every task", "p, every seed", "paper"]
    return pd.DataFrame(rows, index=columns).T.rename_axis("ST-SSAD minus")


def paper_table(name: str) -> pd.DataFrame:
    """Return a printed table as `shown` lays it out, e.g. of ``"001_table1_mvtec_auc"``."""
    printed = paper_values.read(name)
    first = "object" if "object" in printed else "normal_digit"
    second = "anomaly" if "anomaly" in printed else "anomaly_digit"
    task = printed[first].astype(str) + ", " + printed[second].astype(str)
    table = printed.assign(task=task).pivot_table(
        index="task", columns="method", values="value", sort=False
    )
    table = table[[name for name in ORDER if name in table]]
    return pd.concat([table, table.mean().to_frame("mean").T.rename_axis("task")])


def beside_printed(tuned: pd.DataFrame, name: str) -> pd.DataFrame:
    """Return our AUC beside that of the cells of a printed table, for `figures.beside_printed`.

    Only tasks of the same name are compared: kinds of defect of the same object, or digits.

    Returns
    -------
    DataFrame
        Index task and method; columns group, printed, ours (mean over seeds), low and high (the
        lowest and the highest seed).
    """
    printed = paper_values.read(name)
    of_objects = "object" in printed
    first, second = ("object", "anomaly") if of_objects else ("normal_digit", "anomaly_digit")
    known = printed.assign(task=_named(printed[first], printed[second]))
    owner = tuned["image_set"].str.split(":").str[-1] if of_objects else tuned["normal_class"]
    mine = tuned.assign(task=_named(owner, tuned["anomaly"]))
    seeds = mine.groupby(["task", "method", "seed"])["auc"].mean().groupby(["task", "method"])
    ours = seeds.agg(["mean", "min", "max"]).set_axis(["ours", "low", "high"], axis=1)
    values = known.set_index(["task", "method"])["value"].rename("printed")
    both = ours.join(values, how="inner")
    return both.assign(group=[_group(method) for _, method in both.index])


def _named(owner: pd.Series, anomaly: pd.Series) -> pd.Series:
    """Return a name for each task, the same whether words are joined by spaces or not."""
    names: pd.Series = owner.astype(str) + ", " + anomaly.astype(str)
    return names.str.lower().str.replace("_", " ")


def _group(method: str) -> str:
    if method == TUNED:
        return TUNED
    if method in VARIANTS:
        return "its variants"
    return "without augmentation" if method in PLAIN else "drawn at random"


def learned(tuned: pd.DataFrame, values: Sequence[str]) -> pd.DataFrame:
    """Return what ST-SSAD learned, by task: median of each value over seeds, and the AUC.

    Beside them ``best start`` and ``mean of starts``: AUC of the start that the labels would
    choose, and of one at random, where the records know.
    """
    mine = tuned[tuned["method"] == TUNED]
    starts = [name for name in mine if str(name).startswith("auc_init_")]
    columns = {name: mine.groupby(TASK)[name].median() for name in values}
    columns["AUC"] = mine.groupby(TASK)["auc"].mean()
    if starts:
        each = mine[starts]
        columns["mean of starts"] = each.mean(axis=1).groupby([mine[name] for name in TASK]).mean()
        columns["best start"] = each.max(axis=1).groupby([mine[name] for name in TASK]).mean()
    table = pd.DataFrame(columns)
    return table.set_axis(_task_names(table.index), axis=0)


def _task_names(tasks: pd.Index) -> pd.Index:
    alike = {normal for _, normal, _ in tasks} == {0}  # as on every surface: "good"
    names = [
        f"{surface.split(':')[-1]}{'' if alike else f' {normal}'}, {other}"
        for surface, normal, other in tasks
    ]
    return pd.Index(names, name="task")


def shortfall(tuned: pd.DataFrame) -> pd.DataFrame:
    """Return where ST-SSAD loses against the best random augmentation: choice, or tuning.

    Mean AUC over seeds; a row per task and their mean. ``best random`` is the highest of the RS and
    RD columns, an oracle; ``best start`` is what ST-SSAD would reach if labels chose the start.
    ``lost by the choice`` is best start minus ST-SSAD, ``lost by tuning`` best random minus best
    start.
    """
    means = by_task(tuned)
    random = means[[name for name in means if name in RANDOM_PATCHES + RANDOM_TURNS]].max(axis=1)
    mine = tuned[tuned["method"] == TUNED]
    best = mine[[name for name in mine if str(name).startswith("auc_init_")]].max(axis=1)
    best = best.groupby([mine[name] for name in TASK]).mean().reindex(means.index)
    table = pd.DataFrame(
        {
            "best random": random,
            "ST-SSAD": means[TUNED],
            "best start": best,
            "lost by the choice": best - means[TUNED],
            "lost by tuning": random - best,
        }
    )
    table = table.set_axis(_task_names(table.index), axis=0)
    return pd.concat([table, table.mean().to_frame("mean").T.rename_axis("task")])


def starts(tuned: pd.DataFrame, value: str) -> pd.DataFrame:
    """Return what each start of ST-SSAD and its variants learned, by method, task and seed.

    Columns ``start 1``, ..., and ``taken``, the number of the start that was taken.
    """
    mine = tuned[tuned["method"].isin(list(ABLATIONS))]
    names = [str(name) for name in mine if str(name).startswith(f"{value}_")]
    table = mine.set_index(["method", "anomaly", "seed"])[[*names, "chosen_init"]]
    table = table.set_axis(
        [f"start {place + 1}" for place in range(len(names))] + ["taken"], axis=1
    )
    return table.assign(taken=(table["taken"] + 1).astype(int)).round(0).astype(int).sort_index()


def wins(tuned: pd.DataFrame) -> pd.DataFrame:
    """Return in how many tasks of a surface or digit each method has the highest AUC.

    Rows are surfaces or digits, columns the methods of the main part of a table; on a tie the
    first of them wins, ST-SSAD being the last.
    """
    main = by_task(tuned).drop(columns=[UNTRAINED, *VARIANTS], errors="ignore")
    best = [[int(name == winner) for name in main] for winner in main.idxmax(axis=1)]
    table = pd.DataFrame(best, index=main.index, columns=main.columns)
    return table.groupby(level=TASK[:2]).sum()


def best_counts(tuned: pd.DataFrame) -> pd.Series[int]:
    """Return in how many tasks each method of the main part of a table has the highest AUC."""
    return wins(tuned).sum()


def _signed_rank(values: pd.Series[float]) -> statistics.SignedRank:
    if not values.any():
        nan = float("nan")
        return statistics.SignedRank(0.0, nan, nan, 1.0, len(values), False, 0.0)
    return statistics.signed_rank(values.to_numpy())
