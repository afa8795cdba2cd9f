"""CutDiff beside CutOut and CutPaste, at chosen sizes, ratios and angles (paper 001, figure 8)."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any

import numpy as np
import pandas as pd
import torch
from torch import Tensor

from ssad_lib import augment, data, rng
from ssad_lib.augment.tunable import CutDiff
from ssad_lib.widgets import Axis, SpriteBrowser, side_by_side

SIZES = (0.01, 0.02, 0.04, 0.08, 0.16, 0.32, 0.64)  # parts of the image's area
RATIOS = (1.0, 2.0, 4.0)
ANGLES = (0, 45, 90, 135)
LOCAL = ("cutpaste", "cutout", "cutdiff")
QUALITY = 80  # of photographs; the sheet would weigh megabytes otherwise
ROWS: dict[str, tuple[str, float, float]] = {  # figure 8: augmentation, ratio, angle
    "CutPaste": ("cutpaste", 1.0, 0.0),
    "CutOut": ("cutout", 1.0, 0.0),
    "CutDiff (1, 0°)": ("cutdiff", 1.0, 0.0),
    "CutDiff (2, 0°)": ("cutdiff", 2.0, 0.0),
    "CutDiff (2, 45°)": ("cutdiff", 2.0, 45.0),
}
FORMATS: dict[str, str | Callable[[Any], str]] = {
    "true gradient": "{:+.4f}",
    "difference quotient": "{:+.4f}",
    "pixels that tell": "{:.0%}",
}


def examples(settings: Mapping[str, Any]) -> Tensor:
    """Return the first normal images of the image set, float ``(n, C, H, W)``."""
    count = settings["images"]
    images = data.load(settings["image_set"], images_per_class=count, size=settings["size"] or None)
    return torch.from_numpy(np.array(images.of_class(0)[:count])).float() / 255


def patched(images: Tensor, name: str, size: float, ratio: float, angle: float) -> Tensor:
    """Return images ``(n, C, H, W)`` with one patch of this form each, in fixed places.

    `ratio` is width over height at angle 0; CutOut and CutPaste know no angle.
    """
    forms: dict[str, dict[str, Any]] = {
        # Its area is the whole rectangle; CutDiff's size the product of the half axes.
        "cutout": {"cutout_area": (size, size), "cutout_aspect": (1 / ratio, 1 / ratio)},
        "cutpaste": {
            "cutpaste_area": (size, size),
            "cutpaste_aspect": (ratio, ratio),
            "cutpaste_aspect_mode": "loguniform",
            "cutpaste_jitter": 0.0,
        },
        "cutdiff": {"size": size, "ratio": ratio, "angle": angle},
    }
    augmentation = augment.get(name, **forms[name])
    return augmentation(images, rng.generator("patches", name))


def rows(image: Tensor) -> dict[str, Tensor]:
    """Return figure 8 on `image` ``(C, H, W)``: per row the image itself, then each size."""
    one = image.unsqueeze(0)
    return {
        label: torch.cat([one, *(patched(one, name, size, ratio, angle) for size in SIZES)])
        for label, (name, ratio, angle) in ROWS.items()
    }


def browser(images: Tensor) -> SpriteBrowser:
    """Return the widget that shows `images` (n, C, H, W) with a patch of any form."""
    frames = np.stack(
        [
            [
                [
                    [side_by_side(*patched(images, name, size, ratio, angle)) for angle in ANGLES]
                    for ratio in RATIOS
                ]
                for size in SIZES
            ]
            for name in LOCAL
        ]
    )

    def said(name: int, size: int, ratio: int, angle: int) -> str:
        label = augment.get(LOCAL[name]).label
        turned = f", {ANGLES[angle]}°" if LOCAL[name] == "cutdiff" else " (knows no angle)"
        return f"{label}, size {SIZES[size]:g}, ratio {RATIOS[ratio]:g}{turned}"

    return SpriteBrowser.from_frames(
        frames,
        [
            Axis("Augmentation", [augment.get(name).label for name in LOCAL]),
            Axis("Size", [f"{size:g}" for size in SIZES]),
            Axis("Ratio", [f"{ratio:g}" for ratio in RATIOS]),
            Axis("Angle", [f"{angle}°" for angle in ANGLES]),
        ],
        alt=lambda *at: f"{len(images)} images of the surface after {said(*at)}.",
        caption=said,
        scale=2,
        quality=QUALITY,
    )


def gradients(images: Tensor, size: float = 0.04) -> pd.DataFrame:
    """Return how the mean brightness of CutDiff's images depends on each hyper-parameter.

    Index: the values ``(log l11, log l22, l21)``; columns: the gradient by automatic
    differentiation, the central difference quotient, and the share of pixels whose own gradient is
    not zero (a pixel that the patch made black says nothing).
    """
    operation = CutDiff(size=size)
    exact = images.double()
    count, channels, height, width = images.shape
    generator = rng.generator("patches", "gradient")
    parameters = operation.draw(count, generator, (channels, height, width))

    def shown(values: Tensor) -> Tensor:
        return operation.apply(exact, parameters, values)

    start = operation.initial().requires_grad_()
    (gradient,) = torch.autograd.grad(shown(start).mean(), start)
    steps = 1e-6 * torch.eye(3, dtype=torch.float64)
    with torch.no_grad():
        rise = [(shown(start + step) - shown(start - step)) / 2e-6 for step in steps]
    return pd.DataFrame(
        {
            "true gradient": gradient.numpy(),
            "difference quotient": [float(one.mean()) for one in rise],
            "pixels that tell": [float((one != 0).double().mean()) for one in rise],
        },
        index=pd.Index(["log l11 (height)", "log l22 (width)", "l21 (slant)"], name="value"),
    )


def readings(sizes: tuple[float, ...] = (1e-4, 1e-3, 1e-2, 1e-1), side: int = 256) -> pd.DataFrame:
    """Return what each reading of "size" makes of the paper's initial sizes.

    Index: size; columns: for both readings the radius of the round patch in pixels of an image of
    `side` pixels, and the peak of P at the pixel nearest to a patch centred between four pixels.
    """
    corner = 2**0.5 / 2 / side  # of that pixel's centre to the patch's
    table = {}
    for reading in ("area", "length"):
        radii = [
            float(CutDiff(size=size, size_semantics=reading).initial()[0].exp()) for size in sizes
        ]
        table[f"radius, {reading}"] = [radius * side for radius in radii]
        table[f"peak, {reading}"] = [float(np.exp(-((corner / radius) ** 2))) for radius in radii]
    return pd.DataFrame(table, index=pd.Index(sizes, name="size"))
