"""What says without labels how well an augmentation fits unlabelled images.

``direction`` is ours; the others are those of papers 001 and 002 (METHODS 9.4 and 10.4).
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import torch
from numpy.typing import NDArray
from sklearn.discriminant_analysis import LinearDiscriminantAnalysis
from torch import Tensor

from ssad_lib import metrics
from ssad_lib.alignment import dsv, mmd, validation_loss

LARGER_IS_BETTER = {
    "direction": True,
    "dsv": False,
    "validation_loss": False,
    "mmd": False,
    "random": True,
    "peeking": True,
}
CRITERIA = tuple(LARGER_IS_BETTER)
"""All but the last are without labels."""
ROUNDING = 1e-4  # of features with a variance of about 1: a smaller shift is none


@dataclass(frozen=True)
class Sets:
    """Features of two halves of the normal images, of the unlabelled and of augmented images.

    The second half is the one that was augmented. Were it compared with the unlabelled images
    itself, chance in its mean would push both shifts the same way and look like a match.

    Attributes
    ----------
    first, second, unlabelled : Tensor, shapes (n, h), (m, h), (k, h)
    augmented : dict of str to Tensor
        By candidate, ``(copies · m, h)``: the augmented second half, copy after copy.
    """

    first: Tensor
    second: Tensor
    unlabelled: Tensor
    augmented: dict[str, Tensor]

    def resampled(self, first: Tensor, second: Tensor, unlabelled: Tensor) -> Sets:
        """Return the sets of these rows; an image keeps its augmentations."""
        size = len(self.second)
        augmented = {
            name: values.view(-1, size, values.shape[1])[:, second].flatten(0, 1)
            for name, values in self.augmented.items()
        }
        return Sets(self.first[first], self.second[second], self.unlabelled[unlabelled], augmented)


def direction(sets: Sets) -> dict[str, float]:
    """Return the cosine of the shift an augmentation makes and that of the unlabelled images.

    1 where normal images become what the unlabelled ones have more of, whatever the share of
    anomalies; 0 where the two have nothing in common. An augmentation that does nothing has 0.
    """
    wanted = sets.unlabelled.double().mean(0) - sets.first.double().mean(0)
    return {name: _cosine(shift, wanted) for name, shift in shifts(sets).items()}


def shifts(sets: Sets) -> dict[str, Tensor]:
    """Return by candidate the mean change ``(h,)`` that the augmentation makes; 0 for Identity."""
    middle = sets.second.double().mean(0)
    changes = {name: values.double().mean(0) - middle for name, values in sets.augmented.items()}
    return {name: one * bool(one.norm() > ROUNDING) for name, one in changes.items()}


def published(sets: Sets) -> dict[str, dict[str, float]]:
    """Return DSV, ST-SSAD's validation loss and the MMD of paper 001's ablation, by candidate."""
    train, test = sets.first, sets.unlabelled
    return {
        "dsv": {name: float(dsv(train, one, test)) for name, one in sets.augmented.items()},
        "validation_loss": {
            name: float(validation_loss(train, one, test)) for name, one in sets.augmented.items()
        },
        "mmd": {name: mmd(torch.cat([train, one]), test) for name, one in sets.augmented.items()},
    }


def peeking(sets: Sets, labels: NDArray[np.int64]) -> dict[str, float]:
    """Return the AUC on the unlabelled images of a linear detector; this needs their labels.

    The detector tells normal images from augmented ones, by Fisher's discriminant.
    """
    return {
        name: metrics.auroc(labels, _detector_scores(sets, one))
        for name, one in sets.augmented.items()
    }


def _detector_scores(sets: Sets, augmented: Tensor) -> NDArray[np.float64]:
    both = torch.cat([sets.second, augmented]).double().numpy()
    truth = np.repeat([0, 1], [len(sets.second), len(augmented)])
    detector = LinearDiscriminantAnalysis(solver="lsqr", shrinkage="auto").fit(both, truth)
    scores: NDArray[np.float64] = detector.decision_function(sets.unlabelled.double().numpy())
    return scores


def _cosine(shift: Tensor, wanted: Tensor) -> float:
    lengths = float(shift.norm() * wanted.norm())
    return float(shift @ wanted) / lengths if lengths > 0 else 0.0
