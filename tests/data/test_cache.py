from __future__ import annotations

import errno
import multiprocessing
import os
import time
from collections.abc import Iterator
from pathlib import Path

import numpy as np
import pytest

from ssad_lib import paths
from ssad_lib.data import cache
from ssad_lib.data.cache import Recipe, read_or_build
from ssad_lib.errors import SsadError

from .makers import pixels

IMAGES = pixels(6, 3, 4, 5)
LABELS = np.array([0, 0, 1, 1, 2, 2])
MASKS = pixels(6, 4, 5) > 127


def recipe(masks: bool = False) -> Recipe:
    return Recipe(IMAGES.shape, LABELS, ("a", "b", "c"), iter(IMAGES), MASKS if masks else None)


def refuse() -> Recipe:
    raise AssertionError("built again")


def entries() -> list[str]:
    return sorted(path.name for path in paths.cache().iterdir())


def folder() -> Path:
    (entry,) = paths.cache().iterdir()
    return entry


@pytest.mark.parametrize("masks", [False, True])
def test_built_once_and_mapped_afterwards(masks: bool) -> None:
    built = read_or_build("mine", ["key"], lambda: recipe(masks))
    again = read_or_build("mine", ["key"], refuse)
    for entry in (built, again):
        np.testing.assert_array_equal(entry.images, IMAGES)
        np.testing.assert_array_equal(entry.labels, LABELS)
        assert entry.labels.dtype == np.int64
        assert entry.classes == ("a", "b", "c")
        assert isinstance(entry.images, np.memmap)
        assert not entry.images.flags.writeable
        if masks:
            np.testing.assert_array_equal(entry.masks, MASKS)
        else:
            assert entry.masks is None
    assert built.content == again.content
    assert len(entries()) == 1


def test_another_key_is_another_entry() -> None:
    read_or_build("mine", ["key", 1], recipe)
    read_or_build("mine", ["key", 2], recipe)
    assert len(entries()) == 2


def test_the_content_decides_the_digest_and_the_key_does_not() -> None:
    first = read_or_build("mine", ["one"], recipe)
    assert read_or_build("yours", ["two"], recipe).content == first.content
    changed = IMAGES.copy()
    changed[5, 2, 3, 4] ^= 1
    others = [
        Recipe(IMAGES.shape, LABELS, ("a", "b", "c"), changed),
        Recipe(IMAGES.shape, LABELS[::-1], ("a", "b", "c"), IMAGES),
        Recipe(IMAGES.shape, LABELS, ("a", "b", "d"), IMAGES),
        recipe(masks=True),
    ]
    digests = [
        read_or_build("mine", ["other", i], lambda r=other: r).content  # type: ignore[misc]
        for i, other in enumerate(others)
    ]
    assert len({first.content, *digests}) == 5


@pytest.mark.parametrize("victim", ["images.npy", "labels.npy", "masks.npy", "meta.json"])
@pytest.mark.parametrize("harm", ["delete", "truncate", "empty", "garble"])
def test_a_damaged_entry_is_rebuilt(victim: str, harm: str) -> None:
    read_or_build("mine", ["key"], lambda: recipe(masks=True))
    path = folder() / victim
    content = path.read_bytes()
    if harm == "delete":
        path.unlink()
    else:
        harmed = {"truncate": content[:-7], "empty": b"", "garble": b"\0" * 20 + content[20:]}
        path.write_bytes(harmed[harm])
    entry = read_or_build("mine", ["key"], lambda: recipe(masks=True))
    np.testing.assert_array_equal(entry.images, IMAGES)
    np.testing.assert_array_equal(entry.masks, MASKS)
    assert path.read_bytes() == content
    assert len(entries()) == 1


def test_a_failed_build_leaves_nothing_behind() -> None:
    def broken() -> Iterator[np.ndarray]:
        yield IMAGES[0]
        raise SsadError("the image 'x' cannot be decoded")

    with pytest.raises(SsadError, match="'x'"):
        read_or_build("mine", ["key"], lambda: Recipe(IMAGES.shape, LABELS, ("a",), broken()))
    assert entries() == []


def test_a_full_disk_is_one_line(monkeypatch: pytest.MonkeyPatch) -> None:
    def full(*_: object) -> None:
        raise OSError(errno.ENOSPC, "No space left on device", "/somewhere")

    monkeypatch.setattr(os, "fsync", full)
    with pytest.raises(SsadError, match="the disk is full: could not write the decoded"):
        read_or_build("mine", ["key"], recipe)
    assert entries() == []


def test_a_cache_that_cannot_be_written_is_one_line(monkeypatch: pytest.MonkeyPatch) -> None:
    def denied(**_: object) -> str:
        raise PermissionError(errno.EACCES, "Permission denied", "/somewhere")

    monkeypatch.setattr(cache.tempfile, "mkdtemp", denied)
    with pytest.raises(SsadError, match=r"could not write .* at /somewhere: Permission denied"):
        read_or_build("mine", ["key"], recipe)


def test_only_old_drafts_are_swept() -> None:
    old, new = paths.cache() / ".draft-old", paths.cache() / ".draft-new"
    for path in (old, new):
        path.mkdir()
    os.utime(old, (time.time() - 2 * cache.ABANDONED,) * 2)
    read_or_build("mine", ["key"], recipe)
    assert not old.exists()
    assert new.exists()


def slow_images(barrier: object) -> Iterator[np.ndarray]:
    barrier.wait(30)  # type: ignore[attr-defined]  # both processes are building now
    yield from IMAGES
    barrier.wait(30)  # type: ignore[attr-defined]  # both are about to publish


def build_in_step(home: str, barrier: object, results: object) -> None:
    os.environ["SSAD_HOME"] = home
    entry = read_or_build(
        "mine", ["key"], lambda: Recipe(IMAGES.shape, LABELS, ("a",), slow_images(barrier))
    )
    results.put((entry.content, np.array(entry.images).tobytes()))  # type: ignore[attr-defined]


def test_two_processes_build_the_same_entry_at_once(tmp_path: Path) -> None:
    context = multiprocessing.get_context("spawn")
    barrier, results = context.Barrier(2), context.Queue()
    arguments = (str(tmp_path), barrier, results)
    workers = [context.Process(target=build_in_step, args=arguments) for _ in range(2)]
    for worker in workers:
        worker.start()
    (content, images), other = results.get(timeout=60), results.get(timeout=60)
    for worker in workers:
        worker.join(30)
    assert [worker.exitcode for worker in workers] == [0, 0]
    assert (content, images) == other
    assert images == IMAGES.tobytes()
    assert len(list((tmp_path / "cache").iterdir())) == 1


def test_a_process_killed_while_building_leaves_no_half_entry(tmp_path: Path) -> None:
    context = multiprocessing.get_context("fork")  # quick, and what the child runs is NumPy alone
    barrier, results = context.Barrier(2), context.Queue()
    worker = context.Process(target=build_in_step, args=(str(tmp_path), barrier, results))
    worker.start()
    barrier.wait(30)  # it has begun to write
    worker.kill()
    worker.join(30)
    names = [path.name for path in (tmp_path / "cache").iterdir()]
    assert len(names) == 1
    assert names[0].startswith(".draft-")
