"""Image sets that lie on disk: found, decoded through the cache, cut to the images asked for."""

from __future__ import annotations

from pathlib import Path

from ssad_lib import paths
from ssad_lib.data import catalogue, tiny_imagenet
from ssad_lib.data.cache import Entry, Recipe, read_or_build
from ssad_lib.data.class_folders import class_folder_recipe
from ssad_lib.data.defect_folders import defect_recipe, is_defect_set
from ssad_lib.data.files import open_files, stamp
from ssad_lib.data.image_set import ImageSet
from ssad_lib.data.locate import files, find_named, find_object, find_tiny_imagenet
from ssad_lib.data.notes import say
from ssad_lib.data.npz import read_npz
from ssad_lib.data.selection import first_per_class
from ssad_lib.data.torchvision_sets import read_torchvision


def load_from_disk(
    name: str, root: str | Path | None, split: str, images_per_class: int | None, size: int | None
) -> ImageSet:
    """Return the set `name`; see `ssad_lib.data.load` for parameters and errors."""
    form, _, detail = name.partition(":")
    source, licence = catalogue.OWN_SOURCE, catalogue.OWN_LICENCE
    if form == "npz":
        place = Path(detail).expanduser().absolute()
        entry = read_npz(place, split, size)
    elif form == "folder":
        place = Path(detail).expanduser().absolute()
        entry = _read_folders(place.stem, place, split, catalogue.COLOUR, size)
    elif form == "mvtec":
        if detail in catalogue.MVTEC_OBJECTS:  # others only share the layout
            source, licence = catalogue.MVTEC_SOURCE, catalogue.MVTEC_LICENCE
        place = find_object(detail, paths.data_root(root))
        entry = _read_folders(name, place, split, catalogue.COLOUR, size)
    elif form == catalogue.TINY_IMAGENET:
        source, licence = tiny_imagenet.SOURCE, tiny_imagenet.LICENCE
        place = find_tiny_imagenet(paths.data_root(root))
        entry = tiny_imagenet.read(place, detail, split, size or tiny_imagenet.SIZE)
    else:
        facts = catalogue.FROM_DATA_ROOT[form]
        source, licence = facts.source, facts.licence
        place, entry = _read_named(name, paths.data_root_if_any(root), split, size or facts.size)
    say(entry.notes)
    kept = first_per_class(entry.labels, images_per_class)
    whole = len(kept) == len(entry.labels)
    return ImageSet(
        name=name,
        images=entry.images if whole else entry.images[kept],
        labels=entry.labels[kept],
        classes=entry.classes,
        split=split,
        source=f"{source}; {place}",
        licence=licence,
        fingerprint=entry.content if whole else f"{entry.content}?n={images_per_class}",
        masks=entry.masks if whole or entry.masks is None else entry.masks[kept],
        notes=entry.notes,
    )


def _read_named(name: str, root: Path | None, split: str, size: int) -> tuple[Path, Entry]:
    """Return where a set of the catalogue lies, and its images."""
    name, _, part = name.partition(":")
    place = find_named(name, root, split)
    own = files(name, place, split)
    if own:
        turned = part == catalogue.UPRIGHT
        return place, read_torchvision(name, place, own, split, size, transposed=turned)
    channels = catalogue.FROM_DATA_ROOT[name].channels
    return place, _read_folders(name, place, split, channels, size)


def _read_folders(name: str, place: Path, split: str, channels: int, size: int | None) -> Entry:
    """Return the images of a folder or zip in either layout."""

    def recipe() -> Recipe:
        opened = open_files(place)
        if is_defect_set(opened):
            return defect_recipe(opened, split, size)
        return class_folder_recipe(opened, split, channels, size)

    key = ["folders", stamp(place), split, channels, size]
    return read_or_build(f"{name}-{split}", key, recipe)
