"""What the chapters of paper 003 show: outliers, blurred outliers, borders to step through."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import Any

import numpy as np
import torch
from numpy.typing import NDArray
from torch import Tensor

from ssad_lib import tasks
from ssad_lib.appearance import BLUE, GREY, ORANGE
from ssad_lib.augment.standard import blurred
from ssad_lib.engine.images import image_set
from ssad_lib.engine.outliers import outlier_images
from ssad_lib.models.exposure import OUT_ACTIVATIONS
from ssad_lib.spec import RunSpec
from ssad_lib.studies.outlier_exposure import toy
from ssad_lib.widgets import Axis, SpriteBrowser

SHOWN = 8
SQUARE = 6.0  # half the side of the square that a border is drawn in
PIXELS = 132  # of a picture of a border
DOTS = 120  # points of each kind in it
WHITE, INSIDE_WEIGHT = "#FFFFFF", 0.3


def examples(spec: RunSpec, count: int = SHOWN) -> tuple[dict[str, Tensor], str]:
    """Return normal images, test anomalies and outliers of a run, by row, and the alt text."""
    test = image_set(spec, "test")
    normals = tasks.normal_images(image_set(spec, "train"), spec.normal_class)
    ((_, rest),) = tasks.anomalies(test, spec.normal_class, tasks.ONE_VS_REST, spec.seed)
    others = dict(spec.outliers)["image_set"]
    rows = {
        "normal": normals[:count],
        "anomalies": _spread(rest, count),
        "outliers": _spread(outlier_images(spec), count),
    }
    alt = (
        f"{count} normal images of class {test.classes[spec.normal_class]} of {test.name}, {count} "
        f"test anomalies of its other classes, and {count} outliers of {others}."
    )
    return rows, alt


def blurred_examples(
    spec: RunSpec, sigmas: Sequence[float], count: int = SHOWN
) -> tuple[dict[str, Tensor], str]:
    """Return outliers of a run through each blur, by row, and the alt text."""
    images = _spread(outlier_images(spec), count)
    rows = {f"σ = {sigma:g}": blurred(images, float(sigma)) for sigma in sigmas}
    alt = (
        f"{count} outliers of {dict(spec.outliers)['image_set']} through a Gaussian of "
        f"{', '.join(f'{sigma:g}' for sigma in sigmas)} pixels: details go first, then shapes."
    )
    return rows, alt


def _spread(images: Tensor, count: int) -> Tensor:
    """Return `count` of the images, from all parts of them."""
    return images[torch.linspace(0, len(images) - 1, min(count, len(images))).long()]


def panels(found: Sequence[toy.Border], activation: str, seed: int) -> Iterator[dict[str, Any]]:
    """Yield what `ssad_lib.figures.regions` draws of one seed: each outliers and method."""
    for border in found:
        if (border.activation, border.seed) == (activation, seed):
            inside = border.inside(SQUARE)
            yield {
                "title": f"{border.outliers} outliers, {border.method}",
                "inside": inside,
                "normal": border.normal,
                "other": border.other,
                "said": f"the normal region is {inside.mean():.0%} of the square",
            }


def browser(found: Sequence[toy.Border]) -> SpriteBrowser:
    """Return the widget that shows both borders of a representation, kind of outliers and seed."""
    by_cell = {(b.activation, b.outliers, b.seed, b.method): b for b in found}
    seeds = sorted({border.seed for border in found})
    names = (
        ["sigmoid (released code)", "nothing (linear)"],
        ["ideal: all around", "skewed: in one corner"],
        [f"seed {seed}" for seed in seeds],
    )
    shape = (len(OUT_ACTIVATIONS), len(toy.OUTLIERS), len(seeds))
    frames = np.zeros((*shape, PIXELS, len(toy.METHODS) * PIXELS, 3), np.uint8)
    texts = {}
    for at in np.ndindex(shape):
        cell = (OUT_ACTIVATIONS[at[0]], toy.OUTLIERS[at[1]], seeds[at[2]])
        pair = [by_cell[(*cell, method)] for method in toy.METHODS]
        regions = [border.inside(SQUARE, PIXELS) for border in pair]
        drawn = [_picture(border, inside) for border, inside in zip(pair, regions, strict=True)]
        frames[at] = np.concatenate(drawn, axis=1)
        shares = (
            f"{border.method} {inside.mean():.0%}"
            for border, inside in zip(pair, regions, strict=True)
        )
        # The setting, too: regions of two settings may have one share.
        setting = "; ".join(options[place] for options, place in zip(names, at, strict=True))
        texts[at] = f"{setting}; normal region, in parts of the square: {', '.join(shares)}"
    titles = ("Representation ends in", "Outliers", "Seed")
    axes = [Axis(title, options) for title, options in zip(titles, names, strict=True)]
    return SpriteBrowser.from_frames(
        frames,
        axes,
        alt=lambda *at: f"Normal points, outliers, shaded normal region; {texts[at]}.",
        caption=lambda *at: texts[at],
        heads=toy.METHODS,
        scale=2,
    )


def _picture(border: toy.Border, inside: NDArray[np.bool_]) -> NDArray[np.uint8]:
    """Return the square with the normal region and some points, ``(PIXELS, PIXELS, 3)``."""
    canvas = np.broadcast_to(_rgb(WHITE), (PIXELS, PIXELS, 3)).copy()
    canvas[inside] = (1 - INSIDE_WEIGHT) * _rgb(WHITE) + INSIDE_WEIGHT * _rgb(BLUE)
    for points, colour in ((border.normal, GREY), (border.other, ORANGE)):
        at = ((points[:DOTS].numpy() + SQUARE) * (PIXELS / (2 * SQUARE))).astype(int)
        kept = at[((at >= 0) & (at < PIXELS)).all(axis=1)]
        canvas[kept[:, 1], kept[:, 0]] = _rgb(colour)
    return canvas[::-1].round().astype(np.uint8)


def _rgb(colour: str) -> NDArray[np.float64]:
    return np.array([int(colour[i : i + 2], 16) for i in (1, 3, 5)], np.float64)


def with_outliers(specs: Sequence[RunSpec]) -> RunSpec:
    """Return the first run that has outliers."""
    return next(spec for spec in specs if spec.outliers)
