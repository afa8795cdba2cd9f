"""Decoded image sets on disk: each is decoded once and memory-mapped ever after.

An entry is a folder ``<name>-<key>`` with ``images.npy``, ``labels.npy``, ``meta.json`` and, for
defects, ``masks.npy``. It is built under another name and renamed when complete, so nobody ever
sees half of one; two processes that build the same entry at once both succeed, and one of the two
equal results is kept.
"""

from __future__ import annotations

import contextlib
import hashlib
import json
import os
import re
import shutil
import tempfile
import time
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from pathlib import Path

import numpy as np

from ssad_lib import paths
from ssad_lib.errors import SsadError, from_os_error

VERSION = 2  # part of every key: raise it when decoding changes
ATTEMPTS = 5
ABANDONED = 24 * 60 * 60  # seconds


@dataclass(frozen=True)
class Recipe:
    """How to build an entry.

    Parameters
    ----------
    shape : tuple of int
        ``(N, C, H, W)`` of the images.
    labels : numpy.ndarray
        ``int64 (N,)``.
    classes : tuple of str
        Class names in label order.
    images : iterable of numpy.ndarray
        Yields the N images, ``uint8 (C, H, W)``, one after the other.
    masks : iterable of numpy.ndarray, optional
        Yields the N masks, ``bool (H, W)``.
    notes : callable
        Called after all images and masks are read: what has to be said of them, a line each.
    """

    shape: tuple[int, int, int, int]
    labels: np.ndarray
    classes: tuple[str, ...]
    images: Iterable[np.ndarray]
    masks: Iterable[np.ndarray] | None = None
    notes: Callable[[], Sequence[str]] = tuple


@dataclass(frozen=True)
class Entry:
    """A decoded set; `images` and `masks` are read-only memory maps, `content` their SHA-256.

    `notes` say what of the files was left out or converted.
    """

    images: np.ndarray
    labels: np.ndarray
    classes: tuple[str, ...]
    masks: np.ndarray | None
    content: str
    notes: tuple[str, ...] = ()


def read_or_build(name: str, key: Sequence[object], make_recipe: Callable[[], Recipe]) -> Entry:
    """Return the entry of `key`, built first if it is missing or damaged.

    Parameters
    ----------
    name : str
        For people who look into the cache folder and for the progress bar.
    key : sequence
        Everything that decides the content: the stamp of the files, split, size.
    make_recipe : callable
        Called only when there is something to build.

    Raises
    ------
    SsadError
        If the disk is full or the cache cannot be written.
    """
    text = json.dumps([VERSION, *key])
    slug = re.sub(r"[^A-Za-z0-9]+", "-", name).strip("-")[-40:]
    target = paths.cache() / f"{slug}-{hashlib.sha256(text.encode()).hexdigest()[:20]}"
    for _ in range(ATTEMPTS):
        entry = _read(target)
        if entry is not None:
            return entry
        recipe = make_recipe()
        try:
            _sweep(target.parent)
            _discard(target)
            _build(name, target, recipe)
        except OSError as error:
            raise from_os_error(error, f"write the decoded images of {name}") from error
    raise SsadError(f"the cache entry {target} is damaged again and again; check that disk")


def _read(target: Path) -> Entry | None:
    """Return the entry at `target`, or None if it is missing, incomplete or cut short."""
    try:
        meta = json.loads((target / "meta.json").read_text())
        images = np.load(target / "images.npy", mmap_mode="r")
        labels = np.load(target / "labels.npy")
        masks = np.load(target / "masks.npy", mmap_mode="r") if meta["masks"] else None
        complete = list(images.shape) == meta["shape"] and len(labels) == len(images)
        notes = tuple(meta["notes"])
        entry = Entry(images, labels, tuple(meta["classes"]), masks, meta["content"], notes)
    except (OSError, ValueError, KeyError, TypeError, EOFError):
        return None
    return entry if complete and (masks is None or len(masks) == len(images)) else None


def _build(name: str, target: Path, recipe: Recipe) -> None:
    """Write the entry beside `target`, then rename it."""
    draft = Path(tempfile.mkdtemp(prefix=".draft-", dir=target.parent))
    try:
        count, _, height, width = recipe.shape
        digest = hashlib.sha256(repr((recipe.shape, recipe.classes)).encode())
        _write(draft / "images.npy", recipe.shape, np.uint8, recipe.images, digest.update, name)
        if recipe.masks is not None:
            shape = (count, height, width)
            _write(draft / "masks.npy", shape, np.bool_, recipe.masks, digest.update, name)
        _write(draft / "labels.npy", (count,), np.int64, recipe.labels, digest.update, None)
        meta = {
            "shape": recipe.shape,
            "classes": recipe.classes,
            "masks": recipe.masks is not None,
            "content": digest.hexdigest(),
            "notes": list(recipe.notes()),
        }
        with (draft / "meta.json").open("w") as file:
            json.dump(meta, file)
            file.flush()
            os.fsync(file.fileno())
        _publish(draft, target)
    finally:
        shutil.rmtree(draft, ignore_errors=True)


def _write(
    path: Path,
    shape: tuple[int, ...],
    dtype: type[np.generic],
    items: Iterable[np.ndarray],
    update: Callable[[bytes], None],
    progress: str | None,
) -> None:
    """Write `items` as one array without holding them all in memory."""
    if progress:
        from tqdm.auto import tqdm  # of use only where decoding takes a while

        # disable=None: the bar shows in a terminal and keeps silent in a log file.
        items = tqdm(items, total=shape[0], desc=progress, disable=None)
    # A write beyond a full disk raises here; through a memory map it would kill the process.
    with path.open("wb") as file:
        header = {"descr": np.dtype(dtype).str, "fortran_order": False, "shape": shape}
        np.lib.format.write_array_header_1_0(file, header)
        for item in items:
            content = np.ascontiguousarray(item, dtype).tobytes()
            update(content)
            file.write(content)
        file.flush()
        os.fsync(file.fileno())


def _publish(draft: Path, target: Path) -> None:
    try:
        draft.replace(target)
    except OSError:
        if _read(target) is None:  # else another process was faster: its entry is equal to ours
            raise


def _sweep(folder: Path) -> None:
    """Delete what processes killed more than a day ago left half done."""
    for left in (*folder.glob(".draft-*"), *folder.glob(".ruin-*")):
        with contextlib.suppress(FileNotFoundError):  # another process may sweep too
            if time.time() - left.stat().st_mtime > ABANDONED:
                shutil.rmtree(left, ignore_errors=True)


def _discard(target: Path) -> None:
    """Move a damaged entry out of the way, which is atomic, then delete it."""
    if not target.exists():
        return
    ruin = Path(tempfile.mkdtemp(prefix=".ruin-", dir=target.parent))
    with contextlib.suppress(FileNotFoundError):  # another process may have discarded it first
        target.replace(ruin / target.name)
    shutil.rmtree(ruin, ignore_errors=True)
