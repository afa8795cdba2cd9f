import numpy as np
import pytest

from ssad_lib.detectors.localising import highest_mean


@pytest.mark.parametrize(("side", "window"), [(256, 21), (64, 5), (128, 11), (32, 3), (8, 1)])
def test_the_score_is_the_highest_mean_of_a_window(side, window):
    maps = np.random.default_rng(0).random((2, side, side)).astype(np.float32)
    maps[1] = 0
    maps[1, 0, 0] = 1  # most of the window lies beyond the image
    padded = np.pad(maps.astype(np.float64), ((0, 0), *[(window // 2, window // 2)] * 2))
    views = np.lib.stride_tricks.sliding_window_view(padded, (window, window), axis=(1, 2))
    wanted = views.mean((3, 4)).max((1, 2))
    assert highest_mean(maps) == pytest.approx(wanted, rel=1e-5)
    assert wanted[1] == pytest.approx(1 / window**2)
