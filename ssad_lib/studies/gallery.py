"""The gallery of augmentations: examples, a browser of draws, quantities (METHODS section 2)."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any

import numpy as np
import pandas as pd
import torch
from numpy.typing import NDArray
from torch import Tensor

from ssad_lib import augment, data, rng
from ssad_lib.widgets import Axis, SpriteBrowser

MEASURED_IMAGES = 200
FORMATS: dict[str, str | Callable[[Any], str]] = {
    "unchanged": "{:.0%}",
    "change": "{:.3f}",
    "range": "{}",
}


def label(settings: Mapping[str, Any]) -> str:
    """Return the image set and sizes that the gallery's parameters ask for."""
    return (
        f"{settings['image_set']}, {settings['images']} images, "
        f"{settings['draws']} draws of each augmentation"
    )


def examples(settings: Mapping[str, Any]) -> Tensor:
    """Return one training image of each of the first classes, float ``(n, C, H, W)``."""
    images = data.load(settings["image_set"], images_per_class=1)
    return torch.from_numpy(np.array(images.images[: settings["images"]])).float() / 255


def alt_text(settings: Mapping[str, Any], how: str) -> str:
    """Return what a row of the example images shows, `how` they were changed."""
    return f"{settings['images']} images of {settings['image_set']}, one per class, {how}."


def browser(images: Tensor, settings: Mapping[str, Any]) -> SpriteBrowser:
    """Return the widget that shows every draw of every augmentation on `images` (n, C, H, W)."""
    chosen = [augment.get(name) for name in augment.names()]
    draws = int(settings["draws"])
    frames = np.stack(
        [[_frame(augmentation, images, draw) for draw in range(draws)] for augmentation in chosen]
    )
    return SpriteBrowser.from_frames(
        frames,
        [
            Axis("Augmentation", [augmentation.label for augmentation in chosen]),
            Axis("Draw", draws),
        ],
        alt=lambda i, draw: alt_text(settings, f"after {chosen[i].label}, draw {draw + 1}"),
        caption=lambda i, draw: (
            f"{chosen[i].label} ({chosen[i].category}), draw {draw + 1}: {_summary(chosen[i])}"
        ),
    )


def quantities(settings: Mapping[str, Any]) -> pd.DataFrame:
    """Return what each augmentation does to training images, in numbers.

    Indexed by augmentation; columns category, what it does, unchanged (share of images that come
    back as they were), change (mean absolute difference per value), range (of the output).
    """
    image_set = data.load(settings["image_set"], images_per_class=MEASURED_IMAGES // 10)
    images = torch.from_numpy(np.array(image_set.images)).float() / 255
    rows = []
    for name in augment.names():
        augmentation = augment.get(name)
        shown = augmentation(images, rng.generator("gallery", name))
        difference = (shown - images).abs().flatten(1)
        rows.append(
            {
                "augmentation": augmentation.label,
                "category": augmentation.category,
                "what it does": _summary(augmentation),
                "unchanged": float((difference.amax(1) == 0).float().mean()),
                "change": float(difference.mean()),
                "range": f"{float(shown.min()):.2f} to {float(shown.max()):.2f}",
            }
        )
    return pd.DataFrame(rows).set_index("augmentation")


def _frame(augmentation: augment.Augmentation, images: Tensor, draw: int) -> NDArray[np.uint8]:
    """Return the augmented images side by side, uint8 ``(H, n·W, 3)``."""
    shown = augmentation(images, rng.generator("gallery", augmentation.name, draw)).clamp(0, 1)
    colour = shown.expand(-1, 3, -1, -1)
    row = torch.cat(list(colour), dim=2).permute(1, 2, 0)
    return (row * 255).round().to(torch.uint8).numpy()


def _summary(augmentation: augment.Augmentation) -> str:
    return (augmentation.operation.__doc__ or "").strip().splitlines()[0].replace("`", "")
