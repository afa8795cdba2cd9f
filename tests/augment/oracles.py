"""What tests of several categories share: types, and torchvision's own colour jitter."""

from __future__ import annotations

from collections.abc import Callable

import torchvision.transforms.v2.functional as TF
from torch import Tensor

from ssad_lib.augment import Parameters

Draw = Callable[..., Parameters]
Images = Callable[..., Tensor]


def torchvision_jitter(image: Tensor, parameters: Parameters, row: int) -> Tensor:
    """The four operations of torchvision for one image, in the order of its row."""
    steps = (TF.adjust_brightness, TF.adjust_contrast, TF.adjust_saturation, TF.adjust_hue)
    amounts = [*parameters["factors"][row].tolist(), parameters["hue"][row].item()]
    for kind in parameters["order"][row].tolist():
        image = steps[kind](image, amounts[kind])
    return image
