"""The masks of a defect set: which files belong to which image, and what they mark.

The mask of ``test/<kind>/<stem>.*`` is ``ground_truth/<kind>/<stem>_mask.*`` or ``<stem>.*``. An
image may have several: ``<stem>_mask1.*``, ``<stem>_mask_2.*``, or all in a folder ``<stem>/``; a
pixel is defective where any of them marks it.
"""

from __future__ import annotations

import re
from collections import defaultdict
from collections.abc import Iterator, Sequence
from pathlib import PurePosixPath

import numpy as np
from numpy.typing import NDArray

from ssad_lib.data.decode import decode_mask, resize_mask
from ssad_lib.data.files import Files
from ssad_lib.data.notes import some
from ssad_lib.errors import SsadError

ENDING = re.compile(r"_mask([_-]?\d+)?$")
MOST = 0.5  # share of an image from which a mask looks as if it marked what is sound
# Of published sets a mask in a hundred marks nothing: nobody drew it. More are a misreading.
FEW_EMPTY = 0.02


class Masks:
    """The masks of one set, brought to squares.

    Parameters
    ----------
    files : Files
    test, ground_truth : str
        The folders of the test images and of the masks.
    size : int
        Height and width of the masks that are yielded.
    """

    def __init__(self, files: Files, test: str, ground_truth: str, size: int) -> None:
        self._files, self._size = files, size
        self._test, self._root = test, ground_truth
        self._by_image = _by_image(files, ground_truth)
        self._used: set[str] = set()
        self._empty: list[str] = []
        self._mostly: list[str] = []
        self._vanished: list[str] = []

    def of(self, good: Sequence[str], defective: Sequence[str]) -> Iterator[NDArray[np.bool_]]:
        """Yield the mask ``bool (size, size)`` of each image, the good ones first.

        Raises
        ------
        SsadError
            If a defective image has no mask, shares it, or it marks everything; if more than two
            in a hundred masks mark nothing; or the mask of a good image marks anything.
        """
        for name in good:
            masks = self._names(name)
            if masks and decode_mask(self._files, masks, name).any():
                raise SsadError(
                    f"the mask '{masks[0]}' of {self._files.path} marks pixels of '{name}', which "
                    "is good; remove the mask or move the image to its kind of defect"
                )
            yield np.zeros((self._size, self._size), np.bool_)
        owners: dict[str, str] = {}
        for name in defective:
            yield self._marked(name, owners)
        if len(self._empty) > FEW_EMPTY * len(defective):
            raise SsadError(
                f"the mask '{self._empty[0]}' of {self._files.path} marks no pixel "
                f"({len(self._empty)} of {len(defective)} do); draw the defect in any colour on "
                "black"
            )

    def notes(self) -> list[str]:
        """Return what has to be said once all masks have been read."""
        notes = []
        path = self._files.path
        unused = {name for names in self._by_image.values() for name in names} - self._used
        if unused:
            notes.append(f"{path}: masks without an image were left out: {some(sorted(unused))}")
        if self._empty:
            notes.append(f"{path}: no pixel of a defect is marked by {some(self._empty)}")
        if self._mostly:
            notes.append(
                f"{path}: more than half of the image is marked by {some(self._mostly)}; if they "
                "are black on white, invert them"
            )
        if self._vanished:
            notes.append(
                f"{path}: at {self._size} pixels nothing is left of what is marked by "
                f"{some(self._vanished)}; load a larger size"
            )
        return notes

    def _marked(self, name: str, owners: dict[str, str]) -> NDArray[np.bool_]:
        masks = self._names(name)
        if not masks:
            raise SsadError(
                f"the mask '{self._expected(name)}_mask.png' of '{name}' is absent from "
                f"{self._files.path}; add it, or remove '{self._root}/' to do without masks"
            )
        other = owners.setdefault(self._expected(name), name)
        if other != name:
            raise SsadError(
                f"'{other}' and '{name}' of {self._files.path} would share the mask '{masks[0]}'; "
                "rename one of them and its mask"
            )
        marked = decode_mask(self._files, masks, name)
        if marked.all():
            raise SsadError(
                f"the mask '{masks[0]}' of {self._files.path} marks every pixel of '{name}'; draw "
                "the defect in any colour on black"
            )
        if marked.mean() > MOST:
            self._mostly.append(masks[0])
        small = resize_mask(marked, self._size)
        if not marked.any():
            self._empty.append(masks[0])
        elif not small.any():
            self._vanished.append(masks[0])
        return small

    def _names(self, image: str) -> list[str]:
        names = self._by_image.get(self._expected(image), [])
        self._used.update(names)
        return names

    def _expected(self, image: str) -> str:
        """Return the name that the mask of an image has, without suffix and ending."""
        place = PurePosixPath(image).relative_to(self._test).with_suffix("")
        return f"{self._root}/{place}"


def _by_image(files: Files, root: str) -> dict[str, list[str]]:
    """Return the masks by the name that their image has, below `root` and without suffix."""
    own: dict[str, list[str]] = defaultdict(list)
    below: dict[str, list[str]] = defaultdict(list)
    for name in files.names:
        if name.startswith(f"{root}/"):
            plain = str(PurePosixPath(name).with_suffix(""))
            own[ENDING.sub("", plain)].append(name)
            below[str(PurePosixPath(name).parent)].append(name)
    return {**below, **own}
