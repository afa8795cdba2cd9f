from __future__ import annotations

import io
import struct
import zlib
from pathlib import Path

import numpy as np
import pytest
from PIL import Image

from ssad_lib.data.decode import Origin, decode, decode_mask, resize_mask
from ssad_lib.data.files import Files, open_files
from ssad_lib.errors import SsadError

from .makers import pixels, png, write

BILINEAR = Image.Resampling.BILINEAR


def one_file(tmp_path: Path, content: bytes, name: str = "cat/1.png") -> Files:
    return open_files(write(tmp_path, {name: content, "dog/1.png": b""}))


def read(files: Files, channels: int = 3) -> np.ndarray:
    return decode(files, "cat/1.png", channels, None, BILINEAR).pixels


def saved(image: Image.Image, kind: str = "PNG", **options: object) -> bytes:
    buffer = io.BytesIO()
    image.save(buffer, kind, **options)
    return buffer.getvalue()


def png_16_bits(values: np.ndarray, colour_type: int) -> bytes:
    """A PNG of 16 bits a channel, which Pillow reads and does not write."""

    def chunk(kind: bytes, data: bytes) -> bytes:
        checked = kind + data
        return struct.pack(">I", len(data)) + checked + struct.pack(">I", zlib.crc32(checked))

    height, width = values.shape[:2]
    header = struct.pack(">IIBBBBB", width, height, 16, colour_type, 0, 0, 0)
    rows = b"".join(b"\0" + row.astype(">u2").tobytes() for row in values)
    start = b"\x89PNG\r\n\x1a\n" + chunk(b"IHDR", header)
    return start + chunk(b"IDAT", zlib.compress(rows)) + chunk(b"IEND", b"")


def test_colour_and_grey(tmp_path: Path) -> None:
    colour, grey = pixels(4, 6, 3), pixels(4, 6)
    files = one_file(tmp_path / "colour", png(colour))
    np.testing.assert_array_equal(read(files), colour.transpose(2, 0, 1))
    assert decode(files, "cat/1.png", 3, None, BILINEAR).origin == Origin(
        6, 4, "PNG", grey=False, frames=1, transparent=False
    )
    files = one_file(tmp_path / "grey", png(grey))
    np.testing.assert_array_equal(read(files, 1), grey[None])
    np.testing.assert_array_equal(read(files), np.stack([grey] * 3))
    assert decode(files, "cat/1.png", 3, None, BILINEAR).origin.grey


@pytest.mark.parametrize("mode", ["P", "RGBA", "LA", "1", "CMYK"])
def test_other_modes_become_colour(tmp_path: Path, mode: str) -> None:
    image = Image.fromarray(pixels(4, 6, 3)).convert(mode)
    kind = "TIFF" if mode == "CMYK" else "PNG"
    files = one_file(tmp_path, saved(image, kind))
    np.testing.assert_array_equal(read(files), np.asarray(image.convert("RGB")).transpose(2, 0, 1))


def test_a_size_is_reached_directly(tmp_path: Path) -> None:
    colour = pixels(4, 6, 3)
    files = one_file(tmp_path, png(colour))
    bicubic = Image.Resampling.BICUBIC
    expected = np.asarray(Image.fromarray(colour).resize((5, 5), bicubic)).transpose(2, 0, 1)
    picture = decode(files, "cat/1.png", 3, 5, bicubic)
    np.testing.assert_array_equal(picture.pixels, expected)
    assert (picture.origin.width, picture.origin.height) == (6, 4)


@pytest.mark.parametrize("kind", ["RGBA", "LA", "palette", "RGB"])
def test_transparent_pixels_are_laid_on_white(tmp_path: Path, kind: str) -> None:
    hidden = pixels(8, 8, 3)
    alpha = np.zeros((8, 8), np.uint8)
    alpha[2:4] = 255
    hidden[2:4] = 10
    if kind == "RGBA":
        content = saved(Image.fromarray(np.dstack([hidden, alpha])))
    elif kind == "LA":
        content = saved(
            Image.merge("LA", [Image.fromarray(hidden[..., 0]), *[Image.fromarray(alpha)]])
        )
    else:  # one colour stands for transparency
        shown = Image.fromarray(np.where(alpha > 0, 10, 0).astype(np.uint8))
        colours = shown.convert("RGB") if kind == "RGB" else shown.convert("P")
        content = saved(colours, transparency=(0, 0, 0) if kind == "RGB" else 0)
    picture = decode(one_file(tmp_path, content), "cat/1.png", 3, None, BILINEAR)
    assert picture.origin.transparent
    assert (picture.pixels[:, 2:4] == 10).all()
    assert (picture.pixels[:, :2] == 255).all()
    assert (picture.pixels[:, 4:] == 255).all()


