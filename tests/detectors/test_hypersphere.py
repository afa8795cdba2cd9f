"""DeepSVDD and DeepSAD: METHODS section 4, against references in double precision."""

import numpy as np
import pytest
import torch
from hypothesis import given
from hypothesis import strategies as st
from sklearn.base import clone

from ssad_lib import augment, data, rng, tasks
from ssad_lib.detectors import DeepSAD, DeepSVDD, distances
from ssad_lib.detectors.training import full_batches
from ssad_lib.errors import NonFiniteError, SsadError
from ssad_lib.metrics import auroc
from ssad_lib.models import build, lenet

IMAGES = torch.rand(40, 3, 16, 16, generator=torch.Generator().manual_seed(0))
SMALL = {"width": 4, "epochs": 3, "batch_size": 16, "learning_rate": 1e-3}


def untrained(seed=0):
    return build(lambda: lenet.encoder("cifar", 3, 16, 4), rng.generator(seed, "weights"))


def double_distances(outputs, center):
    return ((outputs.double() - torch.from_numpy(center).double()) ** 2).sum(1)


@pytest.mark.parametrize("detector", [DeepSVDD(**SMALL), DeepSAD("flip", **SMALL)])
def test_convention(detector):
    detector.set_params(contamination=0.25).fit(IMAGES)
    assert detector.decision_scores_.shape == (40,)
    assert detector.decision_scores_.dtype == np.float32
    assert detector.decision_scores_.min() >= 0
    assert detector.labels_.sum() == 10
    assert np.array_equal(detector.decision_function(IMAGES), detector.decision_scores_)
    assert np.array_equal(detector.predict(IMAGES), detector.labels_)
    assert clone(detector).get_params() == detector.get_params()
    assert set(detector.measures_) == {"distance_train", "collapsed", "gradient_norm_max"}
    assert all(type(value) is float for value in detector.measures_.values())


def test_score_is_the_squared_distance_of_the_representation():
    detector = DeepSAD("invert", **SMALL).fit(IMAGES)
    outputs = torch.from_numpy(detector.embed(IMAGES))
    assert outputs.shape == (40, 16)
    expected = double_distances(outputs, detector.center_)
    assert np.allclose(detector.decision_function(IMAGES), expected, rtol=1e-5)
    assert detector.measures_["distance_train"] == pytest.approx(expected.mean().item(), rel=1e-5)


def test_centre_rule():
    outputs = torch.tensor([[0.02, -0.03, 0.0, 0.5, -2.0], [0.04, -0.01, 0.0, 0.7, -1.0]])
    expected = np.array([0.1, -0.1, 0.0, 0.6, -1.5], dtype=np.float32)
    assert distances.centre(outputs) == pytest.approx(expected, rel=1e-6)


def test_centre_is_that_of_the_untrained_network_in_evaluation_mode():
    detector = DeepSAD("invert", **SMALL, random_state=3).fit(IMAGES)
    network = untrained(3).eval()
    with torch.no_grad():
        mean = network(IMAGES).double().mean(0)
    expected = torch.where(mean.abs() < 0.1, 0.1 * mean.sign(), mean).numpy()
    assert np.allclose(detector.center_, expected, rtol=1e-5)


