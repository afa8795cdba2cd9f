"""Snooping inflates where half of the labels mislead; errors move where types gain and lose."""

from dataclasses import replace

import numpy as np
import pandas as pd
import pytest

from ssad_lib import claims
from ssad_lib.evidence import TASK
from ssad_lib.studies.pitfalls.controls import HALF
from tests.claims import worlds
from tests.studies.pitfalls.made import ROWS, evidence, luck, records, with_halves


def both(auc, **more):
    return evidence(auc, models=("DAE", "DeepSAD"), **more)


def halved(auc, noise, *, classes=8, splits=5):
    """Evidence and its halves: `auc(row, ...)`, and `noise` that each half has anew."""
    made = both(auc, classes=classes)
    random = np.random.default_rng(0)
    trained = made.tasks[made.tasks["row"].isin([*ROWS, "none"])]
    rows = [
        (model, row, *task, split, *(value + noise * random.normal(size=2)))
        for model, row, *task, value in trained[["model", "row", *TASK, "auc"]].to_numpy()
        for split in range(splits)
    ]
    return replace(made, halves=pd.DataFrame(rows, columns=HALF))


def rotate_leads(row, *task):
    return 0.9 if row == "Rotate" else 0.7


def alike(row, *task):
    return 0.7


def test_supported_where_what_is_best_on_one_half_loses_on_the_other():
    finding = claims.decide("C03", halved(alike, 0.03))
    assert finding.verdict == claims.SUPPORTED, finding.table()
    assert [part.n for part in finding.parts] == [8, 8]  # normal classes, not their 56 tasks
    assert finding.quoted.effect == pytest.approx(2 * 0.03 / 2**0.5, abs=0.02)
    assert "DAE: the best of 4 for each task lies +0.000 over the mean" in finding.note
    assert finding.keys


def test_contradicted_where_the_best_is_the_best_on_both_halves():
    """Labels then find what really helps: the mean would call that an inflation of 0.15 AUC."""
    finding = claims.decide("C03", halved(rotate_leads, 0.001))
    assert finding.verdict == claims.CONTRADICTED, finding.table()
    assert "lies +0.150 over the mean" in finding.note
    assert "due to the choice" in finding.note


def test_not_decided_by_few_classes():
    finding = claims.decide("C03", halved(alike, 0.03, classes=4))
    assert finding.verdict == claims.UNDECIDABLE


def test_neither_where_the_loss_is_about_what_matters():
    def tell(noise):
        return claims.decide("C03", halved(luck(0.005), noise)).verdict

    assert {tell(noise) for noise in (0.009, 0.01, 0.011)} >= {claims.INCONCLUSIVE}


def test_raw_scores_of_real_records_are_split():
    made = with_halves(records(lambda row, digit: 0.5 + 0.5 * (row == "geom"), classes=range(6)))
    finding = claims.decide("C03", made)
    (part,) = finding.parts
    assert (part.n, part.verdict) == (6, claims.SUPPORTED)
    assert "no raw scores of DeepSAD" in finding.note


def test_without_raw_scores_it_is_not_run():
    finding = claims.decide("C03", both(alike))
    assert finding.verdict == claims.NOT_RUN
    assert finding.note.startswith("no raw scores")


def moved(model, row, anomaly):
    """Rotate raises the types that were low and lowers those that were high."""
    level = 0.03 * int(anomaly) if anomaly.isdigit() else 0.0
    return level + (0.2 - level * 1.2 if row == "Rotate" else 0.0)


def lowered(model, row, anomaly):
    """All errors rise: nothing moves from one type to another."""
    return -0.1 if row == "Rotate" else 0.0


def moving(effect, seeds=6, noise=0.001):
    return worlds.world(effect, classes=1, seeds=seeds, noise=noise)


def test_errors_that_fall_and_rise_support():
    finding = claims.decide("C04", moving(moved))
    assert finding.verdict == claims.SUPPORTED, finding.table()
    assert [part.what.split(": ")[1] for part in finding.parts] == [
        "a type of anomalies gains", "a type of anomalies loses",
    ] * 2  # fmt: skip
    assert {part.n for part in finding.parts} == {6}  # seeds
    assert finding.keys


def test_the_mean_over_types_may_fall():
    """The claim says that errors move, not that they fall on the whole."""

    def mostly_lowered(model, row, anomaly):
        return (0.1 if anomaly == "1" else -0.2) * (row == "Rotate")

    assert claims.decide("C04", moving(mostly_lowered)).verdict == claims.SUPPORTED


def test_errors_that_only_rise_contradict():
    assert claims.decide("C04", moving(lowered, seeds=8)).verdict == claims.CONTRADICTED


def test_errors_that_stay_are_neither():
    verdicts = [
        claims.decide("C04", moving(worlds.no_effect, seeds, noise=0.01)).verdict
        for seeds in (6, 7, 8, 9)
    ]
    assert set(verdicts) == {claims.INCONCLUSIVE}


def test_few_seeds_do_not_decide():
    assert claims.decide("C04", moving(moved, seeds=4)).verdict == claims.UNDECIDABLE


def test_bias_of_one_model_says_which_is_missing():
    made = moving(moved)
    only = replace(made, tasks=made.tasks[made.tasks["model"] != "DeepSAD"])
    finding = claims.decide("C04", only)
    assert finding.verdict == claims.SUPPORTED
    assert finding.note == "seeds are the units; no runs of DeepSAD with Rotate and without"
