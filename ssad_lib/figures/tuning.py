"""What ST-SSAD learned against what was true, and the way there (paper 001, figures 3a, 3c)."""

from __future__ import annotations

from collections.abc import Sequence

import matplotlib.pyplot as plt
import numpy as np
import pandas as pd
from matplotlib.figure import Figure

from ssad_lib.appearance import CATEGORIES, GREY
from ssad_lib.figures.drawing import MARKERS, Drawing

# The colours of the categories keep their contrast on light and dark pages.
LOOKS = [(MARKERS[mark.shape], mark.colour) for mark in CATEGORIES.values()]


def learned_against_true(found: pd.DataFrame, values: Sequence[str]) -> Drawing:
    """Draw learned hyper-parameters over true ones, a panel each; logarithmic, the diagonal dotted.

    Points are medians over seeds, bars reach from the lowest to the highest seed.

    Parameters
    ----------
    found : DataFrame
        One row per task and seed: anomaly, and for each value its column and ``true <value>``.
    values : sequence of str
    """

    def make() -> Figure:
        figure, axes = plt.subplots(
            1, len(values), figsize=(4.1 * len(values), 3.8), squeeze=False, layout="constrained"
        )
        for axis, name in zip(axes.flat, values, strict=True):
            other = next(value for value in values if value != name) if len(values) > 1 else name
            table = _spans(found, name, other)
            forms = sorted(table[f"true {other}"].unique())
            for place, (form, (shape, colour)) in enumerate(zip(forms, LOOKS, strict=False)):
                rows = table[table[f"true {other}"] == form]
                axis.errorbar(
                    rows[f"true {name}"] * _apart(place, len(forms)), rows["median"],
                    yerr=[rows["median"] - rows["min"], rows["max"] - rows["median"]],
                    fmt=shape, color=colour, markersize=6, linewidth=1.2, label=f"{form:g}",
                )  # fmt: skip
            ends = [found[f"true {name}"].min(), found[f"true {name}"].max()]
            axis.plot(ends, ends, color=GREY, linestyle="dotted")
            axis.set(xscale="log", yscale="log", xlabel=f"true {name}", ylabel=f"learned {name}")
            axis.legend(title=f"true {other}", fontsize="small", title_fontsize="small")
        return figure

    said = ". ".join(
        f"{name}: "
        + ", ".join(
            f"{true:g} learned as {rows[name].median():.3g}"
            for true, rows in found.groupby(f"true {name}")
        )
        for name in values
    )
    return Drawing(make, f"Learned over true hyper-parameters; medians. {said}.")


def trajectories(found: pd.DataFrame, name: str) -> Drawing:
    """Draw how a hyper-parameter went, mean and standard deviation over seeds, true values dotted.

    Parameters
    ----------
    found : DataFrame
        Columns ``true <name>``, seed, iteration, learned.
    name : str
        Such as ``"size"``.
    """
    truths = sorted(found[f"true {name}"].unique())

    def make() -> Figure:
        figure, axis = plt.subplots(figsize=(6.4, 3.8), layout="constrained")
        for true, (shape, colour) in zip(truths, LOOKS, strict=False):
            mine = found[found[f"true {name}"] == true].assign(log=lambda t: np.log(t["learned"]))
            way = mine.groupby("iteration")["log"].agg(["mean", "std"]).fillna(0.0)
            low, middle, high = (np.exp(way["mean"] + k * way["std"]) for k in (-1, 0, 1))
            axis.plot(way.index, middle, color=colour, marker=shape, markevery=5, label=f"{true:g}")
            axis.fill_between(way.index, low, high, color=colour, alpha=0.2, linewidth=0)
            axis.axhline(true, color=colour, linestyle="dotted", linewidth=1.2)
        axis.set(yscale="log", xlabel="iteration", ylabel=f"{name}")
        axis.legend(title=f"true {name}", fontsize="small", loc="center left",
                    bbox_to_anchor=(1, 0.5))  # fmt: skip
        return figure

    last = found.sort_values("iteration").groupby([f"true {name}", "seed"])["learned"].last()
    said = ", ".join(f"{true:g} to {last[true].mean():.3g}" for true in truths)
    return Drawing(make, f"Course of the {name} over iterations, by true {name}: {said}.")


def _spans(found: pd.DataFrame, name: str, other: str) -> pd.DataFrame:
    keys = list(dict.fromkeys([f"true {name}", f"true {other}"]))
    return found.groupby(keys)[name].agg(["median", "min", "max"]).reset_index()


def _apart(place: int, count: int) -> float:
    """Return a factor that keeps points with the same true value beside each other."""
    return float(1.05 ** (place - (count - 1) / 2))
