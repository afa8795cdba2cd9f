from __future__ import annotations

import io
from pathlib import Path

import numpy as np
import pytest
from PIL import Image

from ssad_lib.data.decode import decode, decode_mask
from ssad_lib.data.files import Files, open_files
from ssad_lib.errors import SsadError

from .makers import pixels, png, write

BILINEAR = Image.Resampling.BILINEAR


def one_file(tmp_path: Path, content: bytes, name: str = "cat/1.png") -> Files:
    return open_files(write(tmp_path, {name: content, "dog/1.png": b""}))


def saved(image: Image.Image, kind: str = "PNG") -> bytes:
    buffer = io.BytesIO()
    image.save(buffer, kind)
    return buffer.getvalue()


def test_colour_and_grey(tmp_path: Path) -> None:
    colour, grey = pixels(4, 6, 3), pixels(4, 6)
    files = one_file(tmp_path / "colour", png(colour))
    np.testing.assert_array_equal(
        decode(files, "cat/1.png", 3, None, BILINEAR), colour.transpose(2, 0, 1)
    )
    files = one_file(tmp_path / "grey", png(grey))
    np.testing.assert_array_equal(decode(files, "cat/1.png", 1, None, BILINEAR), grey[None])
    np.testing.assert_array_equal(
        decode(files, "cat/1.png", 3, None, BILINEAR), np.stack([grey] * 3)
    )


@pytest.mark.parametrize("mode", ["P", "RGBA", "LA", "1", "CMYK"])
def test_other_modes_become_colour(tmp_path: Path, mode: str) -> None:
    image = Image.fromarray(pixels(4, 6, 3)).convert(mode)
    kind = "TIFF" if mode == "CMYK" else "PNG"
    files = one_file(tmp_path, saved(image, kind))
    expected = np.asarray(image.convert("RGB")).transpose(2, 0, 1)
    np.testing.assert_array_equal(decode(files, "cat/1.png", 3, None, BILINEAR), expected)


def test_a_size_is_reached_directly(tmp_path: Path) -> None:
    colour = pixels(4, 6, 3)
    files = one_file(tmp_path, png(colour))
    bicubic = Image.Resampling.BICUBIC
    expected = np.asarray(Image.fromarray(colour).resize((5, 5), bicubic)).transpose(2, 0, 1)
    np.testing.assert_array_equal(decode(files, "cat/1.png", 3, 5, bicubic), expected)


def test_a_mask_is_resized_to_the_nearest_pixel(tmp_path: Path) -> None:
    mask = np.zeros((4, 4), np.uint8)
    mask[:2, :2] = 255
    files = one_file(tmp_path, png(mask))
    expected = np.zeros((8, 8), np.bool_)
    expected[:4, :4] = True
    np.testing.assert_array_equal(decode_mask(files, "cat/1.png", "cat/1.png", 8), expected)


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


def test_sixteen_bits_are_refused_rather_than_clipped(tmp_path: Path) -> None:
    deep = Image.fromarray(np.full((4, 4), 5000, np.uint16))
    files = one_file(tmp_path, saved(deep))
    with pytest.raises(SsadError, match="more than 8 bits a channel"):
        decode(files, "cat/1.png", 3, None, BILINEAR)


def test_an_image_that_claims_to_be_huge_is_refused(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(Image, "MAX_IMAGE_PIXELS", 10)
    files = one_file(tmp_path, png(pixels(4, 4, 3)))
    with pytest.raises(SsadError, match="cannot be decoded"):
        decode(files, "cat/1.png", 3, None, BILINEAR)