def test_half_transparent_is_half_white(tmp_path: Path) -> None:
    files = one_file(tmp_path, saved(Image.new("RGBA", (4, 4), (0, 0, 0, 128))))
    assert (read(files) == 127).all()
    assert (read(files, 1) == 127).all()


@pytest.mark.parametrize("kind", ["JPEG", "PNG", "TIFF", "WEBP"])
@pytest.mark.parametrize("orientation", range(1, 9))
def test_images_are_turned_as_their_camera_says(
    tmp_path: Path, kind: str, orientation: int
) -> None:
    shown = np.zeros((16, 32), np.uint8)
    shown[:8, :8] = 255  # the corner that a viewer shows at the top left
    turns = {
        1: shown, 2: shown[:, ::-1], 3: shown[::-1, ::-1], 4: shown[::-1], 5: shown.T,
        6: np.rot90(shown), 7: shown[::-1, ::-1].T, 8: np.rot90(shown, -1),
    }  # fmt: skip
    exif = Image.Exif()
    exif[0x112] = orientation
    stored = Image.fromarray(np.ascontiguousarray(turns[orientation]))
    files = one_file(tmp_path, saved(stored, kind, exif=exif))
    assert np.abs(read(files)[0].astype(int) - shown).max() < 60


def test_further_frames_are_counted(tmp_path: Path) -> None:
    pages = [Image.fromarray(pixels(4, 4, seed=i)) for i in range(3)]
    content = saved(pages[0], "TIFF", save_all=True, append_images=pages[1:])
    picture = decode(one_file(tmp_path, content), "cat/1.png", 1, None, BILINEAR)
    assert picture.origin.frames == 3
    np.testing.assert_array_equal(picture.pixels[0], pixels(4, 4, seed=0))


