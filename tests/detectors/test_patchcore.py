"""PatchCore by its formulas, on an embedded surface; its memory is bounded."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest
import torch
from scipy.ndimage import gaussian_filter
from scipy.spatial.distance import cdist
from sklearn.base import clone

from ssad_lib import data, metrics, pixels
from ssad_lib.detectors import PatchCore, memory, patchcore
from ssad_lib.encoders import efficientnet
from ssad_lib.encoders.patches import patch_encoder
from ssad_lib.errors import SsadError


def surface(split: str, count: int, size: int = 64):  # type: ignore[no-untyped-def]
    return data.load("textures:weave", split=split, images_per_class=count, size=size)


def floats(images: np.ndarray) -> np.ndarray:
    return images.astype(np.float32) / 255


@pytest.fixture(scope="module")
def normal() -> np.ndarray:
    return floats(surface("train", 24).images)


@pytest.fixture(scope="module")
def fitted(normal: np.ndarray) -> PatchCore:
    return PatchCore(coreset=0.2).fit(normal)


def test_defects_are_found_and_their_pixels(fitted: PatchCore) -> None:
    test = surface("test", 6)
    scores, maps = fitted.examine(floats(test.images))
    assert maps.dtype == scores.dtype == np.float32
    assert maps.shape == (len(test), 64, 64)
    assert metrics.auroc(test.labels > 0, scores) > 0.9
    assert pixels.measure(maps, test.masks).auroc > 0.8


def test_both_methods_are_examine_and_chunks_change_nothing(
    fitted: PatchCore, normal: np.ndarray, monkeypatch: pytest.MonkeyPatch
) -> None:
    scores, maps = fitted.examine(normal[:5])
    monkeypatch.setattr(memory, "CHUNK", 100)
    monkeypatch.setattr(patchcore, "PIXELS", 2 * 64 * 64)
    np.testing.assert_allclose(fitted.decision_function(normal[:5]), scores, rtol=5e-3)
    np.testing.assert_allclose(fitted.localise(normal[:5]), maps, rtol=5e-3)


def test_score_and_map_by_their_formulas(fitted: PatchCore) -> None:
    image = floats(surface("test", 1).images)[-1:]
    features = patch_encoder()(torch.from_numpy(image))[0].reshape(-1, 152).double().numpy()
    bank = fitted.bank_.astype(np.float64)
    distances = cdist(features, bank)
    nearest = distances.min(axis=1)
    place = int(nearest.argmax())
    match = int(distances[place].argmin())
    ring = np.argsort(cdist(bank[match : match + 1], bank)[0])[:9]
    assert ring[0] == match
    exponents = np.exp(distances[place, ring] - distances[place, ring].max())
    expected = nearest[place] * (1 - exponents[0] / exponents.sum())
    score, maps = fitted.examine(image)
    assert score[0] == pytest.approx(expected, rel=1e-4)
    cells = torch.from_numpy(nearest.reshape(1, 1, 8, 8))
    whole = torch.nn.functional.interpolate(cells, (64, 64), mode="bilinear")[0, 0].numpy()
    np.testing.assert_allclose(maps[0], gaussian_filter(whole, 4.0), rtol=1e-3, atol=1e-3)
    plain = clone(fitted).set_params(neighbours=1)
    plain.__dict__.update({k: v for k, v in vars(fitted).items() if k.endswith("_")})
    assert plain.decision_function(image)[0] == pytest.approx(nearest[place], rel=1e-4)


def test_the_memory_is_a_coreset_of_the_images_places(
    fitted: PatchCore, normal: np.ndarray
) -> None:
    features = patch_encoder()(torch.from_numpy(normal))
    assert fitted.places_ == (24 * 64, 24 * 64)
    assert len(fitted.bank_) == round(0.2 * 24 * 64)
    for entry, owner in zip(fitted.bank_[:20], fitted.owners_[:20], strict=True):
        own = features[owner].reshape(-1, 152).numpy()
        assert np.abs(own - entry).max(axis=1).min() < 1e-4


def test_training_images_are_scored_by_the_others(normal: np.ndarray) -> None:
    twins = np.concatenate([normal[:6], normal[:1]])
    fitted = PatchCore(coreset=1.0).fit(twins)
    assert fitted.decision_function(twins).max() < 0.05  # every place is in the memory
    assert fitted.decision_scores_[6] < 0.05  # what it shows is in the memory as its twin's
    assert fitted.decision_scores_[:6].min() > 0.5
    others = PatchCore(coreset=1.0).fit(np.delete(twins, 3, axis=0))
    assert fitted.decision_scores_[3] == pytest.approx(others.decision_function(twins[3:4])[0])


def test_one_seed_is_one_result_and_more_data_are_drawn_from(
    normal: np.ndarray, monkeypatch: pytest.MonkeyPatch
) -> None:
    small = PatchCore(coreset=0.05)
    first = small.fit(normal).bank_.copy()
    assert np.array_equal(clone(small).fit(normal).bank_, first)
    assert not np.array_equal(clone(small).set_params(random_state=1).fit(normal).bank_, first)
    monkeypatch.setattr(patchcore, "HELD", 24 * 32 * 152 * 4)  # half of all places
    bounded = clone(small).fit(normal)
    assert bounded.places_ == (24 * 32, 24 * 64)
    assert len(bounded.bank_) == round(0.05 * 24 * 64)
    assert np.array_equal(clone(small).fit(normal).bank_, bounded.bank_)
    np.testing.assert_allclose(bounded.decision_scores_, clone(small).fit(normal).decision_scores_)
    assert clone(small).set_params(largest=7).fit(normal).bank_.shape == (7, 152)


def test_an_interrupted_fit_goes_on_from_the_cache(
    normal: np.ndarray, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(patchcore, "PIXELS", 8 * 64 * 64)
    plain, calls = efficientnet.maps, []

    def dies(images):  # type: ignore[no-untyped-def]
        calls.append(len(images))
        if len(calls) == 3:
            raise KeyboardInterrupt
        return plain(images)

    monkeypatch.setattr(efficientnet, "maps", dies)
    detector = PatchCore(coreset=0.05, cache=True)
    with pytest.raises(KeyboardInterrupt):
        detector.fit(normal)
    detector.fit(normal)
    assert calls == [8, 8, 8, 8]
    assert np.array_equal(PatchCore(coreset=0.05).fit(normal).bank_, detector.bank_)


def test_auto_stays_what_it_was_when_it_was_fitted(
    normal: np.ndarray, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    detector = PatchCore("auto", coreset=0.05).fit(normal[:4])
    assert detector.encoder_ == "efficientnet-lite0"
    (tmp_path / "wide_resnet50_2-95faca4d.pth").write_bytes(b"")
    monkeypatch.setenv("SSAD_DATA", str(tmp_path))
    assert detector.decision_function(normal[:1]).shape == (1,)


@pytest.mark.parametrize(
    ("parameters", "message"),
    [
        ({"coreset": 0.0}, r"coreset 0.0 must lie in \(0, 1\]"),
        ({"largest": 0}, "largest 0"),
        ({"neighbours": 0}, "neighbours 0"),
        ({"sigma": -1.0}, "sigma -1.0 ≥ 0"),
        ({"encoder": "resnet50"}, "unknown encoder of places 'resnet50'"),
    ],
)
def test_parameters_that_cannot_be_are_one_line(
    normal: np.ndarray, parameters: dict[str, object], message: str
) -> None:
    with pytest.raises(SsadError, match=message):
        PatchCore(**parameters).fit(normal[:3])  # type: ignore[arg-type]


def test_one_image_is_too_few(normal: np.ndarray) -> None:
    with pytest.raises(SsadError, match="needs 2 normal images or more, not 1"):
        PatchCore().fit(normal[:1])
    two = PatchCore(coreset=0.001).fit(normal[:2])  # a memory of one place
    assert np.isfinite(two.decision_scores_).all()
