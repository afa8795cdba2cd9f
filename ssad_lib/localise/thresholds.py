"""A threshold from normal images that were held out of training, and what it is worth.

Images are flagged where the highest pixel of their map reaches the threshold. It is put just above
one of the held-out images' highest pixels: if k of n held-out images lie above it, the share of
normal images that it flags has the expectation (k + 1) / (n + 1), whatever the detector and the
distribution of its scores, and the exact interval of k of n holds though the threshold was chosen
by the same images.
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
    """

    value: float
    above: int
    held_out: int
    wanted: float

    @property
    def expected(self) -> float:
        """The expected share of normal images that are flagged."""
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
            f"images that were held out of training: expect {self.expected:.1%} false alarms "
            f"(95 % interval {low:.1%} to {high:.1%})."
        )
        if self.expected > self.wanted:
            needed = math.ceil(1 / self.wanted) - 1
            said += (
                f" So few images cannot promise the {self.wanted:.1%} that were asked for; "
                f"{needed} held out could."
            )
        return said


def choose(peaks: NDArray[np.float32], rate: float) -> Threshold:
    """Return the lowest threshold whose expected rate of false alarms is at most `rate`.

    Where there is none, it lies above all of `peaks`.

    Parameters
    ----------
    peaks : ndarray of float32, shape (n,)
        The highest pixel of the map of each held-out normal image.
    rate : float
        In (0, 1).

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
    return Threshold(float(value), int((ordered >= value).sum()), len(ordered), rate)
