"""Tasks: which test images are normal and which are anomalies (METHODS 1.2 to 1.5, 9.6).

A detector is trained once for a normal class; every task of that class is evaluated on it.
"""

from __future__ import annotations

from collections.abc import Iterator

import torch
from torch import Tensor

from ssad_lib import augment, rng
from ssad_lib.augment import simulated
from ssad_lib.data import ImageSet
from ssad_lib.errors import SsadError, unknown

CONTROLLED = "controlled"
IN_THE_WILD = "in-the-wild"
DEFECT = "defect"
DEMONSTRATION = "demonstration"
ONE_VS_REST = "one-vs-rest"
SIMULATED = "simulated"
TESTBEDS = (CONTROLLED, IN_THE_WILD, DEFECT, DEMONSTRATION, ONE_VS_REST, SIMULATED)
REST = "rest"  # the one task of a class against all others
# Patches that CutDiff is to find again (paper 001, Section 4.1).
PATCHES = {
    f"size={size:g} ratio={ratio:g}": {"size": size, "ratio": ratio}
    for size in (0.01, 0.02, 0.04, 0.08, 0.16)
    for ratio in (0.25, 0.5, 1.0, 2.0, 4.0)
}


def normal_images(images: ImageSet, normal_class: int) -> Tensor:
    """Return the images of the normal class as float32 ``(N, C, H, W)`` in [0, 1].

    Raises
    ------
    SsadError
        If the image set has no such class.
    """
    if not 0 <= normal_class < len(images.classes):
        raise SsadError(
            f"image set '{images.name}' has no class {normal_class}: its classes are 0 to "
            f"{len(images.classes) - 1}"
        )
    return torch.from_numpy(images.of_class(normal_class)).float() / 255


def anomalies(
    images: ImageSet, normal_class: int, testbed: str, seed: int, source: str = ""
) -> Iterator[tuple[str, Tensor]]:
    """Yield the anomalies of each task of one testbed: a name and images ``(N, C, H, W)``.

    ``"controlled"``: gen(x) of every normal test image x, for each gen (CIFAR-10C of paper 000),
    drawn once from a generator of (image set, class, gen, seed) so that every detector meets
    identical anomalies. ``"in-the-wild"`` and, on sets of defects, where class 0 is good,
    ``"defect"``: the test images of each other class. ``"demonstration"``: CutDiff of every normal
    test image, with each of `PATCHES`. ``"simulated"``: every normal test image with each of paper
    004's simulated anomalies, whose textures `source` gives.
    """
    if testbed == CONTROLLED:
        normals = normal_images(images, normal_class)
        for gen in augment.gens():
            generator = rng.generator("anomalies", images.name, normal_class, gen, seed)
            yield gen, augment.anomaly(gen)(normals, generator)
    elif testbed in (IN_THE_WILD, DEFECT):
        for other, name in enumerate(images.classes):
            if other != normal_class:
                yield name, normal_images(images, other)
    elif testbed == DEMONSTRATION:
        normals = normal_images(images, normal_class)
        for name, patch in PATCHES.items():
            generator = rng.generator("anomalies", images.name, normal_class, name, seed)
            yield name, augment.get("cutdiff", **patch)(normals, generator)
    elif testbed == ONE_VS_REST:
        normal_images(images, normal_class)  # says whether there is such a class
        others = images.images[images.labels != normal_class]
        yield REST, torch.from_numpy(others).float() / 255
    elif testbed == SIMULATED:
        for name, changed, _ in simulations(images, normal_class, seed, source):
            yield name, changed
    else:
        raise unknown("testbed", testbed, TESTBEDS)


def simulations(
    images: ImageSet, normal_class: int, seed: int, source: str
) -> Iterator[tuple[str, Tensor, Tensor]]:
    """Yield each simulation's name, its images ``(N, C, H, W)`` and their masks ``(N, H, W)``.

    Drawn once from a generator of (image set, class, simulation, seed), so that every detector
    meets identical anomalies; patches of NSA come from the other normal test images.
    """
    normals = normal_images(images, normal_class)
    textures = simulated.open_source(source)
    for name in simulated.LABELS:
        generator = rng.generator("simulated", images.name, normal_class, name, seed)
        simulation = simulated.make(name, textures, normals)
        yield name, *simulated.simulate(simulation, normals, generator)


def masks(
    images: ImageSet, normal_class: int, testbed: str, seed: int, source: str = ""
) -> Iterator[tuple[str, Tensor]]:
    """Yield the name of each task that `anomalies` yields, and its masks, bool ``(N, H, W)``.

    Nothing for an image set without masks, or a testbed whose anomalies have none.
    """
    if testbed == SIMULATED:
        for name, _, found in simulations(images, normal_class, seed, source):
            yield name, found
    elif images.masks is not None and testbed == ONE_VS_REST:
        yield REST, torch.from_numpy(images.masks[images.labels != normal_class])
    elif images.masks is not None and testbed in (IN_THE_WILD, DEFECT):
        for other, name in enumerate(images.classes):
            if other != normal_class:
                yield name, torch.from_numpy(images.masks[images.labels == other])
