"""What ST-SSAD learned against what was true, and the way there (paper 001, figures 3a, 3c)."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
import pandas as pd
from matplotlib.axes import Axes
from matplotlib.axis import Axis
from matplotlib.figure import Figure
from matplotlib.ticker import LogLocator, NullFormatter, NullLocator

from ssad_lib.appearance import CATEGORIES, GREY, NARROW
from ssad_lib.figures.drawing import MARKERS, Drawing, panel_axes

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
        figure, axes = panel_axes(len(values), len(values), (4.1, 4.4))
        for axis, name in zip(axes, values, strict=True):
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
            _readable(axis.yaxis)
            _ticks(axis.xaxis, sorted(found[f"true {name}"].unique()))
            _legend_above(axis, f"true {other}", len(forms))
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
        figure, (axis,) = panel_axes(1, 1, (6.4, 4.2))
        for true, (shape, colour) in zip(truths, LOOKS, strict=False):
            mine = found[found[f"true {name}"] == true].assign(log=lambda t: np.log(t["learned"]))
            way = mine.groupby("iteration")["log"].agg(["mean", "std"]).fillna(0.0)
            low, middle, high = (np.exp(way["mean"] + k * way["std"]) for k in (-1, 0, 1))
            axis.plot(way.index, middle, color=colour, marker=shape, markevery=5, label=f"{true:g}")
            axis.fill_between(way.index, low, high, color=colour, alpha=0.2, linewidth=0)
            axis.axhline(true, color=colour, linestyle="dotted", linewidth=1.2)
        axis.set(yscale="log", xlabel="iteration", ylabel=f"learned {name}")
        _readable(axis.yaxis)
        _legend_above(axis, f"true {name} (dotted)", len(truths))
        beside = axis.secondary_yaxis("right")
        _ticks(beside.yaxis, truths)
        beside.spines[:].set_visible(False)
        for label, (_, colour) in zip(beside.get_yticklabels(), LOOKS, strict=False):
            label.set_color(colour)
        return figure

    last = found.sort_values("iteration").groupby([f"true {name}", "seed"])["learned"].last()
    said = ", ".join(f"{true:g} to {last[true].mean():.3g}" for true in truths)
    return Drawing(make, f"Course of the {name} over iterations, by true {name}: {said}.")


def _readable(axis: Axis) -> None:
    """Write the ticks of a logarithmic axis as plain numbers, three in each decade."""
    axis.set_major_locator(LogLocator(subs=(1, 2, 5)))
    axis.set_major_formatter(lambda value, _: f"{value:g}")
    axis.set_minor_formatter(NullFormatter())


def _ticks(axis: Axis, values: Sequence[float]) -> None:
    axis.set_ticks(list(values), [f"{value:g}" for value in values])
    axis.set_minor_locator(NullLocator())


def _legend_above(axis: Axes, title: str, entries: int) -> None:
    in_line = min(entries, 3 if NARROW.get() else 5)
    axis.legend(title=title, loc="lower center", bbox_to_anchor=(0.5, 1.0), ncols=in_line,
                frameon=False, columnspacing=1, handletextpad=0.4)  # fmt: skip


def _spans(found: pd.DataFrame, name: str, other: str) -> pd.DataFrame:
    keys = list(dict.fromkeys([f"true {name}", f"true {other}"]))
    return found.groupby(keys)[name].agg(["median", "min", "max"]).reset_index()


def _apart(place: int, count: int) -> float:
    """Return a factor that keeps points with the same true value beside each other."""
    return float(1.05 ** (place - (count - 1) / 2))
