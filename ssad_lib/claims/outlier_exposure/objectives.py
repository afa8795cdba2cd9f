"""The claims E01 to E05, E15 and E16: which objective, which radial function (METHODS 15)."""

from __future__ import annotations

import pandas as pd

from ssad_lib.claims.comparisons import above, equivalent
from ssad_lib.claims.outlier_exposure import cells
from ssad_lib.claims.outlier_exposure.cells import PHOTOGRAPHS, by_class, difference
from ssad_lib.claims.rule_book import Finding, Part, decide
from ssad_lib.evidence import Evidence, NotRunError
from ssad_lib.studies.outlier_exposure.methods import usual
from ssad_lib.studies.outlier_exposure.runs import RADIAL

SELF_SUPERVISED = "GT+"  # with outliers; printed, never re-run
SAME = 0.005  # AUC: two values of γ within it count as the same
MATCHES = 0.01  # AUC: one method less than this below another keeps up with it
IMAGENET = "imagenet30"


def classifier_is_ahead(evidence: Evidence) -> Finding:
    """E01: on CIFAR-10 with many outliers, BCE is at least as good as HSC."""
    return _ahead(cells.of(evidence, PHOTOGRAPHS), "BCE", "HSC")


def hypersphere_beats_deep_sad(evidence: Evidence) -> Finding:
    """E02: HSC is better than DSAD with the same outliers."""
    return _ahead(cells.of(evidence), "HSC", "DSAD")


def classifier_is_competitive(evidence: Evidence) -> Finding:
    """E03: BCE keeps up with GT+ with outliers; only the paper's own numbers have both."""
    runs = cells.of(evidence, PHOTOGRAPHS)
    table = by_class(runs)
    if SELF_SUPERVISED not in table:
        raise NotRunError("GT+ with outliers is not re-run, so nothing of ours compares with it")
    lead = difference(table, "BCE", SELF_SUPERVISED)
    part = above(f"BCE minus GT+ with outliers, above −{MATCHES}", lead, "AUC", -MATCHES)
    wins = f"BCE is higher in {(lead > 0).sum()} of {len(lead)} classes, by {lead.mean():+.3f}"
    higher = above("", lead, "AUC").p
    note = f"{wins} on average; that it is higher over classes has p = {higher:.2f}"
    return decide([part], _of_methods(runs, "BCE", SELF_SUPERVISED), note)


def focus_does_not_matter(evidence: Evidence) -> Finding:
    """E04: the AUC of Focal does not depend on γ; γ = 0 is BCE."""
    runs = cells.of(evidence)
    runs = runs[runs["method"] == "Focal"]
    if runs.empty:
        raise NotRunError("no runs of Focal")
    table = by_class(runs, "gamma")
    plain, *others = cells.values(table, "Focal", "gamma")
    if plain:
        raise NotRunError("no runs of Focal with γ = 0")
    parts = [
        equivalent(f"Focal, γ = {gamma:g} minus γ = 0, within ±{SAME}",
                   difference(table, ("Focal", gamma), ("Focal", plain)), "AUC", SAME)
        for gamma in others
    ]  # fmt: skip
    return decide(parts, cells.behind(runs, table, "gamma"))


def order_on_imagenet(evidence: Evidence) -> Finding:
    """E05: on ImageNet-30, BCE is better than HSC and HSC better than DSAD."""
    runs = evidence.exposed
    if runs.empty or set(runs["image_set"]) != {IMAGENET}:
        raise NotRunError(
            "ImageNet-30 and ImageNet-22K need a licence; Tiny ImageNet, under the same protocol, "
            "decides nothing about them"
        )
    table = by_class(runs)
    parts = [
        above(f"{better} minus {worse}", difference(table, better, worse), "AUC")
        for better, worse in (("BCE", "HSC"), ("HSC", "DSAD"))
    ]
    note = "the order of the classes of DSAD is inferred; GT+ is printed as a mean alone"
    return decide(parts, runs, note)


def pseudo_huber_is_best(evidence: Evidence) -> Finding:
    """E15: with augmentation the pseudo-Huber function is better than the other three."""
    runs, table = _radial(evidence)
    *others, best = RADIAL
    parts = [
        above(f"{best} minus {other}, augmented",
              difference(table, ("HSC", best, True), ("HSC", other, True)), "AUC")
        for other in others
    ]  # fmt: skip
    return decide(parts, runs[runs["augmented"]])


def augmentation_helps(evidence: Evidence) -> Finding:
    """E16: augmentation helps HSC with every radial function."""
    runs, table = _radial(evidence)
    parts = [
        above(f"{name}: with minus without augmentation",
              difference(table, ("HSC", name, True), ("HSC", name, False)), "AUC")
        for name in RADIAL
    ]  # fmt: skip
    return decide(parts, runs)


def _radial(evidence: Evidence) -> tuple[pd.DataFrame, pd.DataFrame]:
    """Return the runs of HSC by radial function and augmentation, and their AUC by class."""
    runs = cells.of(evidence, PHOTOGRAPHS)
    runs = runs[(runs["method"] == "HSC") & (runs["outliers"] != "")]
    varied = ("radial", "augmented")
    chosen = usual(runs, varied)
    if chosen["radial"].nunique() < len(RADIAL):
        raise NotRunError("no runs of HSC with all four radial functions")
    table = by_class(chosen, *varied)
    return cells.behind(chosen, table, *varied), table


def _ahead(runs: pd.DataFrame, better: str, worse: str) -> Finding:
    """Return the finding that one method has the higher AUC, all outliers given to both."""
    what = f"{better} minus {worse}"
    part: Part = above(what, difference(by_class(runs), better, worse), "AUC")
    return decide([part], _of_methods(runs, better, worse))


def _of_methods(runs: pd.DataFrame, *methods: str) -> pd.DataFrame:
    chosen = usual(runs)
    return chosen[chosen["method"].isin(methods)]


TESTS = {
    "E01": classifier_is_ahead,
    "E02": hypersphere_beats_deep_sad,
    "E03": classifier_is_competitive,
    "E04": focus_does_not_matter,
    "E05": order_on_imagenet,
    "E15": pseudo_huber_is_best,
    "E16": augmentation_helps,
}
