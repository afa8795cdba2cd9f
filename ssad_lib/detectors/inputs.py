"""Checks what a user gives to a detector: images, parameters, seed and device."""

from __future__ import annotations

import inspect
import math
import numbers
import reprlib
import secrets
from typing import TYPE_CHECKING, Any

import numpy as np
import torch
from numpy.typing import ArrayLike, NDArray
from torch import Tensor

from ssad_lib.errors import SsadError

if TYPE_CHECKING:
    from ssad_lib.detectors.base import Detector

CHANNELS = (1, 3)
ROUNDING = 1e-5  # beyond [0, 1]: what resizing and float32 leave
UNCHECKED = frozenset({"random_state", "device"})  # have functions of their own


def as_images(X: ArrayLike | Tensor) -> Tensor:
    """Return `X` as a float32 CPU tensor ``(N, C, H, W)`` in [0, 1].

    `X` is an array or a tensor of any strides, byte order, device and floating type, or a sequence
    of images; values that leave [0, 1] by rounding only are clipped.

    Raises
    ------
    SsadError
        If `X` holds no numbers, is not four-dimensional, is empty, has not 1 or 3 channels, is not
        finite, or leaves [0, 1].
    """
    values = _tensor(X)
    if values.ndim != 4 or 0 in values.shape:
        raise SsadError(
            f"images must have shape (N, C, H, W), none empty; got {tuple(values.shape)}"
        )
    if values.shape[1] not in CHANNELS:
        last = "; channels come before height and width" if values.shape[3] in CHANNELS else ""
        raise SsadError(f"images must have 1 or 3 channels; got {tuple(values.shape)}{last}")
    if values.dtype is torch.uint8:
        raise SsadError("images must lie in [0, 1], these are bytes: divide them by 255")
    images = values.detach().to("cpu", torch.float32)
    low, high = float(images.min()), float(images.max())
    if not (math.isfinite(low) and math.isfinite(high)):
        raise SsadError("images hold NaN or infinite values")
    if low < -ROUNDING or high > 1 + ROUNDING:
        raise SsadError(
            f"images must lie in [0, 1], these span [{low:g}, {high:g}]: {_advice(low, high)}"
        )
    return images.clamp(0, 1) if low < 0 or high > 1 else images


def _tensor(X: ArrayLike | Tensor) -> Tensor:
    if isinstance(X, Tensor):
        if X.is_complex() or X.is_sparse or X.is_meta:
            raise SsadError(f"images must be dense real numbers, not a {X.dtype} {X.layout} tensor")
        return X
    if isinstance(X, list | tuple) and X and isinstance(X[0], Tensor):
        shapes = {tuple(np.shape(one)) for one in X}
        if len(shapes) > 1:
            raise _of_many_shapes(shapes)
        return torch.stack([torch.as_tensor(one) for one in X])
    return torch.from_numpy(_array(X))


def _array(X: ArrayLike) -> NDArray[Any]:
    """Return `X` as an array that torch can take: real numbers, native order, positive strides."""
    if isinstance(X, np.ma.MaskedArray) and np.any(X.mask):
        raise SsadError("images are a masked array: fill what is masked first (.filled(0))")
    try:
        array = np.asarray(X)
    except (ValueError, TypeError) as error:
        shapes = {np.shape(one) for one in X} if isinstance(X, list | tuple) else set()
        if len(shapes) > 1:
            raise _of_many_shapes(shapes) from error
        raise SsadError(f"images must be an array of numbers ({error})") from error
    if array.dtype.kind not in "biuf":
        raise SsadError(
            f"images must be an array of numbers (N, C, H, W), not {type(X).__name__} of "
            f"{array.dtype}"
        )
    kind = np.float64 if array.dtype.itemsize > 8 else array.dtype.newbyteorder("=")
    return np.ascontiguousarray(array, kind)


def _of_many_shapes(shapes: set[tuple[int, ...]]) -> SsadError:
    first, second, *_ = sorted(shapes)
    return SsadError(f"images differ in shape ({first} and {second}): bring them to one size")


def _advice(low: float, high: float) -> str:
    if low >= 0 and high <= 255:
        return "divide uint8 by 255" if high > 2 else "clip them"
    if low >= -1 - ROUNDING and high <= 1 + ROUNDING:
        return "undo the normalisation, (x + 1) / 2"
    return "clip them, or undo their normalisation"


