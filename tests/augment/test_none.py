from __future__ import annotations

import torch

from ssad_lib import augment, rng

from .oracles import Images


def test_identity_changes_nothing_and_draws_nothing(noise_images: Images) -> None:
    images, generator = noise_images(5, 3, 32, 32), rng.generator("identity")
    before = generator.get_state()
    assert torch.equal(augment.get("identity")(images, generator), images)
    assert torch.equal(generator.get_state(), before)
