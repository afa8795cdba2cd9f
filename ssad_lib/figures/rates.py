"""Measured error rates of the rules of the book: how often each errs, what it finds."""

from __future__ import annotations

import matplotlib.pyplot as plt
import pandas as pd
from matplotlib.figure import Figure

from ssad_lib.appearance import BLUE, GREY, NARROW, ORANGE
from ssad_lib.figures.drawing import Drawing, titled

LIMIT = 0.05
ERRORS = {  # column: words, colour, shape
    "false_support": ("says supported", BLUE, "o"),
    "false_contradiction": ("says contradicted", ORANGE, "s"),
}


def rule_rates(rates: pd.DataFrame) -> Drawing:
    """Draw errors and power of every rule, a point for each source.

    Parameters
    ----------
    rates : DataFrame
        Index claim and source; columns false_support, false_contradiction and power, shares.
    """
    claims = sorted(set(rates.index.get_level_values("claim")))
    place = rates.index.get_level_values("claim").map(claims.index)

    def make() -> Figure:
        rows, columns, width = (2, 1, 4.2) if NARROW.get() else (1, 2, 8.5)
        height = rows * (1 + 0.2 * len(claims))
        figure, (errors, power) = plt.subplots(
            rows, columns, figsize=(width, height), layout="constrained", sharey=rows == 1
        )
        for column, (words, colour, shape) in ERRORS.items():
            errors.scatter(rates[column], place, color=colour, marker=shape, s=18, alpha=0.7,
                           label=words)  # fmt: skip
        errors.axvline(LIMIT, color=GREY, linestyle=":")
        errors.set(xlim=(-0.004, max(0.1, rates[list(ERRORS)].to_numpy().max() * 1.1)),
                   xlabel="share of worlds at the edge of the claim")  # fmt: skip
        errors.legend(loc="lower right", frameon=False)
        power.scatter(rates["power"], place, color=GREY, marker="D", s=18, alpha=0.7)
        power.set(xlim=(-0.03, 1.03), xlabel="share of worlds with the effect: supported")
        for axis, title in ((errors, "errors (dotted: 5 %)"), (power, "power")):
            titled(axis, title)
            axis.set_yticks(range(len(claims)), claims)
            axis.set_ylim(len(claims) - 0.5, -0.5)
            axis.grid(axis="y", linewidth=0.4, alpha=0.5)
        return figure

    worst = {}
    for column, (words, *_) in ERRORS.items():
        claim = claims[place[int(rates[column].to_numpy().argmax())]]
        worst[words] = f"{words} in at most {rates[column].max():.1%} ({claim})"
    found = rates["power"].dropna()
    said = (
        f"Error rates of {len(claims)} rules: {'; '.join(worst.values())}. Power: "
        f"{(found >= 0.8).sum()} of {len(found)} rules on their sources find the effect in 80 % or "
        "more of the worlds."
    )
    return Drawing(make, said)
