"""Made-up records of digits: scores drawn around a chosen place, AUC computed from them."""

import zlib

import numpy as np

from ssad_lib import metrics
from ssad_lib.data.catalogue import DIGITS
from ssad_lib.record import Record, TaskResult
from ssad_lib.studies.grid import Budget
from tests.engine.studies import EVERY_MODEL

IMAGES = 60  # of each kind
GENS = ("cutout", "flip", "invert")


def budget(**changes):
    """A budget of street digits that no test trains with."""
    return Budget.of({**EVERY_MODEL, "normal_classes": [6], "seeds": [0, 1, 2, 3, 4], **changes})


def record(spec, shift, errors=lambda spec, gen: (0.01, 0.02, 0.03)):
    """A record whose anomalies of each digit score `shift(spec, digit)` deviations higher.

    `errors(spec, gen)` are e_id, e_copy and e_inv.
    """
    random = np.random.default_rng(zlib.crc32(spec.key.encode()))
    draw = lambda: random.normal(size=IMAGES).astype(np.float32)  # noqa: E731
    scores = {"normal": draw()}
    tasks = []
    for gen in GENS:
        e_id, e_copy, e_inv = errors(spec, gen)
        tasks.append(TaskResult("controlled", gen, 0.5, 0.5, IMAGES, IMAGES,
                                {"error_anomaly": e_copy, "error_repair": e_inv}))  # fmt: skip
    for label, digit in enumerate(DIGITS):
        if label != spec.normal_class:
            values = scores[f"in-the-wild/{digit}"] = draw() + np.float32(shift(spec, digit))
            auc = metrics.auroc_between(scores["normal"], values)
            tasks.append(TaskResult("in-the-wild", digit, auc, 0.5, IMAGES, IMAGES))
    cost = {"seconds": 1, "peak_memory_mib": 1, "version": "0"}
    return Record(spec, tuple(tasks), (), cost, scores, {"error_normal": e_id})
