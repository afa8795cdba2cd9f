"""The augmentations image by image with torchvision v2, as the released designs apply them.

Written plainly from torchvision's own transforms, with the ranges of METHODS section 2. An image is
a byte tensor or a PIL image; what comes out is a float tensor. torchvision has no CutPaste, CP-scar
or GEOM: these are compositions, as in the released code.
"""

from __future__ import annotations

import math
from collections.abc import Callable
from typing import Any

import torch
from PIL import Image
from torch import Tensor

Transform = Callable[[Any], Any]
SIDE_SHARE = 4  # GEOM moves by a quarter of the side


def per_image(side: int) -> dict[str, Transform]:
    """Return, by the name of the augmentation, what turns one image into a float tensor.

    Parameters
    ----------
    side : int
        Of the square images, in pixels.
    """
    import torchvision.transforms.v2 as T

    to_tensor = T.Compose([T.ToImage(), T.ToDtype(torch.float32, scale=True)])
    from_bytes = T.ToDtype(torch.float32, scale=True)

    def as_float(image: Any) -> Any:
        return from_bytes(image) if isinstance(image, Tensor) else to_tensor(image)

    crop = T.RandomResizedCrop((side, side))
    color = T.ColorJitter(0.8, 0.8, 0.8, 0.2)
    blur = T.GaussianBlur(2 * (side // 10 // 2) + 1, (0.1, 2.0))
    chain = [crop, T.RandomHorizontalFlip(), T.RandomApply([color], 0.8), T.RandomGrayscale(0.2)]
    on_images: dict[str, Transform] = {
        "identity": lambda image: image,
        "rotate": quarter_turn,
        "crop": crop,
        "flip": T.RandomVerticalFlip(0.5),
        "geom": geom,
        "cutpaste": cut_paste,
        "cp-scar": scar,
        "blur": blur,
        "invert": T.RandomInvert(0.5),
        "color": color,
        "simclr": T.Compose([*chain, blur]),
    }
    on_tensors: dict[str, Transform] = {
        "cutout": T.RandomErasing(1.0, (0.02, 0.33), (0.3, 3.3)),
        "noise": T.GaussianNoise(0.0, 0.1, clip=False),
        "mask": lambda image: image * (torch.rand_like(image) >= 0.2),
    }
    made = {name: _chain(f, as_float) for name, f in on_images.items()}
    return made | {name: _chain(as_float, f) for name, f in on_tensors.items()}


def _chain(first: Transform, then: Transform) -> Transform:
    return lambda image: then(first(image))


def quarter_turn(image: Any) -> Any:
    """Rotate by 0, 90, 180 or 270 degrees."""
    import torchvision.transforms.v2.functional as TF

    return TF.rotate(image, 90.0 * int(torch.randint(4, ())))


def geom(image: Any) -> Any:
    """Mirror, translate, rotate."""
    import torchvision.transforms.v2.functional as TF

    step = TF.get_size(image)[1] // SIDE_SHARE
    if torch.rand(()) < 0.5:
        image = TF.horizontal_flip(image)
    shift = [step * move for move in (torch.randint(3, (2,)) - 1).tolist()]
    return quarter_turn(TF.affine(image, 0.0, shift, 1.0, [0.0, 0.0]))


def cut_paste(image: Any) -> Any:
    """Copy a rectangle, jitter its colours, paste it elsewhere."""
    import torchvision.transforms.v2 as T

    H, W = T.functional.get_size(image)
    area = _uniform(0.02, 0.15) * H * W
    aspect = _uniform(0.3, 1.0) if torch.rand(()) < 0.5 else _uniform(1.0, 3.3)
    height, width = int(math.sqrt(area / aspect)), int(math.sqrt(area * aspect))
    patch = T.functional.crop(image, *_place(H - height, W - width), height, width)
    patch = T.ColorJitter(0.1, 0.1, 0.1, 0.1)(patch)
    return _pasted(image, patch, *_place(H - height, W - width), None)


def scar(image: Any) -> Any:
    """Copy a thin rectangle, jitter its colours, rotate it, paste it elsewhere."""
    import torchvision.transforms.v2 as T

    H, W = T.functional.get_size(image)
    height, width = int(torch.randint(10, 25, ())), int(torch.randint(2, 16, ()))
    patch = T.functional.crop(image, *_place(H - height, W - width), height, width)
    patch = T.ColorJitter(0.1, 0.1, 0.1, 0.1)(patch)
    angle = _uniform(-45.0, 45.0)
    if isinstance(patch, Image.Image):
        marked = patch.convert("RGBA").rotate(angle, expand=True)
        patch, valid = marked.convert("RGB"), marked.getchannel("A")
    else:
        opaque = torch.full((1, height, width), 255, dtype=torch.uint8)
        marked = T.functional.rotate(torch.cat([patch, opaque]), angle, expand=True)
        patch, valid = marked[:3], marked[3:] > 0
    canvas_height, canvas_width = T.functional.get_size(patch)
    place = _place(max(0, H - canvas_height), max(0, W - canvas_width))
    return _pasted(image, patch, *place, valid)


def _pasted(image: Any, patch: Any, top: int, left: int, valid: Any) -> Any:
    """Return `image` with `patch` in it, where it is `valid`."""
    if isinstance(image, Image.Image):
        result = image.copy()
        result.paste(patch, (left, top), valid)
        return result
    result = image.clone()
    target = result[:, top : top + patch.shape[1], left : left + patch.shape[2]]
    height, width = target.shape[1:]
    patch = patch[:, :height, :width]
    target.copy_(patch if valid is None else torch.where(valid[:, :height, :width], patch, target))
    return result


def _uniform(low: float, high: float) -> float:
    return float(torch.empty(()).uniform_(low, high))


def _place(down: int, right: int) -> tuple[int, int]:
    return int(torch.randint(down + 1, ())), int(torch.randint(right + 1, ()))
