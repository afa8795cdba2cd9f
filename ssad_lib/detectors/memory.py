"""The memory of PatchCore: how far places are from what it keeps, and an image's score (13.3)."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import torch
from numpy.typing import NDArray
from torch import Tensor

from ssad_lib.encoders.encoder import device

CHUNK = 2**24  # distances that are computed at once


@dataclass(frozen=True)
class Memory:
    """Places that are kept, and what every comparison with them needs.

    Attributes
    ----------
    known : Tensor, shape (k, d)
    centre : Tensor, shape (d,)
        Their mean: vectors from it are shorter and round less.
    centred : Tensor, shape (k, d)
    squares : Tensor, shape (k,)
        Squared lengths of `centred`.
    """

    known: Tensor
    centre: Tensor
    centred: Tensor
    squares: Tensor

    @classmethod
    def of(cls, bank: NDArray[np.float32]) -> Memory:
        """Return the memory that keeps `bank` ``(k, d)``, on the device that computes."""
        known = torch.from_numpy(bank).to(device())
        centre = known.mean(dim=0)
        centred = known - centre
        return cls(known, centre, centred, centred.square().sum(dim=1))

    def compare(
        self, features: Tensor, neighbours: int, without: Tensor | None = None
    ) -> tuple[Tensor, Tensor]:
        """Return the score ``(n,)`` of images and the distance ``(n, h, w)`` of each place.

        The distance of the farthest place is weighed by 1 − the first entry of the softmax over its
        distances to the neighbours, in the memory, of what it is nearest to: less where many of
        them are as near.

        Parameters
        ----------
        features : Tensor, shape (n, h, w, d)
        neighbours : int
            That weigh the score; 1 leaves it as it is.
        without : Tensor of bool, shape (k,), optional
            True where a place is left out, as if the memory did not keep it; not everywhere.
        """
        count, height, width, depth = features.shape
        places = features.to(self.known.device).reshape(-1, depth)
        out = None if without is None else without.to(self.known.device)
        distance, nearest = (one.view(count, -1) for one in self.nearest(places, out))
        score, place = distance.max(dim=1)
        kept = len(self.known) if out is None else int((~out).sum())
        size = min(neighbours, kept)
        if size > 1:
            image = torch.arange(count, device=self.known.device)
            match = self.known[nearest[image, place]]
            farthest = places.view(count, -1, depth)[image, place]
            around = torch.cdist(match, self.known, compute_mode="donot_use_mm_for_euclid_dist")
            if out is not None:
                around.masked_fill_(out, torch.inf)
            ring = self.known[around.topk(size, largest=False).indices]
            weight = torch.softmax((farthest.unsqueeze(1) - ring).norm(dim=2), dim=1)[:, 0]
            score = score * (1 - weight)
        return score.cpu(), distance.view(count, height, width).cpu()

    def nearest(self, points: Tensor, out: Tensor | None = None) -> tuple[Tensor, Tensor]:
        """Return the distance ``(m,)`` of `points` to the nearest that is kept, and which this is.

        By the expanded square, which rounding may take below 0, in chunks.
        """
        squares = self.squares if out is None else self.squares.masked_fill(out, torch.inf)
        found, places = [], []
        for chunk in points.split(max(1, CHUNK // len(self.known))):
            part = chunk - self.centre
            squared = torch.addmm(squares, part, self.centred.T, alpha=-2)
            low, place = squared.min(dim=1)
            found.append((low + part.square().sum(dim=1)).clamp_(min=0).sqrt_())
            places.append(place)
        return torch.cat(found), torch.cat(places)
