"""What chapters import, imported once in the process from which their kernels are forked.

Importing it is all it is for; nothing else may import it. The settings come first: matplotlib and
tqdm read them as they are imported.
"""

from __future__ import annotations

import os

from ssad_lib.book.kernel import ENVIRONMENT

os.environ.update(ENVIRONMENT)

import ipykernel.debugger
import ipykernel.ipkernel
import ipykernel.kernelapp
import ipywidgets
import matplotlib.pyplot
import seaborn
import sklearn.manifold
import torch._dynamo  # with the first step of an optimiser torch imports it

from ssad_lib import claims, data, figures, selection, statistics, widgets
from ssad_lib.engine import execution
from ssad_lib.studies import plan

__all__ = [
    "claims",
    "data",
    "execution",
    "figures",
    "ipykernel",
    "ipywidgets",
    "matplotlib",
    "plan",
    "seaborn",
    "selection",
    "sklearn",
    "statistics",
    "torch",
    "widgets",
]
