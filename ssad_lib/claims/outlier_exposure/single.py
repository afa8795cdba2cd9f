"""The claims E11 and E17, about one class and about points: seeds are the units (METHODS 15)."""

from __future__ import annotations

import pandas as pd

from ssad_lib.claims.comparisons import above, share
from ssad_lib.claims.outlier_exposure import cells
from ssad_lib.claims.rule_book import Finding, decide
from ssad_lib.evidence import Evidence, NotRunError
from ssad_lib.studies.outlier_exposure.methods import DSVDD
from ssad_lib.studies.outlier_exposure.toy import SKEWED

METHOD = "BCE"
HARDLY_WORSE = 0.02  # AUC: the named class may be so much worse than one at random
RELEASED = "sigmoid"  # what the network of the released code ends in
NAMED, RANDOM, NONE = "named", "random", "none"
OUR_UNITS = "seeds are the units"


def one_class_suffices(evidence: Evidence) -> Finding:
    """E11: one normal class against one unrelated class gives a competitive detector."""
    runs = cells.of(evidence)
    chosen = _case(runs)
    table = chosen.pivot_table(index="seed", columns="learned from", values="auc")
    if lacking := {NAMED, RANDOM, NONE} - set(table):
        raise NotRunError(f"no runs with outliers of this kind: {', '.join(sorted(lacking))}")
    table = table.dropna()
    named = next(name for name in chosen["named"] if name)
    parts = [
        above(f"{METHOD}: outliers '{named}' minus one class at random, above −{HARDLY_WORSE}",
              table[NAMED] - table[RANDOM], "AUC", -HARDLY_WORSE),
        above(f"{METHOD}: outliers '{named}' minus none (DSVDD)",
              table[NAMED] - table[NONE], "AUC"),
    ]  # fmt: skip
    means = ", ".join(f"{name} {table[name].mean():.3f}" for name in (NAMED, RANDOM, NONE))
    return decide(parts, chosen, f"{OUR_UNITS}: it is about one class; mean AUC: {means}")


def regions_end(evidence: Evidence) -> Finding:
    """E17: with skewed outliers BCE's normal region is unbounded and it fails, HSC's is compact."""
    borders = evidence.borders
    if borders.empty:
        raise NotRunError("no borders of points were measured")
    skewed = borders[borders["outliers"] == SKEWED]
    released = skewed[skewed["activation"] == RELEASED]
    ends = released.pivot_table(index="seed", columns="method", values="bounded", aggfunc="first")
    auc = released.pivot_table(index="seed", columns="method", values="auc")
    count = len(ends)
    parts = [
        share("share of seeds whose region of BCE does not end, above one half",
              int((~ends["BCE"].astype(bool)).sum()), count, 0.5),
        share("share of seeds whose region of HSC ends, above one half",
              int(ends["HSC"].astype(bool).sum()), count, 0.5),
        above("HSC minus BCE", auc["HSC"] - auc["BCE"], "AUC"),
    ]  # fmt: skip
    return decide(parts, released, f"{OUR_UNITS}; {_linear(skewed)}")


def _case(runs: pd.DataFrame) -> pd.DataFrame:
    """Return the runs of the class that has outliers by name, and what each learned from.

    Raises
    ------
    NotRunError
        If no outlier class was chosen by name.
    """
    named = runs[(runs["named"] != "") & (runs["method"] == METHOD)]
    if named.empty:
        raise NotRunError("no runs against one outlier class by name")
    where = named[["image_set", "normal_class"]].drop_duplicates()
    if len(where) > 1:
        raise NotRunError("several normal classes have outliers by name")
    mine = runs.merge(where)
    mine = mine[mine["augmented"] == named["augmented"].max()]
    single = (mine["named"] == "") & (mine["classes"] == 1) & (mine["method"] == METHOD)
    kinds = {
        NAMED: (mine["named"] != "") & (mine["method"] == METHOD),
        RANDOM: single,
        NONE: mine["method"] == DSVDD,
    }
    return pd.concat([mine[rows].assign(**{"learned from": kind}) for kind, rows in kinds.items()])


def _linear(skewed: pd.DataFrame) -> str:
    """Return in words what the network without the sigmoid does."""
    linear = skewed[skewed["activation"] != RELEASED]
    told = [
        f"{mine['bounded'].sum()} of {len(mine)} of {method}"
        for method, mine in linear.groupby("method")
    ]
    return f"without the sigmoid the regions end in {' and '.join(told)}"


TESTS = {
    "E11": one_class_suffices,
    "E17": regions_end,
}
