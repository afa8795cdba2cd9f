from __future__ import annotations

from pathlib import Path

import pytest

from ssad_lib.data import load, names
from ssad_lib.errors import SsadError

from .makers import class_files, write


def test_names() -> None:
    assert names() == [
        "street-digits", "street-letters", "digits", "textures",
        "mnist", "fashion-mnist", "svhn", "cifar10", "cifar100", "emnist-letters", "notmnist",
        "tiny-imagenet",
    ]  # fmt: skip


@pytest.mark.parametrize(
    ("name", "message"),
    [
        ("cifar-10", "unknown image set 'cifar-10': did you mean 'cifar10'"),
        ("street_digits", "did you mean 'street-digits'"),
        ("", "unknown image set '': choose one of"),
        ("folder:", "unknown image set 'folder:'"),
        ("street-digits:x", "unknown image set 'street-digits:x'"),
    ],
)
def test_an_unknown_name_gets_the_nearest(name: str, message: str) -> None:
    with pytest.raises(SsadError, match=message):
        load(name)


def test_an_unknown_split() -> None:
    with pytest.raises(SsadError, match="unknown split 'val'"):
        load("digits", split="val")


@pytest.mark.parametrize("option", ["images_per_class", "size"])
@pytest.mark.parametrize("value", [0, -3])
def test_numbers_below_one(option: str, value: int) -> None:
    with pytest.raises(SsadError, match=f"{option} is {value}; give a whole number"):
        load("digits", **{option: value})  # type: ignore[arg-type]


def test_no_data_root(tmp_path: Path) -> None:
    with pytest.raises(SsadError, match=r"no data root: .* pass --data-root DIR or set SSAD_DATA"):
        load("cifar10")
    with pytest.raises(SsadError, match=r"the data root .*nowhere is not a folder"):
        load("cifar10", tmp_path / "nowhere")


def test_the_data_root_comes_from_the_environment(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    write(tmp_path / "cifar10", class_files())
    monkeypatch.setenv("SSAD_DATA", str(tmp_path))
    assert load("cifar10").images.shape == (6, 3, 32, 32)


def test_a_path_that_is_not_there(tmp_path: Path) -> None:
    with pytest.raises(SsadError, match=r"there is nothing at .*nowhere; check the path"):
        load(f"folder:{tmp_path / 'nowhere'}")
