import numpy as np
import pytest
import torch

from ssad_lib import data
from ssad_lib.augment.simulated import open_source


def surface(name, count, size=64):
    images = data.load(f"textures:{name}", images_per_class=count, size=size).images
    return torch.from_numpy(np.array(images)).float() / 255


@pytest.fixture(scope="session")
def images():
    return surface("carpet", 8)


@pytest.fixture(scope="session")
def noise():
    return open_source("noise")
