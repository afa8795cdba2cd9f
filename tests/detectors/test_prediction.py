"""AP: METHODS section 5, against references in plain PyTorch and numpy."""

import numpy as np
import pytest
import torch
from sklearn.base import clone

from ssad_lib import augment, data, rng, tasks
from ssad_lib.detectors import AP, dirichlet
from ssad_lib.detectors.prediction import samples
from ssad_lib.detectors.transforms import transforms
from ssad_lib.errors import NonFiniteError, SsadError
from ssad_lib.metrics import auroc
from ssad_lib.models import build
from ssad_lib.models.initialise import he_normal
from ssad_lib.models.wide_resnet import WideResNet

IMAGES = torch.rand(30, 3, 16, 16, generator=torch.Generator().manual_seed(0))
SMALL = {"base": 4, "widen": 1, "views": 4, "batch_size": 16}


@pytest.mark.parametrize("augmentation", ["rotate", "flip", "noise"])
def test_convention(augmentation):
    detector = AP(augmentation, **SMALL, contamination=0.2).fit(IMAGES)
    assert detector.decision_scores_.shape == (30,)
    assert detector.decision_scores_.dtype == np.float32
    assert detector.labels_.sum() == 6
    assert np.array_equal(detector.decision_function(IMAGES), detector.decision_scores_)
    assert np.array_equal(detector.predict(IMAGES), detector.labels_)
    assert clone(detector).get_params() == detector.get_params()
    assert 0 <= detector.measures_["accuracy_train"] <= 1


def test_both_scores_are_the_written_ones():
    """METHODS 5.4 in double precision from the network's own logits, transform by transform."""
    detector = AP("rotate", **SMALL).fit(IMAGES)
    network = detector.network_.double()
    logs = []
    for turns in range(4):
        shown = 2 * IMAGES.double().rot90(turns, (2, 3)) - 1
        with torch.no_grad():
            logs.append(torch.log_softmax(network(shown), 1).numpy())
    logs = np.stack(logs, axis=1)
    detector.network_.float()
    kinds = detector.score_kinds(IMAGES)
    simple = -sum(np.exp(logs[:, k, k]) for k in range(4))
    assert kinds["simple"] == pytest.approx(simple, rel=1e-4)
    alpha = np.stack([dirichlet.fit(logs[:, k]) for k in range(4)])
    assert detector.alpha_ == pytest.approx(alpha, rel=1e-2)
    density = -np.einsum("nkj,kj->n", logs, detector.alpha_ - 1) / 4
    assert kinds["dirichlet"] == pytest.approx(density, rel=1e-3)


@pytest.mark.parametrize(("kind", "other"), [("dirichlet", "simple"), ("simple", "dirichlet")])
def test_score_chooses_what_decides(kind, other):
    detector = AP("flip", **SMALL, score=kind).fit(IMAGES)
    kinds = detector.score_kinds(IMAGES)
    assert np.array_equal(detector.decision_function(IMAGES), kinds[kind])
    assert np.array_equal(detector.decision_scores_, kinds[kind])
    assert detector.other_scores == (other,)


