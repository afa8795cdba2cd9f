"""Encoders: from images to the features in which alignment is measured (METHODS 7.3).

The paper uses a ResNet-50 trained on ImageNet. Its weights cannot be shipped, so where they are not
in the data root a stand-in takes its place: it is no substitute, has another name and says so.
"""

from __future__ import annotations

import hashlib
from collections.abc import Callable
from dataclasses import dataclass
from functools import lru_cache
from pathlib import Path

import torch
import torch.nn.functional as F
from torch import Tensor

from ssad_lib import paths, rng
from ssad_lib.data import load
from ssad_lib.data.street_digits import VERSION as REFERENCE_VERSION
from ssad_lib.errors import SsadError, unknown

NAMES = ("auto", "resnet50", "stand-in")
BATCH = 256

# torchvision's files, the one that `pretrained=True` meant when the paper was written first; the
# last eight characters begin the file's SHA-256.
WEIGHTS = ("resnet50-0676ba61.pth", "resnet50-11ad3fa6.pth")
IMAGENET_MEAN, IMAGENET_DEVIATION = (0.485, 0.456, 0.406), (0.229, 0.224, 0.225)

STAND_IN_VERSION = "1"  # raise it when a feature changes
SIDE = 32
CHANNELS, KERNELS, STRIDE, GRID = (32, 64), (5, 3), 2, 2
REFERENCE_IMAGES = 200  # of each class of street-digits
FEATURES, RIDGE = 256, 0.1


@dataclass(frozen=True)
class Encoder:
    """A function from images to features, and what a page has to say about it.

    Attributes
    ----------
    name : str
        ``"resnet50"`` or ``"stand-in"``.
    version : str
        With the name, decides the features: part of every key.
    comparable : bool
        Whether values may be compared with the paper's.
    note : str
        One sentence for every page that shows values of this encoder.
    embed : callable
        Takes float images ``(n, 3, H, W)`` in [0, 1], returns float32 features ``(n, h)``.
    """

    name: str
    version: str
    comparable: bool
    note: str
    embed: Callable[[Tensor], Tensor]

    def __call__(self, images: Tensor) -> Tensor:
        """Return the features of float images ``(N, C, H, W)``, float32 ``(N, h)`` on the CPU.

        One channel is repeated three times. Values may leave [0, 1], as Noise makes them.
        """
        colour = images.float().expand(-1, 3, -1, -1)
        with torch.inference_mode():
            return torch.cat([self.embed(batch) for batch in colour.split(BATCH)])


def encoder(
    name: str = "auto", root: str | Path | None = None, *, size: int = 224, normalise: bool = True
) -> Encoder:
    """Return an encoder by name.

    Parameters
    ----------
    name : {"auto", "resnet50", "stand-in"}
        ``"auto"`` is ResNet-50 where its weights are in the data root, else the stand-in.
    root : str or pathlib.Path, optional
        The data root, default ``SSAD_DATA``; only ResNet-50 needs one.
    size : int
        Side to which ResNet-50's input is resized (METHODS 7.3: 224, or the images' own 32).
    normalise : bool
        Whether ResNet-50's input is normalised by ImageNet's mean and deviation.

    Raises
    ------
    SsadError
        For an unknown name, or ResNet-50 without its weights.
    """
    if name not in NAMES:
        raise unknown("encoder", name, NAMES)
    if name == "stand-in" or (name == "auto" and not has_weights(root)):
        return _stand_in()
    return _resnet50(_find_weights(paths.data_root(root)), size, normalise)


def has_weights(root: str | Path | None = None) -> bool:
    """Whether the data root holds weights of ResNet-50; False without a data root."""
    try:
        _find_weights(paths.data_root(root))
    except SsadError:
        return False
    return True


def _find_weights(root: Path) -> Path:
    for name in WEIGHTS:
        if (root / name).is_file():
            return root / name
    raise SsadError(
        f"no ResNet-50 below {root}: put torchvision's {WEIGHTS[0]} there, or choose the encoder "
        "'stand-in'"
    )


def _resnet50(path: Path, size: int, normalise: bool) -> Encoder:
    digest = path.stem.rpartition("-")[2]
    return Encoder(
        name="resnet50",
        version=f"{digest}/{size}/{'normalised' if normalise else 'raw'}",
        comparable=True,
        note=f"Encoder: ResNet-50 trained on ImageNet (torchvision's {path.name}), as the paper's.",
        embed=lambda images: resnet50_features(
            load_resnet50(path, digest), images, size, normalise
        ),
    )


