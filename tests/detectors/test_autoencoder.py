"""AE and DAE: PyOD's convention, METHODS section 3, and a parity check in plain PyTorch."""

import math

import numpy as np
import pytest
import torch
from sklearn.base import clone

from ssad_lib import augment, rng
from ssad_lib.detectors import AE, DAE
from ssad_lib.detectors.training import batches
from ssad_lib.errors import NonFiniteError, SsadError
from ssad_lib.metrics import auroc
from ssad_lib.models import ConvolutionalAutoencoder, build

IMAGES = torch.rand(40, 3, 16, 16, generator=torch.Generator().manual_seed(0))
SMALL = {"width": 4, "epochs": 3, "batch_size": 16}


def test_convention():
    detector = DAE("flip", **SMALL, contamination=0.25).fit(IMAGES)
    assert detector.decision_scores_.shape == (40,)
    assert detector.labels_.sum() == 10
    assert detector.threshold_ == pytest.approx(np.quantile(detector.decision_scores_, 0.75))
    assert np.array_equal(detector.decision_function(IMAGES), detector.decision_scores_)
    assert np.array_equal(detector.predict(IMAGES), detector.labels_)
    assert clone(detector).get_params() == detector.get_params()


def test_reconstruction_embedding_and_score_belong_together():
    detector = AE(**SMALL).fit(IMAGES)
    output = detector.reconstruct(IMAGES)
    assert output.shape == IMAGES.shape
    assert detector.embed(IMAGES).shape == (40, 16)
    error = ((output - IMAGES.numpy()) ** 2).mean(axis=(1, 2, 3))
    assert np.allclose(detector.decision_function(IMAGES), error, atol=1e-6)


def test_training_is_the_written_recipe():
    """The same steps written out: only aug(x) is shown, Adam, cosine per epoch, last batch kept."""
    seed = 5
    network = build(lambda: ConvolutionalAutoencoder(3, 16, 4), rng.generator(seed, "weights"))
    network.train()
    order, draws = rng.generator(seed, "order"), rng.generator(seed, "augmentation")
    optimizer = torch.optim.Adam(network.parameters(), betas=(0.9, 0.999), weight_decay=0)
    curve = []
    for epoch in range(3):
        optimizer.param_groups[0]["lr"] = 0.5e-3 * (1 + math.cos(math.pi * epoch / 3))
        losses = []
        for index in batches(40, 16, order):
            shown = augment.get("invert")(IMAGES[index], draws)
            loss = ((network(shown) - IMAGES[index]) ** 2).mean()
            optimizer.zero_grad()
            loss.backward()
            optimizer.step()
            losses += [loss.item()] * len(index)
        curve.append(np.mean(losses))
    detector = DAE("invert", **SMALL, learning_rate=1e-3, random_state=seed).fit(IMAGES)
    assert detector.loss_curve_ == pytest.approx(curve, rel=1e-4)
    expected = ((network.eval()(IMAGES) - IMAGES) ** 2).mean(dim=(1, 2, 3)).detach().numpy()
    assert np.allclose(detector.decision_function(IMAGES), expected, rtol=1e-3)


def test_ae_is_the_dae_with_identity():
    assert np.array_equal(
        AE(**SMALL, random_state=3).fit(IMAGES).decision_scores_,
        DAE("identity", **SMALL, random_state=3).fit(IMAGES).decision_scores_,
    )


def test_random_state_decides_everything():
    one, same, other = (DAE("noise", **SMALL, random_state=s).fit(IMAGES) for s in (1, 1, 2))
    assert np.array_equal(one.decision_scores_, same.decision_scores_)
    assert not np.array_equal(one.decision_scores_, other.decision_scores_)


def test_untrained_network_scores_but_has_no_loss():
    detector = AE(width=4, epochs=0, batch_size=16).fit(IMAGES)
    assert detector.loss_curve_ == []
    assert np.isfinite(detector.decision_scores_).all()