@pytest.mark.parametrize("power", [2, 1])
@pytest.mark.parametrize("augmentation", [None, "invert"])
def test_training_is_the_written_recipe(power, augmentation):
    """METHODS 4.4 and 4.5 written out in double precision, the joint forward pass included."""
    seed, eta, epsilon = 5, 0.7, 1e-6
    options = {**SMALL, "power": power, "random_state": seed, "weight_decay": 1e-2}
    detector = (
        DeepSAD(augmentation, eta=eta, **options) if augmentation else DeepSVDD(**options)
    ).fit(IMAGES)
    network = untrained(seed).double().train()
    center = torch.from_numpy(detector.center_).double()
    order, draws = rng.generator(seed, "order"), rng.generator(seed, "augmentation")
    optimizer = torch.optim.Adam(network.parameters(), weight_decay=1e-2)
    curve, gradients = [], []
    for epoch in range(3):
        optimizer.param_groups[0]["lr"] = 1e-3 if epoch < 1 else 1e-4
        losses = []
        for index in torch.randperm(40, generator=order).split(16)[:2]:  # 8 images are dropped
            shown = [IMAGES[index]]
            if augmentation:
                shown.append(augment.get(augmentation)(IMAGES[index], draws))
            squared = ((network(torch.cat(shown).double()) - center) ** 2).sum(1)
            distance = squared if power == 2 else (squared + epsilon).sqrt()
            terms = distance[:16]
            if augmentation:
                far = 1 / (squared + epsilon) if power == 2 else 1 / distance
                terms = torch.cat([terms, eta * far[16:]])
            losses.append(terms.mean())
            optimizer.zero_grad()
            losses[-1].backward()
            flat = torch.cat([p.grad.flatten() for p in network.parameters()])
            gradients.append(flat.norm().item())
            optimizer.step()
        curve.append(torch.stack(losses).mean().item())
    assert detector.loss_curve_ == pytest.approx(curve, rel=1e-3)
    assert detector.measures_["gradient_norm_max"] == pytest.approx(max(gradients), rel=1e-3)
    expected = double_distances(network.eval()(IMAGES.double()), detector.center_).detach()
    assert np.allclose(detector.decision_function(IMAGES), expected, rtol=2e-2)


@given(st.floats(0, 1e6), st.floats(1e-9, 1e-2))
def test_repulsion_and_its_gradient_stay_bounded(squared, epsilon):
    """METHODS 4.8: the gradient 2√D / (D + ε)² is largest at D = ε / 3."""
    offset = torch.tensor([[squared**0.5]], dtype=torch.float64, requires_grad=True)
    value = distances.repulsion(distances.squared_distance(offset, torch.zeros(1)), 2, epsilon)
    value.sum().backward()
    largest = 2 * (epsilon / 3) ** 0.5 / (epsilon * 4 / 3) ** 2
    assert 0 < value.item() <= 1 / epsilon
    assert abs(offset.grad.item()) <= largest * (1 + 1e-9)


@pytest.mark.parametrize("function", [distances.attraction, distances.repulsion])
@pytest.mark.parametrize("power", [1, 2])
def test_gradient_at_the_centre_is_finite(function, power):
    output = torch.zeros(1, 4, requires_grad=True)
    function(distances.squared_distance(output, torch.zeros(4)), power, 1e-6).sum().backward()
    assert torch.equal(output.grad, torch.zeros(1, 4))


def test_random_state_decides_everything_and_disturbs_nobody():
    before = torch.get_rng_state()
    one, same, other = (
        DeepSAD("noise", **SMALL, pretrain="ae", random_state=s).fit(IMAGES).decision_scores_
        for s in (1, 1, 2)
    )
    assert np.array_equal(one, same)
    assert not np.array_equal(one, other)
    assert torch.equal(torch.get_rng_state(), before)


def test_untrained_network_scores():
    detector = DeepSAD(width=4, epochs=0).fit(IMAGES)
    assert detector.loss_curve_ == []
    assert np.isfinite(detector.decision_scores_).all()
    with torch.no_grad():
        expected = double_distances(untrained().eval()(IMAGES), detector.center_)
    assert np.allclose(detector.decision_scores_, expected, rtol=1e-5)


def test_collapse_is_flagged():
    """Equal images make equal scores; different ones do not."""
    same = IMAGES[:1].expand(20, -1, -1, -1)
    assert DeepSVDD(**SMALL).fit(same).measures_["collapsed"] == 1
    assert DeepSVDD(**SMALL).fit(IMAGES).measures_["collapsed"] == 0


