"""Image files to pixels: one file at a time, every problem named by its file."""

from __future__ import annotations

import io
import warnings

import numpy as np
from PIL import Image, UnidentifiedImageError

from ssad_lib.data.files import Files
from ssad_lib.errors import SsadError

DEEP_MODES = frozenset({"I", "F", "I;16", "I;16B", "I;16L", "I;16N"})
PILLOW_MODES = {1: "L", 3: "RGB"}


def decode(
    files: Files, name: str, channels: int, size: int | None, method: Image.Resampling
) -> np.ndarray:
    """Return the image `name` as ``uint8 (channels, H, W)``.

    Grey images are replicated to three channels where the set has three; with `size` the image is
    resized to a square directly, its aspect not kept (METHODS 1.5).

    Raises
    ------
    SsadError
        If the file is truncated, is no image or has more than 8 bits a channel.
    """
    image = _open(files, name).convert(PILLOW_MODES[channels])
    if size is not None and image.size != (size, size):
        image = image.resize((size, size), method)
    pixels = np.asarray(image)
    return pixels[None] if channels == 1 else pixels.transpose(2, 0, 1)


def decode_mask(files: Files, name: str, image_name: str, size: int) -> np.ndarray:
    """Return the mask `name` as ``bool (size, size)``, resized to the nearest pixel.

    Raises
    ------
    SsadError
        As `decode`, and if the mask has another size than the image `image_name` it belongs to.
    """
    mask, image = _open(files, name), _open(files, image_name)
    if mask.size != image.size:
        raise SsadError(
            f"{_where(files, name)} has {mask.width}x{mask.height} pixels where '{image_name}' "
            f"has {image.width}x{image.height}; make them equal"
        )
    return np.asarray(mask.convert("L").resize((size, size), Image.Resampling.NEAREST)) > 127


def _open(files: Files, name: str) -> Image.Image:
    content = files.read(name)
    try:
        with warnings.catch_warnings():
            # Pillow only warns about a file that claims to be huge; a data set has none.
            warnings.simplefilter("error", Image.DecompressionBombWarning)
            image = Image.open(io.BytesIO(content))
            image.load()
    except (
        UnidentifiedImageError,
        Image.DecompressionBombWarning,
        Image.DecompressionBombError,
        OSError,
        ValueError,
        SyntaxError,
    ) as error:
        reason = "it is truncated" if "truncated" in str(error) else "it is no readable image"
        raise SsadError(
            f"{_where(files, name)} cannot be decoded: {reason}; fetch or remove it"
        ) from error
    if image.mode in DEEP_MODES:
        raise SsadError(
            f"{_where(files, name)} has more than 8 bits a channel; convert it to 8 bits"
        )
    return image


def _where(files: Files, name: str) -> str:
    return f"the image '{name}' of {files.path}"
