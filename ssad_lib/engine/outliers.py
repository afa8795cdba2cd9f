"""The outliers of a run: which images of which set its detector learns from (METHODS 11.5).

Classes and images are drawn by the outlier set and the seed alone, so that all detectors and all
normal classes of a seed see the same ones; and more of them contain the fewer (rule 9).
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from typing import Any

import numpy as np
import torch
from numpy.typing import NDArray
from torch import Tensor

from ssad_lib import rng
from ssad_lib.data import ImageSet
from ssad_lib.engine.images import image_set, load_images, training_images
from ssad_lib.errors import SsadError, unknown
from ssad_lib.spec import Options, RunSpec, options

ALL = 0  # of the classes, or of the images


def named(
    normals: str,
    outliers: str,
    *,
    split: str = "train",
    images_per_class: int = ALL,
    size: int = 0,
    classes: int | Sequence[str] = ALL,
    images: int = ALL,
    allow_overlap: bool = False,
) -> Options:
    """Return the field ``outliers`` of a specification.

    Parameters
    ----------
    normals : str
        The image set of the run.
    outliers : str
        The image set that outliers are taken from.
    split : {"train", "test"}
        Of the outlier set.
    images_per_class : int
        First so many images of each of its classes; 0 takes all.
    size : int
        Side of the run's images; 0 keeps their own.
    classes : int or sequence of str
        So many of its classes, drawn by the seed, or these; 0 takes all.
    images : int
        So many of their images, drawn by the seed; 0 takes all.
    allow_overlap : bool
        Take outliers of a class that the image set has, too.

    Raises
    ------
    SsadError
        If both sets have a class of one name and that is not allowed, a class or so many images do
        not exist, or the images have another form.
    """
    chosen = {
        "image_set": outliers,
        "split": split,
        "images_per_class": images_per_class,
        "classes": classes if isinstance(classes, int) else tuple(classes),
        "images": images,
    }
    if allow_overlap:
        chosen["overlap"] = True
    found = _loaded(options(chosen), _side(normals, size))
    _check(found, load_images(normals, "train", None, size or None), options(chosen))
    return options(chosen, fingerprint=found.fingerprint)


def training_set(spec: RunSpec) -> tuple[Tensor, ...]:
    """Return what ``prepare`` takes: the normal images of `spec` and, where it has any, outliers.

    Raises
    ------
    SsadError
        If the images on disk are not those the specification was made for, or cannot be outliers.
    """
    normals = training_images(spec)
    return (normals, outlier_images(spec)) if spec.outliers else (normals,)


def outlier_images(spec: RunSpec) -> Tensor:
    """Return the outliers of `spec` ``(m, C, H, W)`` in [0, 1].

    Raises
    ------
    SsadError
        As `training_set`.
    """
    chosen: dict[str, Any] = dict(spec.outliers)
    own = image_set(spec, "train")
    found = _loaded(spec.outliers, own.images.shape[2])
    if chosen["fingerprint"] != found.fingerprint:
        raise SsadError(
            f"the outlier set '{found.name}' has changed since the study was planned: its content "
            "no longer matches the run specification; start the study again"
        )
    _check(found, own, spec.outliers)
    places = selected(found, chosen["classes"], chosen["images"], spec.seed)
    return torch.from_numpy(found.images[places]).float() / 255


def selected(
    outliers: ImageSet, classes: int | Sequence[str], images: int, seed: int
) -> NDArray[np.int64]:
    """Return the places of the chosen outliers in their set, in its order.

    Parameters
    ----------
    outliers : ImageSet
    classes : int or sequence of str
        How many classes, or which; 0 are all.
    images : int
        How many of their images; 0 are all.
    seed : int
        Of the run.
    """
    labels = _labels(outliers, classes, seed)
    places = np.flatnonzero(np.isin(outliers.labels, labels))
    if images == ALL:
        return places
    order = torch.randperm(
        len(places), generator=rng.generator("outliers", outliers.name, "images", seed)
    )
    return np.sort(places[order[:images].numpy()])


def _labels(outliers: ImageSet, classes: int | Sequence[str], seed: int) -> NDArray[np.int64]:
    if not isinstance(classes, int):
        return np.array([outliers.classes.index(name) for name in classes])
    order = torch.randperm(
        len(outliers.classes), generator=rng.generator("outliers", outliers.name, "classes", seed)
    )
    return order[: classes or None].numpy()


def _side(normals: str, size: int) -> int:
    return size or load_images(normals, "train", None, None).images.shape[2]


def _loaded(chosen: Options, side: int) -> ImageSet:
    wanted: dict[str, Any] = dict(chosen)
    count = wanted["images_per_class"] or None
    return load_images(wanted["image_set"], wanted["split"], count, side)


def _check(outliers: ImageSet, own: ImageSet, chosen: Options) -> None:
    """Raise `SsadError` unless these outliers can be learned from."""
    wanted: dict[str, Any] = dict(chosen)
    classes, images = wanted["classes"], wanted["images"]
    if outliers.images.shape[1:] != own.images.shape[1:]:
        raise SsadError(
            f"the outlier set '{outliers.name}' has images {outliers.images.shape[1:]} (C, H, W) "
            f"and '{own.name}' {own.images.shape[1:]}: choose a set of the same form"
        )
    if isinstance(classes, tuple):
        for name in classes:
            if name not in outliers.classes:
                raise unknown(f"class of the outlier set '{outliers.name}'", name, outliers.classes)
        names: Iterable[str] = classes
    else:
        names = outliers.classes
        if classes > len(outliers.classes):
            raise SsadError(
                f"the outlier set '{outliers.name}' has {len(outliers.classes)} classes, not "
                f"{classes}: ask for fewer"
            )
    if images > len(outliers):
        raise SsadError(
            f"the outlier set '{outliers.name}' has {len(outliers):,} images, not {images:,}: ask "
            "for fewer, or for 0, which is all"
        )
    shared = overlap(names, own.classes)
    if shared and not wanted.get("overlap"):
        raise SsadError(
            f"the outlier set '{outliers.name}' has the class '{shared[0]}' of '{own.name}', which "
            "is to be found without having been seen: choose another set or other classes, or "
            "pass --allow-overlap if you mean it"
        )


def overlap(names: Iterable[str], others: Iterable[str]) -> list[str]:
    """Return those of `names` that name a class of `others`, in whatever spelling.

    Names may list synonyms, as ImageNet's do: "tabby, tabby cat".
    """
    known = {spelling for other in others for spelling in _spellings(other)}
    return [name for name in names if known & _spellings(name)]


def _spellings(name: str) -> set[str]:
    plain = name.lower().replace("_", " ").replace("-", " ")
    return {" ".join(part.split()) for part in plain.split(",")}