def test_training_is_the_written_recipe():
    """The same steps written out, with the penalty λ‖w‖² in the loss instead of weight decay."""
    seed, penalty = 5, 1e-2
    network = build(lambda: WideResNet(3, 16, 4, 4, 1), rng.generator(seed, "weights"), he_normal)
    network = network.double().train()
    order = rng.generator(seed, "order")
    optimizer = torch.optim.Adam(network.parameters(), lr=1e-3)
    curve = []
    for _ in range(2):  # ⌈5 / 4⌉ epochs over all 120 pairs, the last batch of 8 kept
        losses = []
        for index in torch.randperm(120, generator=order).split(16):
            shown = torch.stack([IMAGES[i // 4].rot90(i % 4, (1, 2)) for i in index.tolist()])
            logits = network(2 * shown.double() - 1)
            loss = torch.nn.functional.cross_entropy(logits, index % 4)
            penalised = loss + penalty * sum((p**2).sum() for p in network.parameters())
            optimizer.zero_grad()
            penalised.backward()
            optimizer.step()
            losses += [loss.item()] * len(index)
        curve.append(np.mean(losses))
    options = {**SMALL, "views": 5, "penalty": penalty, "random_state": seed}
    detector = AP("rotate", **options).fit(IMAGES)
    assert detector.loss_curve_ == pytest.approx(curve, rel=1e-3)


@pytest.mark.parametrize(
    ("augmentation", "views", "epochs"),
    [("flip", 3, 2), ("flip", 4, 2), ("rotate", 4, 1), ("rotate", 5, 2), ("geom", 3, 1)],
)
def test_views_decide_the_epochs(augmentation, views, epochs):
    detector = AP(augmentation, **{**SMALL, "views": views}).fit(IMAGES[:6])
    assert len(detector.loss_curve_) == epochs


@pytest.mark.parametrize(("n", "classes", "views"), [(7, 4, 4), (10, 72, 3), (5, 2, 1)])
def test_an_epoch_shows_different_pairs(n, classes, views):
    parts = samples(n, classes, views, 16, torch.Generator().manual_seed(0))
    shown = torch.cat(parts).tolist()
    assert len(shown) == len(set(shown)) == n * views
    assert set(shown) <= set(range(n * classes))
    if views == classes:
        assert len(shown) == n * classes
    assert all(len(part) == 16 for part in parts[:-1])


def test_random_state_decides_everything_and_disturbs_nobody():
    before = torch.get_rng_state()
    one, same, other = (
        AP("cutout", **{**SMALL, "views": 2}, random_state=s).fit(IMAGES).decision_scores_
        for s in (1, 1, 2)
    )
    assert np.array_equal(one, same)
    assert not np.array_equal(one, other)
    assert torch.equal(torch.get_rng_state(), before)


def test_untrained_network_scores():
    detector = AP("rotate", base=4, widen=1, views=0).fit(IMAGES)
    assert detector.loss_curve_ == []
    for scores in detector.score_kinds(IMAGES).values():
        assert np.isfinite(scores).all()


def test_saturated_network_has_finite_scores():
    """Logits of ±1e4 make one-hot predictions, right for some images and wrong for others."""
    detector = AP("flip", **SMALL).fit(IMAGES)
    with torch.no_grad():
        detector.network_.classifier.weight.mul_(1e6)
    kinds = detector.score_kinds(IMAGES)
    own = kinds["simple"].round(6)
    assert set(own.tolist()) <= {0.0, -1.0, -2.0}
    assert np.isfinite(kinds["dirichlet"]).all()


def test_more_test_draws_average_the_log_probabilities():
    detector = AP("noise", **SMALL).fit(IMAGES)
    draws = rng.generator(0, "test draws")
    noise = transforms("noise", {})
    logs = []
    with torch.no_grad():
        for _ in range(3):
            shown = noise.whole(IMAGES, 1, draws)
            logs.append(torch.log_softmax(detector.network_(2 * shown - 1).double(), 1)[:, 1])
        own = torch.log_softmax(detector.network_(2 * IMAGES - 1).double(), 1)[:, 0].exp()
    expected = -(own + torch.stack(logs).mean(0).exp())
    scores = detector.set_params(test_draws=3).score_kinds(IMAGES)["simple"]
    assert scores == pytest.approx(expected.numpy(), rel=1e-4)
    assert scores != pytest.approx(detector.set_params(test_draws=1).score_kinds(IMAGES)["simple"])


def test_explosion_is_an_error_with_its_epoch():
    with pytest.raises(NonFiniteError, match=r"became (nan|inf) in epoch \d of 2.*lower"):
        AP("flip", **SMALL, learning_rate=1e30).fit(IMAGES)


@pytest.mark.parametrize(
    ("parameters", "message"),
    [
        ({"base": 0}, "base 0"),
        ({"views": -1}, "views -1"),
        ({"score": "mean"}, "dirichlet or simple, not 'mean'"),
        ({"test_draws": 0}, "test_draws 0"),
        ({"penalty": -1.0}, "penalty -1.0"),
        ({"learning_rate": 0.0}, "learning_rate 0.0"),
        ({"augmentation": "rotat"}, "did you mean 'rotate'"),
    ],
)
def test_bad_parameters_are_named(parameters, message):
    with pytest.raises(SsadError, match=message):
        AP(**{**SMALL, **parameters}).fit(IMAGES)


def test_training_teaches():
    """Matched augmentation: inverted digits are taken for the other class."""
    train = data.load("street-digits", images_per_class=200)
    test = data.load("street-digits", split="test", images_per_class=60)
    normals = tasks.normal_images(test, 6)
    inverted = augment.anomaly("invert")(normals, torch.Generator())
    detector = AP("invert", base=4, widen=1, views=8, batch_size=16, learning_rate=3e-3)
    detector.fit(tasks.normal_images(train, 6))
    scores = detector.decision_function(torch.cat([normals, inverted]))
    assert auroc([0] * 60 + [1] * 60, scores) > 0.9


@pytest.mark.skipif(not torch.cuda.is_available(), reason="needs a GPU")
@pytest.mark.parametrize("augmentation", ["rotate", "geom", "noise"])
def test_gpu_gives_the_same_scores_up_to_rounding(augmentation):
    cpu, gpu = (
        AP(augmentation, **SMALL, device=d, score="simple").fit(IMAGES).decision_scores_
        for d in ("cpu", "cuda")
    )
    assert np.allclose(cpu, gpu, rtol=5e-2)
