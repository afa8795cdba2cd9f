"""Every simulated anomaly on every surface, to look at and to step through (METHODS 12.4)."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import numpy as np
import pandas as pd
import torch
from numpy.typing import NDArray
from torch import Tensor

from ssad_lib import data, rng
from ssad_lib.augment import simulated
from ssad_lib.augment.augmentation import Parameters
from ssad_lib.augment.simulated.registry import ROTATION
from ssad_lib.widgets import Axis, SpriteBrowser, side_by_side

OPACITIES = (0.3, 0.6, 1.0)  # of Transparent, in the widget
SIZES = {"coarse": 2, "middle": 8, "fine": 32}  # cells of the Perlin grid along a side
FORMATS = {"mask": "{:.1%}", "changed": "{:.3f}", "empty": "{:.0%}"}
PERLIN = ("transparent", "opaque")  # whose masks have a scale
OVERLAY = np.array([230, 60, 20], np.float32) / 255
TINT = 0.6  # of what lies under a mask
QUALITY = 75  # of the sheet of a widget


def label(settings: Mapping[str, Any]) -> str:
    """Return the surfaces and the source that the gallery's parameters ask for."""
    return f"{', '.join(settings['surfaces'])}; anomaly source: {settings['source']}; no training"


def normals(settings: Mapping[str, Any], surface: str, count: int) -> Tensor:
    """Return the first normal training images of a surface, ``(n, C, H, W)`` in [0, 1]."""
    found = data.load(surface, images_per_class=count, size=settings["size"] or None)
    return torch.from_numpy(np.array(found.of_class(0)[:count])).float() / 255


def surfaces(settings: Mapping[str, Any]) -> SpriteBrowser:
    """Return the widget that shows every simulation on every surface, masks outlined."""
    source = simulated.open_source(settings["source"])
    rows = [_row(normals(settings, name, settings["images"]), source, name)
            for name in settings["surfaces"]]  # fmt: skip
    names = [surface.rpartition(":")[2] for surface in settings["surfaces"]]
    kinds = list(rows[0])

    def said(surface: int, kind: int) -> str:
        return f"{kinds[kind]} on {names[surface]}"

    return SpriteBrowser.from_frames(
        np.stack([list(row.values()) for row in rows]),
        [Axis("Surface", names), Axis("Simulation", kinds)],
        alt=lambda *at: f"{settings['images']} normal images: {said(*at)}, masks below them.",
        caption=said,
        scale=2,
        quality=QUALITY,
    )


def _row(images: Tensor, source: simulated.Source, surface: str) -> dict[str, NDArray[np.uint8]]:
    """Return normal images, and the same with each simulated anomaly, masks below them."""
    nothing = torch.zeros((len(images), *images.shape[2:]), dtype=torch.bool)
    made = {label: simulated.make(name, source, images) for name, label in simulated.LABELS.items()}
    made[ROTATION] = simulated.rotated_normals(rotated_p=1.0)
    shown = {"normal": (images, nothing)}
    for label, simulation in made.items():
        generator = rng.generator("gallery", surface, label)
        shown[label] = simulated.simulate(simulation, images, generator)
    return {
        label: np.concatenate(
            [side_by_side(*changed.numpy()), side_by_side(*masks[:, None].numpy())], axis=0
        )
        for label, (changed, masks) in shown.items()
    }


def outlined(images: NDArray[Any], masks: NDArray[np.bool_]) -> NDArray[np.float32]:
    """Return images ``(n, C, H, W)`` as colour, a line around each mask ``(n, H, W)``."""
    colour = np.broadcast_to(images, (len(images), 3, *images.shape[2:])).astype(np.float32)
    padded = np.pad(masks, ((0, 0), (1, 1), (1, 1)))
    height, width = masks.shape[1:]
    near = np.zeros_like(masks)
    for down, right in ((0, 1), (2, 1), (1, 0), (1, 2)):
        near |= padded[:, down : down + height, right : right + width]
    rim = (near & ~masks)[:, None]
    return np.where(rim, OVERLAY[:, None, None], colour)


def quantities(settings: Mapping[str, Any]) -> pd.DataFrame:
    """Return what each simulation does to each surface, in numbers.

    Columns: mask (its mean share of the image), empty (share of images without any), changed (mean
    absolute difference within the masks).
    """
    source = simulated.open_source(settings["source"])
    found = {}
    for surface in settings["surfaces"]:
        images = normals(settings, surface, settings["measured"])
        for name, label in simulated.LABELS.items():
            made = simulated.make(name, source, images)
            changed, masks = simulated.simulate(made, images, rng.generator("quantities", name))
            difference = (changed - images).abs().mean(1)[masks]
            found[label, surface.rpartition(":")[2]] = {
                "mask": float(masks.float().mean()),
                "empty": float((~masks.flatten(1).any(1)).float().mean()),
                "changed": float(difference.mean()) if len(difference) else 0.0,
            }
    return pd.DataFrame(found).T.rename_axis(["simulation", "surface"])


