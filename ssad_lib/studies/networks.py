"""The networks of AE, DeepSVDD and AP: shapes, parameters, recipes (METHODS sections 3 to 5).

Everything here is measured on the networks or read from the detectors, not written down.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any

import pandas as pd
import torch
from torch import Tensor, nn

from ssad_lib.appearance import in_powers
from ssad_lib.detectors import AE, AP, DeepSAD
from ssad_lib.detectors.distances import SMALLEST_COMPONENT
from ssad_lib.detectors.transforms import transforms
from ssad_lib.models import lenet
from ssad_lib.models.autoencoder import ConvolutionalAutoencoder, parameter_count
from ssad_lib.models.wide_resnet import WideResNet

COLOUR, GREY, SMALL_GREY = (3, 32, 32), (1, 32, 32), (1, 28, 28)
PREDICTED = ("cutout", "rotate", "geom")  # one augmentation for every number of classes

Image = tuple[int, int, int]  # C, H, W
Stages = dict[str, tuple[int, ...]]


def autoencoder(width: int | None = None, image: Image = COLOUR) -> tuple[Stages, int]:
    """Return the stages of the autoencoder of AE and DAE, and its number of parameters.

    Parameters
    ----------
    width : int, optional
        First channel count; the paper's by default.
    image : tuple of int
        Shape of the input.
    """
    network = _made(lambda: ConvolutionalAutoencoder(image[0], image[1], width or AE().width))
    encoder, decoder = network.encoder, network.decoder
    names = {
        **{encoder[i]: f"conv {i + 1}" for i in range(4)},
        encoder[-1]: "embedding",
        decoder[3]: "reshape",
        **{decoder[4 + i]: f"deconv {i + 1}" for i in range(3)},
        decoder[-1]: "output",
    }
    return _stages(network, image, names), parameter_count(network)


def hypersphere(
    width: int | None = None, image: Image = COLOUR, name: str = "cifar"
) -> tuple[Stages, int]:
    """Return the stages of the LeNet of DeepSVDD and DeepSAD, and its number of parameters.

    Parameters
    ----------
    width : int, optional
        First channel count of the ``"cifar"`` network; the paper's by default.
    image : tuple of int
        Shape of the input.
    name : {"cifar", "mnist", "fashion"}
    """
    network = _made(lambda: lenet.encoder(name, image[0], image[1], width or DeepSAD().width))
    pools = [layer for layer in network if isinstance(layer, nn.MaxPool2d)]
    names = {layer: f"conv {i + 1}" for i, layer in enumerate(pools)} | {network[-1]: "f(x)"}
    return _stages(network, image, names), parameter_count(network)


def predictor(
    augmentation: str,
    base: int | None = None,
    widen: int | None = None,
    image: Image = COLOUR,
) -> tuple[Stages, int]:
    """Return the stages of AP's wide residual network, and its number of parameters.

    Parameters
    ----------
    augmentation : str
        Its transforms are the classes.
    base, widen : int, optional
        Width; the paper's by default.
    image : tuple of int
        Shape of the input.
    """
    classes = transforms(augmentation, {}).count
    paper = AP()
    network = _made(
        lambda: WideResNet(image[0], image[1], classes, base or paper.base, widen or paper.widen)
    )
    names = {
        network.features[0]: "conv",
        **{network.features[i]: f"block {i}" for i in (1, 2, 3)},
        network.classifier: "logits",
    }
    return _stages(network, image, names), parameter_count(network)


def counts(settings: Mapping[str, Any]) -> pd.DataFrame:
    """Return the parameters of every network at the paper's width and at that of a chapter.

    Indexed by detectors, images (channels × height × width) and variant.
    """
    width, narrow = settings["width"], settings["sad_width"]
    base, widen = settings["ap_base"], settings["ap_widen"]
    rows: dict[tuple[str, str, str], tuple[int, int]] = {}
    for image in (COLOUR, GREY):
        cell = ("AE and DAE", _size(image), "autoencoder")
        rows[cell] = autoencoder(None, image)[1], autoencoder(width, image)[1]
    for name, image in (("cifar", COLOUR), ("mnist", SMALL_GREY), ("fashion", SMALL_GREY)):
        cell = ("DeepSVDD and DeepSAD", _size(image), f"LeNet, {name}")
        rows[cell] = hypersphere(None, image, name)[1], hypersphere(narrow, image, name)[1]
    for augmentation in PREDICTED:
        stages, count = predictor(augmentation)
        cell = ("AP", _size(COLOUR), f"wide residual, {stages['logits'][0]} classes")
        rows[cell] = count, predictor(augmentation, base, widen)[1]
    table = pd.DataFrame(rows, index=["the paper's width", "this page"]).T
    return table.rename_axis(["detectors", "images", "network"])


def recipes() -> pd.DataFrame:
    """Return how the paper's budget trains each detector: the defaults of this library."""
    dae, sad, ap = AE(), DeepSAD(), AP()
    rows = {
        "AE and DAE": (f"{dae.epochs} epochs", dae.batch_size, dae.learning_rate, "cosine to 0"),
        "DeepSVDD and DeepSAD": (
            f"{sad.epochs} epochs", sad.batch_size, sad.learning_rate,
            f"η = {sad.eta:g}, ε = {in_powers(sad.epsilon)}, "
            f"smallest component of c ±{SMALLEST_COMPONENT}, "
            "a tenth of the rate after a third of the epochs",
        ),
        "AP": (
            f"every image {ap.views} times", ap.batch_size, ap.learning_rate,
            f"λ = {ap.penalty:g}, constant rate",
        ),
    }  # fmt: skip
    names = ["length", "batch", "rate of Adam", "other"]
    return pd.DataFrame(rows, index=names).T.rename_axis("detectors")


def count_line(what: str, count: int) -> str:
    """Return the caption of a network's drawing."""
    return (
        f"{what}, colour images, the paper's width: {count:,} parameters. Boxes are as high as "
        "their output; blue boxes are vectors."
    )


def _size(image: Image) -> str:
    return " × ".join(map(str, image))


def _made(make: Callable[[], nn.Module]) -> Any:
    """Return a network without storage: shapes and counts need no weights."""
    with torch.device("meta"):
        return make().eval()


def _stages(network: nn.Module, image: Image, names: Mapping[nn.Module, str]) -> Stages:
    """Return the output shape of each named layer, in the order in which data passes them."""
    shapes: Stages = {"image": image}

    def note(layer: nn.Module, _: Any, output: Tensor) -> None:
        shapes[names[layer]] = tuple(output.shape[1:])

    hooks = [layer.register_forward_hook(note) for layer in names]
    network(torch.empty(1, *image, device="meta"))
    for hook in hooks:
        hook.remove()
    return shapes
