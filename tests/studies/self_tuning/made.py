"""Small settings of ST-SSAD's studies, and made-up tables of what was learned."""

from dataclasses import replace

import pandas as pd

from ssad_lib.tasks import PATCHES
from tests.claims import worlds

ST = {
    "st_network": "small", "st_initial": [0.02, 0.1], "st_epochs": 1, "st_iterations": 2,
    "st_updates": 1, "st_patience": 5, "st_batch_size": 8, "st_learning_rate": 0.01,
    "st_tuning_rate": 0.05,
}  # fmt: skip
DEMONSTRATION = {
    "image_set": "textures:weave", "images_per_class": 16, "test_images_per_class": 8, "size": 32,
    "seeds": [0], "sizes": [0.04], "ratios": [1], **ST,
}  # fmt: skip


def table(rows):
    """Rows as `methods.table` gives them."""
    usual = {"method": "ST-SSAD", "image_set": "textures:weave", "normal_class": 0}
    return pd.DataFrame([{"key": f"key{place}", **usual, **row} for place, row in enumerate(rows)])


def patches(size_of, ratio_of, auc=1.0, seeds=(0, 1)):
    """A demonstration in which a learned value is a function of the true one and the seed."""
    return table(
        [
            {
                "anomaly": name, "testbed": "demonstration", "seed": seed, "auc": auc,
                "size": size_of(patch["size"], seed), "ratio": ratio_of(patch["ratio"], seed),
            }
            for name, patch in PATCHES.items()
            for seed in seeds
        ]
    )  # fmt: skip


def evidence(tuned):
    """Evidence that holds this table alone."""
    return replace(worlds.world(), tuned=tuned)


# Beside ST: what the baselines of the tables need.
METHODS = {
    "images_per_class": 16, "test_images_per_class": 6, "size": 32, "seeds": [0], **ST,
    "random_epochs": 1, "precision": "float32",
    "width": 4, "epochs": 1, "batch_size": 8, "learning_rate": 0.002,
    "sad_size": 32, "sad_width": 4, "sad_epochs": 1, "sad_batch_size": 8,
    "sad_learning_rate": 0.002,
}  # fmt: skip
