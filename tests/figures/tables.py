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


def gains():
    """What a method gains over three others; the last has no numbers."""
    nothing = float("nan")
    return pd.DataFrame(
        {
            "gain": [0.2, -0.1, nothing], "low": [0.1, -0.2, nothing],
            "high": [0.3, 0.05, nothing], "n": 9, "p": [0.01, 0.98, nothing],
        },
        index=["RS-CO", "AE", "FO"],
    )  # fmt: skip


def scores(strength=2.0, n=300, seed=0):
    """Scores of the three groups; the augmented ones grow with `strength`."""
    rng = np.random.default_rng(seed)
    means = {"normal": 1.0, "augmented": strength, "anomaly": 2.0}
    return {name: mean * rng.gamma(4, 0.004, n) for name, mean in means.items()}


def by_anomaly(seeds=3):
    """AUC of two detectors by anomaly class and seed; the second is better on "cat" only."""
    values = {"cat": (0.5, 0.7), "dog": (0.8, 0.75), "truck": (0.9, 0.85)}
    return pd.DataFrame(
        [
            {"detector": detector, "anomaly": name, "seed": seed, "auc": auc + 0.01 * seed}
            for name, pair in values.items()
            for detector, auc in zip(("AE", "DAE, Rotate"), pair, strict=True)
            for seed in range(seeds)
        ]
    )


def embedded(shift=20.0, n=40, seed=0):
    """Points of three groups on a line, `shift` apart; scores grow with the distance to normal."""
    rng = np.random.default_rng(seed)
    parts = []
    for step, group in enumerate(("normal", "augmented", "anomaly")):
        x = rng.normal(shift * step, 1, n)
        parts.append(pd.DataFrame({"x": x, "y": rng.normal(size=n), "group": group, "score": x}))
    return pd.concat(parts, ignore_index=True)


def positions():
    """Positions of anomalies and gains of AUC: positive between 0 and 1, negative elsewhere."""
    position = np.linspace(-1, 2, 31)[1::2]
    gain = np.where((position > 0) & (position < 1), 0.1, -0.05)
    category = np.resize(list(CATEGORIES.values()), len(position))
    return pd.DataFrame({"category": category, "position": position, "gain": gain})


def rates():
    """Error rates of two rules on two sources; the second has no effect to find."""
    places = [("A01", "laptop"), ("A01", "paper"), ("A02", "laptop")]
    return pd.DataFrame(
        {
            "false_support": [0.01, 0.05, 0.03],
            "false_contradiction": [0.0, 0.02, 0.04],
            "power": [0.3, 0.9, np.nan],
        },
        index=pd.MultiIndex.from_tuples(places, names=["claim", "source"]),
    )


def pair_scores(classes=("6", "9"), n=80):
    """Scores of AE and two DAE by normal class and class of the test images; Rotate tells most."""
    rng = np.random.default_rng(0)
    return {
        (detector, normal, scored): rng.gamma(4, 0.004 * (1 if normal == scored else strength), n)
        for detector, strength in {"AE": 1.1, "DAE, Rotate": 2.5, "DAE, CutOut": 0.8}.items()
        for normal in classes
        for scored in classes
    }


def speeds():
    """Ratios of two cases against two others; one is a loss."""
    rows = [
        ("flip", "torchvision", 11.0, 12.0, 14.0), ("flip", "kornia", 2.9, 3.0, 3.2),
        ("mask", "torchvision", 7.0, 7.5, 8.0), ("mask", "kornia", 0.7, 0.8, 0.9),
    ]  # fmt: skip
    return pd.DataFrame(rows, columns=["case", "other", "low", "median", "high"])


def beside_printed():
    return pd.DataFrame(
        {
            "group": ["DAE", "AP"], "printed": [0.8, 0.9], "ours": [0.82, 0.68],
            "low": [0.7, np.nan], "high": [0.9, np.nan],
        }
    )  # fmt: skip
