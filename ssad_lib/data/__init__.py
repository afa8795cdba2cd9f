"""Image sets: embedded, from a data root, or your own (METHODS 1.1 to 1.7)."""

from ssad_lib.data.catalogue import names
from ssad_lib.data.download import download
from ssad_lib.data.image_set import ImageSet
from ssad_lib.data.load import class_names, is_digits, load
from ssad_lib.data.locate import describe

__all__ = ["ImageSet", "class_names", "describe", "download", "is_digits", "load", "names"]
