"""Networks only: no losses, no training, no data."""

from ssad_lib.models.autoencoder import ConvolutionalAutoencoder
from ssad_lib.models.initialise import build

__all__ = ["ConvolutionalAutoencoder", "build"]
