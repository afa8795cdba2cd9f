"""The detectors side by side on one class: what AE and DAE make of images, and all scores."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

import numpy as np
import pandas as pd
import torch
from numpy.typing import NDArray

from ssad_lib import augment, data, metrics, rng, tasks
from ssad_lib.detectors import AE, AP, DAE, DeepSAD, DeepSVDD, Detector
from ssad_lib.engine.run import one_thread
from ssad_lib.evidence import UNTRAINED
from ssad_lib.studies.grid import FAMILIES, LENGTH, SHOWN, training_label
from ssad_lib.studies.grid import label as data_label

PICTURES = 8
SEED = 0
MODELS = ("DAE", "DeepSAD", "AP")  # whose scores are drawn
KIND = {  # what a score is
    "DAE": "mean squared error",
    "DeepSAD": "squared distance to the centre",
    "AP": "negative log-density",
}

Scores = dict[str, NDArray[np.float32]]


@dataclass(frozen=True)
class Demonstration:
    """What the page shows of every detector on one class.

    Attributes
    ----------
    pictures : dict of str to images
        Rows: normal images, anomalies, and their reconstructions by AE and DAE.
    scores : dict of str to dict of str to ndarray
        Scores on ``"normal"`` images and ``"anomaly"``, by detector.
    table : DataFrame
        Mean scores and AUC of every detector.
    gen, what : str
        Label of what made the anomalies, and class and image set in words.
    """

    pictures: dict[str, NDArray[np.float32]]
    scores: dict[str, Scores]
    table: pd.DataFrame
    gen: str
    what: str

    @property
    def alt(self) -> str:
        """What the pictures show."""
        return (
            f"Four rows of {PICTURES} images of {self.what}: normal, the same through {self.gen}, "
            "and what AE and DAE reconstruct from the latter."
        )

    @property
    def caption(self) -> str:
        """What the table shows."""
        return f"Mean scores and AUC on {self.what}, anomalies by {self.gen}, one seed"

    def histogram(self, model: str) -> tuple[Scores, str, str]:
        """Return scores, alt text and kind of score for `figures.score_histograms`."""
        scores = self.scores[model]
        auc = metrics.auroc_between(scores["normal"], scores["anomaly"])
        alt = (
            f"Histograms of the scores of {model} on {self.what}: means "
            f"{scores['normal'].mean():.4g} for normal images and {scores['anomaly'].mean():.4g} "
            f"for anomalies by {self.gen}, AUC {auc:.2f}."
        )
        return scores, alt, KIND[model]


def label(settings: Mapping[str, Any]) -> str:
    """Return the budget of the demonstration in words."""
    said = [data_label(settings["image_set"], settings["images_per_class"], classes=1, seeds=1)]
    for prefix, members in FAMILIES.items():
        said.append(training_label(members, 0, _options(settings, prefix)))
    return "; ".join(said)


def train(settings: Mapping[str, Any]) -> Demonstration:
    """Train every detector on one class and return what they do to normals and anomalies.

    The anomalies are test images through the always-on form of the augmentation.
    """
    name, normal_class = settings["image_set"], settings["normal_class"]
    count = settings["images_per_class"] or None
    training = tasks.normal_images(data.load(name, images_per_class=count), normal_class)
    normals = tasks.normal_images(data.load(name, split="test"), normal_class)
    gen = augment.anomaly(settings["augmentation"])
    anomalies = gen(normals, rng.generator("demonstration", gen.name)).clamp(0, 1)
    with one_thread():
        trained = {key: made.fit(training) for key, made in detectors(settings).items()}
        scores = {
            key: {"normal": made.decision_function(normals),
                  "anomaly": made.decision_function(anomalies)}
            for key, made in trained.items()
        }  # fmt: skip
        pictures = _pictures(trained["AE"], trained["DAE"], normals, anomalies)
    return Demonstration(
        pictures, scores, _table(scores), gen.label, f"class {normal_class} of {name}"
    )


def detectors(settings: Mapping[str, Any]) -> dict[str, Detector]:
    """Return the detectors of the page by name, to be fitted; untrained ones have no epochs."""
    augmentation = settings["augmentation"]
    errors, distances, predictions = (_options(settings, prefix) for prefix in FAMILIES)
    for options in (errors, distances, predictions):
        options["random_state"] = SEED
    return {
        f"AE, {UNTRAINED}": AE(**_untrained(errors, "")),
        "AE": AE(**errors),
        "DAE": DAE(augmentation, **errors),
        f"DeepSVDD, {UNTRAINED}": DeepSVDD(**_untrained(distances, "sad_")),
        "DeepSVDD": DeepSVDD(**distances),
        "DeepSAD": DeepSAD(augmentation, **distances),
        f"AP, {UNTRAINED}": AP(augmentation, **_untrained(predictions, "ap_")),
        "AP": AP(augmentation, **predictions),
    }


def _options(settings: Mapping[str, Any], prefix: str) -> dict[str, Any]:
    """Return the options of one family of detectors in the parameters of the chapter."""
    return {name: settings[prefix + name] for name in SHOWN if prefix + name in settings}


def _untrained(options: Mapping[str, Any], prefix: str) -> dict[str, Any]:
    return {**options, LENGTH[prefix]: 0}


def _pictures(
    ae: Detector, dae: Detector, normals: torch.Tensor, anomalies: torch.Tensor
) -> dict[str, NDArray[np.float32]]:
    assert isinstance(ae, AE)
    assert isinstance(dae, DAE)
    some = anomalies[:PICTURES]
    return {
        "normal": normals[:PICTURES].numpy(),
        "anomaly": some.numpy(),
        "AE makes of it": ae.reconstruct(some),
        "DAE makes of it": dae.reconstruct(some),
    }


def _table(scores: Mapping[str, Scores]) -> pd.DataFrame:
    rows = {
        name: {
            "score, normal": float(groups["normal"].mean()),
            "score, anomaly": float(groups["anomaly"].mean()),
            "AUC": metrics.auroc_between(groups["normal"], groups["anomaly"]),
        }
        for name, groups in scores.items()
    }
    return pd.DataFrame(rows).T.rename_axis("detector")
