"""HSC, DSAD, BCE and Focal: METHODS section 11, against references in double precision."""

import inspect

import numpy as np
import pytest
import torch
import torch.nn.functional as F
from sklearn.base import clone

from ssad_lib import augment, data, rng, tasks
from ssad_lib.augment import standard
from ssad_lib.detectors import BCE, DETECTORS, DSAD, EXPOSED, HSC, Focal
from ssad_lib.detectors.course import train
from ssad_lib.detectors.distances import centre
from ssad_lib.detectors.exposure_batches import sampled
from ssad_lib.detectors.training import full_batches
from ssad_lib.engine.stacked import train_together
from ssad_lib.errors import NonFiniteError, SsadError
from ssad_lib.metrics import auroc
from ssad_lib.models import exposure

NORMALS = torch.rand(40, 3, 16, 16, generator=torch.Generator().manual_seed(0)) * 0.5
OUTLIERS = torch.rand(24, 3, 16, 16, generator=torch.Generator().manual_seed(1)) * 0.5 + 0.3
IMAGES = torch.cat([NORMALS, OUTLIERS])
LABELS = np.repeat([0, 1], [40, 24])
SMALL = {"width": 2, "epochs": 4, "batch_size": 16, "learning_rate": 1e-3}
ALL = {name: DETECTORS[name](**SMALL) for name in EXPOSED}


@pytest.mark.parametrize("name", EXPOSED)
def test_convention(name):
    detector = clone(ALL[name]).set_params(contamination=0.25).fit(IMAGES, LABELS)
    assert detector.decision_scores_.shape == (64,)
    assert detector.decision_scores_.dtype == np.float32
    normal = detector.decision_scores_[:40]
    assert detector.threshold_ == pytest.approx(np.quantile(normal, 0.75))
    assert detector.labels_[:40].sum() == 10
    assert np.array_equal(detector.decision_function(IMAGES), detector.decision_scores_)
    assert np.array_equal(detector.fit_predict(IMAGES, LABELS), detector.predict(IMAGES))
    assert set(detector.measures_) == {"gradient_norm_max"}
    assert detector.embed(IMAGES).shape == (64, 16)


def test_outliers_may_lie_anywhere_among_the_images():
    mixed = torch.randperm(64, generator=torch.Generator().manual_seed(2))
    # Normal images and outliers keep their own orders: only where they lie changes.
    mixed = torch.sort(mixed[:40]).values, torch.sort(mixed[40:]).values
    places = torch.cat(mixed)
    images, labels = torch.empty_like(IMAGES), np.zeros(64)
    images[places], labels[mixed[1]] = IMAGES, 1
    apart = clone(ALL["HSC"]).fit(IMAGES, LABELS)
    together = clone(ALL["HSC"]).fit(images, labels)
    assert np.allclose(together.decision_scores_[places], apart.decision_scores_, rtol=1e-5)


@pytest.mark.parametrize(
    ("labels", "message"),
    [
        (np.zeros(63), r"one label for each of the 64 images, not the shape \(63,\)"),
        (np.full(64, 2), "0 for normal images and 1 for outliers"),
        (["normal"] * 64, "0 for normal images and 1 for outliers"),
        (np.ones(64), "at least two images"),
    ],
)
def test_labels_that_cannot_be_meant(labels, message):
    with pytest.raises(SsadError, match=message):
        clone(ALL["HSC"]).fit(IMAGES, labels)


@pytest.mark.parametrize("labels", [LABELS.astype(bool), LABELS.tolist(), torch.tensor(LABELS)])
def test_labels_of_any_type(labels):
    expected = clone(ALL["BCE"]).fit(IMAGES, LABELS).decision_scores_
    assert np.array_equal(clone(ALL["BCE"]).fit(IMAGES, labels).decision_scores_, expected)


@pytest.mark.parametrize("name", ["BCE", "Focal"])
def test_a_classifier_needs_outliers(name):
    for labels in (None, np.zeros(64)):
        with pytest.raises(SsadError, match=f"{name} tells normal images from outliers and got"):
            clone(ALL[name]).fit(IMAGES, labels)


def written_loss(detector, outputs, outlier):
    if isinstance(detector, HSC):
        h = (outputs.square().sum(1) + 1).sqrt() - 1
        return torch.where(outlier == 1, -(1 - (-h).exp() + 1e-9).log(), h)
    if isinstance(detector, DSAD):
        squared = outputs.square().sum(1)
        return torch.where(outlier == 1, 1 / (squared + 1e-9), squared)
    entropy = F.binary_cross_entropy_with_logits(outputs[:, 0], outlier, reduction="none")
    right = (-entropy).exp().clamp(1e-7, 1 - 1e-7)
    return (1 - right) ** 2 * entropy if isinstance(detector, Focal) else entropy


