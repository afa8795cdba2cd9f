"""The augmentations with kornia, with parameters of their own for every image of a batch."""

from __future__ import annotations

from collections.abc import Callable

from torch import Tensor


def per_sample(side: int) -> dict[str, Callable[[Tensor], Tensor]]:
    """Return, by the name of the augmentation, kornia's operation on a float batch.

    kornia has no CutPaste, CP-scar or GEOM (its translations are not whole steps). Its colour
    jitter draws one order of the four operations for the whole batch, and its pepper noise, which
    stands for Mask, takes whole pixels.

    Parameters
    ----------
    side : int
        Of the square images, in pixels.

    Raises
    ------
    ImportError
        If kornia is not installed.
    """
    import kornia.augmentation as K

    size, kernel = (side, side), 2 * (side // 10 // 2) + 1

    def crop() -> K.RandomResizedCrop:
        # Of the two modes the faster one.
        return K.RandomResizedCrop(
            size, scale=(0.08, 1.0), ratio=(3 / 4, 4 / 3), cropping_mode="resample"
        )

    def blur() -> K.RandomGaussianBlur:
        return K.RandomGaussianBlur((kernel, kernel), (0.1, 2.0), p=1.0)

    return {
        "rotate": K.RandomRotation90((0, 3), resample="nearest", p=1.0),
        "crop": crop(),
        "flip": K.RandomVerticalFlip(p=0.5),
        "cutout": K.RandomErasing(scale=(0.02, 0.33), ratio=(0.3, 3.3), p=1.0),
        "blur": blur(),
        "noise": K.RandomGaussianNoise(0.0, 0.1, p=1.0),
        "mask": K.RandomSaltAndPepperNoise((0.2, 0.2), (0.0, 0.0), p=1.0),
        "invert": K.RandomInvert(p=0.5),
        "color": K.ColorJitter(0.8, 0.8, 0.8, 0.2, p=1.0),
        "simclr": K.AugmentationSequential(
            crop(),
            K.RandomHorizontalFlip(p=0.5),
            K.ColorJitter(0.8, 0.8, 0.8, 0.2, p=0.8),
            K.RandomGrayscale(p=0.2),
            blur(),
        ),
    }
