"""Gradients of every layer of every network at every width of a profile, in float32 and float64.

``python -m tests.models.gradients`` is run once per instruction set. It prints the name of each
case before it starts and its largest deviation after it: where the process dies, the last name is
the guilty one. Double precision never passes through oneDNN, whose kernels are what is tested here.
Each layer is compared on its own: behind a ReLU rounding alone may turn a gradient off.
"""

from __future__ import annotations

import copy
import math
from collections.abc import Iterator
from itertools import product
from typing import Any

import torch
from torch import Tensor, nn

from ssad_lib import profiles
from ssad_lib.data.street_digits import SIZE
from ssad_lib.models import ConvolutionalAutoencoder, build, exposure, lenet
from ssad_lib.models.inpainting import Reconstructor, Segmenter
from ssad_lib.models.patch_labels import PatchLabeller
from ssad_lib.models.resnet import make
from ssad_lib.models.wide_resnet import WideResNet

LARGEST = 32  # pixels; the paper's 256 would take minutes in float64
BATCHES = (16, 7)  # a full one and a last one
WORK = 1e8  # multiplications of a layer, above which the batch is cut down
LIGHTER = 0.02  # of it, for the three networks of paper 004, which have most of all layers
LAYOUTS = {"plain": torch.contiguous_format, "channels-last": torch.channels_last}
THREADS = (1, 2)

# R and S of paper 004 and the network of NSA.
LOCALISERS: dict[str, Any] = {
    "reconstructor": Reconstructor,
    "segmenter": lambda channels, width: Segmenter(2 * channels, width),
    "patch labeller": PatchLabeller,
}

Network = tuple[str, tuple[Any, ...]]  # a name and what it is made with


def networks() -> list[Network]:
    """Return every network that a chapter trains with some profile, of one and three channels."""
    found: set[Network] = {
        ("mnist", ()),
        ("fashion", ()),
        ("points", (False,)),
        ("points", (True,)),
    }
    # The paper's own, whether or not a profile trains them.
    for channels, width in product((1, 3), (0, 4)):
        for classifies in (False, True):
            found.add(("exposed cifar", (channels, 32, width, classifies)))
            found.add(("exposed mnist", (1, 28, width, classifies)))
    found.add(("exposed resnet18", (3, 32, 0, True)))
    for profile in profiles.NAMES:
        for settings in profiles.read(profile).values():
            for channels in (1, 3):
                found |= set(_of_chapter(settings, channels))
    return sorted(found)