@lru_cache(maxsize=1)
def load_resnet50(path: Path, digest: str) -> torch.nn.Module:
    """Return torchvision's ResNet-50 without its last layer, in evaluation mode, on the GPU if any.

    Parameters
    ----------
    path : pathlib.Path
        A file of weights as torchvision publishes them.
    digest : str
        What the file's SHA-256 must begin with.

    Raises
    ------
    SsadError
        If the file is another one, or damaged.
    """
    from torchvision.models import resnet50

    with path.open("rb") as file:
        found = hashlib.file_digest(file, "sha256").hexdigest()
    if not found.startswith(digest):
        raise SsadError(
            f"{path} is damaged or no ResNet-50 of torchvision: its SHA-256 begins with "
            f"{found[:8]}, not {digest}; copy it again"
        )
    network = resnet50(weights=None)
    try:
        network.load_state_dict(torch.load(path, map_location="cpu", weights_only=True))
    except Exception as error:
        raise SsadError(f"{path} cannot be read as weights of ResNet-50; copy it again") from error
    network.fc = torch.nn.Identity()
    return network.eval().to("cuda" if torch.cuda.is_available() else "cpu")


def resnet50_features(
    network: torch.nn.Module, images: Tensor, size: int, normalise: bool
) -> Tensor:
    """Return the pooled features ``(n, 2048)`` of float images ``(n, 3, H, W)`` in [0, 1]."""
    images = images.to(next(network.parameters()).device)
    images = F.interpolate(images, (size, size), mode="bilinear", align_corners=False)
    if normalise:
        mean, deviation = (
            torch.tensor(values, device=images.device).view(1, 3, 1, 1)
            for values in (IMAGENET_MEAN, IMAGENET_DEVIATION)
        )
        images = (images - mean) / deviation
    features: Tensor = network(images)
    return features.cpu()


def _stand_in() -> Encoder:
    return Encoder(
        name="stand-in",
        version=f"{STAND_IN_VERSION}/{REFERENCE_VERSION}",
        comparable=False,
        note=(
            "Encoder: a stand-in for ImageNet's ResNet-50, a small fixed random network with "
            "whitened features. Its values cannot be compared with the paper's; the order of the "
            "augmentations may be."
        ),
        embed=lambda images: _whitened(_random_features(images)),
    )


def _random_features(images: Tensor) -> Tensor:
    """Return means of two layers of random filters over the quarters of the image, (n, 384)."""
    if images.shape[-2:] != (SIDE, SIDE):
        images = F.interpolate(images, (SIDE, SIDE), mode="bilinear", antialias=True)
    values, pooled = (2 * images - 1).to(memory_format=torch.channels_last), []  # twice as fast
    for weights in _filters():
        values = F.conv2d(values, weights, stride=STRIDE, padding=weights.shape[-1] // 2).relu_()
        pooled.append(F.adaptive_avg_pool2d(values, GRID).flatten(1))
    return torch.cat(pooled, dim=1)


def _whitened(features: Tensor) -> Tensor:
    """Return the features decorrelated and of length √h, so that the kernel of an image is 8."""
    mean, projection = _whitening()
    return F.normalize((features - mean) @ projection) * FEATURES**0.5


@lru_cache(maxsize=1)
def _filters() -> tuple[Tensor, ...]:
    """Return one bank of unit-length filters per layer; those of the first ignore brightness."""
    generator = rng.generator("encoder", "stand-in", STAND_IN_VERSION)
    banks: list[Tensor] = []
    channels = 3
    for count, kernel in zip(CHANNELS, KERNELS, strict=True):
        bank = torch.randn(count, channels, kernel, kernel, generator=generator)
        if not banks:
            bank -= bank.mean(dim=(1, 2, 3), keepdim=True)
        bank /= bank.flatten(1).norm(dim=1).view(-1, 1, 1, 1)
        banks.append(bank.to(memory_format=torch.channels_last))
        channels = count
    return tuple(banks)


@lru_cache(maxsize=1)
def _whitening() -> tuple[Tensor, Tensor]:
    """Return mean (384,) and projection (384, 256), from street-digits without their labels.

    Principal components of the standardised features, each divided by its deviation; the ridge
    keeps the weakest from becoming noise. Kernels of the result do not depend on signs and order
    of the components, which differ between libraries of linear algebra.
    """
    reference = load("street-digits", images_per_class=REFERENCE_IMAGES)
    images = torch.from_numpy(reference.images).float() / 255
    features = torch.cat([_random_features(batch) for batch in images.split(BATCH)]).double()
    mean, deviation = features.mean(dim=0), features.std(dim=0)
    scaled = (features - mean) / deviation
    variances, directions = torch.linalg.eigh(scaled.T @ scaled / len(scaled))
    variances, directions = variances[-FEATURES:], directions[:, -FEATURES:]
    whitening = directions / (variances + RIDGE * variances.mean()).sqrt()
    return mean.float(), (whitening / deviation.unsqueeze(1)).float()
