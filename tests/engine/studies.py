"""A study that takes seconds, and a program that executes it while noting what it trains."""

import os
import signal
import sys
from pathlib import Path

import numpy as np

from ssad_lib.engine import execute, fleets
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


def scores_of(store, study):
    return {
        key: np.concatenate(list(record.scores.values()))
        for key, record in store.records([spec.key for spec in study], scores=True).items()
    }


def noted(fleet):
    """Train, but first append process and key of each run to the file SSAD_TEST_NOTES names."""
    with Path(os.environ["SSAD_TEST_NOTES"]).open("a") as notes:
        notes.writelines(f"{os.getpid()} {spec.key}\n" for spec in fleet)
    return perform_fleet(fleet)


def guilty(study):
    """Return the keys of the two runs that `dying` kills the process of, by SIGKILL and SIGSEGV."""
    return study[1].key, study[3].key


def dying(fleet):
    """Train, noting it, but die in every run that is `guilty`."""
    by_kill, by_fault = guilty(specs())
    keys = {spec.key for spec in fleet}
    records = noted(fleet)
    if by_kill in keys:
        os.kill(os.getpid(), signal.SIGKILL)
    if by_fault in keys:
        os.kill(os.getpid(), signal.SIGSEGV)
    return records


def dying_once(fleet):
    """Train, noting it, but die at the first run that is tried."""
    noted(fleet)
    mark = Path(os.environ["SSAD_TEST_NOTES"]).with_name("killed")
    if not mark.exists():
        mark.touch()
        os.kill(os.getpid(), signal.SIGKILL)
    return perform_fleet(fleet)


perform_fleet = fleets.perform_fleet

if __name__ == "__main__":
    fleets.perform_fleet = noted
    execute(specs(), Store(), jobs=int(sys.argv[1]))