def _of_chapter(settings: dict[str, Any], channels: int) -> Iterator[Network]:
    def size(name: str) -> int:
        return min(settings.get(name) or SIZE, LARGEST)

    if "width" in settings:
        yield "autoencoder", (channels, size("size"), settings["width"])
    if "sad_width" in settings:
        yield "cifar", (channels, size("sad_size"), settings["sad_width"])
    if "ap_base" in settings:
        for classes in (2, 72):
            widths = (settings["ap_base"], settings["ap_widen"])
            yield "wide-resnet", (channels, size("ap_size"), classes, *widths)
    if "oe_width" in settings:
        yield from _exposed(settings, channels, size("size"))
    if "sim_width" in settings:
        width = settings["sim_width"]
        yield "reconstructor", (channels, width)
        yield "segmenter", (channels, max(1, width // 2))
    if "nsa_width" in settings:
        yield "patch labeller", (settings["nsa_width"],)
    for name in ("st_network", "candidate_network"):
        if name in settings:
            side = min(settings.get("size") or settings["candidate_size"], LARGEST)
            yield from ((settings[name], (side, stem)) for stem in (False, True))


def _exposed(settings: dict[str, Any], channels: int, side: int) -> Iterator[Network]:
    """Yield the networks of paper 003; "auto" is one of both LeNets."""
    names = {"auto": ("cifar", "mnist")}.get(settings["oe_network"], (settings["oe_network"],))
    for name in names:
        image = (1, 28) if name == "mnist" else (channels, side)
        for classifies in (False, True):
            yield f"exposed {name}", (*image, settings["oe_width"], classifies)


def parts_of(network: Network) -> list[tuple[nn.Module, tuple[int, ...]]]:
    """Return the untrained networks behind a name (an encoder has a decoder) and their inputs."""
    name, values = network
    generator = torch.Generator().manual_seed(1)
    if name in ("small", "resnet18"):
        side, small_stem = values
        return [(make(name, generator, small_stem=small_stem), (3, side, side))]
    if name == "points":
        (classifies,) = values
        points = exposure.point_net(classifies=classifies, out_activation="sigmoid", seed=1)
        return [(points, (2,))]
    if name.startswith("exposed"):
        kind, (channels, side, width, classifies) = name.split()[1], values
        made = exposure.make(kind, channels, side, width, classifies=classifies, seed=1)
        return [(made, (channels, side, side))]
    if name in LOCALISERS:
        return [(build(lambda: LOCALISERS[name](*values), generator), _localised(name, values))]
    if name in ("autoencoder", "wide-resnet"):
        architecture = ConvolutionalAutoencoder if name == "autoencoder" else WideResNet
        return [
            (build(lambda: architecture(*values), generator), (values[0], values[1], values[1]))
        ]
    shape = values or (1, 28, 32)
    encoder = build(lambda: lenet.encoder(name, *shape), generator)
    decoder = build(lambda: lenet.decoder(name, *shape), generator)
    image = (shape[0], shape[1], shape[1])
    return [(encoder, image), (decoder, (encoder(torch.rand(2, *image)).shape[1],))]


def _localised(name: str, values: tuple[Any, ...]) -> tuple[int, int, int]:
    """Return the shape of one input; S takes an image and its reconstruction."""
    channels = {"reconstructor": values[0], "segmenter": 2 * values[0], "patch labeller": 3}[name]
    return (channels, LARGEST, LARGEST)


def layers() -> dict[str, tuple[nn.Module, torch.Size, float]]:
    """Return each layer once by a name of its own, with its input's shape and its work."""
    found: dict[str, tuple[nn.Module, torch.Size, float]] = {}
    work = WORK

    def note(layer: nn.Module, inputs: tuple[Tensor, ...], _: object) -> None:
        shape = inputs[0].shape[1:]
        found.setdefault(
            f"{layer} step {getattr(layer, 'step', 1)} on {tuple(shape)}", (layer, shape, work)
        )

    for network in networks():
        work = WORK * (LIGHTER if network[0] in LOCALISERS else 1)
        for part, shape in parts_of(network):
            for layer in part.modules():
                if any(True for _ in layer.parameters(recurse=False)) or isinstance(
                    layer, nn.MaxPool2d | nn.BatchNorm2d | nn.Upsample
                ):
                    layer.register_forward_hook(note)
            with torch.no_grad():
                part(torch.rand(2, *shape))
    return found


def gradients_of(layer: nn.Module, images: Tensor, towards: Tensor) -> list[Tensor]:
    """Return the gradients of ``(layer(images) * towards).sum()`` by input and weights."""
    images = images.detach().requires_grad_()
    values = [images, *layer.parameters()]
    found = torch.autograd.grad(layer(images), values, towards, allow_unused=True)
    # A bias that the network knows to have no effect has no gradient.
    return [torch.zeros_like(v) if g is None else g for g, v in zip(found, values, strict=True)]


def deviation(found: list[Tensor], expected: list[Tensor]) -> float:
    """Return the largest error of any element, in root mean squares of its gradient."""
    scales = [float(e.square().mean().sqrt()) for e in expected]
    floor = 1e-2 * max(scales)  # below it, as for a bias before a normalisation, all is rounding
    return max(
        float((f.double() - e).abs().max()) / max(scale, floor)
        for f, e, scale in zip(found, expected, scales, strict=True)
    )


def compare(layer: nn.Module, shape: torch.Size, batch: int) -> Iterator[tuple[str, int, float]]:
    """Yield layout, threads and deviation of the gradients of `layer` on a random batch."""
    generator = torch.Generator().manual_seed(2)
    # Between the pictures that a ReLU leaves and those that it does not.
    images = torch.rand(batch, *shape, generator=generator) - 0.2
    layer = layer.train()
    twin = copy.deepcopy(layer).double()
    towards = torch.rand(twin(images.double()).shape, generator=generator) - 0.5
    expected = gradients_of(twin, images.double(), towards.double())
    for layout, memory_format in LAYOUTS.items() if len(shape) == 3 else [("plain", None)]:
        for threads in THREADS:
            torch.set_num_threads(threads)
            seen, pulled = images, towards
            if memory_format is not None:
                layer = layer.to(memory_format=memory_format)
                seen = images.contiguous(memory_format=memory_format)
                if towards.ndim == 4:
                    pulled = towards.contiguous(memory_format=memory_format)
            yield layout, threads, deviation(gradients_of(layer, seen, pulled), expected)


def batch_of(layer: nn.Module, shape: torch.Size, work: float, batch: int) -> int:
    """Return `batch`, or fewer where the layer needs more than `work` multiplications."""
    weights = sum(weight.numel() for weight in layer.parameters())
    return max(2, min(batch, int(work / max(1, weights * math.prod(shape[1:])))))


if __name__ == "__main__":
    torch.set_num_interop_threads(1)
    for name, (layer, shape, work) in layers().items():
        for batch in sorted({batch_of(layer, shape, work, size) for size in BATCHES}):
            print("start", f"{name}, batch {batch}", sep="\t", flush=True)
            for values in compare(layer, shape, batch):
                print("done", *values, sep="\t", flush=True)
