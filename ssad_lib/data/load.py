"""The one door to image sets: a name in, an image set out, the same on every machine."""

from __future__ import annotations

from pathlib import Path

from ssad_lib import paths
from ssad_lib.data import catalogue
from ssad_lib.data.cache import Entry
from ssad_lib.data.class_folders import read_class_folders
from ssad_lib.data.digits import load_plain_digits
from ssad_lib.data.files import open_files
from ssad_lib.data.image_set import ImageSet
from ssad_lib.data.selection import first_per_class
from ssad_lib.data.street_digits import load_street_digits
from ssad_lib.data.torchvision_sets import is_there, read_torchvision
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
    if split not in ("train", "test"):
        raise unknown("split", split, ["train", "test"])
    if name == "street-digits":
        return load_street_digits(split, images_per_class, size, seed)
    if name == "digits":
        return load_plain_digits(split, images_per_class, size)
    if name in catalogue.FROM_DATA_ROOT:
        return _from_data_root(name, paths.data_root(root), split, images_per_class, size)
    raise unknown("image set", name, catalogue.names())


def _from_data_root(
    name: str, root: Path, split: str, images_per_class: int | None, size: int | None
) -> ImageSet:
    """Return the named set from the first of the layouts below `root` that is there."""
    facts = catalogue.FROM_DATA_ROOT[name]
    size = size or facts.size
    place, entry = None, None
    if is_there(name, root, split):
        place = root / facts.places[split][0]
        entry = read_torchvision(name, root, split, size)
    else:
        for candidate in (root / name, root / f"{name}.zip"):
            if candidate.exists():
                place = candidate
                files = open_files(candidate)
                entry = read_class_folders(name, files, split, channels=facts.channels, size=size)
                break
    if entry is None:
        raise SsadError(f"no {name} below {root}")
    source = f"{facts.source}, read from {place}"
    return _cut(entry, name, split, source, facts.licence, images_per_class)


def _cut(
    entry: Entry,
    name: str,
    split: str,
    source: str,
    licence: str,
    images_per_class: int | None,
) -> ImageSet:
    """Return the first `images_per_class` of each class of a decoded set."""
    kept = first_per_class(entry.labels, images_per_class)
    whole = len(kept) == len(entry.labels)
    return ImageSet(
        name=name,
        images=entry.images if whole else entry.images[kept],
        labels=entry.labels[kept],
        classes=entry.classes,
        split=split,
        source=source,
        licence=licence,
        fingerprint=entry.content if whole else f"{entry.content}?n={images_per_class}",
        masks=None if entry.masks is None else (entry.masks if whole else entry.masks[kept]),
    )
