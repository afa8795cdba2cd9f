"""Image sets: embedded, from a data root, or your own (METHODS 1.1 to 1.7)."""

from ssad_lib.data.catalogue import names
from ssad_lib.data.download import download
from ssad_lib.data.image_set import ImageSet
from ssad_lib.data.load import load
from ssad_lib.data.locate import describe

__all__ = ["ImageSet", "describe", "download", "load", "names"]
