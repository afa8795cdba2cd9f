"""What chapters import, imported once in the process from which their kernels are forked.

Importing it is all it is for; nothing else may import it. The settings come first: matplotlib and
tqdm read them as they are imported.
"""

from __future__ import annotations

import os

from ssad_lib.book.kernel import ENVIRONMENT

os.environ.update(ENVIRONMENT)

import ipykernel.ipkernel
import ipykernel.kernelapp
import ipywidgets
import matplotlib.pyplot
import seaborn

from ssad_lib import claims, figures, statistics, widgets
from ssad_lib.engine import execution
from ssad_lib.studies import plan

__all__ = [
    "claims",
    "execution",
    "figures",
    "ipykernel",
    "ipywidgets",
    "matplotlib",
    "plan",
    "seaborn",
    "statistics",
    "widgets",
]
