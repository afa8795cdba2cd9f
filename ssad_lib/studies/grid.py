"""What the grids of all studies share: a budget, and the specification of one cell."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from itertools import product
from typing import Any

from ssad_lib import tasks
from ssad_lib.engine.images import content
from ssad_lib.errors import SsadError
from ssad_lib.record import Record
from ssad_lib.spec import Options, RunSpec, options

# The prefix that a family's parameters have in a profile, and its detectors.
FAMILIES = {"": ("AE", "DAE"), "sad_": ("DeepSVDD", "DeepSAD"), "ap_": ("AP",)}
LENGTH = {"": "epochs", "sad_": "epochs", "ap_": "views"}  # what is 0 in an untrained detector
PLAIN = "float32"  # the precision that goes without saying
SHOWN = {
    "width": "width {}",
    "base": "{} base channels",
    "widen": "widened {} times",
    "epochs": "{} epochs",
    "views": "every image shown {} times",
    "batch_size": "batches of {}",
    "learning_rate": "rate {:g}",
}


@dataclass(frozen=True)
class Training:
    """How the detectors of one family are trained.

    Attributes
    ----------
    size : int
        Height and width of the images; 0 keeps the image set's own.
    options : Options
        Of the detector: width, epochs, ...
    """

    size: int
    options: Options


@dataclass(frozen=True)
class Budget:
    """Image set and size of the trainings of a study, as a profile states them.

    Attributes
    ----------
    image_set : str
        Name for `ssad_lib.data.load`.
    images_per_class, test_images_per_class : int
        First so many images of each class; 0 takes all.
    normal_classes, seeds : tuple of int
        The study has one run per cell, normal class and seed.
    trainings : tuple of (str, Training)
        By prefix of the family (`FAMILIES`); a study leaves out the families that have none.
    """

    image_set: str
    images_per_class: int
    test_images_per_class: int
    normal_classes: tuple[int, ...]
    seeds: tuple[int, ...]
    trainings: tuple[tuple[str, Training], ...]

    @staticmethod
    def of(settings: Mapping[str, Any]) -> Budget:
        """Return the budget that the parameters of a chapter state.

        ``size, width, epochs, ...`` are AE's and DAE's, ``sad_size, sad_width, ...`` DeepSVDD's and
        DeepSAD's, ``ap_size, ap_views, ...`` AP's, ``precision`` all detectors'; other parameters
        are not of the budget.

        Raises
        ------
        SsadError
            If no normal class or no seed is named: there would be nothing to run.
        """
        for name in ("normal_classes", "seeds"):
            if not settings[name]:
                raise SsadError(f"parameter '{name}' is empty: name at least one, such as [0]")
        trainings = []
        for prefix in FAMILIES:
            chosen = {name: settings[prefix + name] for name in SHOWN if prefix + name in settings}
            if chosen:
                chosen["precision"] = settings.get("precision", PLAIN)
                size = settings[f"{prefix}size"]
                trainings.append((prefix, Training(size, options(chosen))))
        return Budget(
            image_set=settings["image_set"],
            images_per_class=settings["images_per_class"],
            test_images_per_class=settings["test_images_per_class"],
            normal_classes=tuple(settings["normal_classes"]),
            seeds=tuple(settings["seeds"]),
            trainings=tuple(trainings),
        )

    @property
    def label(self) -> str:
        """What to print beside every number of a study with this budget."""
        said = [
            label(self.image_set, self.images_per_class, len(self.normal_classes), len(self.seeds))
        ]
        for prefix, training in self.trainings:
            said.append(training_label(FAMILIES[prefix], training.size, dict(training.options)))
        return "; ".join(said)

    @property
    def size(self) -> int:
        """Height and width of the images of the first family; 0 is the image set's own."""
        return self.trainings[0][1].size

    def has(self, detector: str) -> bool:
        """Whether the budget says how `detector` is trained."""
        return family(detector) in dict(self.trainings)

    def specs(
        self,
        detector: str,
        augmentation: str = "identity",
        *,
        untrained: bool = False,
        detector_options: Mapping[str, Any] | None = None,
        augmentation_options: Mapping[str, Any] | None = None,
    ) -> Iterator[RunSpec]:
        """Yield one specification per normal class and seed.

        Parameters
        ----------
        detector, augmentation : str
        untrained : bool
            Leave the network as it was initialised.
        detector_options, augmentation_options : mapping, optional
            Beside those of the budget.
        """
        prefix = family(detector)
        training = dict(self.trainings)[prefix]
        chosen: dict[str, Any] = {**dict(training.options), **(detector_options or {})}
        if untrained:
            chosen[LENGTH[prefix]] = 0
        images = content(
            self.image_set, self.images_per_class, self.test_images_per_class, training.size
        )
        for normal_class, seed in product(self.normal_classes, self.seeds):
            yield RunSpec(
                detector=detector,
                detector_options=options(chosen),
                augmentation=augmentation,
                augmentation_options=options(augmentation_options),
                image_set=self.image_set,
                images_per_class=self.images_per_class,
                test_images_per_class=self.test_images_per_class,
                size=training.size,
                normal_class=normal_class,
                seed=seed,
                testbeds=(tasks.CONTROLLED, tasks.IN_THE_WILD),
                fingerprint=images,
            )


def family(detector: str) -> str:
    """Return the prefix of the family of `detector`."""
    return next(prefix for prefix, members in FAMILIES.items() if detector in members)


def is_untrained(spec: RunSpec) -> bool:
    """Whether `spec` leaves the network as it was initialised."""
    return dict(spec.detector_options)[LENGTH[family(spec.detector)]] == 0


def label(image_set: str, images: int, classes: int, seeds: int) -> str:
    """Return one line that states the data of a study in words."""
    counted = f"{images:,}" if images else "all"
    return (
        f"{image_set}: {counted} images a class, "
        f"{_plural(classes, 'normal class', 'normal classes')}, {_plural(seeds, 'seed', 'seeds')}"
    )


def training_label(detectors: Iterable[str], size: int, chosen: Mapping[str, Any]) -> str:
    """Return one line that states how detectors are trained in words."""
    pixels = [f"{size}×{size} pixels"] if size else []
    said = [text.format(chosen[name]) for name, text in SHOWN.items() if name in chosen]
    if chosen.get("precision", PLAIN) != PLAIN:
        said.append(chosen["precision"])
    return f"{' and '.join(detectors)}: {', '.join(pixels + said)}"


def budget_label(records: Iterable[Record]) -> str:
    """Return the budget of finished `records` in words, read from their specifications."""
    specs = [record.spec for record in records]
    first = specs[0]
    classes, seeds = ({getattr(s, name) for s in specs} for name in ("normal_class", "seed"))
    said = [label(first.image_set, first.images_per_class, len(classes), len(seeds))]
    for prefix, members in FAMILIES.items():
        trained = [s for s in specs if s.detector in members and not is_untrained(s)]
        if trained:
            longest = max(trained, key=lambda s: dict(s.detector_options)[LENGTH[prefix]])
            said.append(training_label(members, longest.size, dict(longest.detector_options)))
    return "; ".join(said)


def _plural(count: int, one: str, many: str) -> str:
    return f"{count} {one if count == 1 else many}"
