"""The claims A02 to A07, A11 to A13 and A26, on relative AUC (METHODS sections 6.1 and 15)."""

from __future__ import annotations

from collections.abc import Iterable, Sequence

import pandas as pd

from ssad_lib import augment, statistics
from ssad_lib.claims.comparisons import above, below, most_of
from ssad_lib.claims.not_magic.rows import GAIN, controlled, in_the_wild, labels, used
from ssad_lib.claims.rule_book import Finding, Part, any_of, decide
from ssad_lib.evidence import MODELS, Evidence
from ssad_lib.studies.not_magic import relative

NAN = float("nan")
GEOMETRIC = ("Rotate", "Flip", "GEOM")  # those that observation 1 names
MIXED = "SimCLR"


def local_helps(evidence: Evidence) -> Finding:
    """A02: against CutOut anomalies, local augmentations improve DAE over AE."""
    return decide(_help(evidence, "DAE", "cutout", labels("local")), used(evidence, "DAE"))


def color_hurts(evidence: Evidence) -> Finding:
    """A03: against CutOut anomalies, some augmentation that is not local hurts DAE: a color one."""
    hurt = _some_hurt(evidence, "DAE", "cutout", labels("color"), "a color augmentation hurts")
    return decide([hurt], used(evidence, "DAE"))


def color_leads(evidence: Evidence) -> Finding:
    """A04: against Invert anomalies, Invert and Color lead the rows of DeepSAD and improve it."""
    gains = controlled(evidence, "DeepSAD", "invert", labels())
    leaders = labels("color")
    parts = _help(evidence, "DeepSAD", "invert", leaders)
    for row in leaders:
        parts += [
            above(f"DeepSAD, Invert anomalies: {row} over {other}", gains[row] - gains[other],
                  "AUC")
            for other in labels()
            if other not in leaders
        ]  # fmt: skip
    order = list(relative.forest(gains).index)
    place = sorted(order.index(row) + 1 for row in leaders)
    note = f"Color and Invert stand at places {place[0]} and {place[1]} of {len(order)}"
    return decide(parts, used(evidence, "DeepSAD"), note)


def local_hurts(evidence: Evidence) -> Finding:
    """A05: against Invert anomalies, at least one augmentation hurts DeepSAD: a local one."""
    hurt = _some_hurt(evidence, "DeepSAD", "invert", labels("local"), "a local augmentation hurts")
    return decide([hurt], used(evidence, "DeepSAD"))


def other_cells_agree(evidence: Evidence) -> Finding:
    """A06: in the four other cells of model and gen, the matched row helps and some other hurts."""
    parts: list[Part] = []
    for model, gen in (relative.FIGURES[name] for name in ("10a", "10b", "10c", "10d")):
        matched = augment.get(gen)
        others = [label for label in labels() if label not in labels(matched.category)]
        parts += _help(evidence, model, gen, [matched.label])
        parts.append(_some_hurt(evidence, model, gen, others, "another category hurts"))
    return decide(parts, used(evidence, *MODELS))


def categories_agree(evidence: Evidence) -> Finding:
    """A07: augmentations of one category have similar effects (figures 1 and 3)."""
    parts = []
    for model, gen in (relative.FIGURES[name] for name in ("1", "3")):
        effects = relative.forest(controlled(evidence, model, gen, labels()))
        found = statistics.within_category(effects["pseudo_median"], list(effects["category"]))
        what = f"{model}, {augment.get(gen).label} anomalies: mean difference within a category"
        # The unit is the augmentation: the claim is about the thirteen there are.
        parts.append(Part(what, found.statistic, NAN, NAN, "AUC", len(effects),
                          p=found.p_value, p_against=1 - found.p_value))  # fmt: skip
    return decide(parts, used(evidence, *MODELS))


def geometric_helps(evidence: Evidence) -> Finding:
    """A11: in the wild, Rotate, Flip and GEOM improve both models, more than the rest does."""
    parts = []
    for model in MODELS:
        gains = in_the_wild(evidence, model)
        parts += [above(f"{model}: {row} over none", gains[row], "AUC") for row in GEOMETRIC]
        rest = gains[[row for row in labels() if row not in GEOMETRIC]].mean(axis=1)
        named = gains[list(GEOMETRIC)].mean(axis=1)
        what = f"{model}: mean of {', '.join(GEOMETRIC)} over the mean of the others"
        parts.append(above(what, named - rest, "AUC"))
    return decide(parts, used(evidence, *MODELS))


def most_do_not_help(evidence: Evidence) -> Finding:
    """A12: in the wild, most augmentations that are not geometric are insignificant or harmful."""
    parts = []
    for model in MODELS:
        gains = in_the_wild(evidence, model)
        rest = [row for row in labels() if row not in labels("geometric")]
        idle = [below(f"{model}: gain of {row} below {GAIN}", gains[row].dropna(), "AUC", GAIN)
                for row in rest]  # fmt: skip
        parts.append(most_of("most of the other augmentations", idle))
    return decide(parts, used(evidence, *MODELS), f"a gain that matters is {GAIN} AUC or more")


def mixed_beats_local(evidence: Evidence) -> Finding:
    """A13: in the wild, SimCLR beats the local augmentations for DeepSAD, but not for DAE."""
    leads = {}
    for model in MODELS:
        gains = in_the_wild(evidence, model)
        leads[model] = gains[MIXED] - gains[labels("local")].mean(axis=1)
    parts = [
        above("DeepSAD: SimCLR over the mean of the local rows", leads["DeepSAD"].dropna(), "AUC"),
        above("that lead, DeepSAD minus DAE", (leads["DeepSAD"] - leads["DAE"]).dropna(), "AUC"),
    ]
    note = f"DAE: SimCLR leads by {leads['DAE'].mean():+.3f}"
    return decide(parts, used(evidence, *MODELS), note)


def self_supervision_can_hurt(evidence: Evidence) -> Finding:
    """A26: self-supervision can hurt: some augmentation makes either model worse in the wild."""
    parts, shares = [], []
    for model in MODELS:
        gains = in_the_wild(evidence, model)
        hurt = [above(row, -gains[row].dropna(), "AUC lost") for row in labels()]
        parts.append(any_of(f"{model}: an augmentation hurts in the wild", hurt))
        every = evidence.gains(model)["gain"]
        shares.append(f"{model} {(every < 0).mean():.0%}")
    note = f"cells below no augmentation: {', '.join(shares)} (50% if nothing mattered)"
    return decide(parts, used(evidence, *MODELS), note)


def _help(evidence: Evidence, model: str, gen: str, rows: Iterable[str]) -> list[Part]:
    gains = controlled(evidence, model, gen, rows)
    name = augment.get(gen).label
    return [above(f"{model}, {name} anomalies: {row} over none", gains[row].dropna(), "AUC")
            for row in rows]  # fmt: skip


def _some_hurt(evidence: Evidence, model: str, gen: str, among: Sequence[str], what: str) -> Part:
    """Return the part that at least one of `among` has a negative relative AUC."""
    gains: pd.DataFrame = controlled(evidence, model, gen, among)
    hurt = [above(row, -gains[row].dropna(), "AUC lost") for row in among]
    return any_of(f"{model}, {augment.get(gen).label} anomalies: {what}", hurt)


TESTS = {
    "A02": local_helps,
    "A03": color_hurts,
    "A04": color_leads,
    "A05": local_hurts,
    "A06": other_cells_agree,
    "A07": categories_agree,
    "A11": geometric_helps,
    "A12": most_do_not_help,
    "A13": mixed_beats_local,
    "A26": self_supervision_can_hurt,
}
