"""A threshold from normal images that were held out, and what it is worth.

Images are flagged where the highest pixel of their map reaches the threshold. It is put just above
one of the held-out images' highest pixels: if k of n held-out images lie above it, the share of
normal images that it flags has the expectation (k + 1) / (n + 1), whatever the detector and the
distribution of its scores, and the exact interval of k of n holds though the threshold was chosen
by the same images.

A memory may hold out each image in turn and lose none: what remembers more is nowhere farther, so
the peak of an image by all others lies at or above its peak by these and one new image, and the
expectation is at most (k + 1) / (n + 1). A coreset leaves a hole where the image's own places are
taken out, which raises the peaks further: of new images of bottles, pills and carpets half to five
sixths of the promised share were flagged.
"""

from __future__ import annotations

import math
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from ssad_lib.appearance import number
from ssad_lib.errors import SsadError
from ssad_lib.statistics import binomial_interval


@dataclass(frozen=True)
class Threshold:
    """A threshold and what held-out normal images say about it.

    Attributes
    ----------
    value : float
        An image is flagged where a pixel is at or above it.
    above, held_out : int
        How many of the held-out normal images are flagged, of how many.
    wanted : float
        The rate of false alarms that was asked for.
    in_turn : bool
        Whether each image was held out of a memory that has all others; else all were at once.
    """

    value: float
    above: int
    held_out: int
    wanted: float
    in_turn: bool = False

    @property
    def expected(self) -> float:
        """The expected share of normal images that are flagged; the most it is, if in turn."""
        return (self.above + 1) / (self.held_out + 1)

    @property
    def interval(self) -> tuple[float, float]:
        """The exact 95 % interval of this share."""
        return binomial_interval(self.above, self.held_out)

    def text(self) -> str:
        """Return one or two sentences."""
        low, high = self.interval
        said = (
            f"The threshold {number(self.value)} flags {self.above} of {self.held_out} normal "
            "images that were held out of "
        )
        if self.in_turn:
            said += (
                f"the memory, each in turn: expect at most {self.expected:.1%} false alarms (and, "
                f"with a confidence of 97.5 %, not more than {high:.1%})."
            )
        else:
            said += (
                f"training: expect {self.expected:.1%} false alarms (95 % interval {low:.1%} to "
                f"{high:.1%})."
            )
        if self.expected > self.wanted:
            needed = math.ceil(1 / self.wanted) - 1
            said += (
                f" So few images cannot promise the {self.wanted:.1%} that were asked for; "
                f"{needed} images held out could."
            )
        return said


def choose(peaks: NDArray[np.float32], rate: float, *, in_turn: bool = False) -> Threshold:
    """Return the lowest threshold whose expected rate of false alarms is at most `rate`.

    Where there is none, it lies above all of `peaks`.

    Parameters
    ----------
    peaks : ndarray of float32, shape (n,)
        The highest pixel of the map of each held-out normal image.
    rate : float
        In (0, 1).
    in_turn : bool
        Whether each was held out of a memory that has all others.

    Raises
    ------
    SsadError
        If the rate is out of range.
    """
    if not 0 < rate < 1:
        raise SsadError(f"the rate of false alarms must lie between 0 and 1, not {rate}")
    ordered = np.sort(np.asarray(peaks, np.float32))[::-1]
    above = max(0, math.floor(rate * (len(ordered) + 1) + 1e-9) - 1)
    value = np.nextafter(ordered[above], np.float32(np.inf))
    return Threshold(float(value), int((ordered >= value).sum()), len(ordered), rate, in_turn)
