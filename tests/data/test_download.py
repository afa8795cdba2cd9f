from __future__ import annotations

import errno
import sys
from http.client import IncompleteRead
from pathlib import Path
from urllib.error import URLError

import pytest

from ssad_lib.data import download
from ssad_lib.errors import SsadError

MODULE = sys.modules["ssad_lib.data.download"]


def test_torchvision_is_asked_for_both_splits(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    calls: list[tuple[str, Path, str, bool]] = []
    monkeypatch.setattr(
        MODULE,
        "reader",
        lambda name, root, split, *, download: calls.append((name, root, split, download)),
    )
    download("svhn", tmp_path / "new")
    expected = [("svhn", tmp_path / "new", split, True) for split in ("train", "test")]
    assert calls == expected
    assert (tmp_path / "new").is_dir()


@pytest.mark.parametrize(
    ("failure", "message"),
    [
        (URLError("no route to host"), "could not download mnist: no route to host; check the net"),
        (TimeoutError("timed out"), "could not download mnist: timed out; check the network"),
        (
            RuntimeError("Error downloading x:\nTried"),
            "Error downloading x:; try again",
        ),
        (IncompleteRead(b"half"), "could not download mnist: IncompleteRead.*; check the network"),
        (OSError(errno.ENOSPC, "No space left"), "the disk is full: could not save mnist in"),
    ],
)
def test_failures_are_one_line(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, failure: Exception, message: str
) -> None:
    def fail(*_: object, **__: object) -> None:
        raise failure

    monkeypatch.setattr(MODULE, "reader", fail)
    with pytest.raises(SsadError, match=message) as error:
        download("mnist", tmp_path)
    assert "\n" not in str(error.value)


def test_what_cannot_be_downloaded(tmp_path: Path) -> None:
    with pytest.raises(SsadError, match="street-digits is embedded"):
        download("street-digits", tmp_path)
    with pytest.raises(SsadError, match="unknown image set to download 'cifar': did you mean"):
        download("cifar", tmp_path)