def test_training_teaches():
    """A smooth class is learnt: its noise-free images then score below noise."""
    ramp = torch.linspace(0, 1, 16).expand(60, 3, 16, 16) * torch.linspace(0, 1, 60).view(
        60, 1, 1, 1
    )
    detector = AE(width=4, epochs=40, batch_size=16, learning_rate=3e-3).fit(ramp)
    assert detector.loss_curve_[-1] < 0.2 * detector.loss_curve_[0]
    scores = detector.decision_function(torch.cat([ramp[:20], IMAGES[:20]]))
    assert auroc([0] * 20 + [1] * 20, scores) > 0.99


@pytest.mark.parametrize(("n", "size"), [(10, 3), (9, 4), (2, 8), (1025, 1024)])
def test_batches_hold_each_image_once_and_never_one_alone(n, size):
    parts = batches(n, size, torch.Generator().manual_seed(0))
    assert sorted(torch.cat(parts).tolist()) == list(range(n))
    assert min(map(len, parts)) > 1


def test_explosion_is_an_error_with_its_epoch():
    with pytest.raises(NonFiniteError, match=r"became (nan|inf) in epoch \d of 3.*lower"):
        AE(width=4, epochs=3, batch_size=16, learning_rate=1e30).fit(IMAGES)


@pytest.mark.parametrize(
    ("images", "message"),
    [
        (torch.zeros(3, 16, 16), "shape"),
        (torch.zeros(0, 3, 16, 16), "none empty"),
        (torch.full((4, 3, 16, 16), torch.nan), "NaN"),
        (torch.full((4, 3, 16, 16), 255), r"\[0, 1\].*divide uint8 by 255"),
        (torch.zeros(1, 3, 16, 16), "at least two images"),
    ],
)
def test_bad_images_are_named(images, message):
    with pytest.raises(SsadError, match=message):
        AE(**SMALL).fit(images)


@pytest.mark.parametrize(
    ("parameters", "message"),
    [
        ({"contamination": 0.0}, "contamination"),
        ({"epochs": -1}, "epochs -1"),
        ({"batch_size": 1}, "batch_size 1"),
        ({"width": 0}, "width 0"),
        ({"learning_rate": -1.0}, "learning_rate -1.0 positive"),
        ({"learning_rate": float("nan")}, "learning_rate must be a finite number"),
        ({"device": "gpu"}, "unknown device 'gpu'"),
    ],
)
def test_bad_parameters_are_named(parameters, message):
    with pytest.raises(SsadError, match=message):
        AE(**{**SMALL, **parameters}).fit(IMAGES)


@pytest.mark.skipif(torch.cuda.is_available(), reason="needs a machine without GPU")
def test_missing_gpu_is_named():
    with pytest.raises(SsadError, match="a GPU was asked for and none is here"):
        AE(**SMALL, device="cuda").fit(IMAGES)


def test_unfitted_detector_says_so():
    with pytest.raises(SsadError, match="not fitted"):
        AE().decision_function(IMAGES)


@pytest.mark.skipif(not torch.cuda.is_available(), reason="needs a GPU")
def test_gpu_gives_the_same_scores_up_to_rounding():
    cpu, gpu = (
        DAE("flip", **SMALL, device=d).fit(IMAGES).decision_scores_ for d in ("cpu", "cuda")
    )
    assert np.allclose(cpu, gpu, rtol=1e-2)


def test_bfloat16_learns_the_same_within_its_precision():
    images = torch.rand(64, 3, 16, 16, generator=torch.Generator().manual_seed(0)) ** 2
    budget = {"width": 8, "epochs": 3, "batch_size": 16, "random_state": 1}
    exact = DAE("flip", **budget).fit(images)
    rough = DAE("flip", precision="bfloat16", **budget).fit(images)
    assert rough.loss_curve_ == pytest.approx(exact.loss_curve_, rel=0.02)
    assert rough.loss_curve_ != exact.loss_curve_
    np.testing.assert_allclose(rough.decision_scores_, exact.decision_scores_, rtol=0.1)
    assert rough.decision_scores_.dtype == np.float32


def test_unknown_precision_is_refused():
    with pytest.raises(SsadError, match="precision must be float32 or bfloat16, not 'float16'"):
        DAE(precision="float16", epochs=1).fit(torch.rand(4, 3, 16, 16))
