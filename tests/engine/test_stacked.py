import itertools

import numpy as np
import pytest
import torch

from ssad_lib import metrics, rng
from ssad_lib.detectors import AP, DAE, DeepSAD, DeepSVDD
from ssad_lib.detectors.course import Course, Outcome, train
from ssad_lib.engine.stacked import train_together
from ssad_lib.errors import NonFiniteError

AUGMENTATIONS = ("cutout", "flip", "invert", "noise", "blur", "mask")
SMALL = {"epochs": 2, "batch_size": 16}
MAKERS = {
    "DAE": lambda m: DAE(name(m), width=4, random_state=m, **SMALL),
    "DeepSVDD": lambda m: DeepSVDD(width=4, random_state=m, **SMALL),
    "DeepSAD": lambda m: DeepSAD(name(m), width=4, random_state=m, **SMALL),
    "AP": lambda m: AP("flip", base=4, widen=1, views=2, batch_size=16, random_state=m),
}


def name(member):
    return AUGMENTATIONS[member % len(AUGMENTATIONS)]


def images(member, count=40):
    return torch.rand(count, 3, 16, 16, generator=rng.generator("made up", member))


def courses(make, members):
    """Return the courses of so many members, each with images of its own, and their detectors."""
    detectors = [make(m) for m in range(members)]
    return [made.prepare(images(m)) for m, made in enumerate(detectors)], detectors


def finished(detectors, outcomes):
    for m, (made, outcome) in enumerate(zip(detectors, outcomes, strict=True)):
        made.finish(images(m), outcome)
    return detectors


@pytest.fixture(scope="module", params=MAKERS)
def trained(request):
    """Sixteen members trained together, and the same alone."""
    make = MAKERS[request.param]
    planned, detectors = courses(make, 16)
    together = finished(detectors, train_together(planned))
    planned, detectors = courses(make, 16)
    alone = finished(detectors, [train(course) for course in planned])
    return together, alone


def test_scores_of_a_fleet_are_those_of_its_members_alone(trained):
    normal, odd = images("normal"), images("odd") ** 2
    for fleet_member, single in zip(*trained, strict=True):
        scores = [made.decision_function(normal) for made in (fleet_member, single)]
        # AP's scores are in the hundreds, the others' below one.
        np.testing.assert_allclose(scores[0], scores[1], atol=1e-4, rtol=1e-4)
        aucs = [
            metrics.auroc_between(made.decision_function(normal), made.decision_function(odd))
            for made in (fleet_member, single)
        ]
        assert aucs[0] == pytest.approx(aucs[1], abs=0.002)


def test_losses_statistics_and_measures_are_those_of_the_members_alone(trained):
    for fleet_member, single in zip(*trained, strict=True):
        assert fleet_member.loss_curve_ == pytest.approx(single.loss_curve_, rel=1e-4)
        assert not fleet_member.network_.training
        for name, buffer in single.network_.named_buffers():
            # A bias before batch normalisation has no gradient but rounding, which Adam blows up;
            # the mean that is subtracted follows it, and the scores do not see either.
            if not name.endswith("running_mean"):
                ours = fleet_member.network_.get_buffer(name)
                torch.testing.assert_close(ours, buffer, rtol=1e-3, atol=1e-4, msg=name)
    gradients = [
        [getattr(made, "measures_", {}).get("gradient_norm_max", 0.0) for made in side]
        for side in trained
    ]
    assert gradients[0] == pytest.approx(gradients[1], rel=1e-3)


def test_members_differ(trained):
    together, _ = trained
    scores = {made.decision_function(images("normal")).tobytes() for made in together}
    assert len(scores) == len(together)


def recorded(course):
    """Return `course` with a list to which its batches are added as they are drawn."""
    seen = []

    def epoch():
        for batch in course.epoch():
            seen.append([part.clone() for part in batch])
            yield batch

    fields = {**vars(course), "epoch": epoch}
    return Course(**fields), seen


@pytest.mark.parametrize("kind", MAKERS)
def test_batches_and_draws_do_not_depend_on_the_fleet(kind):
    sides = []
    for members in (1, 3):
        planned, _ = courses(MAKERS[kind], members)
        watched = [recorded(course) for course in planned]
        train_together([course for course, _ in watched])
        sides.append(watched[0][1])
    assert len(sides[0]) == len(sides[1]) > 2
    for alone, together in zip(*sides, strict=True):
        for a, b in zip(alone, together, strict=True):
            assert torch.equal(a, b)


def test_a_member_that_becomes_nan_fails_alone():
    planned, _ = courses(MAKERS["DAE"], 3)
    healthy = planned[1].epoch
    counter = itertools.count()

    def poisoned():
        factor = float("nan") if next(counter) == 1 else 1.0
        return ((shown * factor, clean) for shown, clean in healthy())

    planned[1] = Course(**{**vars(planned[1]), "epoch": poisoned})
    outcomes = train_together(planned)
    assert isinstance(outcomes[1], NonFiniteError)
    assert "became nan in epoch 2 of 2" in str(outcomes[1])
    for member in (0, 2):
        alone = train(courses(MAKERS["DAE"], 3)[0][member])
        assert isinstance(outcomes[member], Outcome)
        assert outcomes[member].loss_curve == pytest.approx(alone.loss_curve, rel=1e-4)


def test_untrained_members_keep_their_weights():
    planned, detectors = courses(lambda m: DAE(width=4, epochs=0, random_state=m), 2)
    before = [made.network_.state_dict() for made in detectors]
    outcomes = train_together(planned)
    assert outcomes == [Outcome([], 0.0), Outcome([], 0.0)]
    for made, state in zip(detectors, before, strict=True):
        for name, value in made.network_.state_dict().items():
            assert torch.equal(value, state[name])
