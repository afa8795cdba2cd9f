"""Observation 3 in numbers, from made-up errors and scores."""

from dataclasses import replace

import pytest

from ssad_lib import claims, metrics
from ssad_lib.errors import SsadError
from ssad_lib.evidence import row_of
from ssad_lib.studies.not_magic import repairs, runs
from tests.claims import worlds
from tests.engine.studies import EVERY_MODEL
from tests.studies.not_magic import made

ALIGNMENT = worlds.alignment().assign(image_set="street-digits")
SETTINGS = {"normal_classes": [0, 6], "seeds": [0]}
CASES = {
    **EVERY_MODEL, **SETTINGS,
    "case_seeds": [0, 1, 2, 3, 4], "case_epochs": 3, "case_batch_size": 8,
    "case_learning_rate": 0.002, "case_images_per_class": 20,
    "case_test_images_per_class": 10,
}  # fmt: skip


def errors(spec, gen):
    """e_id grows with the class; the matched row repairs, the others copy."""
    matched = row_of(spec).lower() == gen
    return 0.01 * (1 + spec.normal_class), 0.05 if matched else 0.02, 0.02 if matched else 0.06


def shift(spec, digit):
    return 1.0 if row_of(spec) in ("Rotate", "CutPaste") and digit in "39" else 0.2


@pytest.fixture(scope="module")
def records():
    return [made.record(spec, shift, errors) for spec in runs.repairs(made.budget(**SETTINGS))]


@pytest.fixture(scope="module")
def digits():
    return [made.record(spec, shift, errors) for spec in runs.digit_cases(CASES)]


@pytest.fixture(scope="module")
def sources(records, digits):
    return {"this run": claims.this_run(records, ALIGNMENT, digits)}


def test_errors_are_means_over_classes(sources):
    table = repairs.errors(sources["this run"])
    assert list(table.loc["CutOut"].index) == ["untrained", "none", "CutOut"]
    assert table["e_id"].to_numpy() == pytest.approx(0.04)  # of 0.01 and 0.07
    assert table.loc[("Invert", "Invert"), "e_inv / e_copy"] == pytest.approx(0.4)
    assert table.loc[("Invert", "none"), "e_inv / e_copy"] == pytest.approx(3)


def test_records_without_measures_have_no_errors():
    old = worlds.world(classes=2)
    assert repairs.errors(old).empty
    with pytest.raises(ValueError, match="there must be one"):
        repairs.class_browser({"old": old})


def test_the_browser_shows_every_class_with_its_rows(sources):
    browser = repairs.class_browser(sources)
    assert list(browser.tables) == ["this run: 0", "this run: 6"]
    shown = browser.tables["this run: 6"]
    assert shown["index"] == ["untrained", "none", "CutOut", "Flip", "Invert"]
    assert shown["texts"][0][0] == "0.0700"
    assert "e_inv, Flip: Flip" in shown["summary"]


def test_digit_cases_stand_beside_the_paper(digits, sources):
    table = repairs.digit_table(sources)
    assert table.loc[("6 against 9", "AUC", "Rotate"), "paper"] == "0.903"
    assert table.loc[("0 against 3", "MMD", "none"), "paper"] == "0.249"
    assert table.loc[("0 against 3", "AUC", "untrained"), "paper"] == "not reported"
    seeds = [
        metrics.auroc_between(r.scores["normal"], r.scores["in-the-wild/3"]) for r in digits
        if r.spec.normal_class == 0 and row_of(r.spec) == "CutPaste"
    ]  # fmt: skip
    said = f"{sum(seeds) / 5:.3f} [{min(seeds):.3f}, {max(seeds):.3f}]"
    assert table.loc[("0 against 3", "AUC", "CutPaste"), "this run"] == said
    mine = sources["this run"].alignment
    mine = mine[(mine["normal_class"] == 6) & (mine["anomaly"] == "9")]
    mmd = mine.loc[mine["augmentation"] == "Rotate", "mmd"]
    said = f"{mmd.mean():.3f} ± {mmd.std():.3f}"
    assert table.loc[("6 against 9", "MMD", "Rotate"), "this run"] == said


def test_gains_are_differences_of_the_seeds(digits):
    table = repairs.digit_gains(digits)
    auc = {
        (row_of(r.spec), r.spec.seed): metrics.auroc_between(r.scores["normal"],
                                                             r.scores["in-the-wild/9"])
        for r in digits if r.spec.normal_class == 6
    }  # fmt: skip
    gains = [auc["Rotate", seed] - auc["none", seed] for seed in range(5)]
    row = table.loc["6 against 9"]
    assert row["gain"] == pytest.approx(sum(gains) / 5)
    assert row["lowest"] == pytest.approx(min(gains))
    assert row["low"] < row["gain"] < row["high"]
    assert row["seeds"] == 5


def test_image_sets_without_digits_have_no_digit_cases(sources):
    cifar = replace(sources["this run"], image_set="cifar10")
    table = repairs.digit_table({"this run": cifar})
    assert list(table.columns) == ["paper"]
    assert "need digits" in repairs.cases_line({**CASES, "image_set": "cifar10"})
    assert runs.digit_cases({**CASES, "image_set": "cifar10"}) == []
    assert "20 images, 3 epochs of batches of 8 at rate 0.002, 5 seeds" in repairs.cases_line(CASES)


def test_the_encoder_is_named(sources):
    chosen = {"encoder": "efficientnet-lite0", "encoder_size": 96}
    line = repairs.encoder_lines(sources, chosen)
    assert "this run: made up" in line
    assert "EfficientNet-Lite0 trained on ImageNet, on images brought to 96×96 pixels" in line


def test_cases_have_their_own_budget_and_the_grid_does_not_see_them(records, digits, sources):
    assert not {r.spec.key for r in records} & {r.spec.key for r in digits}
    evidence = sources["this run"]
    assert set(evidence.tasks["seed"]) == {0}
    assert claims.decide("A19", evidence).parts[0].n == 5
    assert claims.decide("A18", evidence).parts[0].n == 2
    with pytest.raises(SsadError, match="'case_seeds' is empty"):
        runs.digit_cases({**CASES, "case_seeds": []})
