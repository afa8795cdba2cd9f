"""Made-up runs of paper 003 in which the AUC of every cell is given."""

from __future__ import annotations

from itertools import product

import numpy as np
import pandas as pd

from ssad_lib.evidence import Evidence, tidy
from ssad_lib.studies.outlier_exposure.methods import COLUMNS, DSVDD, UNTRAINED

CIFAR, MNIST, STREETS = "cifar10", "mnist", "street-digits"
LEVEL = 0.8
SIZES, COUNTS, BLURS, GAMMAS = (1, 16, 128, 0), (1, 4, 16, 0), (0.0, 1.0, 4.0), (0.0, 0.5, 2.0, 4.0)
RADIAL = ("l1", "l2", "l2_squared", "pseudo_huber")
CASE = 1


def cells():
    """Yield method and what is unusual of every cell of a whole study."""
    yield DSVDD, {"outliers": "", "radial": ""}
    yield UNTRAINED, {"outliers": "", "radial": ""}
    for method in ("DSAD", "Focal"):
        yield method, {}
    for method in ("HSC", "BCE"):
        for size in SIZES:
            yield method, {"images": size}
        for count in COUNTS[:-1]:
            yield method, {"classes": count}
        for blur in BLURS[1:]:
            yield method, {"images": 128, "blur": blur}
        yield method, {"augmented": False}
    for name, augmented in product(RADIAL, (True, False)):
        if name != "pseudo_huber":
            yield "HSC", {"radial": name, "augmented": augmented}
    for gamma in GAMMAS:
        if gamma != 2:
            yield "Focal", {"gamma": gamma}


def row(image_set, method, label, seed, more, random, lead):
    usual = {
        "key": "", "method": method, "image_set": image_set, "normal_class": label, "seed": seed,
        "outliers": "others", "images": 0, "classes": 0, "named": "", "blur": 0.0,
        "radial": "pseudo_huber" if method == "HSC" else "",
        "gamma": 2.0 if method == "Focal" else float("nan"),
        "augmented": image_set == CIFAR, "reduced": True,
    }  # fmt: skip
    one = usual | more
    one["key"] = "-".join(str(one[name]) for name in COLUMNS[1:-1])
    return one | {"auc": LEVEL + 0.02 * label + lead(one) + 0.002 * random.normal()}


def runs(lead, *, image_set=CIFAR, classes=10, seeds=1, case_seeds=5):
    """Return the runs of a study in which `lead(row)` is added to the AUC of a class."""
    random = np.random.default_rng(0)
    rows = [
        row(image_set, method, label, seed, more, random, lead)
        for method, more in cells()
        for label in range(classes)
        for seed in range(seeds)
    ]
    case = [
        (DSVDD, {"outliers": "", "radial": ""}),
        *((method, more) for method in ("HSC", "BCE")
          for more in ({"classes": 1}, {"classes": 1, "named": "beaver"})),
    ]  # fmt: skip
    for method, more in case:
        first = 0 if more.get("named") else seeds
        rows += [row(image_set, method, CASE, seed, more, random, lead)
                 for seed in range(first, case_seeds)]  # fmt: skip
    return pd.DataFrame(rows)[COLUMNS].drop_duplicates(subset=COLUMNS[:-1])


def evidence(*tables, borders=None):
    """Return evidence of some tables of runs, and of borders."""
    return Evidence(
        "made up", "", (), tidy([]), pd.DataFrame(),
        exposed=pd.concat(tables, ignore_index=True) if tables else pd.DataFrame(),
        borders=pd.DataFrame() if borders is None else borders,
    )  # fmt: skip


def as_the_paper_says(one):
    """The AUC of a cell where every claim about photographs holds."""
    size = {1: -0.06, 16: -0.04, 128: -0.02, 0: 0.0}[one["images"]]
    count = {1: -0.06, 4: -0.04, 16: -0.02, 0: 0.0}[one["classes"]]
    lead = size + count - 0.1 * (one["blur"] > 0) - 0.03 * (not one["augmented"])
    if one["method"] == DSVDD:
        return -0.2
    if one["method"] == "DSAD":
        return lead - 0.02
    if one["method"] == "HSC":
        few = one["images"] in (1, 16) or one["blur"] > 0
        return lead + (0.01 if few else -0.01) - 0.02 * (one["radial"] != "pseudo_huber")
    return lead


def as_of_digits(one):
    """The AUC of a cell where the claims about MNIST hold."""
    ahead = 0.02 if one["method"] == "HSC" else 0.0
    return ahead - 0.005 * one["blur"] - (0.2 if one["method"] == DSVDD else 0.0)


def nothing(one):
    """No cell differs from any other."""
    return 0.0


def opposite(one):
    """Everything is the other way round."""
    return -as_the_paper_says(one)
