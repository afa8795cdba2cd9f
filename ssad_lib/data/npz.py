"""Image sets in one ``.npz`` file: your own arrays.

Either ``train_images``, ``train_labels``, ``test_images``, ``test_labels`` or, for a training set
alone, ``images`` and ``labels``; optionally ``classes``, the names in label order. Images are
``uint8``, shaped ``(N, H, W)``, ``(N, H, W, C)`` or ``(N, C, H, W)`` with 1 or 3 channels; labels
are integers ``(N,)`` or ``(N, 1)`` from 0.
"""

from __future__ import annotations

import hashlib
import zipfile
import zlib
from pathlib import Path

import numpy as np

from ssad_lib.data.cache import Entry
from ssad_lib.data.resize import resize_images
from ssad_lib.errors import SsadError, from_os_error

CHANNELS = (1, 3)


def read_npz(path: Path, split: str, size: int | None) -> Entry:
    """Return the arrays of `split` in the file at `path`, resized to squares if `size` is given.

    Raises
    ------
    SsadError
        If the file cannot be read, lacks the arrays, or they have another type or shape.
    """
    arrays = _arrays(path)
    alone = split == "train" and "images" in arrays
    image_key, label_key = ("images", "labels") if alone else (f"{split}_images", f"{split}_labels")
    for key in (image_key, label_key):
        if key not in arrays:
            raise SsadError(
                f"{path} has no array '{key}' (it has: {', '.join(sorted(arrays)) or 'none'}); "
                f"store {split}_images and {split}_labels"
            )
    images = _channels_first(arrays[image_key], f"the array '{image_key}' of {path}")
    labels = _labels(arrays[label_key], len(images), f"the array '{label_key}' of {path}")
    if size is not None:
        images = resize_images(images, size)
    classes = _classes(arrays, labels, path)
    digest = hashlib.sha256(repr((images.shape, classes)).encode())
    digest.update(np.ascontiguousarray(images).tobytes())
    digest.update(labels.tobytes())
    return Entry(images, labels, classes, None, digest.hexdigest())


def _arrays(path: Path) -> dict[str, np.ndarray]:
    try:
        with np.load(path, allow_pickle=False) as archive:
            return {key: archive[key] for key in archive.files}
    except FileNotFoundError as error:
        raise SsadError(f"there is no file {path}; check the path after 'npz:'") from error
    except (zipfile.BadZipFile, zlib.error, ValueError, EOFError, TypeError) as error:
        raise SsadError(
            f"{path} is not a readable .npz of plain arrays ({error}); write it with numpy.savez"
        ) from error
    except OSError as error:
        raise from_os_error(error, f"read {path}") from error


def _channels_first(images: np.ndarray, what: str) -> np.ndarray:
    if images.dtype != np.uint8:
        raise SsadError(f"{what} is {images.dtype}; store uint8 values from 0 to 255")
    if images.ndim == 3:
        return images[:, None]
    if images.ndim == 4 and images.shape[1] in CHANNELS:
        return images
    if images.ndim == 4 and images.shape[3] in CHANNELS:
        return images.transpose(0, 3, 1, 2)
    raise SsadError(
        f"{what} has the shape {images.shape}; store (N, H, W), (N, H, W, C) or (N, C, H, W) "
        "with 1 or 3 channels"
    )


def _labels(labels: np.ndarray, count: int, what: str) -> np.ndarray:
    flat = labels[:, 0] if labels.ndim == 2 and labels.shape[1] == 1 else labels
    if flat.shape != (count,) or flat.dtype.kind not in "iu" or count == 0 or flat.min() < 0:
        raise SsadError(
            f"{what} is {labels.dtype} of shape {labels.shape}; store one integer from 0 for each "
            f"of the {count} images"
        )
    return flat.astype(np.int64)


def _classes(arrays: dict[str, np.ndarray], labels: np.ndarray, path: Path) -> tuple[str, ...]:
    """Return the class names; those of a file without names are numbers, over all splits."""
    if "classes" in arrays:
        classes = tuple(str(name) for name in arrays["classes"])
    else:
        every = [array for key, array in arrays.items() if key.endswith("labels") and array.size]
        classes = tuple(str(label) for label in range(max(int(a.max()) for a in every) + 1))
    for label, name in enumerate(classes):
        if label not in labels:
            raise SsadError(f"the class '{name}' (label {label}) is absent from {path}; add it")
    if labels.max() >= len(classes):
        raise SsadError(f"{path} has the label {labels.max()} but {len(classes)} classes; add it")
    return classes
