"""Encoders: from images to the features in which alignment is measured (METHODS 7.3)."""

from ssad_lib.encoders.choice import NAMES, encoder, has_resnet50
from ssad_lib.encoders.encoder import Encoder

__all__ = ["NAMES", "Encoder", "encoder", "has_resnet50"]
