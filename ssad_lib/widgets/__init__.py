"""Widgets that a published page runs without a kernel, and that are also live with one.

Each is one small state (pictures, tables or counts) and a script of native controls, so that
keyboard, screen reader and phone work as the browser's own. The state sits in the head of the page
and delays its text: keep it to a few hundred kilobytes. A saved page sorts the keys of its
dictionaries, so whatever has an order is in a list.
"""

from ssad_lib.widgets.cherries import CherryPicker
from ssad_lib.widgets.embeddings import EmbeddingBrowser
from ssad_lib.widgets.forests import ForestBrowser
from ssad_lib.widgets.masks import MaskExplorer
from ssad_lib.widgets.pairs import PairBrowser
from ssad_lib.widgets.sprites import Axis, SpriteBrowser, side_by_side
from ssad_lib.widgets.tables import TableBrowser
from ssad_lib.widgets.thresholds import ThresholdExplorer

__all__ = [
    "Axis",
    "CherryPicker",
    "EmbeddingBrowser",
    "ForestBrowser",
    "MaskExplorer",
    "PairBrowser",
    "SpriteBrowser",
    "TableBrowser",
    "ThresholdExplorer",
    "side_by_side",
]