@pytest.mark.parametrize("name", EXPOSED)
@pytest.mark.parametrize("augmented", [False, True])
def test_training_is_the_written_recipe(name, augmented):
    """METHODS 11.4 and 11.5 in double precision: joint batches, cyclic outliers, milestones."""
    detector = clone(ALL[name]).set_params(
        random_state=5, weight_decay=1e-2, milestones=[2], augmented=augmented, blur=1.0
    )
    detector.fit(IMAGES, LABELS)
    network = exposure.make("cifar", 3, 16, 2, classifies=detector.classifies, seed=5)
    network = network.double().train()
    streams = ("order", "augmentation", "outliers/order", "outliers/augmentation")
    order, draws, other_order, other_draws = (rng.generator(5, stream) for stream in streams)
    optimizer = torch.optim.Adam(network.parameters(), weight_decay=1e-2)
    curve = []

    def seen(images, generator, blur):
        if not augmented:
            return standard.blurred(images, blur)
        return standard.apply(images, standard.draw(len(images), generator, (3, 16, 16)), blur)

    for epoch in range(4):
        optimizer.param_groups[0]["lr"] = 1e-3 if epoch < 2 else 1e-4
        index = full_batches(40, 16, order)  # 8 images are dropped
        shuffled = torch.randperm(24, generator=other_order)
        start = int(torch.randint(24, (), generator=other_order))
        others = torch.tensor([int(shuffled[(start + i) % 24]) for i in range(32)])
        normal = seen(NORMALS[torch.cat(index)], draws, 0.0).split(16)
        strange = seen(OUTLIERS[others], other_draws, 1.0).split(16)
        losses = []
        for pair in zip(normal, strange, strict=True):
            outlier = torch.arange(32) >= 16
            outputs = network(torch.cat(pair).double())
            losses.append(written_loss(detector, outputs, outlier.double()).mean())
            optimizer.zero_grad()
            losses[-1].backward()
            optimizer.step()
        curve.append(torch.stack(losses).mean().item())
    assert detector.loss_curve_ == pytest.approx(curve, rel=2e-3)
    outputs = network.eval()(IMAGES.double()).detach()
    expected = {
        "HSC": (outputs.square().sum(1) + 1).sqrt() - 1,
        "DSAD": outputs.square().sum(1),
    }.get(name, outputs[:, 0])
    assert np.allclose(detector.decision_scores_, expected, rtol=3e-2, atol=3e-3)


def batches(detector, outliers=OUTLIERS, normals=NORMALS):
    course = detector.prepare(normals, outliers)
    return course, list(course.epoch())


def test_all_four_start_alike_and_see_the_same_batches():
    """Rule 9 of the project: runs that differ in the objective differ in nothing else."""
    courses, seen = zip(*(batches(clone(one)) for one in ALL.values()), strict=True)
    for other in seen[1:]:
        for (shown, outlier), (expected, labels) in zip(other, seen[0], strict=True):
            assert torch.equal(shown, expected)
            assert torch.equal(outlier, labels)
    first = dict(courses[0].network.named_parameters())
    for course in courses[1:]:
        own = dict(course.network.named_parameters())
        assert all(torch.equal(own[name], weight) for name, weight in first.items())


def test_outliers_change_nothing_of_what_is_seen_of_the_normal_images():
    _, with_outliers = batches(clone(ALL["HSC"]))
    _, blurred = batches(clone(ALL["HSC"]).set_params(blur=4.0), OUTLIERS[:3])
    _, alone = batches(clone(ALL["HSC"]), None)
    for (both, _), (other, _), (normal, outlier) in zip(with_outliers, blurred, alone, strict=True):
        assert torch.equal(both[:16], normal)
        assert torch.equal(other[:16], normal)
        assert not outlier.any()


def test_both_halves_of_a_batch_share_its_statistics():
    detector = clone(ALL["HSC"]).set_params(augmented=False)
    course, ((shown, outlier), *_) = batches(detector)
    assert shown.shape == (32, 3, 16, 16)
    assert outlier.tolist() == [0.0] * 16 + [1.0] * 16
    network = course.network.train()
    joint = network(shown)
    apart = torch.cat([network(half) for half in shown.chunk(2)])
    assert (joint - apart).abs().max() > 0.01
    normalisation = next(m for m in network.modules() if isinstance(m, torch.nn.BatchNorm2d))
    normalisation.reset_running_stats()
    network(shown)
    first = network[1][0](network[0](shown))
    torch.testing.assert_close(normalisation.running_mean, 0.1 * first.mean((0, 2, 3)))


