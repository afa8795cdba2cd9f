"""Image files to pixels: one file at a time, upright, every problem named by its file."""

from __future__ import annotations

import io
import re
import warnings
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray
from PIL import Image, ImageFile, ImageOps

from ssad_lib.data.files import Files
from ssad_lib.errors import SsadError

DEEP_MODES = frozenset({"I", "F", "I;16", "I;16B", "I;16L", "I;16N"})
ALPHA_MODES = frozenset({"RGBA", "LA", "PA", "RGBa", "La"})
PILLOW_MODES = {1: "L", 3: "RGB"}
# Depth of the first component in a JPEG 2000 file, which Pillow cuts to eight bits without a word.
SIZ = re.compile(rb"\xff\x4f\xff\x51.{38}(.)", re.DOTALL)
INEXACT = frozenset({"JPEG", "MPO"})  # whose values are only about those that were saved
BACKGROUND = "white"  # of transparent pixels, as most viewers show them
NEARLY = 8  # grey values by which the channels of a grey photograph differ at most


@dataclass(frozen=True)
class Origin:
    """What an image file was before it became pixels of the set.

    Attributes
    ----------
    width, height : int
        As it is shown, after its EXIF orientation.
    kind : str
        Pillow's name of the file format, such as ``"PNG"``.
    grey : bool
        Whether it shows no colour, however it is stored.
    frames : int
        Pages or frames in the file; the first one is read.
    transparent : bool
        Whether pixels were transparent.
    """

    width: int
    height: int
    kind: str
    grey: bool
    frames: int
    transparent: bool


@dataclass(frozen=True)
class Picture:
    """The pixels ``uint8 (C, H, W)`` of an image and what they come from."""

    pixels: NDArray[np.uint8]
    origin: Origin


@dataclass(frozen=True)
class _Opened:
    image: Image.Image
    kind: str
    frames: int
    is_deep: bool


def decode(
    files: Files, name: str, channels: int, size: int | None, method: Image.Resampling
) -> Picture:
    """Return the image `name` as ``uint8 (channels, H, W)``.

    It is turned as its EXIF data say, and transparent pixels are laid on white. Grey images are
    replicated to three channels where the set has three; with `size` the image is resized to a
    square directly, its aspect not kept (METHODS 1.5).

    Raises
    ------
    SsadError
        If the file is truncated, is no image, is too large or has more than 8 bits a channel.
    """
    opened = _open(files, name)
    if opened.is_deep:
        raise SsadError(
            f"{_where(files, name)} has more than 8 bits a channel; convert it to 8 bits"
        )
    flat, is_transparent = _flattened(opened.image)
    image = flat.convert(PILLOW_MODES[channels])
    width, height = image.size
    if size is not None and image.size != (size, size):
        image = image.resize((size, size), method)
    values = np.asarray(image)
    pixels = values[None] if channels == 1 else values.transpose(2, 0, 1)
    is_grey = int(np.ptp(pixels, axis=0).max()) <= NEARLY
    return Picture(
        pixels, Origin(width, height, opened.kind, is_grey, opened.frames, is_transparent)
    )


def decode_mask(files: Files, names: list[str], image_name: str) -> NDArray[np.bool_]:
    """Return the defective pixels ``bool (H, W)`` that the masks `names` of one image mark.

    Whatever is neither black nor transparent is marked: white, ones, numbers of instances,
    colours. Of a JPEG, whose values are inexact, it is what is brighter than half of the brightest.

    Raises
    ------
    SsadError
        If a file cannot be decoded, or has another size than the image `image_name`.
    """
    shown = _open(files, image_name).image.size
    marked = np.zeros(shown[::-1], np.bool_)
    for name in names:
        opened = _open(files, name)
        if opened.image.size != shown:
            raise SsadError(
                f"{_where(files, name)} has {opened.image.width}x{opened.image.height} pixels "
                f"where '{image_name}' has {shown[0]}x{shown[1]}; make them equal"
            )
        if opened.is_deep and opened.image.mode not in DEEP_MODES:
            raise SsadError(
                f"{_where(files, name)} has more than 8 bits a channel of colour; convert it to "
                "8 bits"
            )
        marked |= _brighter_half(opened.image) if opened.kind in INEXACT else _marked(opened.image)
    return marked


