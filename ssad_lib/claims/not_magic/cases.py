"""The claims A16, A17, A19 and A20, on single classes and pairs with many seeds (METHODS 15).

Each is about one normal class, so that its seeds are the units.
"""

from __future__ import annotations

from ssad_lib import augment
from ssad_lib.claims.comparisons import above, any_above
from ssad_lib.claims.rule_book import Finding, decide
from ssad_lib.data import is_digits
from ssad_lib.evidence import NO_AUGMENTATION, Evidence, NotRunError
from ssad_lib.studies.not_magic import error_bias
from ssad_lib.studies.not_magic.runs import DIGIT_CASES, ROTATION
from ssad_lib.tasks import IN_THE_WILD

# Figures 2 and 9, normal class airplane: what Rotate raises, and what it lowers.
RAISED, LOWERED = ("bird",), ("automobile", "truck")
LEAST_SEEDS = 2


def sad_errors_move(evidence: Evidence) -> Finding:
    """A16: Rotate moves DeepSAD's errors between anomaly types."""
    return _errors_move(evidence, "DeepSAD")


def dae_errors_move(evidence: Evidence) -> Finding:
    """A17: Rotate moves DAE's errors between anomaly types."""
    return _errors_move(evidence, "DAE")


def six_and_nine(evidence: Evidence) -> Finding:
    """A19: 6 against 9 is naturally aligned with Rotate."""
    return _digit_case(evidence, *DIGIT_CASES[0])


def zero_and_three(evidence: Evidence) -> Finding:
    """A20: CutPaste is aligned with 0 against 3 by chance."""
    return _digit_case(evidence, *DIGIT_CASES[1])


def _errors_move(evidence: Evidence, model: str) -> Finding:
    normal_class, _, gain = error_bias.with_seeds(evidence, model)
    if len(gain) < LEAST_SEEDS:
        raise NotRunError(f"one seed of {model} with {augment.get(ROTATION).label}")
    name = f"{model}, normal {evidence.classes[normal_class]}"
    overall = above(f"{name}: gain of Rotate, mean over types", gain.mean(axis=1), "AUC")
    tasks = evidence.on_cases().of(model, NO_AUGMENTATION, augment.get(ROTATION).label)
    used = tasks[tasks["normal_class"] == normal_class]
    if {*RAISED, *LOWERED} <= set(gain):
        named = [above(f"{name}: gain against {kind}", gain[kind], "AUC") for kind in RAISED]
        named += [above(f"{name}: loss against {kind}", -gain[kind], "AUC lost")
                  for kind in LOWERED]  # fmt: skip
        return decide([overall, *named], used, "the types that the paper names")
    some = [
        any_above(f"{name}: a type gains", gain, "AUC"),
        any_above(f"{name}: a type loses", -gain, "AUC lost"),
    ]
    return decide([overall, *some], used, "the paper names types of CIFAR-10")


def _digit_case(evidence: Evidence, normal_class: int, other: int, name: str) -> Finding:
    if not evidence.image_set:
        raise NotRunError("a pair of digits is judged on each image set alone")
    if not is_digits(evidence.image_set):
        raise NotRunError(f"the classes of {evidence.image_set} are not digits")
    label, anomaly = augment.get(name).label, evidence.classes[other]
    gains = evidence.on_cases().gains("DAE")
    mine = gains[
        (gains["row"] == label)
        & (gains["normal_class"] == normal_class)
        & (gains["anomaly"] == anomaly)
        & (gains["testbed"] == IN_THE_WILD)
    ].drop_duplicates("seed")
    if mine.empty:
        raise NotRunError(f"no runs of class {normal_class} with {label}")
    what = f"{normal_class} against {other}: AUC of DAE with {label} minus AE"
    note = (
        f"AUC {mine['auc'].mean():.3f} with {label}, {mine['base'].mean():.3f} without; "
        f"{_nearer(evidence, normal_class, anomaly, label)}"
    )
    tasks = evidence.on_cases().of("DAE", NO_AUGMENTATION, label)
    used = tasks[tasks["normal_class"] == normal_class]
    return decide([above(what, mine["gain"], "AUC")], used, note)


def _nearer(evidence: Evidence, normal_class: int, anomaly: str, label: str) -> str:
    """Return what is known of the MMD: its draws share most images, so that nothing is tested."""
    frame = evidence.alignment
    if frame.empty:
        return "the MMD was not measured"
    mine = frame[
        (frame["normal_class"] == normal_class)
        & (frame["anomaly"] == anomaly)
        & (frame["testbed"] == IN_THE_WILD)
    ].pivot_table(index="draw", columns="augmentation", values="mmd")
    if not {NO_AUGMENTATION, label} <= set(mine):
        return f"the MMD with {label} was not measured"
    less = int((mine[label] < mine[NO_AUGMENTATION]).sum())
    return (
        f"mean MMD {mine[label].mean():.3g} with, {mine[NO_AUGMENTATION].mean():.3g} without, less "
        f"in {less} of {len(mine)} draws, which share most images and are not tested"
    )


TESTS = {
    "A16": sad_errors_move,
    "A17": dae_errors_move,
    "A19": six_and_nine,
    "A20": zero_and_three,
}
