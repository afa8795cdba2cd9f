"""What the grids of all studies share: a budget, and the specification of one cell."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from itertools import product
from typing import Any

from ssad_lib import data, tasks
from ssad_lib.engine.run import fingerprint
from ssad_lib.errors import SsadError
from ssad_lib.spec import RunSpec, options


@dataclass(frozen=True)
class Budget:
    """Image set and size of the trainings of a study, as a profile states them.

    Attributes
    ----------
    image_set : str
        Name for `ssad_lib.data.load`.
    size : int
        Height and width of the images; 0 keeps the image set's own.
    images_per_class, test_images_per_class : int
        First so many images of each class; 0 takes all.
    normal_classes, seeds : tuple of int
        The study has one run per cell, normal class and seed.
    width, epochs, batch_size : int
        Of the detector.
    learning_rate : float
    """

    image_set: str
    size: int
    images_per_class: int
    test_images_per_class: int
    normal_classes: tuple[int, ...]
    seeds: tuple[int, ...]
    width: int
    epochs: int
    batch_size: int
    learning_rate: float

    @staticmethod
    def of(settings: Mapping[str, Any]) -> Budget:
        """Return the budget that the parameters of a chapter state.

        Raises
        ------
        SsadError
            If no normal class or no seed is named: there would be nothing to run.
        """
        values: dict[str, Any] = {
            name: tuple(value) if isinstance(value, list) else value
            for name, value in settings.items()
        }
        for name in ("normal_classes", "seeds"):
            if not values[name]:
                raise SsadError(f"parameter '{name}' is empty: name at least one, such as [0]")
        return Budget(**values)

    @property
    def label(self) -> str:
        """What to print beside every number of a study with this budget."""
        return label(
            image_set=self.image_set,
            images=self.images_per_class,
            size=self.size,
            width=self.width,
            epochs=self.epochs,
            batch_size=self.batch_size,
            classes=len(self.normal_classes),
            seeds=len(self.seeds),
        )

    def data_fingerprint(self) -> str:
        """Return the fingerprint of the train and test images this budget uses."""
        parts = [
            data.load(
                self.image_set, split=split, images_per_class=count or None, size=self.size or None
            ).fingerprint
            for split, count in (
                ("train", self.images_per_class),
                ("test", self.test_images_per_class),
            )
        ]
        return fingerprint(*parts)

    def specs(
        self,
        detector: str,
        augmentation: str = "identity",
        *,
        content: str,
        epochs: int | None = None,
        augmentation_options: Mapping[str, Any] | None = None,
    ) -> Iterator[RunSpec]:
        """Yield one specification per normal class and seed.

        Parameters
        ----------
        detector, augmentation : str
        content : str
            The `data_fingerprint`, computed once per study.
        epochs : int, optional
            Instead of the budget's; 0 leaves the network untrained.
        augmentation_options : mapping, optional
        """
        for normal_class, seed in product(self.normal_classes, self.seeds):
            yield RunSpec(
                detector=detector,
                detector_options=options(
                    width=self.width,
                    epochs=self.epochs if epochs is None else epochs,
                    batch_size=self.batch_size,
                    learning_rate=self.learning_rate,
                ),
                augmentation=augmentation,
                augmentation_options=options(augmentation_options),
                image_set=self.image_set,
                images_per_class=self.images_per_class,
                test_images_per_class=self.test_images_per_class,
                size=self.size,
                normal_class=normal_class,
                seed=seed,
                testbeds=tasks.TESTBEDS,
                fingerprint=content,
            )


def label(
    *,
    image_set: str,
    images: int,
    size: int,
    width: int,
    epochs: int,
    batch_size: int,
    classes: int,
    seeds: int,
) -> str:
    """Return one line that states a budget in words."""
    counted = f"{images:,}" if images else "all"
    pixels = f" at {size}×{size}" if size else ""
    return (
        f"{image_set}{pixels}: {counted} images a class, width {width}, {epochs} epochs of batches "
        f"of {batch_size}, {_plural(classes, 'normal class', 'normal classes')}, "
        f"{_plural(seeds, 'seed', 'seeds')}"
    )


def _plural(count: int, one: str, many: str) -> str:
    return f"{count} {one if count == 1 else many}"
