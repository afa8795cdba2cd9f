"""The run store with as many records as large studies of several papers would leave in it."""

from __future__ import annotations

import itertools
import time
from collections.abc import Callable, Iterator, Sequence
from itertools import islice, product
from pathlib import Path

import numpy as np

from ssad_lib import augment, evidence
from ssad_lib.record import AUGMENTED, NORMAL, REPAIR, Record, TaskResult
from ssad_lib.spec import RunSpec, options
from ssad_lib.store import Store

STUDY = 350  # runs whose table is read: two models, 14 augmentations, ten classes, and some more
CLASSES = tuple(f"class {label}" for label in range(10))
GENS = ("cutout", "flip", "invert")
SCORES = 120  # values in each of the 17 groups of raw scores: 2,040 in a record
EPOCHS = 30
RUN = ("relative_spread", "error_normal", "error_augmented")
TASK = ("error_anomaly", "wasserstein", "position", "probe_auc", "silhouette")
PROVENANCE = {
    "seconds": 12.867,
    "peak_memory_mib": 998,
    "version": "0.1.0",
    "commit": "0123456789ab",
    "torch": "2.15.0",
    "python": "3.11.7",
    "device": "cpu",
    "created": "2026-11-22T11:33:50+00:00",
}
READINGS = 5  # of each kind; the median is taken


def measure(folder: Path, records: int = 100_000) -> dict[str, float]:
    """Fill a run store in `folder` with synthetic records and time what a study does with it.

    Parameters
    ----------
    folder : Path
        An empty folder on the disk to be measured; the store stays there (about 14 KiB a record).
    records : int
        At least 350.

    Returns
    -------
    dict of str to float
        ``append_ms_median`` and ``append_ms_p99`` (over the last tenth of the appends, when the
        store is full), ``fill_s`` (all appends, and the making of the records), ``keys_s``,
        ``study_records_s`` and ``study_table_s`` (350 runs, without and with the table made of
        them), ``study_scores_s`` (with raw scores), ``size_mib``, ``kib_per_record``.
    """
    store = Store(folder / "store.sqlite")
    started = time.perf_counter()
    seconds, specs = [], []
    for record in islice(synthetic(), records):
        before = time.perf_counter()
        store.append(record)
        seconds.append(time.perf_counter() - before)
        specs.append(record.spec)
    filled = time.perf_counter() - started
    late = 1e3 * np.array(seconds[-max(1, records // 10) :])
    study = [spec.key for spec in specs[:: max(1, records // STUDY)][:STUDY]]
    size = sum(file.stat().st_size for file in folder.iterdir())
    return {
        "append_ms_median": float(np.median(late)),
        "append_ms_p99": float(np.quantile(late, 0.99)),
        "fill_s": filled,
        "keys_s": _seconds(store.keys),
        "study_records_s": _seconds(lambda: store.records(study)),
        "study_table_s": _seconds(lambda: evidence.tidy(store.records(study).values())),
        "study_scores_s": _seconds(lambda: store.records(study, scores=True)),
        "size_mib": size / 2**20,
        "kib_per_record": size / 2**10 / records,
    }


def synthetic() -> Iterator[Record]:
    """Yield records without end, shaped like those of paper 000: all of one seed, then the next."""
    numbers = np.random.default_rng(0)
    for seed in itertools.count():
        grid = product(("DAE", "DeepSAD"), augment.names(), range(len(CLASSES)))
        for detector, augmentation, normal_class in grid:
            yield _record(_spec(detector, augmentation, normal_class, seed), numbers)


def _spec(detector: str, augmentation: str, normal_class: int, seed: int) -> RunSpec:
    return RunSpec(
        detector=detector,
        detector_options=options(width=16, epochs=EPOCHS, batch_size=64, learning_rate=2e-3),
        augmentation=augmentation,
        augmentation_options=(),
        image_set="synthetic",
        images_per_class=1_000,
        test_images_per_class=200,
        size=32,
        normal_class=normal_class,
        seed=seed,
        testbeds=("controlled", "in-the-wild"),
        fingerprint=f"{'0' * 64}?n=1000+{'1' * 64}?n=200",
    )


def _record(spec: RunSpec, numbers: np.random.Generator) -> Record:
    others = [name for label, name in enumerate(CLASSES) if label != spec.normal_class]
    tasks = [("controlled", gen) for gen in GENS] + [("in-the-wild", name) for name in others]
    groups = [NORMAL, *(f"{testbed}/{name}" for testbed, name in tasks), AUGMENTED]
    groups += [f"{REPAIR}{gen}" for gen in GENS]
    quality = numbers.random((len(tasks), 2)).tolist()
    scores = numbers.random((len(groups), SCORES), dtype=np.float32)
    return Record(
        spec=spec,
        tasks=tuple(
            TaskResult(testbed, name, auc, precision, SCORES, SCORES, _measures(TASK, numbers))
            for (testbed, name), (auc, precision) in zip(tasks, quality, strict=True)
        ),
        loss_curve=tuple(numbers.random(EPOCHS).tolist()),
        provenance=dict(PROVENANCE),
        scores=dict(zip(groups, scores, strict=True)),
        measures=_measures(RUN, numbers),
    )


def _measures(names: Sequence[str], numbers: np.random.Generator) -> dict[str, float]:
    return {name: float(f"{numbers.random():.6g}") for name in names}


def _seconds(read: Callable[[], object]) -> float:
    """Return the median time of `read`, once the system has the file in its cache."""
    read()
    seconds = []
    for _ in range(READINGS):
        before = time.perf_counter()
        read()
        seconds.append(time.perf_counter() - before)
    return float(np.median(seconds))