def resize_mask(marked: NDArray[np.bool_], size: int) -> NDArray[np.bool_]:
    """Return a mask as ``bool (size, size)``, resized to the nearest pixel."""
    image = Image.fromarray(marked.astype(np.uint8) * 255)
    return np.asarray(image.resize((size, size), Image.Resampling.NEAREST)) > 127


def _marked(mask: Image.Image) -> NDArray[np.bool_]:
    """Return where an exact mask is neither its background colour nor transparent."""
    if mask.mode in DEEP_MODES:
        return np.asarray(mask) != 0
    has_alpha = mask.mode in ALPHA_MODES or "transparency" in mask.info
    plain = mask if has_alpha or mask.mode == "P" else mask.convert("RGB")
    values = np.asarray(plain.convert("RGBA"))
    colours, visible = values[..., :3], values[..., 3] > 0
    if mask.mode == "P" and not has_alpha and (colours == colours[0, 0]).all():
        return np.asarray(mask) != 0  # numbers in a palette that nobody has filled
    shown = colours[visible]
    if not visible.all() and len(shown) and (shown == shown[0]).all():
        return visible  # drawn by its transparency alone, in whatever colour
    return visible & colours.any(axis=2)


def _brighter_half(mask: Image.Image) -> NDArray[np.bool_]:
    values = np.asarray(mask.convert("RGB")).max(axis=2)
    return np.asarray(2 * values.astype(np.int16) > max(int(values.max()), 1))


def _open(files: Files, name: str) -> _Opened:
    content = files.read(name)
    try:
        with warnings.catch_warnings():
            # Pillow warns from half of its limit on; up to the limit a line scan is an image.
            warnings.simplefilter("ignore", Image.DecompressionBombWarning)
            image = Image.open(io.BytesIO(content))
            kind = image.format or ""
            frames = getattr(image, "n_frames", 1)
            is_deep = _is_deep(image, content)
            image.load()
        ImageOps.exif_transpose(image, in_place=True)
    # Whatever a damaged file provokes in one of Pillow's readers, the file is what is wrong.
    except Exception as error:
        raise SsadError(f"{_where(files, name)} cannot be decoded: {_reason(error)}") from error
    return _Opened(image, kind, frames, is_deep)


def _reason(error: Exception) -> str:
    if isinstance(error, Image.DecompressionBombError):
        assert Image.MAX_IMAGE_PIXELS is not None
        limit = 2 * Image.MAX_IMAGE_PIXELS // 1_000_000
        return f"it has more than {limit} megapixels; cut it into parts or reduce it"
    if isinstance(error, MemoryError):
        return "it does not fit into memory; cut it into parts or reduce it"
    what = "it is truncated" if "truncated" in str(error) else "it is no readable image"
    return f"{what}; fetch or remove it"


def _is_deep(image: Image.Image, content: bytes) -> bool:
    """Whether an image that is not loaded yet has more than 8 bits a channel.

    Pillow has no mode for colours of 16 bits and keeps the upper eight of them; only the raw mode
    of its decoder tells.
    """
    if image.mode in DEEP_MODES:
        return True
    assert isinstance(image, ImageFile.ImageFile)
    raw = [tile[3] for tile in image.tile]
    if any(";16" in str(one) for one in raw):
        return True
    if image.format == "PPM":  # raw mode and largest value
        return any(isinstance(one, tuple) and int(one[-1]) > 255 for one in raw)
    found = SIZ.search(content) if image.format == "JPEG2000" else None
    return found is not None and (found[1][0] & 0x7F) + 1 > 8


def _flattened(image: Image.Image) -> tuple[Image.Image, bool]:
    """Return the image without transparency, and whether it had any."""
    if image.mode not in ALPHA_MODES and "transparency" not in image.info:
        return image, False
    colours = image.convert("RGBA")
    if colours.getchannel("A").getextrema() == (255, 255):
        return colours, False
    ground = Image.new("RGBA", colours.size, BACKGROUND)
    return Image.alpha_composite(ground, colours), True


def _where(files: Files, name: str) -> str:
    return f"the image '{name}' of {files.path}"