@pytest.mark.parametrize("detector", [DeepSVDD(**SMALL), DeepSAD("invert", **SMALL)])
def test_explosion_is_an_error_with_its_epoch(detector):
    with pytest.raises(NonFiniteError, match=r"became (nan|inf) in epoch \d of 3.*lower"):
        detector.set_params(learning_rate=1e30).fit(IMAGES)


def test_explosion_of_pre_training_is_an_error():
    with pytest.raises(NonFiniteError, match=r"pre-training loss became nan"):
        DeepSVDD(**{**SMALL, "learning_rate": 1e37}, pretrain="ae").fit(IMAGES)


def test_pre_training_transfers_a_better_autoencoder():
    """After pre-training the centre is the mean of the trained encoder, not of the initial one."""
    ramp = torch.linspace(0, 1, 16).expand(40, 3, 16, 16) * torch.linspace(0, 1, 40).view(
        -1, 1, 1, 1
    )
    plain, trained = (DeepSVDD(**SMALL, pretrain=way).fit(ramp).center_ for way in ("none", "ae"))
    assert not np.allclose(plain, trained)


def test_one_channel_of_28_pixels_uses_the_small_network():
    gray = torch.rand(20, 1, 28, 28, generator=torch.Generator().manual_seed(1))
    assert DeepSAD("rotate", **SMALL).fit(gray).embed(gray).shape == (20, 32)
    assert DeepSAD("rotate", **SMALL, network="fashion").fit(gray).embed(gray).shape == (20, 64)


@pytest.mark.parametrize(("n", "size", "sizes"), [(10, 4, [4, 4]), (8, 4, [4, 4]), (3, 4, [3])])
def test_full_batches_drop_the_short_one_unless_it_is_the_only_one(n, size, sizes):
    parts = full_batches(n, size, torch.Generator().manual_seed(0))
    assert [len(part) for part in parts] == sizes
    shown = torch.cat(parts).tolist()
    assert len(set(shown)) == len(shown)
    assert set(shown) <= set(range(n))


@pytest.mark.parametrize(
    ("parameters", "message"),
    [
        ({"width": 0}, "width 0"),
        ({"epochs": -1}, "epochs -1"),
        ({"power": 3}, "power 3"),
        ({"epsilon": 0.0}, "epsilon 0.0 positive"),
        ({"weight_decay": -1.0}, "weight_decay -1.0"),
        ({"pretrain": "yes"}, "none or ae, not 'yes'"),
        ({"network": "resnet"}, "unknown network 'resnet'"),
        ({"eta": float("nan")}, "eta must be a finite number such as 1.0, not nan"),
        ({"augmentation": "flp"}, "did you mean 'flip'"),
    ],
)
def test_bad_parameters_are_named(parameters, message):
    with pytest.raises(SsadError, match=message):
        DeepSAD(**{**SMALL, **parameters}).fit(IMAGES)


def test_images_must_be_square():
    with pytest.raises(SsadError, match="square, not 16 x 24"):
        DeepSVDD(**SMALL).fit(torch.rand(4, 3, 16, 24))


def test_training_teaches():
    """Matched augmentation: inverted digits lie farther from the centre than normal ones."""
    train = data.load("street-digits", images_per_class=200)
    test = data.load("street-digits", split="test", images_per_class=60)
    normals = tasks.normal_images(test, 6)
    inverted = augment.anomaly("invert")(normals, torch.Generator())
    detector = DeepSAD("invert", width=4, epochs=8, batch_size=16, learning_rate=3e-3)
    detector.fit(tasks.normal_images(train, 6))
    scores = detector.decision_function(torch.cat([normals, inverted]))
    assert auroc([0] * 60 + [1] * 60, scores) > 0.9


@pytest.mark.skipif(not torch.cuda.is_available(), reason="needs a GPU")
def test_gpu_gives_the_same_scores_up_to_rounding():
    cpu, gpu = (
        DeepSAD("flip", **SMALL, pretrain="ae", device=d).fit(IMAGES).decision_scores_
        for d in ("cpu", "cuda")
    )
    assert np.allclose(cpu, gpu, rtol=5e-2)
