"""A study that takes seconds, and a program that executes it while noting what it trains."""

import os
import sys
from pathlib import Path

from ssad_lib.engine import executor, run
from ssad_lib.store import Store
from ssad_lib.studies.grid import Budget
from ssad_lib.studies.not_magic import runs

SETTINGS = {
    "image_set": "street-digits",
    "images_per_class": 40,
    "test_images_per_class": 10,
    "normal_classes": [0, 1],
    "seeds": [0],
    "size": 0,
    "width": 4,
    "epochs": 2,
    "batch_size": 16,
    "learning_rate": 1e-3,
}
EVERY_MODEL = {
    **SETTINGS,
    "sad_size": 0,
    "sad_width": 4,
    "sad_epochs": 2,
    "sad_batch_size": 16,
    "sad_learning_rate": 1e-3,
    "ap_size": 16,
    "ap_base": 4,
    "ap_widen": 1,
    "ap_views": 2,
    "ap_batch_size": 16,
    "ap_learning_rate": 1e-3,
}
BUDGET = Budget.of(SETTINGS)


def specs():
    return runs.table_1(BUDGET)


def noted_perform(spec):
    """Train, but first append process and key to the file that SSAD_TEST_NOTES names."""
    with Path(os.environ["SSAD_TEST_NOTES"]).open("a") as notes:
        notes.write(f"{os.getpid()} {spec.key}\n")
    return run.perform(spec)


if __name__ == "__main__":
    executor.perform = noted_perform
    executor.execute(specs(), Store(), jobs=int(sys.argv[1]))
