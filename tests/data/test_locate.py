from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest

from ssad_lib import paths
from ssad_lib.data import describe, load
from ssad_lib.data.locate import Row, find_named
from ssad_lib.errors import SsadError

from .makers import class_files, defect_files, write, write_mnist, write_zip


def test_layouts_are_tried_in_order(tmp_path: Path) -> None:
    packed = write_zip(tmp_path / "mnist.zip", class_files())
    assert find_named("mnist", tmp_path, "train") == packed
    unpacked = write(tmp_path / "mnist", class_files())
    assert find_named("mnist", tmp_path, "train") == unpacked
    write_mnist(tmp_path)
    assert find_named("mnist", tmp_path, "train") == tmp_path


def test_a_zip_of_grey_class_folders_stays_grey(tmp_path: Path) -> None:
    write_zip(tmp_path / "mnist.zip", class_files(("0", "1")))
    digits = load("mnist", tmp_path)
    assert digits.images.shape == (6, 1, 32, 32)
    assert digits.source.endswith(str(tmp_path / "mnist.zip"))


def test_a_missing_set_says_where_it_was_looked_for(tmp_path: Path) -> None:
    message = (
        r"no cifar10 below .*: looked for cifar-10-batches-py/data_batch_1, cifar10/ and "
        r"cifar10.zip; put it there or run `ssad data download cifar10`"
    )
    with pytest.raises(SsadError, match=message):
        load("cifar10", tmp_path)


def test_every_set_is_described(tmp_path: Path) -> None:
    write_mnist(tmp_path)
    write(tmp_path / "mvtec" / "tile", defect_files())
    rows = {row.name: row for row in describe(tmp_path)}
    assert rows["street-digits"] == Row("street-digits", "embedded", "always there")
    assert rows["mnist"] == Row("mnist", "found", str(tmp_path))
    assert rows["svhn"] == Row("svhn", "missing", "ssad data download svhn")
    assert rows["mvtec:tile"].state == "found"


def test_without_a_data_root_only_embedded_sets_are_there() -> None:
    states = {row.name: row.state for row in describe(None)}
    assert states["digits"] == "embedded"
    assert states["cifar10"] == "missing"


def test_a_defect_set_in_a_folder_of_its_own_name_is_found(tmp_path: Path) -> None:
    write(tmp_path / "magnets" / "magnets", defect_files())
    write(tmp_path / "other" / "unrelated", defect_files())
    assert load("mvtec:magnets", tmp_path, "test").classes[0] == "good"
    names = [row.name for row in describe(tmp_path) if row.name.startswith("mvtec:")]
    assert names == ["mvtec:magnets"]


def test_a_system_package_is_found_without_a_data_root(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    system, root = tmp_path / "system", tmp_path / "root"
    arrays = write_mnist(system / "made", "FashionMNIST")
    (system / "made" / "FashionMNIST" / "raw").rename(system / "fashion-mnist")
    monkeypatch.setattr(paths, "SYSTEM_DATA", system)
    found = load("fashion-mnist", size=28)
    np.testing.assert_array_equal(found.images[:, 0], arrays["train-images-idx3-ubyte"])
    assert found.source.endswith(str(system))
    rows = {row.name: row for row in describe(None)}
    assert rows["fashion-mnist"] == Row("fashion-mnist", "found", str(system))
    assert rows["mnist"].state == "missing"
    write_mnist(root)
    assert load("fashion-mnist", root).source.endswith(str(system))
    write_mnist(root, "FashionMNIST")
    assert load("fashion-mnist", root).source.endswith(str(root))
    with pytest.raises(SsadError, match="no data root"):
        load("mnist")
    with pytest.raises(SsadError, match="is not a folder"):
        load("fashion-mnist", tmp_path / "nowhere")