def as_numbers(values: object) -> NDArray[np.float64]:
    """Return numbers as an array of any shape, and NaN for what is none: one check finds both."""
    try:
        return np.asarray(values, np.float64)
    except (TypeError, ValueError):
        return np.array([np.nan])


def count_different(images: Tensor, enough: int) -> int:
    """Return how many of `images` ``(N, C, H, W)`` differ, counted no further than `enough`."""
    seen: set[bytes] = set()
    for image in images:
        seen.add(image.numpy().tobytes())
        if len(seen) == enough:
            break
    return len(seen)


def check_parameters(detector: Detector) -> None:
    """Make numbers of NumPy plain ones and raise `SsadError` for a parameter of another type.

    The default of a parameter tells its type: a whole number, a finite number, true or false, or
    text; one whose default is None is left to the detector.
    """
    defaults = inspect.signature(type(detector).__init__).parameters
    for name, value in detector.get_params(deep=False).items():
        if isinstance(value, np.generic) or (isinstance(value, np.ndarray) and value.ndim == 0):
            value = value.item()
            setattr(detector, name, value)
        default = defaults[name].default
        if name in UNCHECKED or default is None:
            continue
        if not _is_like(value, default):
            raise SsadError(
                f"{name} must be {_described(default)} such as {default!r}, not "
                f"{reprlib.repr(value)}"
            )


def _is_like(value: object, default: object) -> bool:
    if isinstance(default, bool) or isinstance(value, bool):
        return isinstance(value, bool) and isinstance(default, bool)
    if isinstance(default, int):
        return isinstance(value, int)
    if isinstance(default, float):
        return isinstance(value, int | float) and math.isfinite(value)
    return isinstance(value, type(default))


def _described(default: object) -> str:
    kinds = {bool: "true or false", int: "a whole number", float: "a finite number"}
    return kinds.get(type(default), "a name")


def seed_from(random_state: object) -> int:
    """Return the seed that a ``random_state`` stands for, as scikit-learn reads it.

    A whole number of any type is itself, None is another seed each time, and a generator of NumPy
    or PyTorch gives its next number.

    Raises
    ------
    SsadError
        For anything else.
    """
    if random_state is None:
        return secrets.randbits(62)
    if isinstance(random_state, numbers.Integral):
        return int(random_state)
    if isinstance(random_state, np.random.RandomState):
        return int(random_state.randint(2**31))
    if isinstance(random_state, np.random.Generator):
        return int(random_state.integers(2**62))
    if isinstance(random_state, torch.Generator):
        return int(torch.randint(2**62, (), generator=random_state, device=random_state.device))
    raise SsadError(
        "random_state must be a whole number, None or a random generator, not "
        f"{reprlib.repr(random_state)}"
    )


def resolve_device(device: str | torch.device | None) -> torch.device:
    """Return the device named; ``"auto"`` and None take the GPU where there is one.

    Raises
    ------
    SsadError
        If the device is neither a CPU nor a CUDA GPU, or is not there.
    """
    if device is None or device == "auto":
        return torch.device("cuda" if torch.cuda.is_available() else "cpu")
    try:
        chosen = torch.device(device)
    except (RuntimeError, TypeError) as error:
        raise SsadError(f"unknown device {device!r}: use auto, cpu or cuda") from error
    if chosen.type not in ("cpu", "cuda"):
        raise SsadError(f"the device {device!r} is not supported: use auto, cpu or cuda")
    if chosen.type == "cuda" and not torch.cuda.is_available():
        raise SsadError(
            "a GPU was asked for and none is here: use device=auto, or run `ssad doctor` to see why"
        )
    if chosen.type == "cuda" and (chosen.index or 0) >= torch.cuda.device_count():
        raise SsadError(
            f"there is no GPU number {chosen.index}: they are numbered from 0 to "
            f"{torch.cuda.device_count() - 1}"
        )
    return chosen


def known_outliers(labels: object, count: int) -> Tensor:
    """Return which of `count` images are outliers, bool ``(count,)``; none without labels.

    Raises
    ------
    SsadError
        If there is not one label, 0 or 1, for each image.
    """
    if labels is None:
        return torch.zeros(count, dtype=torch.bool)
    given = labels.detach().cpu().numpy() if isinstance(labels, Tensor) else labels
    values = as_numbers(given)
    if not np.isin(values, (0, 1)).all():
        raise SsadError("y must be 0 for normal images and 1 for outliers, and nothing else")
    if values.shape != (count,):
        raise SsadError(
            f"y must have one label for each of the {count} images, not the shape {values.shape}"
        )
    return torch.from_numpy(values == 1)
