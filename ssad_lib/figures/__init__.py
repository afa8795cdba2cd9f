"""Every figure of the book: takes a table or images, returns how to draw it and its alt text.

Show one with ``display.figure(*figures.heat_maps(...))``. Nothing here sets black or white: the
page draws each figure once for light and once for dark readers.
"""

from ssad_lib.figures.distributions import error_histograms, score_histograms
from ssad_lib.figures.drawing import Drawing
from ssad_lib.figures.forests import differences, forest
from ssad_lib.figures.images import image_rows
from ssad_lib.figures.maps import heat_maps
from ssad_lib.figures.schemes import autoencoder_scheme

__all__ = [
    "Drawing",
    "autoencoder_scheme",
    "differences",
    "error_histograms",
    "forest",
    "heat_maps",
    "image_rows",
    "score_histograms",
]
