"""The claims A02 to A07, A11 to A13 and A26, on relative AUC (METHODS sections 6.1 and 15)."""

from __future__ import annotations

from collections.abc import Iterable

import numpy as np
import pandas as pd

from ssad_lib import augment, statistics
from ssad_lib.claims.finding import (
    CONTRADICTED,
    INCONCLUSIVE,
    LEVEL,
    SUPPORTED,
    Finding,
    NotRunError,
    Part,
    all_of,
    between,
    greater,
    verdict,
)
from ssad_lib.evidence import MODELS, NO_AUGMENTATION, UNTRAINED, Evidence
from ssad_lib.studies.not_magic import relative

NAN = float("nan")
GEOMETRIC = ("Rotate", "Flip", "GEOM")  # those that observation 1 names
MIXED = "SimCLR"
LARGE_SHARE = 0.25  # of cells below no augmentation: what we take "large" to mean in A26


def labels(*categories: str) -> list[str]:
    """Return the labels of all augmentations (of some categories, if given), Identity apart."""
    every = [augment.get(name) for name in augment.names() if name != "identity"]
    return [a.label for a in every if not categories or a.category in categories]


def local_helps(evidence: Evidence) -> Finding:
    """A02: against CutOut anomalies, local augmentations improve DAE over AE."""
    return _helps(evidence, "DAE", "cutout", labels("local"))


def color_hurts(evidence: Evidence) -> Finding:
    """A03: against CutOut anomalies, some augmentation that is not local hurts DAE: a color one."""
    others = [label for label in labels() if label not in labels("local")]
    return _some_hurt(evidence, "DAE", "cutout", others, labels("color"))


def color_leads(evidence: Evidence) -> Finding:
    """A04: against Invert anomalies, Invert and Color lead the rows of DeepSAD and improve it."""
    differences = _controlled(evidence, "DeepSAD", "invert", labels())
    parts = greater({f"DeepSAD, Invert anomalies: {row}": differences[row].dropna()
                     for row in labels("color")})  # fmt: skip
    order = list(relative.forest(differences).index)
    leads = set(order[:2]) == set(labels("color"))
    place = [order.index(row) + 1 for row in labels("color")]
    note = f"Color and Invert stand at places {min(place)} and {max(place)} of {len(order)}"
    found = all_of(parts, _tasks(evidence, "DeepSAD"), note)
    if found.verdict == SUPPORTED and not leads:
        return Finding(INCONCLUSIVE, found.parts, found.keys, note)
    return found


def local_hurts(evidence: Evidence) -> Finding:
    """A05: against Invert anomalies, at least one augmentation hurts DeepSAD: a local one."""
    others = [label for label in labels() if label not in labels("color")]
    return _some_hurt(evidence, "DeepSAD", "invert", others, labels("local"))


def other_cells_agree(evidence: Evidence) -> Finding:
    """A06: in the four other cells of model and gen, the matched row helps and some other hurts."""
    parts: list[Part] = []
    for model, gen in (relative.FIGURES[name] for name in ("10a", "10b", "10c", "10d")):
        matched = augment.get(gen)
        others = [label for label in labels() if label not in labels(matched.category)]
        parts += _helps(evidence, model, gen, [matched.label]).parts
        parts += _some_hurt(evidence, model, gen, others, others).parts[:1]
    used = pd.concat([_tasks(evidence, model) for model in MODELS])
    return all_of(parts, used)


def categories_agree(evidence: Evidence) -> Finding:
    """A07: augmentations of one category have similar effects (figures 1 and 3)."""
    parts = []
    for model, gen in (relative.FIGURES[name] for name in ("1", "3")):
        effects = relative.forest(_controlled(evidence, model, gen, labels()))
        found = statistics.within_category(effects["pseudo_median"], list(effects["category"]))
        p = min(1.0, 2 * found.p_value)
        # As far apart as 95 % of the shuffled labels have them: the opposite of the claim.
        answer = SUPPORTED if p < LEVEL else INCONCLUSIVE
        if found.p_value > 1 - LEVEL / 2:
            answer = CONTRADICTED
        what = f"{model}, {augment.get(gen).label} anomalies: mean difference within a category"
        parts.append(Part(what, found.statistic, NAN, NAN, len(effects), p, answer))
    return all_of(parts, pd.concat([_tasks(evidence, model) for model in MODELS]))


def geometric_helps(evidence: Evidence) -> Finding:
    """A11: in the wild, Rotate, Flip and GEOM improve both models, more than the rest does."""
    comparisons, ranks = {}, []
    for model in MODELS:
        differences = _wild(evidence, model)
        for row in GEOMETRIC:
            comparisons[f"{model}: {row}, by normal class"] = differences[row].dropna()
        effects = relative.forest(differences)["pseudo_median"]
        named = ["named" if row in GEOMETRIC else "rest" for row in effects.index]
        up = statistics.category_rank(effects, named, "named")
        down = statistics.category_rank(effects, named, "named", "less")
        p, p_worse = min(1.0, 2 * up.p_value), min(1.0, 2 * down.p_value)
        ranks.append(
            Part(
                f"{model}: mean rank of {', '.join(GEOMETRIC)} above the rest",
                up.statistic, NAN, NAN, len(effects), p, verdict(up.statistic, p, p_worse),
            )
        )  # fmt: skip
    tasks = pd.concat([_tasks(evidence, model) for model in MODELS])
    return all_of([*greater(comparisons), *ranks], tasks)


