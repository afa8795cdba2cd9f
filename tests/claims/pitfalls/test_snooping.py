"""Snooping inflates where augmentations differ, and is not more than luck where they do not."""

from dataclasses import replace

import pytest

from ssad_lib import claims
from tests.claims import worlds
from tests.studies.pitfalls.made import evidence, luck, records, with_halves


def differ(row, normal_class, anomaly, seed):
    """Another augmentation is the best for every task; the luck of a training is small."""
    rows = ["Rotate", "GEOM", "CutPaste", "Invert"]
    best = row == rows[(normal_class + anomaly) % 4]
    return luck(0.005)(row, normal_class, anomaly, seed) + 0.1 * best


def both(auc, **more):
    return evidence(auc, models=("DAE", "DeepSAD"), **more)


def with_seeds(auc):
    return replace(both(auc), cases=both(auc, classes=4, seeds=6).tasks)


def test_snooping_inflates_where_augmentations_differ():
    finding = claims.decide("C03", with_seeds(differ))
    assert finding.verdict == claims.SUPPORTED, finding.table()
    assert finding.parts[0].effect == pytest.approx(0.075, abs=0.02)  # best minus mean of four
    assert "of the wins are due to the choice" in finding.note
    assert "no raw scores" in finding.note
    assert finding.keys


def test_luck_alone_is_no_support():
    """Augmentations that do nothing give no more than seeds do."""
    parts = claims.decide("C03", with_seeds(luck(0.05))).parts
    against_seeds = [part for part in parts if "seeds of" in part.what]
    assert against_seeds
    assert any(part.verdict != claims.SUPPORTED for part in against_seeds)
    assert claims.decide("C03", with_seeds(luck(0.05))).verdict != claims.SUPPORTED


def test_no_inflation_contradicts():
    same = claims.decide("C03", both(lambda row, *task: luck(0.0005)("all", *task)))
    assert same.parts[0].effect < 0.01
    assert same.verdict == claims.CONTRADICTED


def test_what_does_not_repeat_is_a_part_where_there_are_raw_scores():
    made = with_halves(records(lambda row, digit: 0.5 + 0.5 * (row == "geom"), classes=range(6)))
    doubled = replace(made, tasks=made.tasks.assign(model="DeepSAD"))
    joined = replace(
        made,
        tasks=type(made.tasks)(
            {name: [*made.tasks[name], *doubled.tasks[name]] for name in made.tasks}
        ),
    )
    parts = {part.what: part for part in claims.decide("C03", joined).parts}
    repeated = parts["DAE: AUC on the half that chose minus the other half"]
    assert repeated.effect > 0.02
    assert repeated.n == 6
    assert repeated.verdict == claims.SUPPORTED


def test_one_class_is_not_enough():
    one = both(differ)
    one = replace(one, tasks=one.tasks[one.tasks["normal_class"] == 0])
    assert claims.decide("C03", one).verdict == claims.NOT_RUN


def moved(model, row, anomaly):
    level = 0.03 * int(anomaly) if anomaly.isdigit() else 0.0
    return level + (0.2 - level * 1.2 if row == "Rotate" else 0.0)


def said(finding):
    """What the parts say, in words that can be compared where an interval is missing."""
    return [repr(part) for part in finding.parts]


def test_bias_is_both_tests_of_the_other_paper():
    made = worlds.world(moved, classes=1, seeds=5, noise=0.001)
    finding = claims.decide("C04", made)
    assert finding.verdict == claims.SUPPORTED
    older = [claims.decide(claim, made) for claim in ("A16", "A17")]
    assert said(finding) == [line for found in older for line in said(found)]
    assert finding.keys == tuple(sorted({key for found in older for key in found.keys}))


def test_bias_of_one_model_says_which_is_missing():
    made = worlds.world(moved, classes=1, seeds=5, noise=0.001)
    only = replace(made, tasks=made.tasks[made.tasks["model"] != "DeepSAD"])
    finding = claims.decide("C04", only)
    assert finding.note == "without DeepSAD"
    assert said(finding) == said(claims.decide("A17", only))