def test_cyclic_order_shows_every_outlier_as_often_as_any_other():
    generator = torch.Generator().manual_seed(0)
    for count, wanted in ((1, 128), (5, 128), (64, 128), (500, 128)):
        drawn = sampled(count, wanted, generator, with_replacement=False)
        times = torch.bincount(drawn, minlength=count)
        assert len(drawn) == wanted
        assert times.max() - times.min() <= 1
        assert torch.equal(drawn[count:], drawn[:-count][: max(0, wanted - count)])
    starts = [int(sampled(7, 1, generator, with_replacement=False)) for _ in range(200)]
    assert len(set(starts)) == 7


def test_with_replacement_draws_are_independent():
    drawn = sampled(50, 20_000, torch.Generator().manual_seed(0), with_replacement=True)
    times = torch.bincount(drawn, minlength=50).double()
    statistic = ((times - 400) ** 2 / 400).sum().item()
    assert 27 < statistic < 79  # χ² with 49 degrees of freedom, 0.4 % on either side
    assert (drawn[1:] == drawn[:-1]).double().mean().item() == pytest.approx(1 / 50, abs=0.005)


def counted(detector, outliers):
    """How often each outlier, told by its first pixel, is seen in an epoch."""
    marks = torch.linspace(0.1, 0.9, len(outliers))
    marked = marks.view(-1, 1, 1, 1).expand(-1, 3, 16, 16)
    _, seen = batches(clone(detector).set_params(augmented=False), marked.contiguous())
    shown = torch.cat([both[16:, 0, 0, 0] for both, _ in seen])
    return [int((shown == mark).sum()) for mark in marks]


def test_replacement_is_for_fewer_outliers_than_normal_images():
    cyclic = ALL["HSC"]
    replacement = clone(cyclic).set_params(small_mode="replacement")
    assert set(counted(cyclic, OUTLIERS)) == {1, 2}
    assert not set(counted(replacement, OUTLIERS)) <= {1, 2}
    many = torch.rand(41, 3, 16, 16)
    assert set(counted(replacement, many)) == {0, 1}


def test_one_outlier_is_seen_in_as_many_forms_as_there_are_draws():
    _, seen = batches(clone(ALL["BCE"]), OUTLIERS[:1])
    shown = torch.cat([both[16:] for both, _ in seen])
    assert len({image.numpy().tobytes() for image in shown}) == len(shown) == 32
    _, plain = batches(clone(ALL["BCE"]).set_params(augmented=False), OUTLIERS[:1])
    assert all(torch.equal(image, OUTLIERS[0]) for both, _ in plain for image in both[16:])
    assert np.isfinite(clone(ALL["BCE"]).fit(IMAGES[:41], LABELS[:41]).decision_scores_).all()


@pytest.mark.parametrize(
    ("network", "epochs", "milestones"),
    [("mnist", 150, (50, 100)), ("cifar", 200, (100, 150)), ("resnet18", 150, (100, 125))],
)
def test_the_papers_milestones(network, epochs, milestones):
    size = 28 if network == "mnist" else 32
    detector = HSC(network=network, width=1, epochs=epochs)
    rate = detector.prepare(torch.rand(4, 1, size, size)).rate
    drops = [epoch for epoch in range(1, epochs) if rate(epoch) < rate(epoch - 1)]
    assert tuple(drops) == milestones
    assert rate(0) == 1e-3
    assert rate(epochs - 1) == pytest.approx(1e-5)


def test_the_defaults_are_the_papers_for_cifar_10():
    for detector in (HSC(), DSAD(), BCE(), Focal()):
        values = detector.get_params()
        assert (values["epochs"], values["batch_size"]) == (200, 128)
        assert (values["learning_rate"], values["weight_decay"]) == (1e-3, 5e-7)
    assert Focal().gamma == 2
    shared = set(inspect.signature(BCE).parameters)
    assert set(inspect.signature(HSC).parameters) - shared == {"radial"}
    assert set(inspect.signature(Focal).parameters) - shared == {"gamma"}
    assert set(inspect.signature(DSAD).parameters) - shared == {"center"}


def test_focal_without_gamma_is_the_cross_entropy():
    plain = clone(ALL["BCE"]).fit(IMAGES, LABELS)
    focal = Focal(gamma=0.0, **SMALL).fit(IMAGES, LABELS)
    assert np.allclose(focal.decision_scores_, plain.decision_scores_, rtol=1e-3, atol=1e-4)