def most_do_not_help(evidence: Evidence) -> Finding:
    """A12: in the wild, most augmentations that are not geometric are insignificant or harmful."""
    parts = []
    for model in MODELS:
        table = relative.forest(_wild(evidence, model))
        rest = table[table["category"] != "geometric"]
        idle = int((rest["p_value"] >= LEVEL).sum())
        low, high = statistics.binomial_interval(idle, len(rest))
        share = idle / len(rest)
        answer = SUPPORTED if share > 0.5 else CONTRADICTED if share < 0.5 else INCONCLUSIVE
        what = f"{model}: share of the other augmentations with p ≥ {LEVEL}"
        parts.append(Part(what, share, low, high, len(rest), NAN, answer))
    tasks = pd.concat([_tasks(evidence, model) for model in MODELS])
    return all_of(parts, tasks, "a count over rows; p by normal class, not adjusted")


def mixed_beats_local(evidence: Evidence) -> Finding:
    """A13: in the wild, SimCLR beats the local augmentations for DeepSAD, but not for DAE."""
    tests = {}
    for model in MODELS:
        differences = _wild(evidence, model)
        tests[model] = differences[MIXED] - differences[labels("local")].mean(axis=1)
    (sad,) = greater({"DeepSAD: SimCLR over the mean of the local rows": tests["DeepSAD"].dropna()})
    (dae,) = greater({"DAE: SimCLR over the mean of the local rows": tests["DAE"].dropna()})
    # For DAE the claim is that there is no such gain: significant gain contradicts it.
    turned = {SUPPORTED: CONTRADICTED, CONTRADICTED: SUPPORTED, INCONCLUSIVE: SUPPORTED}
    dae = Part(f"not {dae.what}", dae.effect, dae.low, dae.high, dae.n, dae.p, turned[dae.verdict])
    return all_of([sad, dae], pd.concat([_tasks(evidence, model) for model in MODELS]))


def self_supervision_can_hurt(evidence: Evidence) -> Finding:
    """A26: a large share of tasks is solved worse with an augmentation than without any."""
    parts = []
    for model in MODELS:
        need_rows(evidence, model, labels())
        gains = evidence.gains(model)
        below = (
            gains.assign(below=gains["gain"] < 0)
            .groupby("normal_class")["below"]
            .mean()
            .to_numpy(np.float64)
        )
        if len(below) < 2:
            raise NotRunError("fewer than two normal classes")
        what = f"{model}: share of (augmentation, task) cells below no augmentation"
        interval = statistics.bootstrap_interval(below)
        part = between(what, float(below.mean()), interval, (LARGE_SHARE, 1.0), len(below))
        table = relative.forest(_wild(evidence, model))
        harmful = int((table["p_value"] > 1 - LEVEL).sum())
        parts.append(part)
        answer = SUPPORTED if harmful else INCONCLUSIVE
        said = f"{model}: rows in the wild that hurt (p > {1 - LEVEL})"
        parts.append(Part(said, harmful, NAN, NAN, len(table), NAN, answer))
    tasks = pd.concat([_tasks(evidence, model) for model in MODELS])
    return all_of(parts, tasks, f"'large' is taken to mean above {LARGE_SHARE:.0%}")


def _helps(evidence: Evidence, model: str, gen: str, rows: Iterable[str]) -> Finding:
    differences = _controlled(evidence, model, gen, rows)
    name = augment.get(gen).label
    parts = greater({f"{model}, {name} anomalies: {row}": differences[row].dropna()
                     for row in rows})  # fmt: skip
    return all_of(parts, _tasks(evidence, model))


def _some_hurt(
    evidence: Evidence, model: str, gen: str, others: list[str], among: list[str]
) -> Finding:
    """Test that one of `among` hurts, Holm over all `others` (which include them)."""
    differences = _controlled(evidence, model, gen, others)
    name = augment.get(gen).label
    hurts = dict(zip(others, greater({row: -differences[row].dropna() for row in others}),
                     strict=True))  # fmt: skip
    worst = min(among, key=lambda row: (hurts[row].p, -hurts[row].effect))
    part = hurts[worst]
    # That one row hurts is only contradicted if every candidate helps.
    helped = all(hurts[row].verdict == CONTRADICTED for row in among)
    answer = part.verdict if part.verdict == SUPPORTED else INCONCLUSIVE
    shown = Part(
        f"{model}, {name} anomalies: {worst} hurts most of {', '.join(among)}"
        if len(among) < len(others)
        else f"{model}, {name} anomalies: {worst} hurts most of the other categories",
        -part.effect, -part.high, -part.low, part.n, part.p,
        CONTRADICTED if helped else answer,
    )  # fmt: skip
    count = sum(part.verdict == SUPPORTED for part in hurts.values())
    note = f"{count} of {len(others)} rows hurt with an adjusted p below {LEVEL}"
    return all_of([shown], _tasks(evidence, model), note)


def need_rows(evidence: Evidence, model: str, rows: Iterable[str]) -> None:
    """Raise `NotRunError` unless `model` was run without augmentation and with each of `rows`."""
    there = set(evidence.of(model)["row"])
    if lacking := [row for row in (NO_AUGMENTATION, *rows) if row not in there]:
        raise NotRunError(f"no runs of {model} with {', '.join(lacking)}")


def _controlled(evidence: Evidence, model: str, gen: str, rows: Iterable[str]) -> pd.DataFrame:
    need_rows(evidence, model, rows)
    return relative.controlled(evidence, model, gen)


def _wild(evidence: Evidence, model: str) -> pd.DataFrame:
    need_rows(evidence, model, labels())
    return relative.in_the_wild(evidence, model, clustered=True)


def _tasks(evidence: Evidence, model: str) -> pd.DataFrame:
    tasks = evidence.of(model)
    return tasks[tasks["row"] != UNTRAINED]
