from types import SimpleNamespace

import numpy as np
import pytest

from ssad_lib import paths
from ssad_lib.errors import SsadError
from ssad_lib.studies.not_magic import kept

COLUMNS = [("normal", "success"), ("normal", "failure"), ("anomaly", "success")]


@pytest.mark.parametrize("channels", [1, 3])
def test_pictures_come_back_as_they_were_kept(tmp_path, monkeypatch, channels):
    rng = np.random.default_rng(0)
    rows = {name: rng.random((3, channels, 8, 8)) for name in ("original", "AE", "DAE")}
    monkeypatch.setattr(kept, "panel", lambda one: (rows, COLUMNS, f"{one.case.title}: what."))
    monkeypatch.setattr(paths, "RESULTS", tmp_path)
    shown = [SimpleNamespace(case=SimpleNamespace(title=title)) for title in ("6 → 9", "b")]
    kept.keep(shown, tmp_path / "pictures")
    found = kept.kept("pictures")
    assert list(found) == ["6 → 9", "b"]
    again, columns, what = found["6 → 9"]
    assert columns == COLUMNS
    assert what == "6 → 9: what."
    assert list(again) == list(rows)
    for name, images in rows.items():
        np.testing.assert_allclose(again[name], images, atol=0.5 / 255 + 1e-6)


def test_missing_pictures_are_named(tmp_path, monkeypatch):
    monkeypatch.setattr(paths, "RESULTS", tmp_path)
    with pytest.raises(SsadError, match="no kept pictures 'nothing'"):
        kept.kept("nothing")


@pytest.mark.parametrize("name", ["cifar10-pictures", "mnist-pictures"])
def test_committed_pictures_are_thumbnails_of_every_row(name):
    for rows, columns, what in kept.kept(name).values():
        assert {images.shape[0] for images in rows.values()} == {len(columns)}
        assert {images.shape[2:] for images in rows.values()} <= {(28, 28), (32, 32)}
        assert {"AE", "DAE"} <= set(rows)
        assert what