@pytest.mark.parametrize("radial", ["l1", "l2", "l2_squared"])
def test_radial_functions_are_the_score(radial):
    detector = HSC(radial=radial, **SMALL).fit(IMAGES, LABELS)
    outputs = detector.embed(IMAGES).astype(np.float64)
    expected = {
        "l1": np.abs(outputs).sum(1),
        "l2": np.sqrt((outputs**2).sum(1)),
        "l2_squared": (outputs**2).sum(1),
    }[radial]
    assert np.allclose(detector.decision_scores_, expected, rtol=1e-4)


def test_without_outliers_the_hypersphere_shrinks():
    for detector in (clone(ALL["HSC"]), clone(ALL["DSAD"])):
        before = clone(detector).set_params(epochs=0).fit(NORMALS).decision_scores_.mean()
        assert detector.set_params(epochs=20).fit(NORMALS).decision_scores_.mean() < before / 2


def test_the_centre_of_deep_sad_is_an_option():
    detector = DSAD(center="mean", **{**SMALL, "epochs": 0}).fit(IMAGES, LABELS)
    network = exposure.make("cifar", 3, 16, 2, classifies=False, seed=0).eval()
    outputs = network(NORMALS).detach()
    expected = centre(outputs)
    shifted = network(IMAGES).detach().numpy() - expected
    assert np.allclose(detector.decision_scores_, (shifted**2).sum(1), rtol=1e-4)
    trained = DSAD(center="mean", **SMALL).fit(IMAGES, LABELS)
    assert np.array_equal(trained.network_[-1].center.numpy(), detector.network_[-1].center.numpy())


@pytest.mark.parametrize("detector", [*ALL.values(), DSAD(center="mean", **SMALL)])
def test_trained_together_is_trained_alone(detector):
    members = [clone(detector).set_params(random_state=seed) for seed in (0, 1, 2)]
    alone = [train(clone(member).prepare(NORMALS, OUTLIERS)) for member in members]
    together = train_together([member.prepare(NORMALS, OUTLIERS) for member in members])
    for one, other in zip(alone, together, strict=True):
        assert other.loss_curve == pytest.approx(one.loss_curve, rel=1e-3)


@pytest.mark.parametrize(
    ("parameters", "message"),
    [
        ({"small_mode": "cycle"}, "unknown small_mode 'cycle': did you mean 'cyclic'"),
        ({"blur": -1.0}, "blur -1.0 and weight_decay"),
        ({"width": -1}, "width -1"),
        ({"milestones": [1.5]}, "milestones must be epochs"),
        ({"radial": "l3"}, "unknown radial function 'l3'"),
        ({"network": "lenet"}, "unknown network 'lenet'"),
    ],
)
def test_parameters_that_cannot_be_meant(parameters, message):
    with pytest.raises(SsadError, match=message):
        clone(ALL["HSC"]).set_params(**parameters).fit(IMAGES, LABELS)
    with pytest.raises(SsadError, match=r"gamma -1\.0 must be"):
        Focal(gamma=-1.0, **SMALL).fit(IMAGES, LABELS)
    with pytest.raises(SsadError, match="unknown center 'c'"):
        DSAD(center="c", **SMALL).fit(IMAGES, LABELS)


def test_a_loss_that_becomes_nan_is_said():
    with pytest.raises(NonFiniteError, match="lower learning_rate"):
        clone(ALL["HSC"]).set_params(learning_rate=1e36, epochs=3).fit(IMAGES, LABELS)


@pytest.mark.parametrize("name", ["HSC", "BCE"])
def test_inverted_images_as_outliers_teach_to_find_them(name):
    train_set = data.load("street-digits", images_per_class=100, size=16)
    test_set = data.load("street-digits", split="test", images_per_class=50, size=16)
    normals, tested = (tasks.normal_images(one, 3) for one in (train_set, test_set))
    invert = augment.anomaly("invert")
    outliers = invert(tasks.normal_images(train_set, 5), rng.generator("test"))
    detector = DETECTORS[name](width=4, epochs=6, batch_size=16, learning_rate=3e-3)
    labels = np.repeat([0, 1], [len(normals), len(outliers)])
    detector.fit(torch.cat([normals, outliers]), labels)
    inverted = invert(tested, rng.generator("test"))
    scores = detector.decision_function(torch.cat([tested, inverted]))
    assert auroc(np.repeat([0, 1], 50), scores) > 0.85