def selections(settings: Mapping[str, Any]) -> pd.DataFrame:
    """Return which simulations paper 004's rule selects for the surfaces of the settings."""
    table = {}
    for surface in settings["surfaces"]:
        chosen = simulated.selected(surface)
        marks = {label: name in chosen.simulations for name, label in simulated.LABELS.items()}
        table[surface.rpartition(":")[2]] = {**marks, ROTATION: chosen.rotate_normals}
    words = pd.DataFrame(table).T.map(lambda used: "used" if used else "–")
    return words.drop(columns=["CutPaste", "NSA"]).rename_axis("surface")


def browser(settings: Mapping[str, Any], surface: str) -> SpriteBrowser:
    """Return the widget of one image: generator, opacity, scale and draw, beside the mask.

    Opacity is that of Transparent, scale that of the Perlin masks of Transparent and Opaque; the
    other generators know neither, and show the same picture whatever is chosen.
    """
    images = normals(settings, surface, max(2, settings["images"]))
    names, draws = list(simulated.LABELS), int(settings["draws"])
    shape = (len(names), len(OPACITIES), len(SIZES), draws)
    frames: list[NDArray[np.uint8]] = []
    shares = {}
    drawn: dict[tuple[int, ...], tuple[NDArray[Any], NDArray[np.bool_]]] = {}
    for at in np.ndindex(shape):
        name = names[at[0]]
        own = (at[0], at[1] * (name == "transparent"), at[2] * (name in PERLIN), at[3])
        if own not in drawn:
            drawn[own] = _drawn(settings, images, name, *own[1:])
        changed, mask = drawn[own]
        shares[at] = float(mask.mean())
        frames.append(side_by_side(images[:1].numpy(), changed, tinted(changed, mask))[0])
    axes = [
        Axis("Generator", [simulated.LABELS[name] for name in names]),
        Axis("Opacity", [f"β = {opacity:g}" for opacity in OPACITIES]),
        Axis("Scale", list(SIZES)),
        Axis("Draw", draws),
    ]

    def said(*at: int) -> str:
        names_here = [axis.label(place) for axis, place in zip(axes, at, strict=True)]
        return f"{', '.join(names_here)}: the mask covers {shares[at]:.1%} of the image"

    return SpriteBrowser.from_frames(
        np.stack(frames).reshape(*shape, *frames[0].shape),
        axes,
        alt=lambda *at: f"A normal image, the same with an anomaly, and its mask; {said(*at)}.",
        caption=said,
        heads=("normal", "with an anomaly", "its mask"),
        scale=2,
        quality=QUALITY,
    )


def _drawn(
    settings: Mapping[str, Any], images: Tensor, name: str, opacity: int, scale: int, draw: int
) -> tuple[NDArray[Any], NDArray[np.bool_]]:
    """Return the first image with one draw of a simulation, and its mask ``(1, H, W)``."""
    source = simulated.open_source(settings["source"])
    simulation = simulated.make(name, source, images)
    generator = rng.generator("browser", name, draw)
    parameters = simulation.draw(1, generator, tuple(images.shape[1:]))  # type: ignore[arg-type]
    cells, strength = list(SIZES.values())[scale], OPACITIES[opacity]
    fixed: Parameters = {}
    if "mask/cells" in parameters:
        fixed["mask/cells"] = torch.full_like(parameters["mask/cells"], cells)
    if name == "transparent":
        fixed["opacity"] = torch.full_like(parameters["opacity"], strength)
    changed, masks = simulation.apply(images[:1], {**parameters, **fixed})
    return changed.numpy(), masks.numpy()


def tinted(images: NDArray[Any], masks: NDArray[np.bool_]) -> NDArray[np.float32]:
    """Return images ``(n, C, H, W)`` as colour, tinted where a mask ``(n, H, W)`` is."""
    colour = np.broadcast_to(images, (len(images), 3, *images.shape[2:])).astype(np.float32)
    weight = np.float32(TINT) * masks[:, None].astype(np.float32)
    colour += weight * (OVERLAY[:, None, None] - colour)
    return colour
