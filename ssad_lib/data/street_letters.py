"""Letters in random colours over crops of real photographs: outliers for street-digits.

They have the part that EMNIST-Letters has for MNIST (METHODS 1.6), and every machine has them. The
26 letters, small and capital, are drawn with fonts that come with matplotlib, brought to cells as
the scans of the digits were, and laid over photographs by the very same function as those. There is
no digit among them; as in EMNIST, O and I look like digits that they are not.
"""

from __future__ import annotations

import functools
import string
from pathlib import Path
from typing import TYPE_CHECKING

import numpy as np

from ssad_lib.data.image_set import ImageSet
from ssad_lib.data.resize import resize_images
from ssad_lib.data.street_digits import PER_CLASS, SIZE, composed

if TYPE_CHECKING:
    from PIL.ImageFont import FreeTypeFont

VERSION = "street-letters/1"
CLASSES = tuple(string.ascii_lowercase)
SOURCE = (
    "letters of the fonts DejaVu, STIX and Computer Modern, which come with matplotlib, over the "
    "photographs china.jpg (danielbuechele) and flower.jpg (vultilion) via scikit-learn"
)
LICENCE = "fonts: Bitstream Vera and SIL Open Font licences; photographs CC BY 2.0"
FONTS = {
    "train": (
        "DejaVuSans", "DejaVuSans-Bold", "DejaVuSans-BoldOblique", "DejaVuSansMono",
        "DejaVuSansMono-Bold", "DejaVuSansMono-Oblique", "DejaVuSerif", "DejaVuSerif-BoldItalic",
        "DejaVuSerif-Italic", "STIXGeneral", "STIXGeneralBol", "STIXGeneralBolIta",
        "cmb10", "cmmi10", "cmss10", "cmtt10",
    ),
    "test": (
        "DejaVuSans-Oblique", "DejaVuSansMono-BoldOblique", "DejaVuSerif-Bold",
        "STIXGeneralItalic", "cmr10",
    ),
}  # fmt: skip
TURNS = (-12, -4, 4, 12)  # degrees: people do not write upright
DRAWN = 40  # pixels of a font's em square: letters are drawn large, then shrunk
CELLS = 8  # rows and columns of a scan, as the digits have them


def load_street_letters(
    split: str, images_per_class: int | None, size: int | None, seed: int
) -> ImageSet:
    """Return `images_per_class` street letters of each class, ``uint8 (N, 3, 32, 32)``.

    As street-digits: each image is decided by (seed, split, class, index), and train and test share
    neither a font nor a pixel of background.
    """
    size = size or SIZE
    count = images_per_class or PER_CLASS[split]
    return ImageSet(
        name="street-letters",
        images=resize_images(composed(letters(split), VERSION, split, count, seed), size),
        labels=np.repeat(np.arange(len(CLASSES), dtype=np.int64), count),
        classes=CLASSES,
        split=split,
        source=SOURCE,
        licence=LICENCE,
        fingerprint=f"{VERSION}?split={split}&n={count}&size={size}&seed={seed}",
    )


@functools.cache
def letters(split: str) -> tuple[np.ndarray, ...]:
    """Return the letters of `split`, one ``float32 (n, 8, 8)`` array in [0, 1] for each class.

    Each letter in each font, small and capital, turned by each of `TURNS`.
    """
    folder = _folder()
    return tuple(
        np.stack(
            [
                _scan(sign, str(folder / f"{font}.ttf"), turn)
                for font in FONTS[split]
                for sign in (letter, letter.upper())
                for turn in TURNS
            ]
        )
        for letter in CLASSES
    )


def _folder() -> Path:
    import matplotlib  # takes half a second, which only those who draw letters should pay

    return Path(matplotlib.get_data_path()) / "fonts" / "ttf"


def _scan(sign: str, font: str, turn: float) -> np.ndarray:
    """Return the ink in each cell of the square around a letter, ``float32 (8, 8)``.

    The fullest cell is 1, as in the digits: pens are broader than the thinnest fonts.
    """
    from PIL import Image, ImageDraw

    ink = Image.new("L", (3 * DRAWN, 3 * DRAWN))
    ImageDraw.Draw(ink).text((DRAWN, DRAWN // 2), sign, fill=255, font=_opened(font))
    turned = ink.rotate(turn, Image.Resampling.BILINEAR)
    box = turned.getbbox()
    assert box is not None, f"{font} draws no {sign}"
    letter = turned.crop(box)
    square = Image.new("L", (max(letter.size), max(letter.size)))
    left, top = ((square.width - side) // 2 for side in letter.size)
    square.paste(letter, (left, top))
    cells = np.asarray(square.resize((CELLS, CELLS), Image.Resampling.BOX), np.float32)
    return cells / cells.max()


@functools.cache
def _opened(font: str) -> FreeTypeFont:
    from PIL import ImageFont

    return ImageFont.truetype(font, DRAWN)
