"""Small image sets on disk, in every layout the loaders read."""

from __future__ import annotations

import io
import pickle
import struct
import zipfile
from pathlib import Path

import numpy as np
import scipy.io
from PIL import Image

from ssad_lib.data.catalogue import CIFAR10


def pixels(*shape: int, seed: int = 0) -> np.ndarray:
    return np.random.default_rng(seed).integers(0, 256, shape, dtype=np.uint8)


def png(array: np.ndarray) -> bytes:
    """The PNG of an ``(H, W)`` or ``(H, W, 3)`` array."""
    buffer = io.BytesIO()
    Image.fromarray(array).save(buffer, "PNG")
    return buffer.getvalue()


def write(root: Path, files: dict[str, bytes]) -> Path:
    for name, content in files.items():
        path = root / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_bytes(content)
    return root


def write_zip(path: Path, files: dict[str, bytes]) -> Path:
    with zipfile.ZipFile(path, "w") as archive:
        for name, content in files.items():
            archive.writestr(name, content)
    return path


def class_files(
    classes: tuple[str, ...] = ("cat", "dog"),
    splits: tuple[str, ...] = ("train", "test"),
    count: int = 3,
    side: int = 5,
) -> dict[str, bytes]:
    """Different random RGB images under ``<split>/<class>/<number>.png``."""
    names = [
        f"{split}/{label}/{i}.png" for split in splits for label in classes for i in range(count)
    ]
    return {name: png(pixels(side, side, 3, seed=i)) for i, name in enumerate(names)}


def defect_files(side: int = 8) -> dict[str, bytes]:
    """One object in the layout of MVTec AD: two kinds of defect, masks of known area."""
    files = {f"train/good/{i:03}.png": png(pixels(side, side, seed=i)) for i in range(4)}
    files |= {f"test/good/{i:03}.png": png(pixels(side, side, seed=10 + i)) for i in range(2)}
    for kind, rows in (("crack", 1), ("hole", 4)):
        for i in range(2):
            files[f"test/{kind}/{i:03}.png"] = png(pixels(side, side, seed=20 + i + rows))
            mask = np.zeros((side, side), np.uint8)
            mask[:rows] = 255
            files[f"ground_truth/{kind}/{i:03}_mask.png"] = png(mask)
    return files


def idx(array: np.ndarray) -> bytes:
    header = struct.pack(f">HBB{array.ndim}I", 0, 8, array.ndim, *array.shape)
    return header + array.tobytes()


def write_mnist(root: Path, folder: str = "MNIST", count: int = 20) -> dict[str, np.ndarray]:
    """MNIST's idx files with `count` images in each split; returns the arrays by file stem."""
    arrays = {}
    for seed, stem in enumerate(("train", "t10k")):
        arrays[f"{stem}-images-idx3-ubyte"] = pixels(count, 28, 28, seed=seed)
        arrays[f"{stem}-labels-idx1-ubyte"] = (np.arange(count) % 10).astype(np.uint8)
    write(root / folder / "raw", {name: idx(array) for name, array in arrays.items()})
    return arrays


def write_svhn(root: Path, split: str, count: int = 20) -> np.ndarray:
    """SVHN's ``.mat``: images ``(32, 32, 3, N)``, and the digit 0 written as 10."""
    images = pixels(32, 32, 3, count)
    labels = (np.arange(count) % 10 + 1).astype(np.uint8)[:, None]
    scipy.io.savemat(root / f"{split}_32x32.mat", {"X": images, "y": labels})
    return images


def write_cifar10(root: Path, per_batch: int = 10) -> np.ndarray:
    """CIFAR-10's five train batches and its test batch; returns all rows in that order."""
    rows = pixels(6 * per_batch, 3072)
    folder = root / "cifar-10-batches-py"
    folder.mkdir()
    names = [f"data_batch_{i}" for i in range(1, 6)] + ["test_batch"]
    for i, name in enumerate(names):
        batch = {
            "data": rows[i * per_batch : (i + 1) * per_batch],
            "labels": [j % 10 for j in range(per_batch)],
        }
        (folder / name).write_bytes(pickle.dumps(batch))
    (folder / "batches.meta").write_bytes(pickle.dumps({"label_names": list(CIFAR10)}))
    return rows


def write_cifar100(root: Path, classes: int = 4, per_class: int = 2) -> None:
    folder = root / "cifar-100-python"
    folder.mkdir()
    for name in ("train", "test"):
        batch = {
            "data": pixels(classes * per_class, 3072),
            "fine_labels": [i % classes for i in range(classes * per_class)],
        }
        (folder / name).write_bytes(pickle.dumps(batch))
    names = [f"thing {i}" for i in range(classes)]
    (folder / "meta").write_bytes(pickle.dumps({"fine_label_names": names}))
