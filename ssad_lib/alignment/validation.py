"""The validation loss of ST-SSAD and its MMD ablations (paper 001, Section 3.1; METHODS 9.4).

It says how well training normals and their augmentations, together, cover an unlabelled test set.
"""

from __future__ import annotations

import torch
from numpy.typing import ArrayLike
from torch import Tensor

from ssad_lib.alignment.embeddings import checked
from ssad_lib.errors import unknown

KERNELS = ("poly", "linear", "rbf")


def normalise_total_distance(*sets: ArrayLike | Tensor) -> tuple[Tensor, ...]:
    """Centre the union of `sets` and scale it so that its squared distances sum to 2·N².

    ``z' = √N (z - mean Z) / ‖Z - mean Z‖_F`` over the N rows of all sets (paper 001, equation 2):
    the scale of the embeddings cannot change a loss of them any more.

    Parameters
    ----------
    *sets : Tensor, shapes (n, h)
        Embeddings, one row per image; gradients flow through. If all N rows are one point the
        result is not finite.

    Returns
    -------
    tuple of Tensor
        The sets in their order and shapes.

    Raises
    ------
    SsadError
        If the sets are not floating point ``(n, h)`` of one h.
    """
    tensors = checked(*sets)
    union = torch.cat(tensors)
    centred = union - union.mean(0)
    scaled = centred * (len(union) ** 0.5 / torch.linalg.matrix_norm(centred))
    return scaled.split([len(one) for one in tensors])


def mean_distance(
    train: ArrayLike | Tensor, augmented: ArrayLike | Tensor, test: ArrayLike | Tensor
) -> Tensor:
    """Return the mean distance loss of embeddings as they are (paper 001, equation 3).

    Half the mean, over the test set, of the distance to the mean of `train` plus the distance to
    the mean of `augmented`. The paper leaves the constant open; its Lemma 1 fixes it.

    Parameters
    ----------
    train, augmented, test : Tensor, shapes (n, h), (m, h), (k, h)

    Returns
    -------
    Tensor
        A scalar with gradient.

    Raises
    ------
    SsadError
        As `normalise_total_distance`.
    """
    train, augmented, test = checked(train, augmented, test)
    to_train = torch.linalg.vector_norm(test - train.mean(0), dim=1)
    to_augmented = torch.linalg.vector_norm(test - augmented.mean(0), dim=1)
    return (to_train + to_augmented).mean() / 2


def validation_loss(
    train: ArrayLike | Tensor, augmented: ArrayLike | Tensor, test: ArrayLike | Tensor
) -> Tensor:
    """Return ST-SSAD's validation loss: total distance normalisation, then `mean_distance`.

    It is 1 where the test set consists of the training point and the augmented point, and a local
    minimum there. For clouds the value at perfect alignment lies above 1 and drifts by some per
    cent with their sizes: it guides one model, it does not compare models (METHODS 9.4).

    Parameters
    ----------
    train, augmented, test : Tensor, shapes (n, h), (m, h), (k, h)
        Embeddings by one network. Which test images are anomalies is not needed.

    Returns
    -------
    Tensor
        A scalar with gradient, unchanged when all embeddings are moved, turned or scaled alike.

    Raises
    ------
    SsadError
        As `normalise_total_distance`.
    """
    return mean_distance(*normalise_total_distance(train, augmented, test))


def mmd_loss(
    train: ArrayLike | Tensor,
    augmented: ArrayLike | Tensor,
    test: ArrayLike | Tensor,
    *,
    kernel: str = "poly",
    normalise: bool = True,
) -> Tensor:
    """Return the MMD of train ∪ augmented and test: ablations MMD1 and MMD2 of paper 001.

    Parameters
    ----------
    train, augmented, test : Tensor, shapes (n, h), (m, h), (k, h)
    kernel : {"poly", "linear", "rbf"}
        ``(<a, b> / h + 1)³``, ``<a, b>`` or ``exp(-‖a - b‖² / h)``: scikit-learn's defaults. The
        paper does not name its kernel.
    normalise : bool
        After total distance normalisation (MMD1), or of the embeddings as they are (MMD2).

    Returns
    -------
    Tensor
        The biased estimate, a scalar with gradient.

    Raises
    ------
    SsadError
        As `normalise_total_distance`, and for an unknown kernel.
    """
    if kernel not in KERNELS:
        raise unknown("kernel", kernel, KERNELS)
    train, augmented, test = checked(train, augmented, test)
    if normalise:
        train, augmented, test = normalise_total_distance(train, augmented, test)
    known = torch.cat([train, augmented])
    within = _kernel(known, known, kernel).mean() + _kernel(test, test, kernel).mean()
    return within - 2 * _kernel(known, test, kernel).mean()


def _kernel(x: Tensor, y: Tensor, name: str) -> Tensor:
    """Return the kernel of every row of `x` with every row of `y`, ``(n, m)``."""
    products = x @ y.T
    if name == "linear":
        return products
    if name == "poly":
        return (products / x.shape[1] + 1) ** 3
    squared = (x**2).sum(1, keepdim=True) + (y**2).sum(1) - 2 * products
    return torch.exp(-squared / x.shape[1])