@pytest.mark.parametrize("kind", ["PNG", "JPEG", "BMP"])
def test_a_truncated_image_is_named(tmp_path: Path, kind: str) -> None:
    content = saved(Image.fromarray(pixels(40, 40, 3)), kind)
    files = one_file(tmp_path, content[: len(content) // 2])
    with pytest.raises(SsadError, match=r"the image 'cat/1.png' of .* cannot be decoded") as error:
        decode(files, "cat/1.png", 3, None, BILINEAR)
    assert "\n" not in str(error.value)


@pytest.mark.parametrize("content", [b"", b"no image at all", b"\x89PNG\r\n\x1a\n"])
def test_what_is_no_image_is_named(tmp_path: Path, content: bytes) -> None:
    files = one_file(tmp_path, content)
    with pytest.raises(SsadError, match=r"'cat/1.png'.*it is no readable image|truncated"):
        decode(files, "cat/1.png", 3, None, BILINEAR)


@pytest.mark.parametrize("kind", ["grey", "colour", "colour-alpha", "grey-alpha", "TIFF", "PPM"])
def test_more_than_eight_bits_are_refused_rather_than_cut(tmp_path: Path, kind: str) -> None:
    types = {"grey": 0, "colour": 2, "grey-alpha": 4, "colour-alpha": 6}
    channels = {"grey": (), "grey-alpha": (2,), "colour-alpha": (4,)}.get(kind, (3,))
    values = np.full((4, 4, *channels), 4000, np.uint16)  # a camera of 12 bits
    if kind == "TIFF":
        content = tiff_16_bits(values)
    elif kind == "PPM":
        content = b"P6 4 4 4095\n" + values.astype(">u2").tobytes()
    else:
        content = png_16_bits(values, types[kind])
    with pytest.raises(SsadError, match="more than 8 bits a channel; convert it to 8 bits"):
        read(one_file(tmp_path, content))


def tiff_16_bits(values: np.ndarray) -> bytes:
    """An uncompressed RGB TIFF of 16 bits a channel."""
    height, width, _ = values.shape
    data = values.astype("<u2").tobytes()
    after = 8 + len(data)
    tags = [
        (256, 3, 1, width), (257, 3, 1, height), (258, 3, 3, after), (259, 3, 1, 1),
        (262, 3, 1, 2), (273, 4, 1, 8), (277, 3, 1, 3), (278, 3, 1, height),
        (279, 4, 1, len(data)),
    ]  # fmt: skip
    head = b"II*\0" + struct.pack("<I", after + 6) + data + struct.pack("<3H", 16, 16, 16)
    entries = b"".join(struct.pack("<HHII", *tag) for tag in tags)
    return head + struct.pack("<H", len(tags)) + entries + struct.pack("<I", 0)


def test_jpeg_2000_of_twelve_bits_is_refused(tmp_path: Path) -> None:
    eight = saved(Image.fromarray(pixels(16, 16, 3)), "JPEG2000")
    assert read(one_file(tmp_path / "eight", eight)).shape == (3, 16, 16)
    start = eight.index(b"\xff\x4f\xff\x51") + 42
    assert eight[start] == 7  # the depth of the first channel, less one
    twelve = eight[:start] + bytes([11]) + eight[start + 1 :]
    with pytest.raises(SsadError, match="more than 8 bits"):
        read(one_file(tmp_path / "twelve", twelve))


def test_large_images_are_read_up_to_the_limit_that_is_named(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    files = one_file(tmp_path, png(pixels(40, 50, 3)))
    monkeypatch.setattr(Image, "MAX_IMAGE_PIXELS", 1000)
    assert read(files).shape == (3, 40, 50)
    monkeypatch.setattr(Image, "MAX_IMAGE_PIXELS", 999)
    with pytest.raises(SsadError, match=r"it has more than 0 megapixels; cut it into parts"):
        read(files)


SPOT = np.zeros((12, 12), np.uint8)
SPOT[2:5, 3:7] = 1


def coloured(colour: tuple[int, ...]) -> Image.Image:
    values = np.zeros((12, 12, len(colour)), np.uint8)
    values[SPOT > 0] = colour
    return Image.fromarray(values)


def in_palette(colours: list[int]) -> Image.Image:
    image = Image.frombytes("P", (12, 12), SPOT.tobytes())
    image.putpalette(colours)
    return image


def by_alpha(value: int) -> Image.Image:
    return Image.fromarray(np.dstack([np.full((12, 12, 3), value, np.uint8), SPOT * 255]))


MASKS = {
    "white": Image.fromarray(SPOT * 255),
    "ones": Image.fromarray(SPOT),
    "instances": Image.fromarray(SPOT * np.arange(1, 13, dtype=np.uint8)),
    "half": Image.fromarray(SPOT * 127),
    "one bit": Image.fromarray(SPOT * 255).convert("1"),
    "deep": Image.fromarray(SPOT.astype(np.uint16) * 300),
    "palette": in_palette([0, 0, 0, 128, 0, 0]),
    "black palette": in_palette([0, 0, 0, 0, 0, 0]),
    "white first": Image.eval(in_palette([255, 255, 255, 0, 0, 0]), lambda index: 1 - index),
    "red": coloured((255, 0, 0)),
    "blue": coloured((0, 0, 1)),
    "opaque": coloured((9, 0, 0, 255)),
    "black alpha": by_alpha(0),
    "white alpha": by_alpha(255),
}


@pytest.mark.parametrize("name", MASKS)
def test_whatever_is_not_background_is_marked(tmp_path: Path, name: str) -> None:
    files = one_file(tmp_path, saved(MASKS[name]))
    np.testing.assert_array_equal(decode_mask(files, ["cat/1.png"], "cat/1.png"), SPOT > 0)


def test_the_noise_of_a_jpeg_is_not_marked(tmp_path: Path) -> None:
    large = np.kron(SPOT, np.ones((16, 16), np.uint8))
    files = one_file(tmp_path, saved(Image.fromarray(large * 255), "JPEG", quality=60))
    marked = decode_mask(files, ["cat/1.png"], "cat/1.png")
    assert (marked != (large > 0)).mean() < 0.001


def test_several_masks_are_joined(tmp_path: Path) -> None:
    other = np.zeros_like(SPOT)
    other[10:] = 255
    files = open_files(write(tmp_path, {"a.png": png(SPOT * 255), "b.png": png(other)}))
    np.testing.assert_array_equal(
        decode_mask(files, ["a.png", "b.png"], "a.png"), (SPOT > 0) | (other > 0)
    )


def test_a_mask_of_16_bits_a_channel_of_colour_is_refused(tmp_path: Path) -> None:
    files = one_file(tmp_path, png_16_bits(np.ones((4, 4, 3)), 2))
    with pytest.raises(SsadError, match="8 bits a channel of colour"):
        decode_mask(files, ["cat/1.png"], "cat/1.png")


def test_a_mask_is_resized_to_the_nearest_pixel() -> None:
    mask = np.zeros((4, 4), np.bool_)
    mask[:2, :2] = True
    expected = np.zeros((8, 8), np.bool_)
    expected[:4, :4] = True
    np.testing.assert_array_equal(resize_mask(mask, 8), expected)
