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
from collections import Counter
from pathlib import Path

import numpy as np

from ssad_lib.data.cache import Entry
from ssad_lib.data.resize import resize_images
from ssad_lib.errors import SsadError, from_os_error

CHANNELS = (1, 3)
LABELS = ("labels", "train_labels", "test_labels")
LARGEST = 10**6  # classes that are believed


def read_npz(path: Path, split: str, size: int | None) -> Entry:
    """Return the arrays of `split` in the file at `path`, resized to squares if `size` is given.

    Raises
    ------
    SsadError
        If the file cannot be read, lacks the arrays, or they have another type or shape.
    """
    arrays = _arrays(path, split)
    alone = split == "train" and "images" in arrays
    image_key, label_key = ("images", "labels") if alone else (f"{split}_images", f"{split}_labels")
    images = _channels_first(arrays[image_key], f"the array '{image_key}' of {path}")
    labels = _labels(arrays[label_key], f"the array '{label_key}' of {path}")
    if labels.shape != (len(images),):
        raise SsadError(
            f"the array '{label_key}' of {path} has {len(labels)} labels where '{image_key}' has "
            f"{len(images)} images; store one integer from 0 for each of the {len(images)} images"
        )
    classes = _classes(arrays, labels, path)
    if size is not None:
        images = resize_images(images, size)
    digest = hashlib.sha256(repr((images.shape, classes)).encode())
    digest.update(np.ascontiguousarray(images).tobytes())
    digest.update(labels.tobytes())
    return Entry(images, labels, classes, None, digest.hexdigest())


def _arrays(path: Path, split: str) -> dict[str, np.ndarray]:
    """Return the arrays that decide `split`; others beside them are not even read."""
    try:
        with np.load(path, allow_pickle=False) as archive:
            alone = split == "train" and "images" in archive.files
            images = "images" if alone else f"{split}_images"
            needed = (images, images.replace("images", "labels"))
            for key in needed:
                if key not in archive.files:
                    raise SsadError(
                        f"{path} has no array '{key}' (it has: "
                        f"{', '.join(sorted(archive.files)) or 'none'}); store {split}_images and "
                        f"{split}_labels"
                    )
            wanted = {*needed, *LABELS, "classes"}
            return {key: archive[key] for key in archive.files if key in wanted}
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
    if images.ndim in (3, 4) and images.size == 0:
        raise SsadError(f"{what} has the shape {images.shape}, so no pixel; store some images")
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


def _labels(labels: np.ndarray, what: str) -> np.ndarray:
    """Return labels ``(n,)``, as they are where int64 cannot hold them."""
    flat = labels[:, 0] if labels.ndim == 2 and labels.shape[1] == 1 else labels
    if flat.ndim != 1 or flat.dtype.kind not in "iu" or flat.size == 0 or flat.min() < 0:
        raise SsadError(
            f"{what} is {labels.dtype} of shape {labels.shape}; store one integer from 0 for each "
            "image"
        )
    if int(flat.max()) > LARGEST:
        raise SsadError(f"{what} has the label {flat.max()}; number the classes from 0")
    return flat.astype(np.int64)


def _classes(arrays: dict[str, np.ndarray], labels: np.ndarray, path: Path) -> tuple[str, ...]:
    """Return the class names; those of a file without names are numbers, over all splits."""
    given = _names(arrays["classes"], path) if "classes" in arrays else None
    if given is None:
        keys = [key for key in LABELS if key in arrays]
        every = [_labels(arrays[key], f"the array '{key}' of {path}") for key in keys]
        count = max(int(array.max()) for array in every) + 1
    else:
        count = len(given)
    present = np.unique(labels)
    # Compared before any name is made: a label of a billion would take a billion names.
    if len(present) and present[-1] >= count:
        raise SsadError(f"{path} has the label {present[-1]} but {count} classes; add it")
    if len(present) < count:
        gaps = np.flatnonzero(present != np.arange(len(present)))
        absent = int(gaps[0]) if len(gaps) else len(present)
        name = given[absent] if given else str(absent)
        raise SsadError(f"the class '{name}' (label {absent}) is absent from {path}; add it")
    return given or tuple(str(label) for label in range(count))


def _names(classes: np.ndarray, path: Path) -> tuple[str, ...]:
    """Return the names in the array ``classes``; bytes are UTF-8."""
    if classes.ndim != 1 or classes.dtype.kind not in "USiu":
        raise SsadError(
            f"the array 'classes' of {path} is {classes.dtype} of shape {classes.shape}; store one "
            "name for each label, as a vector of text"
        )
    values = classes.tolist()
    names = tuple(
        value.decode("utf-8", "backslashreplace") if isinstance(value, bytes) else str(value)
        for value in values
    )
    name, count = Counter(names).most_common(1)[0] if names else ("", 1)
    if count > 1:
        raise SsadError(f"the array 'classes' of {path} has '{name}' twice; name them apart")
    return names
