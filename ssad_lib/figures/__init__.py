"""Every figure of the book: takes a table or images, returns how to draw it and its alt text.

Show one with ``display.figure(*figures.heat_maps(...))``. Nothing here sets black or white: the
page draws each figure once for light and once for dark readers.
"""

from ssad_lib.figures.benchmarks import speed_ratios
from ssad_lib.figures.choices import best_of_many, choice_gains
from ssad_lib.figures.comparisons import anomaly_bars, position_plot, scatter_with_ranks
from ssad_lib.figures.curves import area_growth, auc_curves, regions
from ssad_lib.figures.directions import directions
from ssad_lib.figures.distributions import error_histograms, score_histograms
from ssad_lib.figures.drawing import Drawing
from ssad_lib.figures.embeddings import embedding
from ssad_lib.figures.fidelity import beside_printed
from ssad_lib.figures.forests import differences, forest, method_gains
from ssad_lib.figures.landscapes import landscape
from ssad_lib.figures.maps import heat_maps
from ssad_lib.figures.rankings import ranking
from ssad_lib.figures.rates import rule_rates
from ssad_lib.figures.schemes import network_scheme
from ssad_lib.figures.tuning import learned_against_true, trajectories

__all__ = [
    "Drawing",
    "anomaly_bars",
    "area_growth",
    "auc_curves",
    "beside_printed",
    "best_of_many",
    "choice_gains",
    "differences",
    "directions",
    "embedding",
    "error_histograms",
    "forest",
    "heat_maps",
    "landscape",
    "learned_against_true",
    "method_gains",
    "network_scheme",
    "position_plot",
    "ranking",
    "regions",
    "rule_rates",
    "scatter_with_ranks",
    "score_histograms",
    "speed_ratios",
    "trajectories",
]
