"""Pixel measures against scikit-learn's and against their definitions, and their error bounds."""

import numpy as np
import pytest
import torch
from scipy.ndimage import label
from sklearn.metrics import average_precision_score, f1_score, roc_auc_score, roc_curve

from ssad_lib import pixels
from ssad_lib.errors import SsadError

NAMES = ("auroc", "average_precision", "aupro", "f1")


def case(seed=0, count=6, side=24, digits=2):
    """Maps with ties, raised where blobs of several sizes are; two images are sound."""
    rng = np.random.default_rng(seed)
    masks = np.zeros((count, side, side), bool)
    for mask in masks[2:]:
        for _ in range(int(rng.integers(1, 4))):
            y, x, size = [*rng.integers(0, side - 7, 2).tolist(), int(rng.integers(1, 7))]
            mask[y : y + size, x : x + size] = True
    maps = rng.normal(size=masks.shape) + 1.2 * masks
    return np.round(maps, digits).astype(np.float32), masks


def plain_aupro(maps, masks, most=0.3):
    """The definition, one threshold after the other."""
    regions = []
    for i, mask in enumerate(masks):
        numbered, count = label(mask, np.ones((3, 3)))
        regions += [maps[i][numbered == k] for k in range(1, count + 1)]
    sound = maps[~masks]
    x, y = [0.0], [0.0]
    for threshold in np.unique(maps)[::-1]:
        x.append(float((sound >= threshold).mean()))
        y.append(float(np.mean([(region >= threshold).mean() for region in regions])))
    grid = np.union1d(np.linspace(0, most, 200_001), [value for value in x if value <= most])
    return float(np.trapezoid(np.interp(grid, x, y), grid)) / most


@pytest.mark.parametrize("seed", range(3))
def test_small_sets_equal_scikit_learn(seed):
    maps, masks = case(seed)
    found = pixels.measure(maps, masks)
    truth, scores = masks.ravel(), maps.ravel()
    assert found.auroc == pytest.approx(roc_auc_score(truth, scores), abs=1e-12)
    assert found.average_precision == pytest.approx(
        average_precision_score(truth, scores), abs=1e-12
    )
    every = [f1_score(truth, scores >= t) for t in np.unique(scores)]
    assert found.f1 == pytest.approx(max(every), abs=1e-12)
    assert f1_score(truth, scores >= found.threshold) == pytest.approx(found.f1, abs=1e-12)
    flagged = scores >= found.threshold
    assert found.precision == pytest.approx(truth[flagged].mean())
    assert found.recall == pytest.approx(flagged[truth].mean())
    assert found.errors == dict.fromkeys(NAMES, 0.0)


@pytest.mark.parametrize("seed", range(3))
def test_aupro_is_the_mean_overlap_up_to_thirty_percent(seed):
    maps, masks = case(seed)
    found = pixels.measure(maps, masks).aupro
    assert found == pytest.approx(plain_aupro(maps, masks), abs=1e-4)


def test_aupro_is_a_weighted_partial_area_of_scikit_learn():
    maps, masks = case(7, digits=5)
    weights = np.ones(masks.shape)
    for weight, mask in zip(weights, masks, strict=True):
        numbered, _ = label(mask, np.ones((3, 3)))
        weight[mask] = 1 / np.bincount(numbered.ravel())[numbered[mask]]
    fpr, tpr, _ = roc_curve(
        masks.ravel(), maps.ravel(), sample_weight=weights.ravel(), drop_intermediate=False
    )
    inside = fpr <= 0.3
    x, y = np.append(fpr[inside], 0.3), np.append(tpr[inside], np.interp(0.3, fpr, tpr))
    area = float(np.sum(np.diff(x) * (y[1:] + y[:-1]) / 2)) / 0.3
    assert pixels.measure(maps, masks).aupro == pytest.approx(area, abs=1e-9)


def test_regions_of_any_size_count_alike_and_touch_by_corners():
    maps, masks = np.zeros((2, 8, 8), np.float32), np.zeros((2, 8, 8), bool)
    masks[0, :4, :4] = True
    masks[1, 5, 5] = masks[1, 6, 6] = True  # one region: they touch by a corner
    maps[0, :4, :4] = 1
    assert pixels.measure(maps, masks).aupro == pytest.approx(0.5 + 0.5 * 0.15)
    maps[1, 5, 5] = 1
    assert pixels.measure(maps, masks).aupro == pytest.approx(0.75 + 0.25 * 0.15)


