"""The benchmark of training: its cases, what is scored in each, the medians that are quoted."""

import pytest
import torch

from ssad_lib.bench import training
from ssad_lib.bench.cases import Case, Moment, Variant, measure
from ssad_lib.bench.training import EPOCHS, QUICK, RELEASED, medians


def test_quick_cases_run_and_hold_ours_against_the_released_design(monkeypatch):
    monkeypatch.setattr(training.augment, "names", lambda: ["flip"])
    threads = torch.get_num_threads()
    try:
        torch.set_num_threads(1)
        found = []
        for case in training.cases(quick=True):
            found.append(case.name)
            for variant in case.variants:
                variant.call()
            if case.name in {"flip, training", "flip, run of 256 epochs", "flip, run of 10 epochs"}:
                assert case.variants[0].name == "ours, 1 runs at once"
                assert case.variants[-1].name == RELEASED
                assert {variant.amount for variant in case.variants} == {QUICK.train}
    finally:
        torch.set_num_threads(threads)
    assert found[:2] == ["flip, training", "flip, run of 256 epochs"]
    assert found[2:4] == ["flip, one run alone", "flip, run of 10 epochs"]


def test_without_a_data_root_random_images_are_used_and_the_case_says_so(monkeypatch):
    monkeypatch.delenv("SSAD_DATA", raising=False)
    case = next(training.cases(quick=False))
    assert case.note.startswith("No data root: random images")
    assert case.name == "identity, training"


def timed(name, ratio):
    """A measured case whose released variant took `ratio` seconds for each of ours."""
    now = [0.0]

    def takes(seconds):
        def call():
            now[0] += seconds

        return call

    variants = (
        Variant("ours", takes(1.0), 5000),
        Variant("ours, otherwise", takes(99.0), 5000),
        Variant(RELEASED, takes(ratio), 5000),
    )
    case = Case(name, "images", variants, repetitions=2, shortest=0)
    return measure(case, Moment("", 0.0, ""), clock=lambda: now[0])


def test_medians_are_over_the_augmentations_that_were_measured():
    measured = [
        timed("flip, training", 4.0),
        timed("rotate, training", 5.0),
        timed("blur, training", 9.0),
        timed(f"flip, run of {EPOCHS} epochs", 8.0),
        timed(f"rotate, run of {EPOCHS} epochs", 9.0),
        timed("flip, run of 10 epochs", 1.0),
        timed("autoencoder, width 64, steps of 1,024", 1.0),
    ]
    assert medians(measured) == pytest.approx({"training": 5.0, "whole run": 8.5})
