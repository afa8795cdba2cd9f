"""Settings of a tiny study of simulated anomalies, and made-up records of it."""

import numpy as np

from ssad_lib.record import Record, TaskResult
from ssad_lib.tasks import ONE_VS_REST, SIMULATED

SURFACES = ["textures:carpet", "textures:tile"]
SETTINGS = {
    "surfaces": SURFACES,
    "images_per_class": 8,
    "test_images_per_class": 3,
    "size": 32,
    "seeds": [0],
    "precision": "float32",
    "source": "noise",
    "sim_width": 2,
    "sim_epochs": 1,
    "sim_batch_size": 4,
    "sim_learning_rate": 0.002,
    "nsa_width": 4,
    "nsa_epochs": 1,
    "nsa_batch_size": 4,
    "nsa_learning_rate": 0.002,
    "encoder": "efficientnet-lite0",
    "width": 2,
    "epochs": 1,
    "batch_size": 4,
    "learning_rate": 0.001,
    "ablations": [],
}
GALLERY = {
    "surfaces": SURFACES,
    "size": 32,
    "source": "noise",
    "images": 2,
    "draws": 2,
    "measured": 4,
}


def record(spec, pixel_ap, simulated=None, **measures):
    """Return a record whose AP of pixels is given, on defects and on each simulation."""
    pixels = {"pixel_auroc": 0.9, "pixel_ap": pixel_ap, "aupro": 0.5, "pixel_share": 0.01}
    tasks = [TaskResult(ONE_VS_REST, "rest", 0.8, 0.7, 3, 15, pixels)]
    tasks += [
        TaskResult(SIMULATED, name, 0.8, 0.7, 3, 3, {**pixels, "pixel_ap": ap})
        for name, ap in (simulated or {}).items()
    ]
    pictures = {
        f"picture/{kind}/{what}": np.linspace(0, 1, count * channels * 32 * 32, dtype=np.float32)
        for kind, count in (("known", 2), ("unseen", 2), ("defect", 4))
        for what, channels in (("map", 1), ("reconstruction", 3))
    }
    return Record(spec, tuple(tasks), (1.0,), {"seconds": 1.0}, pictures, measures)
