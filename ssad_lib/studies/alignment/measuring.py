"""What is measured: every augmentation against the anomalies of every task (METHODS 7.6).

Draws come from generators of (image set, class, augmentation, draw): neither the order nor the
choice of classes changes a value.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import MISSING, asdict, dataclass, fields
from typing import Any

import numpy as np
import pandas as pd
import torch
from numpy.typing import NDArray
from torch import Tensor

from ssad_lib import augment, data, rng, tasks
from ssad_lib.alignment import kernel, noise_floor
from ssad_lib.encoders import Encoder, encoder
from ssad_lib.engine.images import load_images
from ssad_lib.engine.run import one_thread
from ssad_lib.errors import SsadError
from ssad_lib.evidence import NO_AUGMENTATION

COLUMNS = [
    "image_set",
    "encoder",
    "augmentation",
    "normal_class",
    "testbed",
    "anomaly",
    "draw",
    "mmd",
    "floor",
]
Features = NDArray[np.float64]
Task = tuple[str, str]  # testbed and name of the anomaly


@dataclass(frozen=True)
class Plan:
    """What to measure, as the parameters of a chapter state it.

    Attributes
    ----------
    image_set : str
        Name for `ssad_lib.data.load`.
    size : int
        Side of the images; 0 keeps the image set's own.
    images_per_class, test_images_per_class : int
        First so many images of each class; 0 takes all.
    normal_classes : tuple of int
    samples : int
        M, the images in each of the two sets; fewer where there are not so many.
    draws : int
        How often the sets are drawn.
    encoder : str
        Name for `ssad_lib.encoders.encoder`.
    encoder_size : int
        Side to which the encoder's images are brought; 0 is the encoder's own.
    seed : int
        Of all draws, and of the frozen anomalies of the controlled testbed.
    """

    image_set: str
    size: int
    images_per_class: int
    test_images_per_class: int
    normal_classes: tuple[int, ...]
    samples: int
    draws: int
    encoder: str
    encoder_size: int = 0
    seed: int = 0

    def __post_init__(self) -> None:
        if not self.normal_classes:
            raise SsadError("parameter 'normal_classes' is empty: name at least one, such as [0]")
        for name, least in (("samples", 2), ("draws", 1)):
            if getattr(self, name) < least:
                raise SsadError(
                    f"parameter '{name}' is {getattr(self, name)}: give {least} or more"
                )

    @staticmethod
    def is_in(settings: Mapping[str, Any]) -> bool:
        """Return whether the parameters of a chapter hold a plan."""
        return all(field.name in settings for field in fields(Plan) if field.default is MISSING)

    @staticmethod
    def of(settings: Mapping[str, Any]) -> Plan:
        """Return the plan in the parameters of a chapter; others among them are ignored."""
        values = {
            field.name: settings[field.name] for field in fields(Plan) if field.name in settings
        }
        return Plan(**{**values, "normal_classes": tuple(values["normal_classes"])})

    @property
    def label(self) -> str:
        """What to print beside every value of this plan."""
        train, test = (
            f"{count:,}" if count else "all"
            for count in (self.images_per_class, self.test_images_per_class)
        )
        pixels = f" at {self.size}×{self.size}" if self.size else ""
        return (
            f"{self.image_set}{pixels}: {train} training and {test} test images a class, "
            f"{len(self.normal_classes)} normal classes, sets of {self.samples} images, "
            f"{self.draws} draws"
        )

    def key(self) -> dict[str, Any]:
        """Return everything that decides the values, but the content of the images."""
        chosen = self.chosen()
        stated = asdict(self) | {"encoder": chosen.name, "encoder_version": chosen.version}
        del stated["encoder_size"]  # the version says it, with the encoder's own for 0
        return stated

    def chosen(self) -> Encoder:
        """Return the encoder."""
        return encoder(self.encoder, size=self.encoder_size)

    def images(self, split: str) -> data.ImageSet:
        """Return the train or test images."""
        count = self.images_per_class if split == "train" else self.test_images_per_class
        return load_images(self.image_set, split, count or None, self.size or None)


def measured(plan: Plan) -> pd.DataFrame:
    """Return one row per augmentation, task and draw; see `COLUMNS`.

    ``mmd`` is the biased mean without root, ``floor`` what it would be if both sets came from the
    distribution of the anomalies (`ssad_lib.alignment.noise_floor`).
    """
    chosen = plan.chosen()
    train, test = plan.images("train"), plan.images("test")
    rows: list[tuple[Any, ...]] = []
    with one_thread():
        wild = {name: _encoded(chosen, images) for name, images in _classes(test)}
        for normal_class in plan.normal_classes:
            normals = tasks.normal_images(train, normal_class)
            other = {name: wild[name] for name in wild if name != test.classes[normal_class]}
            controlled = dict(tasks.anomalies(test, normal_class, tasks.CONTROLLED, plan.seed))
            for draw in range(plan.draws):
                unit = (normal_class, draw, plan.seed)
                drawn = normals[_sample(len(normals), plan, *unit)]
                anomalies = _anomalies(chosen, other, controlled, plan, *unit)
                rows += _draw(chosen, drawn, anomalies, plan, *unit)
    frame = pd.DataFrame(rows, columns=COLUMNS[2:])
    frame.insert(0, "encoder", chosen.name)
    frame.insert(0, "image_set", plan.image_set)
    return frame


def _anomalies(
    chosen: Encoder,
    wild: Mapping[str, Features],
    controlled: Mapping[str, Tensor],
    plan: Plan,
    *unit: int,
) -> dict[Task, Features]:
    """Return the features of the anomalies of one draw; of controlled ones only these are made."""

    def places(testbed: str, name: str, count: int) -> NDArray[np.int64]:
        return _sample(count, plan, testbed, name, *unit)

    return {
        (tasks.IN_THE_WILD, name): features[places(tasks.IN_THE_WILD, name, len(features))]
        for name, features in wild.items()
    } | {
        (tasks.CONTROLLED, gen): _encoded(
            chosen, images[places(tasks.CONTROLLED, gen, len(images))]
        )
        for gen, images in controlled.items()
    }


def _draw(
    chosen: Encoder,
    normals: Tensor,
    anomalies: Mapping[Task, Features],
    plan: Plan,
    *unit: int,
) -> Iterator[tuple[Any, ...]]:
    """Yield the rows of one draw: one set of normals and one of anomalies for all augmentations."""
    normal_class, draw, _ = unit
    within = {task: float(kernel(values, values).mean()) for task, values in anomalies.items()}
    floors = {task: noise_floor(values, len(normals)) for task, values in anomalies.items()}
    together = np.concatenate(list(anomalies.values()))
    starts = np.cumsum([0, *map(len, anomalies.values())])[:-1]
    for name in augment.names():
        augmentation = augment.get(name)
        generator = rng.generator("alignment", plan.image_set, name, *unit)
        features = _encoded(chosen, augmentation(normals, generator))
        own = float(kernel(features, features).mean())
        across = np.add.reduceat(kernel(features, together).mean(axis=0), starts)
        label = augmentation.label if name != "identity" else NO_AUGMENTATION
        for task, total in zip(anomalies, across, strict=True):
            value = own + within[task] - 2 * total / len(anomalies[task])
            yield label, normal_class, *task, draw, value, floors[task]


def _sample(count: int, plan: Plan, *key: str | int) -> NDArray[np.int64]:
    """Return which of `count` rows to take: `plan.samples` without replacement, or all of fewer."""
    generator = rng.generator("alignment", plan.image_set, "sample", *key)
    chosen: NDArray[np.int64] = torch.randperm(count, generator=generator).numpy()[: plan.samples]
    return chosen


def _classes(images: data.ImageSet) -> Iterator[tuple[str, Tensor]]:
    for label, name in enumerate(images.classes):
        yield name, tasks.normal_images(images, label)


def _encoded(chosen: Encoder, images: Tensor) -> Features:
    return chosen(images).numpy().astype(np.float64)
