"""The specification of a run: frozen, hashable, canonical JSON, one key (rule 1 of the project)."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Mapping
from dataclasses import asdict, dataclass, fields
from functools import cached_property
from typing import Any

from ssad_lib.errors import SsadError, unknown

Value = bool | int | float | str | tuple["Value", ...]
Options = tuple[tuple[str, Value], ...]

# Raise it when the same specification would give other numbers (a changed draw, loss or score):
# records of older recipes stay in the store and are no longer found.
# Since 2, records hold measures beside the AUC; since 3, augmentations are drawn for several small
# batches at once and Adam is fused; since 4, Noise looks its pairs of numbers up in a table; since
# 5, a run is seeded by image set, normal class and seed alone.
RECIPE = 5
LATER = ("unlabelled", "outliers", "source")  # fields that only some runs have


def options(values: Mapping[str, Any] | None = None, **more: Any) -> Options:
    """Return `values` and `more` as sorted pairs, lists as tuples, so that they can be hashed."""
    merged = {**(values or {}), **more}
    return tuple((name, _frozen(merged[name])) for name in sorted(merged))


def _frozen(value: Any) -> Value:
    if isinstance(value, list | tuple):
        return tuple(_frozen(item) for item in value)
    if isinstance(value, bool | int | float | str):
        return value
    raise SsadError(f"an option must be a number, text, truth value or list, not {value!r}")


@dataclass(frozen=True)
class RunSpec:
    """One training of one detector and the tasks that are evaluated on it.

    Attributes
    ----------
    detector : str
        A key of `ssad_lib.detectors.DETECTORS`.
    detector_options : Options
        Budget of the detector (width, epochs, ...).
    augmentation, augmentation_options : str, Options
        Registry name and options; ``"identity"`` for AE and DeepSVDD.
    image_set : str
        Name for `ssad_lib.data.load`.
    images_per_class, test_images_per_class : int
        First so many images of each class; 0 takes all.
    size : int
        Height and width the images are brought to; 0 keeps their own.
    normal_class : int
    seed : int
        With `image_set` and `normal_class`, decides weights, batch order and augmentation draws:
        runs that share the three are pairs (`ssad_lib.engine.run.random_state`).
    testbeds : tuple of str
        What is evaluated: some of `ssad_lib.tasks.TESTBEDS`.
    fingerprint : str
        Content of the train and test images, so that other pixels make another run.
    recipe : int
        See `RECIPE`.
    unlabelled : str
        The one task, such as ``"defect/hole"``, whose test images a transductive detector is tuned
        on, without their labels, and which alone is evaluated; empty for all other detectors.
    outliers : Options
        Which images a detector of paper 003 learns to be no normal ones
        (`ssad_lib.engine.outliers`); empty for all others, and where it learns from none.
    source : str
        Of the textures of simulated test images (`ssad_lib.augment.simulated`); empty for none.
    """

    detector: str
    detector_options: Options
    augmentation: str
    augmentation_options: Options
    image_set: str
    images_per_class: int
    test_images_per_class: int
    size: int
    normal_class: int
    seed: int
    testbeds: tuple[str, ...]
    fingerprint: str
    recipe: int = RECIPE
    unlabelled: str = ""
    outliers: Options = ()
    source: str = ""

    @property
    def json(self) -> str:
        """Canonical JSON: sorted keys, no spaces, floats in their shortest exact form."""
        values = asdict(self)
        for name in LATER:
            if not values[name]:
                del values[name]  # the keys of runs that have none are older than the field
        return json.dumps(values, sort_keys=True, separators=(",", ":"), allow_nan=False)

    @cached_property
    def key(self) -> str:
        """The run's name: 32 hexadecimal digits of the SHA-256 of its canonical JSON."""
        return hashlib.sha256(self.json.encode()).hexdigest()[:32]

    @property
    def title(self) -> str:
        """One short line for progress bars and messages."""
        name = self.detector if self.detector == "AE" else f"{self.detector}/{self.augmentation}"
        if self.source:
            name = self.detector
        if self.outliers:
            name = f"{self.detector}/{dict(self.outliers)['image_set']}"
        task = f" {self.unlabelled}" if self.unlabelled else ""
        return f"{name} {self.image_set} class {self.normal_class}{task} seed {self.seed}"

    @staticmethod
    def from_json(text: str) -> RunSpec:
        """Return the specification that `text`, its canonical JSON, describes.

        Raises
        ------
        SsadError
            If `text` is not the JSON of a specification.
        """
        try:
            values = json.loads(text)
        except json.JSONDecodeError as error:
            raise SsadError(f"a run specification is not JSON: {error}") from error
        known = {field.name for field in fields(RunSpec)}
        for name in values:
            if name not in known:
                raise unknown("field of a run specification", name, known)
        if missing := known - values.keys() - set(LATER):
            raise SsadError(f"a run specification lacks {', '.join(sorted(missing))}")
        for name in ("detector_options", "augmentation_options", "outliers"):
            values[name] = options(dict(values.get(name, ())))
        values["testbeds"] = tuple(values["testbeds"])
        return RunSpec(**values)
