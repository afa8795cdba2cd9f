"""The claims of paper 003 (METHODS section 15)."""

from __future__ import annotations

from collections.abc import Callable

from ssad_lib.claims.outlier_exposure import objectives, single, sweeps
from ssad_lib.claims.rule_book import Finding
from ssad_lib.evidence import Evidence

TESTS: dict[str, Callable[[Evidence], Finding]] = {
    "E01": objectives.classifier_is_ahead,
    "E02": objectives.hypersphere_beats_deep_sad,
    "E03": objectives.classifier_is_competitive,
    "E04": objectives.focus_does_not_matter,
    "E05": objectives.order_on_imagenet,
    "E06": sweeps.few_match_none,
    "E07": sweeps.more_outliers_help,
    "E08": sweeps.curves_cross,
    "E09": sweeps.more_classes_help,
    "E10": sweeps.hypersphere_leads_on_digits,
    "E11": single.one_class_suffices,
    "E12": sweeps.blur_ruins,
    "E13": sweeps.hypersphere_bears_blur,
    "E14": sweeps.hypersphere_leads_on_blurred_digits,
    "E15": objectives.pseudo_huber_is_best,
    "E16": objectives.augmentation_helps,
    "E17": single.regions_end,
    "E18": sweeps.digits_are_different,
}

__all__ = ["TESTS"]
