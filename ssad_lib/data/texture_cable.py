"""A cable cut across: three insulated wires of seven strands, and what can be wrong with them.

After the object of MVTec AD in which the cable's inside is seen end-on (METHODS 1.5). A defect of
its make-up changes the parts before they are painted; its mask is where the painting differs.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, replace

import numpy as np

from ssad_lib.data.draws import below, uniform
from ssad_lib.data.texture_defects import Images, Masks, smooth_noise
from ssad_lib.data.texture_surfaces import BLOCK

WIRES, STRANDS = 3, 7
SHEATH, INSULATION, CORE, STRAND = 0.45, 0.185, 0.118, 0.04  # radii
COLOURS = np.array([[0.30, 0.48, 0.74], [0.48, 0.64, 0.30], [0.58, 0.40, 0.27]], np.float32)
COPPER = np.array([0.92, 0.62, 0.42], np.float32)
SEEN = 0.04  # change of a value from which a pixel counts as defective


@dataclass(frozen=True)
class Parts:
    """The make-up of `BLOCK` cables: rows and columns are in parts of the side."""

    middle: np.ndarray  # (BLOCK, 2)
    scale: np.ndarray  # (BLOCK,)
    wires: np.ndarray  # (BLOCK, WIRES, 2), relative to the middle
    colours: np.ndarray  # (BLOCK, WIRES, 3)
    strands: np.ndarray  # (BLOCK, WIRES, STRANDS, 2), relative to the wire
    has_wire: np.ndarray  # bool (BLOCK, WIRES)
    has_strand: np.ndarray  # bool (BLOCK, WIRES, STRANDS)
    light: np.ndarray  # (BLOCK, 1, size, size)
    grain: np.ndarray  # (BLOCK, 1, size, size)


def cable(rng: np.random.Generator, size: int) -> Images:
    """Return good cables, ``float32 (BLOCK, 3, size, size)`` in [0, 1]."""
    return _painted(_drawn(rng, size))


def missing_cable(parts: Parts, rng: np.random.Generator) -> Parts:
    """Leave one of the three wires out."""
    has_wire = parts.has_wire.copy()
    has_wire[np.arange(BLOCK), below(rng, WIRES, BLOCK)] = False
    return replace(parts, has_wire=has_wire)


def missing_wire(parts: Parts, rng: np.random.Generator) -> Parts:
    """Leave two strands of one wire out."""
    has_strand = parts.has_strand.copy()
    each, wire, strand = np.arange(BLOCK), below(rng, WIRES, BLOCK), below(rng, STRANDS - 1, BLOCK)
    has_strand[each, wire, 1 + strand] = False
    has_strand[each, wire, 1 + (strand + 1) % (STRANDS - 1)] = False
    return replace(parts, has_strand=has_strand)


def bent_wire(parts: Parts, rng: np.random.Generator) -> Parts:
    """Bend one or two strands of one wire out, over the insulation."""
    strands = parts.strands.copy()
    each, wire, strand = np.arange(BLOCK), below(rng, WIRES, BLOCK), below(rng, STRANDS - 1, BLOCK)
    outwards = uniform(rng, 1.6, 2.1, (BLOCK, 1))
    strands[each, wire, 1 + strand] *= outwards
    strands[each, wire, 1 + (strand + 1) % (STRANDS - 1)] *= np.where(
        uniform(rng, 0.0, 1.0, (BLOCK, 1)) < 0.5, outwards, 1.0
    )
    return replace(parts, strands=strands)


def cable_swap(parts: Parts, rng: np.random.Generator) -> Parts:
    """Give one wire the colour of the next, so that a colour is there twice."""
    colours = parts.colours.copy()
    each, wire = np.arange(BLOCK), below(rng, WIRES, BLOCK)
    colours[each, wire] = colours[each, (wire + 1) % WIRES]
    return replace(parts, colours=colours)


Change = Callable[[Parts, np.random.Generator], Parts]


def changed(change: Change) -> Callable[[np.random.Generator, int], tuple[Images, Masks]]:
    """Return the function that draws cables with this defect and their masks."""

    def draw(rng: np.random.Generator, size: int) -> tuple[Images, Masks]:
        parts = _drawn(rng, size)
        images = _painted(change(parts, rng))
        return images, (np.abs(images - _painted(parts)) > SEEN).any(axis=1)

    return draw


def _drawn(rng: np.random.Generator, size: int) -> Parts:
    turn = uniform(rng, -0.25, 0.25, (BLOCK, 1)) + 2 * np.pi / WIRES * np.arange(WIRES)
    wires = 0.205 * np.stack([-np.cos(turn), np.sin(turn)], axis=-1)
    twist = uniform(rng, 0.0, 2 * np.pi, (BLOCK, WIRES, 1)) + np.pi / 3 * np.arange(STRANDS - 1)
    ring = 0.079 * np.stack([np.cos(twist), np.sin(twist)], axis=-1)
    strands = np.concatenate([np.zeros((BLOCK, WIRES, 1, 2)), ring], axis=2)
    return Parts(
        middle=uniform(rng, 0.475, 0.525, (BLOCK, 2)),
        scale=uniform(rng, 0.94, 1.04, (BLOCK,)),
        wires=(wires + uniform(rng, -0.008, 0.008, wires.shape)).astype(np.float32),
        colours=COLOURS + uniform(rng, -0.03, 0.03, (BLOCK, WIRES, 3)),
        strands=(strands + uniform(rng, -0.005, 0.005, strands.shape)).astype(np.float32),
        has_wire=np.ones((BLOCK, WIRES), np.bool_),
        has_strand=np.ones((BLOCK, WIRES, STRANDS), np.bool_),
        light=1 + 0.12 * smooth_noise(rng, BLOCK, size, 3)[:, None],
        grain=uniform(rng, -0.06, 0.06, (BLOCK, 1, size, size)),
    )


def _painted(parts: Parts) -> Images:
    size = parts.grain.shape[-1]
    image = np.full((BLOCK, 3, size, size), 0.72, np.float32)
    image = _disc(image, parts, parts.middle * 0, SHEATH, np.full(3, 0.38, np.float32), 0.25)
    image = _disc(image, parts, parts.middle * 0, SHEATH - 0.04, np.full(3, 0.15, np.float32), 0.0)
    for wire in range(WIRES):
        there, place = parts.has_wire[:, wire], parts.wires[:, wire]
        image = _disc(image, parts, place, INSULATION, parts.colours[:, wire], 0.2, there)
        image = _disc(image, parts, place, CORE, COPPER * 0.22, 0.0, there)
        for strand in range(STRANDS):
            shown = there & parts.has_strand[:, wire, strand]
            where = place + parts.strands[:, wire, strand]
            image = _disc(image, parts, where, STRAND, COPPER, 0.6, shown)
    return np.clip(image * parts.light + parts.grain, 0.0, 1.0).astype(np.float32)


def _disc(
    image: Images,
    parts: Parts,
    place: np.ndarray,
    radius: float,
    colour: np.ndarray,
    hollow: float,
    shown: np.ndarray | None = None,
) -> Images:
    """Paint a disc on every image, darker towards its edge by `hollow`."""
    size = image.shape[-1]
    pixels = (np.arange(size, dtype=np.float32) + 0.5) / size
    row, column = (
        (pixels - (parts.middle[:, axis] + parts.scale * place[:, axis])[:, None]) ** 2
        for axis in range(2)
    )
    away = np.sqrt(row[:, :, None] + column[:, None, :]) / (radius * parts.scale)[:, None, None]
    cover = np.clip((1 - away) * radius * size + 0.5, 0.0, 1.0)
    if shown is not None:
        cover = cover * shown[:, None, None]
    shade = 1 - hollow * np.minimum(away, 1.0) ** 2
    painted = np.broadcast_to(colour, (BLOCK, 3))[:, :, None, None] * shade[:, None]
    return image + cover[:, None] * (painted - image)
