"""The one door to image sets: a name in, an image set out, the same on every machine."""

from __future__ import annotations

from pathlib import Path

from ssad_lib.data import catalogue
from ssad_lib.data.digits import load_plain_digits
from ssad_lib.data.image_set import ImageSet
from ssad_lib.data.on_disk import load_from_disk
from ssad_lib.data.street_digits import load_street_digits
from ssad_lib.data.street_letters import load_street_letters
from ssad_lib.data.textures import load_textures
from ssad_lib.errors import SsadError, unknown


def load(
    name: str,
    root: str | Path | None = None,
    split: str = "train",
    *,
    images_per_class: int | None = None,
    size: int | None = None,
    seed: int = 0,
) -> ImageSet:
    """Return the image set `name`.

    Parameters
    ----------
    name : str
        One of `names`; or ``textures:<surface>``, one of weave, cable, carpet, grid and tile;
        ``mvtec:<object>`` below the data root; ``folder:<path>``, a folder or zip of class folders
        or in the layout of MVTec AD; ``npz:<path>``, your own arrays;
        ``emnist-letters:upright``, whose files are transposed; ``tiny-imagenet:<part>``
        (`ssad_lib.data.tiny_imagenet`).
    root : str or pathlib.Path, optional
        The data root, default ``SSAD_DATA``; embedded sets and paths need none.
    split : {"train", "test"}
        The official split of the set: the papers train on one and evaluate on the other.
    images_per_class : int, optional
        How many images of each class. Embedded sets draw that many, others keep the first ones;
        asking for more never changes the first. Default: all, or as many as the module of the
        embedded set says.
    size : int, optional
        Side of the square images in pixels. Default: as the embedded set draws them, 32 for the
        sets of the paper (METHODS 1.1), 256 for defect sets (METHODS 1.5), else as stored.
    seed : int
        Decides the draws of ``street-digits``, ``street-letters`` and ``textures``; the others
        have none.

    Returns
    -------
    ImageSet
        Images ``uint8 (N, C, size, size)``. What lies on disk is decoded once and memory-mapped
        from then on.

    Raises
    ------
    SsadError
        One line that names the file and what to do, whatever is wrong.
    """
    if split not in catalogue.SPLITS:
        raise unknown("split", split, catalogue.SPLITS)
    for option, value in (("images_per_class", images_per_class), ("size", size)):
        if value is not None and value < 1:
            raise SsadError(f"{option} is {value}; give a whole number from 1 or leave it out")
    form, _, detail = name.partition(":")
    if name == "street-digits":
        return load_street_digits(split, images_per_class, size, seed)
    if name == "street-letters":
        return load_street_letters(split, images_per_class, size, seed)
    if name == "digits":
        return load_plain_digits(split, images_per_class, size)
    if form == "textures":
        return load_textures(detail, split, images_per_class, size, seed)
    known = name in catalogue.FROM_DATA_ROOT or form == catalogue.TINY_IMAGENET
    turned = name == f"emnist-letters:{catalogue.UPRIGHT}"
    if known or turned or (form in catalogue.PATH_FORMS and detail):
        return load_from_disk(name, root, split, images_per_class, size)
    raise unknown("image set", name, catalogue.names())


def class_names(name: str) -> tuple[str, ...]:
    """Return the names of the classes of an image set; where they are known it is not read."""
    facts = catalogue.FROM_DATA_ROOT.get(name.removesuffix(f":{catalogue.UPRIGHT}"))
    if facts and facts.classes:
        return facts.classes
    return load(name, split="test", images_per_class=1).classes


def is_digits(name: str) -> bool:
    """Whether the classes of an image set are the ten digits in order."""
    return class_names(name) == catalogue.DIGITS
