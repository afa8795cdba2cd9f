"""AE and DAE side by side on one class: network, reconstructions, scores (METHODS section 3)."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

import numpy as np
import pandas as pd
import torch
from numpy.typing import NDArray

from ssad_lib import augment, data, metrics, rng, tasks
from ssad_lib.detectors import AE, DAE
from ssad_lib.engine.run import one_thread
from ssad_lib.models.autoencoder import ConvolutionalAutoencoder, parameter_count
from ssad_lib.studies.grid import label as data_label
from ssad_lib.studies.grid import training_label

PICTURES = 8
SEED = 0


@dataclass(frozen=True)
class Demonstration:
    """What the page shows of one AE and one DAE.

    Attributes
    ----------
    pictures : dict of str to images
        Rows: normal images, anomalies, and their reconstructions by AE and DAE.
    scores : dict of str to ndarray
        Scores of the DAE on normal images and anomalies.
    table : DataFrame
        AUC and mean error of AE and DAE.
    alt, caption, histogram_alt, histogram_caption : str
    """

    pictures: dict[str, NDArray[np.float32]]
    scores: dict[str, NDArray[np.float32]]
    table: pd.DataFrame
    alt: str
    caption: str
    histogram_alt: str
    histogram_caption: str


def label(settings: Mapping[str, Any]) -> str:
    """Return the budget of the demonstration in words."""
    images = data_label(settings["image_set"], settings["images_per_class"], classes=1, seeds=1)
    return f"{images}; {training_label(('AE', 'DAE'), 0, settings)}"


def stages(width: int, channels: int = 3, size: int = 32) -> tuple[dict[str, tuple[int, ...]], int]:
    """Return the output shape of every stage of the autoencoder, and its parameter count.

    The shapes are measured on the network itself, not written down.
    """
    network = ConvolutionalAutoencoder(channels, size, width).eval()
    shapes: dict[str, tuple[int, ...]] = {"image": (channels, size, size)}
    values = torch.zeros(1, channels, size, size)
    names = {
        **{network.encoder[i]: f"conv {i + 1}" for i in range(4)},
        network.encoder[-1]: "embedding",
        network.decoder[3]: "reshape",
        **{network.decoder[4 + i]: f"deconv {i + 1}" for i in range(3)},
        network.decoder[-1]: "output",
    }
    with torch.inference_mode():
        for layer in [*network.encoder, *network.decoder]:
            values = layer(values)
            if layer in names:
                shapes[names[layer]] = tuple(values.shape[1:])
    return shapes, parameter_count(network)


def count_line(width: int) -> str:
    """Return the caption of the network's drawing."""
    counts = {channels: stages(width, channels)[1] for channels in (3, 1)}
    return (
        f"Width {width}: {counts[3]:,} parameters for colour images, {counts[1]:,} for grey ones. "
        "Boxes are as high as their output; blue is the embedding."
    )


def train(settings: Mapping[str, Any]) -> Demonstration:
    """Train an AE and a DAE on one class and return what they do to normals and anomalies.

    The anomalies are test images through the always-on form of the augmentation.
    """
    name, normal_class = settings["image_set"], settings["normal_class"]
    count = settings["images_per_class"] or None
    training = tasks.normal_images(data.load(name, images_per_class=count), normal_class)
    normals = tasks.normal_images(data.load(name, split="test"), normal_class)
    gen = augment.anomaly(settings["augmentation"])
    anomalies = gen(normals, rng.generator("demonstration", gen.name))
    budget = {key: settings[key] for key in ("width", "epochs", "batch_size", "learning_rate")}
    with one_thread():
        ae = AE(**budget, random_state=SEED).fit(training)
        dae = DAE(settings["augmentation"], **budget, random_state=SEED).fit(training)
        return _described(ae, dae, normals, anomalies, gen.label, f"class {normal_class} of {name}")


def _described(
    ae: Any, dae: Any, normals: torch.Tensor, anomalies: torch.Tensor, gen: str, what: str
) -> Demonstration:
    rows, scores = [], {}
    labels = np.r_[np.zeros(len(normals), int), np.ones(len(anomalies), int)]
    for name, detector in (("AE", ae), (f"DAE ({gen})", dae)):
        normal, anomalous = (detector.decision_function(x) for x in (normals, anomalies))
        scores = {"normal": normal, f"anomaly ({gen})": anomalous}
        auc = metrics.auroc(labels, np.concatenate([normal, anomalous]))
        rows.append((name, float(normal.mean()), float(anomalous.mean()), auc))
    table = pd.DataFrame(rows, columns=["detector", "error, normal", "error, anomaly", "AUC"])
    some = anomalies[:PICTURES]
    return Demonstration(
        pictures={
            "normal": normals[:PICTURES].numpy(),
            "anomaly": some.numpy(),
            "AE makes of it": ae.reconstruct(some),
            "DAE makes of it": dae.reconstruct(some),
        },
        scores=scores,
        table=table.set_index("detector"),
        alt=(
            f"Four rows of {PICTURES} images of {what}: normal, the same through {gen}, and what "
            "AE and DAE reconstruct from the latter."
        ),
        caption=f"Mean squared errors and AUC on {what}, anomalies by {gen}, one seed",
        histogram_alt=(
            f"Histograms of the DAE's scores on {what}: means {rows[1][1]:.4f} for normal images "
            f"and {rows[1][2]:.4f} for anomalies, AUC {rows[1][3]:.2f}."
        ),
        histogram_caption=f"Scores of the DAE on normal images and on anomalies made by {gen}.",
    )
