"""Your own images: which augmentation fits them, shown with pictures, and how to train with it."""

from ssad_lib.recommend.advice import Advice, advise
from ssad_lib.recommend.folders import Folder, read_folder, read_two

__all__ = ["Advice", "Folder", "advise", "read_folder", "read_two"]