@pytest.mark.parametrize("scale", [1e-6, 1.0, 3e4])
@pytest.mark.parametrize("seed", range(3))
def test_levels_of_large_sets_keep_to_their_bounds(seed, scale):
    maps, masks = case(seed, count=8, side=64, digits=9)
    maps = maps * np.float32(scale)
    exact, levels = pixels.measure(maps, masks), pixels.measure(maps, masks, exact=0)
    for name in NAMES:
        assert abs(getattr(levels, name) - getattr(exact, name)) <= levels.errors[name] + 1e-12
        assert levels.errors[name] < 2e-3
    assert 0 < levels.errors["auroc"] < 1e-4


def test_bounds_hold_where_levels_are_coarse(monkeypatch):
    monkeypatch.setattr(pixels, "DROPPED", 22)
    maps, masks = case(1, digits=9)
    exact, levels = pixels.measure(maps, masks), pixels.measure(maps, masks, exact=0)
    moved = [abs(getattr(levels, name) - getattr(exact, name)) for name in NAMES]
    assert max(moved) > 1e-3
    for name, difference in zip(NAMES, moved, strict=True):
        assert difference <= levels.errors[name]


def test_the_threshold_of_levels_has_the_precision_and_recall_it_says():
    maps, masks = case(2, side=48, digits=9)
    found = pixels.measure(maps - 1, masks, exact=0)  # most scores are negative
    flagged = (maps - 1) >= np.float32(found.threshold)
    assert masks[flagged].mean() == pytest.approx(found.precision)
    assert flagged[masks].mean() == pytest.approx(found.recall)


def test_chunks_change_nothing(monkeypatch):
    maps, masks = case(3)
    whole = pixels.measure(maps, masks, exact=0)
    monkeypatch.setattr(pixels, "CHUNK", 2 * maps[0].size)
    parts = pixels.measure(maps, masks, exact=0)
    assert parts.aupro == pytest.approx(whole.aupro, abs=1e-12)
    assert (parts.auroc, parts.average_precision) == (whole.auroc, whole.average_precision)


def test_order_of_levels_is_that_of_numbers():
    values = np.array([-3e38, -2.5, -1e-30, -0.0, 0.0, 1e-40, 1e-9, 0.5, 2, 3e38], np.float32)
    ((keys, _),) = pixels._levels(values.reshape(1, 1, -1))
    assert (np.diff(keys) >= 0).all()
    assert keys[3] == keys[4]
    assert [pixels._smallest_of(int(key)) <= float(v) for key, v in zip(keys, values, strict=True)]
    assert (np.diff(keys)[[0, 1, 5, 6, 7, 8]] > 0).all()


@pytest.mark.parametrize(
    ("change", "message"),
    [
        (lambda s, m: (s[:3], m), r"maps \(3, 24, 24\) and masks \(6, 24, 24\) must be"),
        (lambda s, m: (s, m.astype(float)), "true or false, not float64"),
        (lambda s, m: (np.where(m, np.nan, s), m), "NaN or infinite"),
        (lambda s, m: (s, m & False), "0 of 3456 pixels are defective"),
        (lambda s, m: (s, m | True), "3456 of 3456 pixels are defective"),
    ],
)
def test_bad_input_is_named(change, message):
    with pytest.raises(SsadError, match=message):
        pixels.measure(*change(*case()))


def test_masks_are_brought_to_the_nearest_pixel():
    mask = np.zeros((1, 8, 8))
    mask[0, 2:6, 2:6] = 1
    mask[0, 0, 0] = 0.5  # not above one half
    small = pixels.bring_masks(mask, 4)
    assert small.dtype == np.bool_
    assert small.tolist() == (mask[:, 1::2, 1::2] > 0.5).tolist()
    large = pixels.bring_masks(mask, 16)
    assert large.sum() == 64
    eroded = pixels.bring_masks(mask, 16, "official_floor")
    assert 0 < eroded.sum() < large.sum()
    assert large[eroded].all()
    assert torch.equal(
        torch.from_numpy(pixels.bring_masks(mask > 0.5, 8)), torch.tensor(mask > 0.5)
    )
    with pytest.raises(SsadError, match="did you mean 'nearest'"):
        pixels.bring_masks(mask, 4, "nearst")
