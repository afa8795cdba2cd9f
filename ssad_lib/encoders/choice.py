"""The one door to encoders: a name in, an encoder out, the same on every machine."""

from __future__ import annotations

from pathlib import Path

from ssad_lib import paths
from ssad_lib.encoders import efficientnet, resnet50, stand_in
from ssad_lib.encoders.encoder import Encoder
from ssad_lib.errors import SsadError, unknown

DEFAULT = efficientnet.NAME
NAMES = ("auto", resnet50.NAME, efficientnet.NAME, stand_in.NAME)
SMALLEST, LARGEST = 32, 512


def encoder(
    name: str = DEFAULT, root: str | Path | None = None, *, size: int = 0, normalise: bool = True
) -> Encoder:
    """Return an encoder by name.

    Parameters
    ----------
    name : {"efficientnet-lite0", "auto", "resnet50", "stand-in"}
        ``"auto"`` is ResNet-50 where its weights are in the data root, else EfficientNet-Lite0.
    root : str or pathlib.Path, optional
        The data root, default ``SSAD_DATA``; only ResNet-50 needs one.
    size : int
        Side to which images are brought; 0 takes the encoder's own: 224 for ResNet-50 (METHODS
        7.3), 128 for EfficientNet-Lite0. The stand-in knows only its 32.
    normalise : bool
        Whether ResNet-50's input is normalised by ImageNet's mean and deviation.

    Raises
    ------
    SsadError
        For an unknown name, a size out of range, or ResNet-50 without its weights.
    """
    if name not in NAMES:
        raise unknown("encoder", name, NAMES)
    if size and not SMALLEST <= size <= LARGEST:
        raise SsadError(
            f"the encoder's size is {size}: give {SMALLEST} to {LARGEST} pixels, or 0 for its own"
        )
    if name == stand_in.NAME:
        return stand_in.encoder()
    if name == efficientnet.NAME or (name == "auto" and not has_resnet50(root)):
        return efficientnet.encoder(size or efficientnet.SIZE)
    return resnet50.encoder(resnet50.find(paths.data_root(root)), size or resnet50.SIZE, normalise)


def has_resnet50(root: str | Path | None = None) -> bool:
    """Whether the data root holds weights of ResNet-50; False without a data root."""
    try:
        resnet50.find(paths.data_root(root))
    except SsadError:
        return False
    return True
