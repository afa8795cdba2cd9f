"""Your own parts: where an image differs from normal ones, and how often a threshold is wrong."""

from ssad_lib.localise.findings import Findings, localise
from ssad_lib.localise.model import Model, train

__all__ = ["Findings", "Model", "localise", "train"]
