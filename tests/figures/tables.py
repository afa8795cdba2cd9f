"""Small made-up tables in the shape that studies hand to figures and widgets."""

import numpy as np
import pandas as pd

from ssad_lib.statistics import holm, signed_rank

CATEGORIES = {
    "Rotate": "geometric", "CutOut": "local", "Noise": "elementwise",
    "Invert": "color", "SimCLR": "mixed",
}  # fmt: skip


def effects(seed=0, n=12):
    """A table of relative AUC per augmentation; CutOut gains, Invert loses."""
    rng = np.random.default_rng(seed)
    shift = {"CutOut": 0.2, "Invert": -0.2}
    rows = []
    for name, category in CATEGORIES.items():
        result = signed_rank(rng.normal(shift.get(name, 0.0), 0.05, n))
        rows.append(
            {
                "augmentation": name, "category": category,
                "pseudo_median": result.pseudo_median, "low": result.low, "high": result.high,
                "p_value": result.p_value, "n": result.n,
            }
        )  # fmt: skip
    table = pd.DataFrame(rows).set_index("augmentation")
    return table.assign(p_holm=holm(table["p_value"].to_numpy()))


def scores(strength=2.0, n=300, seed=0):
    """Scores of the three groups; the augmented ones grow with `strength`."""
    rng = np.random.default_rng(seed)
    means = {"normal": 1.0, "augmented": strength, "anomaly": 2.0}
    return {name: mean * rng.gamma(4, 0.004, n) for name, mean in means.items()}
